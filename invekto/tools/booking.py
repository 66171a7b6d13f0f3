"""Booking, moving, cancelling and confirming appointments, and waiting for one.

Proposing a booking or a move holds its time for some minutes; committing turns the hold into the
appointment. Both take the practitioner's row first, so that bookings queue up instead of failing.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from pydantic import Field

from invekto.contracts.evidence import Risk
from invekto.contracts.ids import new_id
from invekto.errors import Conflict
from invekto.records import appointments, openings, waitlist
from invekto.records.appointments import Appointment, Hold
from invekto.records.openings import Practitioner
from invekto.records.pricing import Service
from invekto.tools.calendar import seat_for, within_hours
from invekto.tools.contract import (
    Effect,
    Identity,
    Preview,
    Tool,
    ToolArgs,
    ToolContext,
    ToolResult,
)  # fmt: skip
from invekto.tools.proactive_booking import after_booking, after_cancelling, freed
from invekto.tools.schedule import (
    length_of,
    load_calendar,
    on_grid,
    people_for,
    rules,
    service_for,
)  # fmt: skip
from invekto.tools.slots import AppointmentView, appointment_views, own_appointments
from invekto.tools.window import HORIZON, Window, wanted
from invekto.tools.wording import LANGUAGES, fact, known, refuse, speaks


class BookArgs(ToolArgs):
    """A time offered by `slots.search`: its start and practitioner, or its key."""

    service: str = Field(max_length=120)
    starts_at: datetime | None = None
    practitioner: str | None = Field(None, max_length=120)
    key: str | None = Field(None, max_length=120, description="`key` of an offered slot")
    name: str | None = Field(None, max_length=120, description="full name, if not known")
    note: str | None = Field(None, max_length=300)


class MoveArgs(ToolArgs):
    """An appointment (the only one may be left out) and its new time."""

    appointment_id: str | None = Field(None, max_length=60)
    starts_at: datetime | None = None
    practitioner: str | None = Field(None, max_length=120)
    key: str | None = Field(None, max_length=120)


class ChooseArgs(ToolArgs):
    """An appointment; the only one may be left out."""

    appointment_id: str | None = Field(None, max_length=60)
    reason: str | None = Field(None, max_length=300)


class WaitArgs(ToolArgs):
    """What for, with whom, and which days would suit."""

    service: str = Field(max_length=120)
    practitioner: str | None = Field(None, max_length=120)
    day: Window | None = None
    time: Window | None = None
    part: str | None = None
    name: str | None = Field(None, max_length=120)


class Booked(ToolResult):
    """The appointment as it stands now. `event`: booked, moved, cancelled or confirmed."""

    appointment: AppointmentView
    event: str

    def facts(self, language: str) -> list[str]:
        return self.appointment.facts(language)


class OnWaitlist(ToolResult):
    """The place on the waitlist."""

    waitlist_id: str
    service: str
    from_day: str
    until_day: str

    def facts(self, language: str) -> list[str]:
        first = datetime.fromisoformat(self.from_day).date()
        last = datetime.fromisoformat(self.until_day).date()
        return [fact("waitlist.joined", language, service=self.service, first=first, last=last)]


@dataclass(frozen=True, slots=True)
class Place:
    """A service, a practitioner and a start, before it is known to be free."""

    service: Service
    people: list[Practitioner]
    starts_at: datetime

    def hold(self, ctx: ToolContext, practitioner_id: str, seat: int) -> Hold:
        """The place as a hold of this contact."""
        length = length_of(self.service)
        return Hold(
            hold_id=new_id("hold"),
            practitioner_id=practitioner_id,
            service_id=self.service.service_id,
            starts_at=self.starts_at,
            ends_at=self.starts_at + length.duration,
            busy_from=self.starts_at - length.before,
            busy_until=self.starts_at + length.duration + length.after,
            expires_at=ctx.now + rules(ctx).hold,
            seat=seat,
            contact_id=ctx.contact.contact_id if ctx.contact else None,
            conversation_id=ctx.conversation_id,
        )


async def place_for(
    ctx: ToolContext, service: Service, starts_at: datetime | None, practitioner: str | None,
    key: str | None,
) -> Place:  # fmt: skip
    """The place asked for, by key or by start and practitioner.

    Raises:
        Refused: past_date, too_far, not_open, unknown_practitioner, not_with.
    """
    if key is not None and "|" in key:
        text, _, practitioner = key.partition("|")
        try:
            starts_at = datetime.fromisoformat(text)
        except ValueError:
            starts_at = None
    if starts_at is None:
        raise refuse(ctx, "which_time")
    if starts_at.tzinfo is None:
        starts_at = starts_at.replace(tzinfo=ctx.tenant.zone)
    begin = on_grid(starts_at)
    if begin <= ctx.now:
        raise refuse(ctx, "past_date", day=begin.astimezone(ctx.tenant.zone).date())
    ahead = rules(ctx).days_ahead
    if begin > ctx.now + timedelta(days=ahead + 1):
        raise refuse(ctx, "too_far", days=ahead)
    return Place(service, await people_for(ctx, service, practitioner), begin)


async def settle(ctx: ToolContext, place: Place, *, moving: str | None = None) -> Hold:
    """Find a free seat of the place under its practitioners' locks. Nothing is written.

    Raises:
        Refused: not_open, slot_taken.
    """
    ids = [p.practitioner_id for p in place.people]
    await openings.lock_practitioners(ctx.conn, ids)
    await appointments.sweep_holds(ctx.conn, ids, ctx.now)
    day = place.starts_at.astimezone(ctx.tenant.zone).date()
    calendar = await load_calendar(ctx, day, day)
    for holder in await _own(ctx, moving):
        calendar = calendar.without(holder)
    length, service_id = length_of(place.service), place.service.service_id
    for practitioner_id in ids:
        seat = seat_for(calendar, practitioner_id, service_id, length, place.starts_at)
        if seat is not None:
            return place.hold(ctx, practitioner_id, seat)
    moment = place.starts_at.astimezone(ctx.tenant.zone)
    works = any(within_hours(calendar, p, service_id, length, place.starts_at) for p in ids)
    raise refuse(ctx, "slot_taken" if works else "not_open", moment=moment)


async def _own(ctx: ToolContext, moving: str | None) -> list[str]:
    """Holders that do not stand in this contact's way: their own holds, and what moves."""
    holds = (
        await appointments.holds_of(ctx.conn, ctx.contact.contact_id, ctx.now)
        if ctx.contact
        else []
    )
    return [h.hold_id for h in holds] + ([moving] if moving else [])


async def hold_place(ctx: ToolContext, place: Place, *, moving: str | None = None) -> Hold:
    """Hold a place for this contact; their earlier holds are given back.

    Raises:
        Refused: not_open, slot_taken.
    """
    hold = await settle(ctx, place, moving=moving)
    await _give_back(ctx)
    # What moves occupies its own times until the move is made: only the rest can be held.
    old = await appointments.get_appointment(ctx.conn, moving) if moving else None
    if old is not None and old.practitioner_id == hold.practitioner_id and _overlap(old, hold):
        return hold
    try:
        await appointments.add_hold(ctx.conn, hold, ctx.now)
    except Conflict as conflict:
        moment = place.starts_at.astimezone(ctx.tenant.zone)
        raise refuse(ctx, "slot_taken", moment=moment) from conflict
    return hold


def _overlap(old: Appointment, hold: Hold) -> bool:
    return old.busy_from < hold.busy_until and hold.busy_from < old.busy_until


async def _give_back(ctx: ToolContext) -> None:
    if ctx.contact is not None:
        await appointments.drop_holds(ctx.conn, contact_id=ctx.contact.contact_id)


async def _bookable(ctx: ToolContext, args: BookArgs) -> Place:
    assert ctx.contact is not None
    service = await service_for(ctx, args.service)
    place = await place_for(ctx, service, args.starts_at, args.practitioner, args.key)
    if not (args.name or ctx.contact.name):
        raise refuse(ctx, "who_are_you")
    coming = await own_appointments(ctx)
    end = place.starts_at + length_of(service).duration
    for one in coming:
        if one.starts_at < end and place.starts_at < one.ends_at:
            raise refuse(ctx, "already_booked", moment=one.starts_at.astimezone(ctx.tenant.zone))
    if len(coming) >= rules(ctx).most:
        raise refuse(ctx, "too_many_appointments", count=len(coming))
    return place


async def check_book(ctx: ToolContext, args: BookArgs) -> Preview:
    """Hold the time and describe the booking."""
    place = await _bookable(ctx, args)
    hold = await hold_place(ctx, place)
    person = next(p for p in place.people if p.practitioner_id == hold.practitioner_id)
    begin = hold.starts_at.astimezone(ctx.tenant.zone)
    words = {"service": place.service, "practitioner": person.full_name, "moment": begin}
    settled = args.model_copy(
        update={
            "service": place.service.service_id, "starts_at": begin, "key": None,
            "practitioner": person.practitioner_id,
        }
    )  # fmt: skip
    return _preview(ctx, "appointment.proposed", words, settled, hold)


def _preview(
    ctx: ToolContext, key: str, words: dict[str, Any], args: ToolArgs, hold: Hold | None = None
) -> Preview:
    service: Service = words["service"]
    told = {
        language: fact(key, language, **{**words, "service": service.named(language)})
        for language in LANGUAGES
    }
    until = hold.expires_at.astimezone(ctx.tenant.zone) if hold else None
    language = speaks(ctx)
    facts = [told[language]]
    if until is not None:
        facts.append(fact("appointment.held", language, moment=words["moment"], until=until))
    return Preview(
        summary=told,
        args=args.model_dump(mode="json", exclude_none=True),
        hold_until=until,
        detail={
            "service": service.named(language),
            **{k: v.isoformat() if isinstance(v, datetime) else v
               for k, v in words.items() if k != "service"},
        },
        facts=facts,
    )  # fmt: skip


async def book(ctx: ToolContext, args: BookArgs) -> Booked:
    """Book a free time for the customer."""
    assert ctx.contact is not None
    if ctx.idempotency_key is not None:
        before = await appointments.by_key(ctx.conn, ctx.idempotency_key)
        if before is not None:
            return await _booked(ctx, before, "booked")
    place = await _bookable(ctx, args)
    hold = await settle(ctx, place)
    await _give_back(ctx)
    made = await _insert(ctx, args, place, hold)
    await after_booking(ctx, made, place.service)
    return await _booked(ctx, made, "booked")


async def _insert(ctx: ToolContext, args: BookArgs, place: Place, hold: Hold) -> Appointment:
    assert ctx.contact is not None
    wish = Appointment(
        appointment_id=new_id("apt"),
        practitioner_id=hold.practitioner_id,
        service_id=hold.service_id,
        starts_at=hold.starts_at,
        ends_at=hold.ends_at,
        busy_from=hold.busy_from,
        busy_until=hold.busy_until,
        seat=hold.seat,
        contact_id=ctx.contact.contact_id,
        patient_name=args.name or ctx.contact.name,
        patient_phone=ctx.contact.phone,
        note=args.note or "",
        source=ctx.role,
        idempotency_key=ctx.idempotency_key,
    )
    try:
        return await appointments.add_appointment(ctx.conn, wish, ctx.now)
    except Conflict as conflict:
        moment = place.starts_at.astimezone(ctx.tenant.zone)
        raise refuse(ctx, "slot_taken", moment=moment) from conflict


async def _booked(ctx: ToolContext, appointment: Appointment, event: str) -> Booked:
    stored = await appointments.get_appointment(ctx.conn, appointment.appointment_id)
    return Booked(
        appointment=(await appointment_views(ctx, [stored or appointment]))[0], event=event
    )


async def own(ctx: ToolContext, appointment_id: str | None) -> Appointment:
    """The contact's own appointment, locked: the one named, or their only one.

    Raises:
        Refused: no_appointment, ambiguous.
    """
    coming = await own_appointments(ctx)
    if appointment_id is not None:
        coming = [a for a in coming if a.appointment_id == appointment_id]
    if len(coming) != 1:
        raise refuse(ctx, "ambiguous" if coming else "no_appointment")
    locked = await appointments.get_appointment(ctx.conn, coming[0].appointment_id, lock=True)
    if locked is None or locked.status not in ("booked", "confirmed"):
        raise refuse(ctx, "no_appointment")
    return locked


def _in_time(ctx: ToolContext, appointment: Appointment) -> None:
    hours = rules(ctx).change_hours
    if ctx.role == "assistant" and appointment.starts_at - ctx.now < timedelta(hours=hours):
        raise refuse(ctx, "too_late", hours=hours)


async def _movable(ctx: ToolContext, args: MoveArgs) -> tuple[Appointment, Place]:
    coming = await own_appointments(ctx)
    chosen = [a for a in coming if args.appointment_id in (None, a.appointment_id)]
    if len(chosen) != 1:
        raise refuse(ctx, "ambiguous" if chosen else "no_appointment")
    old = chosen[0]
    _in_time(ctx, old)
    service = await service_for(ctx, old.service_id)
    practitioner = args.practitioner or (None if args.key else old.practitioner_id)
    place = await place_for(ctx, service, args.starts_at, practitioner, args.key)
    end = place.starts_at + length_of(service).duration
    for one in coming:
        other = one.appointment_id != old.appointment_id
        if other and one.starts_at < end and place.starts_at < one.ends_at:
            raise refuse(ctx, "already_booked", moment=one.starts_at.astimezone(ctx.tenant.zone))
    return old, place


async def check_move(ctx: ToolContext, args: MoveArgs) -> Preview:
    """Hold the new time and describe the move."""
    old, place = await _movable(ctx, args)
    hold = await hold_place(ctx, place, moving=old.appointment_id)
    person = next(p for p in place.people if p.practitioner_id == hold.practitioner_id)
    zone = ctx.tenant.zone
    begin = hold.starts_at.astimezone(zone)
    settled = MoveArgs(
        appointment_id=old.appointment_id, starts_at=begin, practitioner=person.practitioner_id
    )
    words = {
        "service": place.service, "practitioner": person.full_name, "moment": begin,
        "old": old.starts_at.astimezone(zone),
    }  # fmt: skip
    return _preview(ctx, "appointment.moved", words, settled, hold)


async def move(ctx: ToolContext, args: MoveArgs) -> Booked:
    """Move one of the customer's appointments to another free time."""
    old, place = await _movable(ctx, args)
    people = {p.practitioner_id for p in place.people} | {old.practitioner_id}
    await openings.lock_practitioners(ctx.conn, people)
    locked = await own(ctx, old.appointment_id)
    if locked.starts_at == place.starts_at and locked.practitioner_id in {
        p.practitioner_id for p in place.people
    }:
        return await _booked(ctx, locked, "moved")
    hold = await settle(ctx, place, moving=locked.appointment_id)
    await _give_back(ctx)
    try:
        await appointments.move(
            ctx.conn, locked.appointment_id, practitioner_id=hold.practitioner_id,
            starts_at=hold.starts_at, ends_at=hold.ends_at, busy_from=hold.busy_from,
            busy_until=hold.busy_until, seat=hold.seat, now=ctx.now,
        )  # fmt: skip
    except Conflict as conflict:
        moment = place.starts_at.astimezone(ctx.tenant.zone)
        raise refuse(ctx, "slot_taken", moment=moment) from conflict
    moved = replace(
        locked, practitioner_id=hold.practitioner_id, starts_at=hold.starts_at,
        ends_at=hold.ends_at, sequence=locked.sequence + 1,
    )  # fmt: skip
    await after_cancelling(ctx, locked)
    await after_booking(ctx, moved, place.service)
    await freed(ctx, locked)
    return await _booked(ctx, moved, "moved")


def _about_one(key: str) -> Callable[[ToolContext, Any], Awaitable[Preview]]:
    """The check of a tool that does something with one appointment."""

    async def check(ctx: ToolContext, args: ChooseArgs) -> Preview:
        mine = await own(ctx, args.appointment_id)
        if key == "appointment.cancelled":
            _in_time(ctx, mine)
        service = await service_for(ctx, mine.service_id)
        begin = mine.starts_at.astimezone(ctx.tenant.zone)
        settled = args.model_copy(update={"appointment_id": mine.appointment_id})
        view = (await appointment_views(ctx, [mine]))[0]
        words = {"service": service, "moment": begin, "practitioner": view.practitioner}
        shown = _preview(ctx, key, words, settled)
        return replace(shown, facts=[*shown.facts, *view.facts(speaks(ctx))[:1]])

    return check


async def cancel(ctx: ToolContext, args: ChooseArgs) -> Booked:
    """Cancel one of the customer's appointments."""
    before = await _already(ctx, args, "cancelled")
    if before is not None:
        return before
    mine = await own(ctx, args.appointment_id)
    _in_time(ctx, mine)
    await appointments.set_appointment_status(
        ctx.conn, mine.appointment_id, "cancelled", ctx.now, args.reason
    )
    await after_cancelling(ctx, mine)
    await freed(ctx, mine)
    return await _booked(ctx, mine, "cancelled")


async def confirm(ctx: ToolContext, args: ChooseArgs) -> Booked:
    """Note that the customer is coming to one of their appointments."""
    before = await _already(ctx, args, "confirmed")
    if before is not None:
        return before
    mine = await own(ctx, args.appointment_id)
    await appointments.set_appointment_status(ctx.conn, mine.appointment_id, "confirmed", ctx.now)
    return await _booked(ctx, mine, "confirmed")


async def _already(ctx: ToolContext, args: ChooseArgs, status: str) -> Booked | None:
    """The contact's own appointment, where it is in this state already."""
    if args.appointment_id is None or ctx.contact is None:
        return None
    found = await appointments.get_appointment(ctx.conn, args.appointment_id)
    if found is None or found.status != status or found.contact_id != ctx.contact.contact_id:
        return None
    return await _booked(ctx, found, status)


async def _waiting(ctx: ToolContext, args: WaitArgs) -> waitlist.Waiting:
    assert ctx.contact is not None
    service = await service_for(ctx, args.service)
    practitioner = None
    if args.practitioner is not None:
        found = await people_for(ctx, service, args.practitioner)
        practitioner = found[0].practitioner_id
    wish = wanted(args.day, args.time, args.part, ctx.now)
    today = ctx.now.date()
    if wish.last < today:
        raise refuse(ctx, "past_date", day=wish.last)
    for before in await waitlist.waiting_for(ctx.conn, contact_id=ctx.contact.contact_id):
        if before.service_id == service.service_id:
            raise refuse(ctx, "already_waiting", service=service.named(speaks(ctx)))
    if not (args.name or ctx.contact.name):
        raise refuse(ctx, "who_are_you")
    return waitlist.Waiting(
        waitlist_id=new_id("wl"),
        service_id=service.service_id,
        practitioner_id=practitioner,
        from_day=max(wish.first, today),
        until_day=wish.last if wish.said else today + HORIZON,
        from_time=wish.at.time() if wish.at else wish.earliest,
        until_time=wish.latest,
        contact_id=ctx.contact.contact_id,
        conversation_id=ctx.conversation_id,
        patient_name=args.name or ctx.contact.name,
        patient_phone=ctx.contact.phone,
    )


async def check_wait(ctx: ToolContext, args: WaitArgs) -> Preview:
    """Describe the place on the waitlist."""
    entry = await _waiting(ctx, args)
    service = await service_for(ctx, entry.service_id)
    words = {"service": service, "first": entry.from_day, "last": entry.until_day}
    told = {
        language: fact(
            "waitlist.proposed", language, **{**words, "service": service.named(language)}
        )
        for language in LANGUAGES
    }
    return Preview(
        summary=told,
        args=args.model_dump(mode="json", exclude_none=True),
        detail={
            "service": service.named(speaks(ctx)), "from_day": entry.from_day.isoformat(),
            "until_day": entry.until_day.isoformat(),
        },
        facts=[told[known(speaks(ctx))]],
    )  # fmt: skip


async def join_waitlist(ctx: ToolContext, args: WaitArgs) -> OnWaitlist:
    """Put the customer on the waitlist: a time that frees is offered to them."""
    key = ctx.idempotency_key or new_id("once")
    made = await waitlist.by_key(ctx.conn, key)
    if made is None:
        made = await waitlist.join_waitlist(ctx.conn, await _waiting(ctx, args), key, ctx.now)
    service = await service_for(ctx, made.service_id)
    return OnWaitlist(
        waitlist_id=made.waitlist_id,
        service=service.named(speaks(ctx)),
        from_day=made.from_day.isoformat(),
        until_day=made.until_day.isoformat(),
    )


TOOLS = (
    Tool(
        "slots.book", book, BookArgs, Booked, Effect.WRITE, Risk.MEDIUM, Identity.CONTACT,
        check=check_book,
    ),
    Tool(
        "slots.move", move, MoveArgs, Booked, Effect.WRITE, Risk.MEDIUM, Identity.CONTACT,
        check=check_move,
    ),
    Tool(
        "slots.cancel", cancel, ChooseArgs, Booked, Effect.WRITE, Risk.MEDIUM, Identity.CONTACT,
        check=_about_one("appointment.cancelled"), destructive=True,
    ),
    Tool(
        "slots.confirm", confirm, ChooseArgs, Booked, Effect.WRITE, Risk.LOW, Identity.CONTACT,
        check=_about_one("appointment.confirmed"),
    ),
    Tool(
        "slots.join_waitlist", join_waitlist, WaitArgs, OnWaitlist, Effect.WRITE, Risk.LOW,
        Identity.CONTACT, check=check_wait,
    ),
)  # fmt: skip
