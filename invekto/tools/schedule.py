"""What slot tools share: which service, which practitioner, and the calendar of a window."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from invekto.records import appointments, openings, pricing
from invekto.records.openings import Practitioner
from invekto.records.pricing import Service
from invekto.tools.calendar import GRID, Calendar, Length, local_days, to_utc
from invekto.tools.contract import ToolContext
from invekto.tools.matching import closest
from invekto.tools.profile import whole
from invekto.tools.wording import refuse, speaks


@dataclass(frozen=True, slots=True)
class Rules:
    """How far ahead and how late a customer may book and change, from the tenant's settings."""

    notice: timedelta
    days_ahead: int
    change_hours: int
    hold: timedelta
    step: timedelta
    most: int


def rules(ctx: ToolContext) -> Rules:
    """The tenant's booking rules."""
    return Rules(
        notice=timedelta(minutes=whole(ctx.tenant, "booking_notice_minutes", default=60)),
        days_ahead=whole(ctx.tenant, "booking_days_ahead", default=90),
        change_hours=whole(ctx.tenant, "appointment_change_hours", default=2),
        hold=timedelta(minutes=whole(ctx.tenant, "hold_minutes", default=15)),
        step=timedelta(minutes=whole(ctx.tenant, "slot_step_minutes", default=15)),
        most=whole(ctx.tenant, "appointments_per_contact", default=5),
    )


def length_of(service: Service) -> Length:
    """A service's duration and buffers."""
    return Length(
        timedelta(minutes=service.duration_minutes),
        timedelta(minutes=service.buffer_before),
        timedelta(minutes=service.buffer_after),
    )


async def service_for(ctx: ToolContext, name: str | None) -> Service:
    """The service meant by an id or a name.

    Raises:
        Refused: which_service, unknown_service, ambiguous.
    """
    names = await pricing.service_names(ctx.conn)
    if name is None:
        bookable = {service_id for _, service_id, may in names if may}
        found = list(bookable) if len(bookable) == 1 else []
        if not found:
            raise refuse(ctx, "which_service")
    else:
        found = closest(name, [(n, i) for n, i, _ in names])
        if not found:
            raise refuse(ctx, "unknown_service", name=name)
        if len(found) > 1:
            raise refuse(ctx, "ambiguous")
    return (await pricing.services(ctx.conn, found))[0]


def service_names(services: list[Service]) -> list[tuple[str, str]]:
    """(name, id) of the services in all languages, synonyms included."""
    return [
        (name, s.service_id) for s in services for name in (s.name, *s.names.values(), *s.synonyms)
    ]


async def first_visit(ctx: ToolContext, service: Service) -> Service | None:
    """What is booked before a service that cannot be booked itself: the `first_visit` of the
    tenant's profile, where it names a bookable service."""
    wanted = ctx.tenant.profile.get("first_visit")
    if service.bookable or not isinstance(wanted, str):
        return None
    found = await pricing.services(ctx.conn, [wanted])
    return found[0] if found and found[0].bookable else None


async def people_for(
    ctx: ToolContext, service: Service, practitioner: str | None
) -> list[Practitioner]:
    """Who gives a service: the one named, or all who do.

    Raises:
        Refused: not_bookable, unknown_practitioner, not_with.
    """
    everybody = await openings.practitioners(ctx.conn)
    able = [p for p in everybody if p.gives(service.service_id)]
    if not service.bookable or not able:
        raise refuse(ctx, "not_bookable", service=service.named(speaks(ctx)))
    if practitioner is None:
        return able
    found = closest(practitioner, [(p.name, p.practitioner_id) for p in everybody])
    if len(found) != 1:
        raise refuse(ctx, "unknown_practitioner", name=practitioner)
    chosen = next(p for p in everybody if p.practitioner_id == found[0])
    if chosen not in able:
        service_name = service.named(speaks(ctx))
        raise refuse(ctx, "not_with", practitioner=chosen.full_name, service=service_name)
    return [chosen]


async def load_calendar(ctx: ToolContext, first: date, last: date) -> Calendar:
    """The tenant's calendar from `first` to `last`, both included."""
    zone = ctx.tenant.zone
    begin = to_utc(first, time(0), zone) - timedelta(hours=12)
    end = to_utc(last, time(0), zone) + timedelta(hours=48)
    holidays = {h.day: h for h in await openings.holidays(ctx.conn, first, last)}
    closed = ctx.tenant.profile.get("closed_days") or []
    for day in local_days(first, last):
        if day.isoformat() in closed and day not in holidays:
            holidays[day] = openings.Holiday(day, "")
    return Calendar(
        zone=zone,
        hours=await openings.open_hours(ctx.conn),
        holidays=holidays,
        absences=await openings.time_off(ctx.conn, begin, end),
        taken=await appointments.taken(ctx.conn, begin, end, ctx.now),
    )


def on_grid(moment: datetime) -> datetime:
    """The moment in UTC, down to the five-minute grid."""
    utc = moment.astimezone(UTC)
    since = utc - datetime(1970, 1, 1, tzinfo=UTC)
    return utc - since % GRID
