"""What follows from a booking: reminders planned and called off, freed times offered to people who
wait, longest first."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from invekto.contracts.ids import new_id
from invekto.db.queue import defer
from invekto.errors import Conflict
from invekto.records import appointments, openings, pricing, scheduled, waitlist
from invekto.records.appointments import Appointment, Hold
from invekto.records.pricing import Service
from invekto.records.scheduled import Planned
from invekto.records.waitlist import Waiting
from invekto.tools.calendar import Calendar, free_slots, seat_for
from invekto.tools.contract import ToolContext
from invekto.tools.proactive import BOOKED, Etiquette, Reminder, etiquette, reminders
from invekto.tools.profile import whole
from invekto.tools.schedule import length_of, load_calendar, rules
from invekto.tools.wording import speaks

TEND = "tend"
OFFERS = 2
"""Offers a person on the waitlist may let pass before they leave it."""


def manners(ctx: ToolContext) -> Etiquette:
    """The tenant's rules for proactive messages."""
    tenant = ctx.tenant
    return etiquette(tenant.zone, tenant.settings, health=tenant.health)


async def after_booking(ctx: ToolContext, appointment: Appointment, service: Service) -> None:
    """Plan the appointment's reminders, and its confirmation where no reply gives one; who waited
    for this service waits no more."""
    contact_id = appointment.contact_id
    if contact_id is None:
        return
    await plan_reminders(ctx, appointment, service)
    if ctx.conversation_id is None:
        await _plan(ctx, appointment, service, Reminder(BOOKED, ctx.now, appointment.starts_at))
    await _served(ctx, contact_id, service.service_id)


async def plan_reminders(ctx: ToolContext, appointment: Appointment, service: Service) -> int:
    """Plan what is still to come of an appointment's reminders; returns how many are new."""
    missed = await appointments.no_shows(
        ctx.conn, contact_id=appointment.contact_id, phone=appointment.patient_phone
    )
    wanted = reminders(appointment.starts_at, ctx.now, manners(ctx), missed=missed)
    return sum([await _plan(ctx, appointment, service, reminder) for reminder in wanted])


def reminder_key(appointment: Appointment, kind: str) -> str:
    """One message of a kind for an appointment at its time: moved, it gets another."""
    return f"{appointment.appointment_id}:{kind}:{appointment.starts_at.isoformat()}"


async def _plan(
    ctx: ToolContext, appointment: Appointment, service: Service, reminder: Reminder
) -> bool:
    assert appointment.contact_id is not None
    return await scheduled.plan(
        ctx.conn,
        Planned(
            contact_id=appointment.contact_id, kind=reminder.kind, subject_kind="appointment",
            subject_id=appointment.appointment_id, due_at=reminder.due_at,
            not_after=reminder.not_after, dedupe_key=reminder_key(appointment, reminder.kind),
            language=speaks(ctx), data=await _data(ctx, appointment, service),
            conversation_id=ctx.conversation_id,
        ),
        ctx.now,
    )  # fmt: skip


async def _data(ctx: ToolContext, booked: Appointment | Hold, service: Service) -> dict[str, Any]:
    people = {p.practitioner_id: p for p in await openings.practitioners(ctx.conn)}
    person = people.get(booked.practitioner_id)
    return {
        "service": {"tr": service.name, **service.names},
        "practitioner": person.full_name if person else "",
        "moment": booked.starts_at.isoformat(),
    }


async def _served(ctx: ToolContext, contact_id: str, service_id: str) -> None:
    for entry in await waitlist.open_entries(ctx.conn, contact_id):
        if entry.service_id == service_id:
            await waitlist.set_waiting(ctx.conn, entry.waitlist_id, "booked")
            await scheduled.call_off(ctx.conn, "waitlist", entry.waitlist_id, ctx.now)


async def after_cancelling(ctx: ToolContext, appointment: Appointment) -> None:
    """Take back the appointment's messages that have not gone out."""
    await scheduled.call_off(ctx.conn, "appointment", appointment.appointment_id, ctx.now)


async def freed(ctx: ToolContext, gone: Appointment | Hold) -> Waiting | None:
    """Offer a time that became free to who waits longest for it, for the same service before
    another that fits into it: held for them, and a message planned. The caller has its
    practitioner's lock. Returns whom it was offered to."""
    earliest = ctx.now + rules(ctx).notice
    if gone.starts_at < earliest:
        return None
    people = {p.practitioner_id: p for p in await openings.practitioners(ctx.conn)}
    person = people.get(gone.practitioner_id)
    services = {s.service_id: s for s in await pricing.services(ctx.conn)}
    day = gone.starts_at.astimezone(ctx.tenant.zone).date()
    calendar = await load_calendar(ctx, day, day)
    waiting = await waitlist.waiting_for(ctx.conn)
    for entry in sorted(waiting, key=lambda one: one.service_id != gone.service_id):
        service = services.get(entry.service_id)
        if service is None or person is None or not person.gives(service.service_id):
            continue
        if entry.contact_id is None or not _suits(entry, gone, day):
            continue
        start = _start(ctx, entry, gone, service, calendar)
        hold = await _hold_for(ctx, entry, gone, service, start, calendar) if start else None
        if hold is not None:
            await _offer(ctx, entry, hold)
            return entry
    return None


def _suits(entry: Waiting, gone: Appointment | Hold, day: date) -> bool:
    return (
        entry.practitioner_id in (None, gone.practitioner_id)
        and entry.contact_id != gone.contact_id
        and entry.from_day <= day <= entry.until_day
    )


def _start(
    ctx: ToolContext, entry: Waiting, gone: Appointment | Hold, service: Service, calendar: Calendar
) -> datetime | None:
    """When the entry's service could begin within the time that freed."""
    if entry.service_id == gone.service_id:
        return gone.starts_at if _in_hours(ctx, entry, gone.starts_at) else None
    day = gone.starts_at.astimezone(ctx.tenant.zone).date()
    slots = free_slots(
        calendar, [gone.practitioner_id], service.service_id, length_of(service), day, day,
        not_before=gone.starts_at, step=rules(ctx).step,
    )  # fmt: skip
    starts = (slot.starts_at for slot in slots if slot.starts_at < gone.ends_at)
    return next((start for start in starts if _in_hours(ctx, entry, start)), None)


def _in_hours(ctx: ToolContext, entry: Waiting, start: datetime) -> bool:
    local = start.astimezone(ctx.tenant.zone).time()
    return (entry.from_time is None or local >= entry.from_time) and (
        entry.until_time is None or local < entry.until_time
    )


async def _hold_for(
    ctx: ToolContext, entry: Waiting, gone: Appointment | Hold, service: Service, start: datetime,
    calendar: Calendar,
) -> Hold | None:  # fmt: skip
    length = length_of(service)
    seat = seat_for(calendar, gone.practitioner_id, entry.service_id, length, start)
    if seat is None:
        return None
    until = manners(ctx).transactional.next_allowed(ctx.now) + timedelta(
        minutes=whole(ctx.tenant, "offer_minutes", default=120)
    )
    hold = Hold(
        hold_id=new_id("hold"), practitioner_id=gone.practitioner_id,
        service_id=entry.service_id, starts_at=start, ends_at=start + length.duration,
        busy_from=start - length.before, busy_until=start + length.duration + length.after,
        seat=seat, expires_at=min(until, start - timedelta(minutes=30)),
        contact_id=entry.contact_id, conversation_id=entry.conversation_id,
    )  # fmt: skip
    try:
        await appointments.add_hold(ctx.conn, hold, ctx.now)
    except Conflict:
        return None
    return hold


async def _offer(ctx: ToolContext, entry: Waiting, hold: Hold) -> None:
    await waitlist.set_waiting(
        ctx.conn, entry.waitlist_id, "offered", hold_id=hold.hold_id, now=ctx.now
    )
    service = (await pricing.services(ctx.conn, [entry.service_id]))[0]
    data = await _data(ctx, hold, service)
    assert entry.contact_id is not None
    await scheduled.plan(
        ctx.conn,
        Planned(
            contact_id=entry.contact_id, kind="waitlist_offer", subject_kind="waitlist",
            subject_id=entry.waitlist_id, due_at=ctx.now, not_after=hold.expires_at,
            dedupe_key=f"{entry.waitlist_id}:{hold.hold_id}", language=speaks(ctx),
            data={**data, "until": hold.expires_at.isoformat()},
            conversation_id=entry.conversation_id,
        ),
        ctx.now,
    )  # fmt: skip
    await tend_later(ctx, hold.expires_at)


async def tend_later(ctx: ToolContext, moment: datetime) -> None:
    """Have `tending.tend` run shortly after a moment."""
    after = (moment - ctx.now).total_seconds() + 1.0
    await defer(ctx.conn, TEND, line="timed", schedule_in=max(0.0, after))


async def lapse_offers(ctx: ToolContext) -> int:
    """Offers whose hold is gone: the person goes on waiting (or leaves after `OFFERS`), the
    time is offered to the next. For the worker's rounds; returns how many lapsed."""
    lapsed = await waitlist.lapsed(ctx.conn, ctx.now)
    for entry, hold in lapsed:
        status = "waiting" if entry.offers < OFFERS else "expired"
        await waitlist.set_waiting(ctx.conn, entry.waitlist_id, status)
        if hold is None:  # given back in the meantime, and so its time is anybody's
            continue
        await openings.lock_practitioners(ctx.conn, [hold.practitioner_id])
        await appointments.drop_holds(ctx.conn, hold_id=hold.hold_id)
        # The one who let it pass is not offered the same time again.
        await freed(ctx, replace(hold, contact_id=entry.contact_id))
    return len(lapsed)


async def later(
    ctx: ToolContext, kind: str, subject: tuple[str, str], data: dict[str, Any], after: timedelta,
    *, message_class: str = "transactional",
) -> None:  # fmt: skip
    """Plan a follow-up to this call's contact, once per subject."""
    if ctx.contact is None:
        return
    due: datetime = ctx.now + after
    await scheduled.plan(
        ctx.conn,
        Planned(
            contact_id=ctx.contact.contact_id, kind=kind, subject_kind=subject[0],
            subject_id=subject[1], due_at=due, not_after=due + timedelta(days=2),
            dedupe_key=f"{subject[0]}:{subject[1]}:{kind}", message_class=message_class,
            language=speaks(ctx), data=data, conversation_id=ctx.conversation_id,
        ),
        ctx.now,
    )  # fmt: skip
