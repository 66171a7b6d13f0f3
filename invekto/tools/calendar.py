"""Which times are free: pure, values in and values out.

Local opening hours become UTC once per day and all arithmetic is done in UTC, so that a day on
which the clocks change is as long as it is, no offered time is one that the clocks skip, and none
is offered twice.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from invekto.records.appointments import Taken
from invekto.records.openings import Holiday, OpenHours, TimeOff

GRID = timedelta(minutes=5)
"""Appointments start and end on this grid; the database counts occupied times in it."""


@dataclass(frozen=True, slots=True)
class Length:
    """How long a service takes, and the time its practitioner needs around it."""

    duration: timedelta
    before: timedelta = timedelta(0)
    after: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """A time that can be had; `starts_at` in UTC, `seat` the first free one."""

    starts_at: datetime
    practitioner_id: str
    seat: int = 1


@dataclass(frozen=True, slots=True)
class Calendar:
    """All that decides when somebody is free, of one tenant and window."""

    zone: ZoneInfo
    hours: Sequence[OpenHours]
    holidays: Mapping[date, Holiday]
    absences: Sequence[TimeOff]
    taken: Sequence[Taken]

    def without(self, holder: str) -> Calendar:
        """As if one appointment or hold did not exist, for moving it."""
        rest = [t for t in self.taken if t.holder != holder]
        return Calendar(self.zone, self.hours, self.holidays, self.absences, rest)


def local_days(first: date, last: date) -> Iterator[date]:
    """The days from `first` to `last`, both included."""
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)


def to_utc(day: date, at: time, zone: ZoneInfo) -> datetime:
    """A local wall-clock time in UTC; one that the clocks skip becomes the moment after."""
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)


def open_spans(
    calendar: Calendar, practitioner_id: str, service_id: str | None, day: date
) -> list[tuple[datetime, datetime, int]]:
    """(begin, end, seats) in UTC when the practitioner works on a day, holidays taken into
    account, absences not."""
    holiday = calendar.holidays.get(day)
    if holiday is not None and holiday.open_from is None:
        return []
    spans = []
    for hours in calendar.hours:
        if not _applies(hours, practitioner_id, service_id, day):
            continue
        begin, end = hours.start_time, hours.end_time
        if holiday is not None and holiday.open_from and holiday.open_until:
            begin, end = max(begin, holiday.open_from), min(end, holiday.open_until)
        if begin < end:
            spans.append(
                (to_utc(day, begin, calendar.zone), to_utc(day, end, calendar.zone),
                 hours.max_capacity)
            )  # fmt: skip
    return sorted(spans)


def _applies(hours: OpenHours, practitioner_id: str, service_id: str | None, day: date) -> bool:
    return (
        hours.practitioner_id == practitioner_id
        and hours.weekday == day.isoweekday()
        and (hours.service_id is None or service_id is None or hours.service_id == service_id)
        and (hours.valid_from is None or hours.valid_from <= day)
        and (hours.valid_until is None or day <= hours.valid_until)
    )


def free_slots(
    calendar: Calendar,
    practitioner_ids: Iterable[str],
    service_id: str | None,
    length: Length,
    first: date,
    last: date,
    *,
    not_before: datetime,
    step: timedelta = timedelta(minutes=15),
) -> list[Slot]:
    """Every time that can be had in a window of local days, earliest first.

    Args:
        not_before: earliest start, for instance now and an hour.
        step: distance of offered starts, counted from each opening.
    """
    found: list[Slot] = []
    for practitioner_id in practitioner_ids:
        busy = _busy(calendar, practitioner_id)
        for day in local_days(first, last):
            for begin, end, seats in open_spans(calendar, practitioner_id, service_id, day):
                found += _in_span(
                    practitioner_id, begin, end, seats, busy, length, not_before, step
                )
    return sorted(set(found))


def seat_for(
    calendar: Calendar,
    practitioner_id: str,
    service_id: str | None,
    length: Length,
    starts_at: datetime,
) -> int | None:
    """The seat in which an appointment could start at this very moment; None where none can."""
    begin = starts_at.astimezone(UTC)
    busy = _busy(calendar, practitioner_id)
    day = begin.astimezone(calendar.zone).date()
    for opens, closes, seats in open_spans(calendar, practitioner_id, service_id, day):
        if opens <= begin and begin + length.duration <= closes:
            seat = _free_seat(busy, seats, begin - length.before, _until(begin, length))
            if seat is not None:
                return seat
    return None


def within_hours(
    calendar: Calendar,
    practitioner_id: str,
    service_id: str | None,
    length: Length,
    starts_at: datetime,
) -> bool:
    """Whether the appointment fits the opening hours, whoever has taken them."""
    begin = starts_at.astimezone(UTC)
    day = begin.astimezone(calendar.zone).date()
    return any(
        opens <= begin and begin + length.duration <= closes
        for opens, closes, _ in open_spans(calendar, practitioner_id, service_id, day)
    )


Busy = dict[int, tuple[list[datetime], list[datetime]]]
"""Seat → begins and ends of merged busy spans, sorted; seat 0 is the practitioner's absence."""


def _busy(calendar: Calendar, practitioner_id: str) -> Busy:
    spans: dict[int, list[tuple[datetime, datetime]]] = {}
    for taken in calendar.taken:
        if taken.practitioner_id == practitioner_id:
            spans.setdefault(taken.seat, []).append((taken.busy_from, taken.busy_until))
    for away in calendar.absences:
        if away.practitioner_id in (None, practitioner_id):
            spans.setdefault(0, []).append((away.starts_at, away.ends_at))
    return {seat: _merged(its) for seat, its in spans.items()}


def _merged(spans: list[tuple[datetime, datetime]]) -> tuple[list[datetime], list[datetime]]:
    begins: list[datetime] = []
    ends: list[datetime] = []
    for begin, end in sorted(spans):
        if ends and begin <= ends[-1]:
            ends[-1] = max(ends[-1], end)
        else:
            begins.append(begin)
            ends.append(end)
    return begins, ends


def _clash(busy: Busy, seat: int, begin: datetime, end: datetime) -> bool:
    if seat not in busy:
        return False
    begins, ends = busy[seat]
    after = bisect_left(begins, end)
    return after > 0 and ends[after - 1] > begin


def _free_seat(busy: Busy, seats: int, begin: datetime, end: datetime) -> int | None:
    if _clash(busy, 0, begin, end):
        return None
    return next((s for s in range(1, seats + 1) if not _clash(busy, s, begin, end)), None)


def _until(begin: datetime, length: Length) -> datetime:
    return begin + length.duration + length.after


def _in_span(
    practitioner_id: str, begin: datetime, end: datetime, seats: int, busy: Busy, length: Length,
    not_before: datetime, step: timedelta,
) -> Iterator[Slot]:  # fmt: skip
    if not_before > begin:
        begin += -(-(not_before - begin) // step) * step
    while begin + length.duration <= end:
        seat = _free_seat(busy, seats, begin - length.before, _until(begin, length))
        if seat is not None:
            yield Slot(begin, practitioner_id, seat)
        begin += step


def best_few(
    slots: Sequence[Slot], limit: int, *, prefer: str | None = None, near: datetime | None = None
) -> list[Slot]:  # fmt: skip
    """The few worth offering, in order of time: the nearest to what was asked (else the
    earliest), then others spread over half days, each time once.

    Args:
        prefer: practitioner who wins where two are free at the same time.
        near: the moment asked for.
    """
    once: dict[datetime, Slot] = {}
    for slot in slots:
        kept = once.get(slot.starts_at)
        if kept is None or (slot.practitioner_id == prefer != kept.practitioner_id):
            once[slot.starts_at] = slot
    if near is not None:
        by_distance = sorted(once.values(), key=lambda s: (abs(s.starts_at - near), s))
        return sorted(by_distance[:limit])
    ranked = sorted(once.values())
    chosen: list[Slot] = []
    for room in (timedelta(hours=3), timedelta(hours=1), timedelta(0)):
        for slot in ranked:
            if len(chosen) >= limit:
                break
            if slot not in chosen and all(
                abs(slot.starts_at - other.starts_at) >= room for other in chosen
            ):
                chosen.append(slot)
    return sorted(chosen)
