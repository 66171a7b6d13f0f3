"""A time at a practitioner's: whether it is free, and holding it while its customer decides.

Whoever wants one takes the practitioner's row first, so that bookings queue up instead of failing;
locks are always taken in the order practitioners, then appointments.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from invekto.contracts.ids import new_id
from invekto.errors import Conflict
from invekto.records import appointments, openings
from invekto.records.appointments import Appointment, Hold
from invekto.records.openings import Practitioner
from invekto.records.pricing import Service
from invekto.tools.calendar import seat_for, within_hours
from invekto.tools.contract import ToolContext
from invekto.tools.schedule import length_of, load_calendar, on_grid, people_for, rules
from invekto.tools.wording import refuse


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
    for holder in await own_holders(ctx, moving):
        calendar = calendar.without(holder)
    length, service_id = length_of(place.service), place.service.service_id
    for practitioner_id in ids:
        seat = seat_for(calendar, practitioner_id, service_id, length, place.starts_at)
        if seat is not None:
            return place.hold(ctx, practitioner_id, seat)
    moment = place.starts_at.astimezone(ctx.tenant.zone)
    works = any(within_hours(calendar, p, service_id, length, place.starts_at) for p in ids)
    raise refuse(ctx, "slot_taken" if works else "not_open", moment=moment)


async def own_holders(ctx: ToolContext, moving: str | None) -> list[str]:
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
    await give_back(ctx)
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


async def give_back(ctx: ToolContext) -> None:
    """Drop this contact's holds."""
    if ctx.contact is not None:
        await appointments.drop_holds(ctx.conn, contact_id=ctx.contact.contact_id)
