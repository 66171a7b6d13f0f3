"""Looking for free times, and at one's own appointments."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from pydantic import Field

from invekto.records import appointments, openings, pricing, waitlist
from invekto.records.appointments import Appointment
from invekto.records.openings import Practitioner
from invekto.records.pricing import Service
from invekto.tools.calendar import (
    Calendar,
    Length,
    Slot,
    best_few,
    free_slots,
    local_days,
    open_spans,
)  # fmt: skip
from invekto.tools.contract import Effect, Identity, Tool, ToolArgs, ToolContext, ToolResult
from invekto.tools.places import own_holders
from invekto.tools.schedule import (
    first_visit,
    length_of,
    load_calendar,
    people_for,
    rules,
    service_for,
)
from invekto.tools.window import HORIZON, Part, Wanted, Window, wanted
from invekto.tools.wording import fact, label, refuse, speaks

FEW_DAYS = 4
PLENTY = 12
"""Where no day was named, days are looked at this many at a time until there is a choice."""


class SearchArgs(ToolArgs):
    """What for, with whom, when. A day may be a window; without one the next two weeks are
    searched."""

    service: str | None = Field(None, max_length=120, description="service id or name")
    practitioner: str | None = Field(None, max_length=120, description="practitioner id or name")
    day: Window | None = Field(None, description="ISO date, or {start, end}")
    time: Window | None = Field(None, description="ISO time, or {start, end}")
    part: Part | None = None
    limit: int = Field(3, ge=1, le=10)
    moving: str | None = Field(
        None, max_length=60, description="appointment that would move: its own time counts as free"
    )


class SlotOption(ToolResult):
    """A time that can be booked. `key` names it in one string."""

    key: str
    starts_at: datetime
    ends_at: datetime
    practitioner_id: str
    practitioner: str


class Slots(ToolResult):
    """`met`: the options are within what was asked; else they are the nearest to it.
    `why_not`: closed, full or unknown where nothing was free as asked."""

    service_id: str
    service: str
    instead_of: str | None = None
    """The service asked for, where it begins with this one as a first visit."""
    duration_minutes: int
    options: list[SlotOption]
    met: bool
    why_not: str | None = None
    closed_day: date | None = None
    closed_because: str | None = None

    def facts(self, language: str) -> list[str]:
        said = [
            fact("slot.free", language, service=self.service, practitioner=o.practitioner,
                 moment=o.starts_at)
            for o in self.options
        ]  # fmt: skip
        if self.instead_of is not None:
            said.append(
                fact("slot.first_visit", language, service=self.instead_of, visit=self.service)
            )
        if not self.met:
            said.append(fact("slot.none", language, service=self.service))
        if self.closed_day is not None:
            why = self.closed_because or "—"
            said.append(fact("slot.closed", language, day=self.closed_day, why=why))
        minutes = self.duration_minutes
        return [*said, fact("slot.duration", language, service=self.service, minutes=minutes)]


class MineArgs(ToolArgs):
    """Nothing: they are the caller's."""

    limit: int = Field(5, ge=1, le=20)


class AppointmentView(ToolResult):
    """One's own appointment; times are local."""

    appointment_id: str
    service_id: str
    service: str
    practitioner_id: str
    practitioner: str
    starts_at: datetime
    ends_at: datetime
    status: str
    status_text: str
    changeable: bool

    def facts(self, language: str) -> list[str]:
        status = label("appointment", self.status, language)
        return [
            fact("appointment.is", language, service=self.service, moment=self.starts_at,
                 practitioner=self.practitioner),
            fact("appointment.status", language, service=self.service, moment=self.starts_at,
                 status=status),
        ]  # fmt: skip


class Mine(ToolResult):
    """The coming appointments, earliest first."""

    appointments: list[AppointmentView]

    @property
    def next(self) -> AppointmentView | None:
        """The next one."""
        return self.appointments[0] if self.appointments else None

    def facts(self, language: str) -> list[str]:
        if not self.appointments:
            return [fact("appointment.none", language)]
        return [sentence for one in self.appointments for sentence in one.facts(language)]


async def search(ctx: ToolContext, args: SearchArgs) -> Slots:
    """Free times for a service: the best few for what was asked, or the nearest to it."""
    asked = await service_for(ctx, args.service)
    service = await first_visit(ctx, asked) or asked
    people = await people_for(ctx, service, args.practitioner)
    wish = _checked(ctx, wanted(args.day, args.time, args.part, ctx.now))
    last = wish.last + HORIZON
    calendar = await load_calendar(ctx, wish.first, last)
    for holder in await own_holders(ctx, await _moving(ctx, args.moving)):
        calendar = calendar.without(holder)
    finder = _Finder(ctx, calendar, people, service)
    fitting = finder.fitting(wish)
    met = bool(fitting) and (wish.at is None or _has(fitting, wish.at))
    if not fitting:
        fitting = finder.nearest(wish, last)
    chosen = best_few(fitting, args.limit, prefer=people[0].practitioner_id, near=wish.at)
    closed = None if met else _closed(ctx, calendar, people, service, wish)
    return Slots(
        service_id=service.service_id,
        service=service.named(speaks(ctx)),
        instead_of=asked.named(speaks(ctx)) if asked is not service else None,
        duration_minutes=service.duration_minutes,
        options=[finder.option(slot) for slot in chosen],
        met=met,
        why_not=None if met else "closed" if closed else "full",
        closed_day=wish.first if closed else None,
        closed_because=closed,
    )


async def _moving(ctx: ToolContext, appointment_id: str | None) -> str | None:
    """The appointment that would move, if it is the contact's own."""
    if appointment_id is None or ctx.contact is None:
        return None
    mine = await own_appointments(ctx)
    return appointment_id if appointment_id in {a.appointment_id for a in mine} else None


def _checked(ctx: ToolContext, wish: Wanted) -> Wanted:
    today, ahead = ctx.now.date(), rules(ctx).days_ahead
    if wish.last < today or (wish.at is not None and wish.at < ctx.now):
        raise refuse(ctx, "past_date", day=wish.last)
    if wish.first > today + timedelta(days=ahead):
        raise refuse(ctx, "too_far", days=ahead)
    return Wanted(
        max(wish.first, today), min(wish.last, today + timedelta(days=ahead)),
        wish.earliest, wish.latest, wish.at, wish.said,
    )  # fmt: skip


def _fits(slot: Slot, wish: Wanted, ctx: ToolContext) -> bool:
    hour = slot.starts_at.astimezone(ctx.tenant.zone).time()
    return (wish.earliest is None or hour >= wish.earliest) and (
        wish.latest is None or hour < wish.latest
    )


def _has(slots: list[Slot], at: datetime) -> bool:
    return any(slot.starts_at == at.astimezone(UTC) for slot in slots)


def _closed(
    ctx: ToolContext, calendar: Calendar, people: list[Practitioner], service: Service, wish: Wanted
) -> str | None:
    """Why nobody works in the window asked, where nobody does."""
    days = list(local_days(wish.first, wish.last))
    if len(days) > 7 or any(
        open_spans(calendar, p.practitioner_id, service.service_id, day)
        for day in days for p in people
    ):  # fmt: skip
        return None
    holiday = calendar.holidays.get(wish.first)
    if holiday is not None and holiday.name:
        return holiday.named(speaks(ctx))
    return label("weekday", str(wish.first.isoweekday()), speaks(ctx))


class _Finder:
    """Free times of some people for one service."""

    def __init__(
        self, ctx: ToolContext, calendar: Calendar, people: list[Practitioner], service: Service
    ) -> None:
        self._ctx, self._calendar, self._service = ctx, calendar, service
        self._people = {p.practitioner_id: p for p in people}
        self._length: Length = length_of(service)

    def free(self, first: date, last: date) -> list[Slot]:
        its = rules(self._ctx)
        return free_slots(
            self._calendar, self._people, self._service.service_id, self._length, first, last,
            not_before=(self._ctx.now + its.notice).astimezone(UTC), step=its.step,
        )  # fmt: skip

    def fitting(self, wish: Wanted) -> list[Slot]:
        """The times within what was asked; where no day was named, the first days that have
        some."""
        found: list[Slot] = []
        chunk = (wish.last - wish.first) if wish.said else timedelta(days=FEW_DAYS - 1)
        first = wish.first
        while first <= wish.last and len(found) < PLENTY:
            last = min(first + chunk, wish.last)
            found += [s for s in self.free(first, last) if _fits(s, wish, self._ctx)]
            first = last + timedelta(days=1)
        return found

    def nearest(self, wish: Wanted, last: date) -> list[Slot]:
        """The first times after what was asked, at the hours asked for where there are such."""
        found: list[Slot] = []
        first = wish.first
        while first <= last and not found:
            end = min(first + timedelta(days=FEW_DAYS), last)
            found = self.free(first, end)
            first = end + timedelta(days=1)
        return [s for s in found if _fits(s, wish, self._ctx)] or found

    def option(self, slot: Slot) -> SlotOption:
        person = self._people[slot.practitioner_id]
        begin = slot.starts_at.astimezone(self._ctx.tenant.zone)
        end = (slot.starts_at + self._length.duration).astimezone(self._ctx.tenant.zone)
        return SlotOption(
            key=f"{begin.isoformat(timespec='minutes')}|{person.practitioner_id}",
            starts_at=begin, ends_at=end, practitioner_id=person.practitioner_id,
            practitioner=person.full_name,
        )  # fmt: skip


async def mine(ctx: ToolContext, args: MineArgs) -> Mine:
    """The customer's coming appointments: when, with whom, what for, confirmed or not."""
    found = await own_appointments(ctx)
    return Mine(appointments=(await appointment_views(ctx, found))[: args.limit])


class OfferedArgs(ToolArgs):
    """Nothing: it is the caller's."""


class Offered(ToolResult):
    """A time that freed and is kept for somebody of the waitlist; None: there is none."""

    service_id: str | None = None
    service: str | None = None
    slot: SlotOption | None = None
    until: datetime | None = None

    def facts(self, language: str) -> list[str]:
        if self.slot is None:
            return []
        return [
            fact("appointment.proposed", language, service=self.service,
                 practitioner=self.slot.practitioner, moment=self.slot.starts_at)
        ]  # fmt: skip


async def offered(ctx: ToolContext, args: OfferedArgs) -> Offered:  # noqa: ARG001
    """The time that the customer waited for, was offered, and may still take."""
    assert ctx.contact is not None
    who = ctx.contact.contact_id
    kept = {hold.hold_id: hold for hold in await appointments.holds_of(ctx.conn, who, ctx.now)}
    for entry in await waitlist.open_entries(ctx.conn, who):
        hold = kept.get(entry.hold_id or "") if entry.status == "offered" else None
        if hold is None:
            continue
        [service] = await pricing.services(ctx.conn, [hold.service_id])
        people = {p.practitioner_id: p for p in await openings.practitioners(ctx.conn)}
        begin = hold.starts_at.astimezone(ctx.tenant.zone)
        return Offered(
            service_id=service.service_id,
            service=service.named(speaks(ctx)),
            slot=SlotOption(
                key=f"{begin.isoformat(timespec='minutes')}|{hold.practitioner_id}",
                starts_at=begin,
                ends_at=hold.ends_at.astimezone(ctx.tenant.zone),
                practitioner_id=hold.practitioner_id,
                practitioner=people[hold.practitioner_id].full_name,
            ),
            until=hold.expires_at.astimezone(ctx.tenant.zone),
        )
    return Offered()


async def own_appointments(ctx: ToolContext) -> list[Appointment]:
    """The coming appointments of the contact, or of their verified phone."""
    assert ctx.contact is not None
    phone = ctx.contact.phone if ctx.contact.phone_verified else None
    return await appointments.appointments_of(
        ctx.conn, contact_id=ctx.contact.contact_id, phone=phone, after=ctx.now
    )


async def appointment_views(ctx: ToolContext, found: list[Appointment]) -> list[AppointmentView]:
    """Appointments with names, in local time."""
    if not found:
        return []
    services = {s.service_id: s for s in await pricing.services(ctx.conn)}
    people = {p.practitioner_id: p for p in await openings.practitioners(ctx.conn)}
    limit = timedelta(hours=rules(ctx).change_hours)
    zone = ctx.tenant.zone
    return [
        AppointmentView(
            appointment_id=a.appointment_id,
            service_id=a.service_id,
            service=services[a.service_id].named(speaks(ctx))
            if a.service_id in services
            else a.service_id,
            practitioner_id=a.practitioner_id,
            practitioner=people[a.practitioner_id].full_name if a.practitioner_id in people else "",
            starts_at=a.starts_at.astimezone(zone),
            ends_at=a.ends_at.astimezone(zone),
            status=a.status,
            status_text=label("appointment", a.status, speaks(ctx)),
            changeable=a.starts_at - ctx.now >= limit,
        )
        for a in found
    ]


TOOLS = (
    Tool("slots.search", search, SearchArgs, Slots, Effect.READ),
    Tool("slots.offered", offered, OfferedArgs, Offered, Effect.READ, identity=Identity.CONTACT),
    Tool("slots.mine", mine, MineArgs, Mine, Effect.READ, identity=Identity.CONTACT),
)
