"""Booking an appointment. Proposing holds its time for some minutes; committing turns the hold
into the appointment."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import Field

from invekto.contracts.evidence import Risk
from invekto.contracts.ids import new_id
from invekto.errors import Conflict
from invekto.records import appointments
from invekto.records.appointments import Appointment, Hold
from invekto.records.pricing import Service
from invekto.tools.contract import (
    Effect,
    Identity,
    Preview,
    Tool,
    ToolArgs,
    ToolContext,
    ToolResult,
)  # fmt: skip
from invekto.tools.follow_up import after_booking
from invekto.tools.once import once
from invekto.tools.places import Place, give_back, hold_place, place_for, settle
from invekto.tools.schedule import length_of, rules, service_for
from invekto.tools.slots import AppointmentView, appointment_views, own_appointments
from invekto.tools.wording import LANGUAGES, fact, refuse, speaks


class BookArgs(ToolArgs):
    """A time offered by `slots.search`: its start and practitioner, or its key."""

    service: str = Field(max_length=120)
    starts_at: datetime | None = None
    practitioner: str | None = Field(None, max_length=120)
    key: str | None = Field(None, max_length=120, description="`key` of an offered slot")
    name: str | None = Field(None, max_length=120, description="full name, if not known")
    note: str | None = Field(None, max_length=300)


class Booked(ToolResult):
    """The appointment as it stands now. `event`: booked, moved, cancelled or confirmed."""

    appointment: AppointmentView
    event: str

    def facts(self, language: str) -> list[str]:
        return self.appointment.facts(language)


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
    return shown_before(ctx, "appointment.proposed", words, settled, hold)


def shown_before(
    ctx: ToolContext, key: str, words: dict[str, Any], args: ToolArgs, hold: Hold | None = None
) -> Preview:
    """How something about an appointment is shown before it is done; `words` fill the fact."""
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
    before = await appointments.by_key(ctx.conn, once(ctx))
    if before is not None:
        return await booked(ctx, before, "booked")
    place = await _bookable(ctx, args)
    hold = await settle(ctx, place)
    await give_back(ctx)
    made = await _insert(ctx, args, place, hold)
    await after_booking(ctx, made, place.service)
    return await booked(ctx, made, "booked")


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
        idempotency_key=once(ctx),
    )
    try:
        return await appointments.add_appointment(ctx.conn, wish, ctx.now)
    except Conflict as conflict:
        moment = place.starts_at.astimezone(ctx.tenant.zone)
        raise refuse(ctx, "slot_taken", moment=moment) from conflict


async def booked(ctx: ToolContext, appointment: Appointment, event: str) -> Booked:
    """The appointment as it is stored now."""
    stored = await appointments.get_appointment(ctx.conn, appointment.appointment_id)
    seen = await appointment_views(ctx, [stored or appointment])
    return Booked(appointment=seen[0], event=event)


TOOLS = (
    Tool(
        "slots.book", book, BookArgs, Booked, Effect.WRITE, Risk.MEDIUM, Identity.CONTACT,
        check=check_book,
    ),
)  # fmt: skip
