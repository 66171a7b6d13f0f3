"""Moving, cancelling and confirming one's own appointments."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from pydantic import Field

from invekto.contracts.evidence import Risk
from invekto.errors import Conflict
from invekto.records import appointments, openings
from invekto.records.appointments import Appointment
from invekto.tools.booking import Booked, booked, shown_before
from invekto.tools.contract import Effect, Identity, Preview, Tool, ToolArgs, ToolContext
from invekto.tools.follow_up import after_booking, after_cancelling, freed
from invekto.tools.places import Place, give_back, hold_place, place_for, settle
from invekto.tools.schedule import length_of, rules, service_for
from invekto.tools.slots import appointment_views, own_appointments
from invekto.tools.wording import refuse, speaks


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


async def own(ctx: ToolContext, appointment_id: str | None, *also: str) -> Appointment:
    """The contact's own appointment, the one named or their only one, locked after its
    practitioner and the practitioners in `also`.

    Raises:
        Refused: no_appointment, ambiguous.
    """
    coming = await own_appointments(ctx)
    if appointment_id is not None:
        coming = [a for a in coming if a.appointment_id == appointment_id]
    if len(coming) != 1:
        raise refuse(ctx, "ambiguous" if coming else "no_appointment")
    await openings.lock_practitioners(ctx.conn, {coming[0].practitioner_id, *also})
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
    return shown_before(ctx, "appointment.moved", words, settled, hold)


async def move(ctx: ToolContext, args: MoveArgs) -> Booked:
    """Move one of the customer's appointments to another free time."""
    old, place = await _movable(ctx, args)
    people = {p.practitioner_id for p in place.people}
    locked = await own(ctx, old.appointment_id, *people)
    if locked.starts_at == place.starts_at and locked.practitioner_id in people:
        return await booked(ctx, locked, "moved")
    hold = await settle(ctx, place, moving=locked.appointment_id)
    await give_back(ctx)
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
    return await booked(ctx, moved, "moved")


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
        shown = shown_before(ctx, key, words, settled)
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
    return await booked(ctx, mine, "cancelled")


async def confirm(ctx: ToolContext, args: ChooseArgs) -> Booked:
    """Note that the customer is coming to one of their appointments."""
    before = await _already(ctx, args, "confirmed")
    if before is not None:
        return before
    mine = await own(ctx, args.appointment_id)
    await appointments.set_appointment_status(ctx.conn, mine.appointment_id, "confirmed", ctx.now)
    return await booked(ctx, mine, "confirmed")


async def _already(ctx: ToolContext, args: ChooseArgs, status: str) -> Booked | None:
    """The contact's own appointment, where it is in this state already."""
    if args.appointment_id is None or ctx.contact is None:
        return None
    found = await appointments.get_appointment(ctx.conn, args.appointment_id)
    if found is None or found.status != status or found.contact_id != ctx.contact.contact_id:
        return None
    return await booked(ctx, found, status)


TOOLS = (
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
)  # fmt: skip
