"""Values of the time grammar: days, clock times and what they become together."""

from __future__ import annotations

import calendar
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

PARTS = {
    "morning": (time(6), time(11)),
    "forenoon": (time(8), time(12)),
    "noon": (time(11, 30), time(13, 30)),
    "afternoon": (time(12), time(18)),
    "asr": (time(15), time(18)),
    "late": (time(16), time(18)),
    "evening": (time(18), time(22)),
    "tonight": (time(18), time(22)),
    "night": (time(22), time(2)),
}
"""Windows of the parts of a day; the night ends on the next day."""
PM_PARTS = ("afternoon", "asr", "late", "evening", "tonight")


@dataclass(frozen=True, slots=True)
class Day:
    """Days `first` to `last`, inclusive."""

    first: date
    last: date
    grain: str = "day"
    approx: bool = False
    conflict: bool = False

    @classmethod
    def of(cls, day: date, *, approx: bool = False) -> Day:
        return cls(day, day, approx=approx)


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock time; `shift` days after the day it is said with; `bare` where the half of the day
    was only assumed."""

    hour: int
    minute: int = 0
    shift: int = 0
    bare: bool = False

    def on(self, day: date, now: datetime) -> datetime:
        at = datetime.combine(day, time(self.hour, self.minute), now.tzinfo)
        return at + timedelta(days=self.shift)

    @property
    def order(self) -> int:
        return (self.shift * 24 + self.hour) * 60 + self.minute


@dataclass(frozen=True, slots=True)
class When:
    """Everything a phrase said; `side` is after, since, before or until."""

    day: Day | None = None
    clock: Clock | None = None
    end: Clock | None = None
    part: str | None = None
    instant: tuple[datetime, datetime] | None = None
    approx: bool = False
    side: str | None = None
    this: bool = False
    from_previous: int | None = None
    """Days after the date mentioned before, for `ertesi gün`."""
    weekday_from_previous: int | None = None

    def merged(self, other: When) -> When:
        """Both said together; the later one fills what the first left open."""
        return When(
            self.day or other.day,
            self.clock or other.clock,
            self.end or other.end,
            self.part or other.part,
            self.instant or other.instant,
            self.approx or other.approx,
            self.side or other.side,
            self.this or other.this,
            self.from_previous if self.from_previous is not None else other.from_previous,
            self.weekday_from_previous
            if self.weekday_from_previous is not None
            else other.weekday_from_previous,
        )

    @property
    def dayless(self) -> bool:
        return self.day is None and self.from_previous is None

    def roughly(self) -> When:
        return replace(self, approx=True)


Bounds = tuple[date | datetime | None, date | datetime | None, str]


def bounds(when: When, now: datetime) -> Bounds:
    """Start, end and grain; an open side is None."""
    if when.instant is not None:
        return _sided(*when.instant, "time", when.side)
    if when.clock is not None:
        return _clock_bounds(when, now)
    if when.part is not None:
        return _part_bounds(when, now)
    assert when.day is not None
    return _day_bounds(when.day, when.side)


def _day_bounds(day: Day, side: str | None) -> Bounds:
    match side:
        case "after":
            return day.last + timedelta(days=1), None, "day"
        case "since":
            return day.first, None, "day"
        case "before":
            return None, day.first - timedelta(days=1), "day"
        case "until":
            return None, day.last, "day"
    return day.first, day.last, day.grain


def _sided(start: datetime, end: datetime, grain: str, side: str | None) -> Bounds:
    if side in ("after", "since"):
        return start if grain == "time" else end, None, "time"
    if side in ("before", "until"):
        return None, end if side == "until" else start, "time"
    return start, end, grain


def _clock_bounds(when: When, now: datetime) -> Bounds:
    assert when.clock is not None
    end_clock = when.end or when.clock
    if when.day is not None:
        day = when.day.first
    elif _night_is_running(when, now):
        day = now.date() - timedelta(days=1)
    else:
        day = now.date()
        if not when.this and end_clock.on(day, now) < now.replace(second=0, microsecond=0):
            day += timedelta(days=1)
    return _sided(when.clock.on(day, now), end_clock.on(day, now), "time", when.side)


def _night_is_running(when: When, now: datetime) -> bool:
    clock = when.clock
    return now.hour < 2 and clock is not None and clock.shift == 1 and clock.hour < 5


def _part_bounds(when: When, now: datetime) -> Bounds:
    assert when.part is not None
    begin, finish = PARTS[when.part]
    over = timedelta(days=1 if finish < begin else 0)
    day = when.day.first if when.day else now.date()
    start = datetime.combine(day, begin, now.tzinfo)
    end = datetime.combine(day, finish, now.tzinfo) + over
    if when.day is None and when.part == "night" and now.hour < 2:
        start, end = start - timedelta(days=1), end - timedelta(days=1)
    elif when.day is None and not when.this and when.part != "tonight" and end <= now:
        start, end = start + timedelta(days=1), end + timedelta(days=1)
    return _sided(start, end, "part", when.side)


def clock_of(
    hour: int, minute: int = 0, *, part: str | None = None, digits: int = 0
) -> Clock | None:
    """A clock time by the conventions of a business: bare 1–7 are in the afternoon, 8–11 in the
    morning; two written digits beginning with 0 and hours above 12 are taken as they are."""
    if not (0 <= hour <= 24 and 0 <= minute < 60) or (hour == 24 and minute):
        return None
    if hour == 24:
        return Clock(0, minute, 1)
    if part is not None and hour <= 12 and part != "forenoon":
        return _clock_in_part(hour, minute, part)
    if digits == 0 and 1 <= hour <= 7:
        return Clock(hour + 12, minute, bare=True)
    return Clock(hour, minute, bare=digits == 0 and hour <= 12)


def _clock_in_part(hour: int, minute: int, part: str) -> Clock:
    if part == "night":
        if hour == 12 or hour < 6:
            return Clock(hour % 12, minute, 1)
        return Clock(hour + 12, minute)
    if part in PM_PARTS:
        if hour == 12:
            return Clock(0, minute, 1) if part in ("evening", "tonight") else Clock(12, minute)
        return Clock(hour + 12, minute)
    if part == "noon":
        return Clock(hour if hour >= 10 else hour + 12, minute)
    return Clock(hour % 12 if part == "am" else hour, minute)


def later(start: Clock, end: Clock) -> Clock | None:
    """`end` moved past `start` by half a day where it was bare (`11-2`, `9-5`)."""
    if end.order > start.order:
        return end
    if end.bare and end.hour < 12 and replace(end, hour=end.hour + 12).order > start.order:
        return replace(end, hour=end.hour + 12)
    return None


def week_of(day: date, weeks: int = 0) -> Day:
    """The calendar week of `day`, Monday to Sunday, some weeks on."""
    monday = day - timedelta(days=day.weekday()) + timedelta(weeks=weeks)
    return Day(monday, monday + timedelta(days=6), "week")


def month_of(year: int, month: int) -> Day:
    last = calendar.monthrange(year, month)[1]
    return Day(date(year, month, 1), date(year, month, last), "month")


def add_months(day: date, months: int) -> date:
    """The same day some months on, clipped to the month's last day."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def next_weekday(today: date, weekday: int, *, inclusive: bool = False) -> date:
    """The first such weekday after today, or from today on."""
    ahead = (weekday - today.weekday()) % 7
    return today + timedelta(days=ahead if ahead or inclusive else 7)


def next_month_day(today: date, day: int) -> date | None:
    """The next such day of a month, today included; months that are too short are skipped."""
    for months in range(13):
        first = add_months(today.replace(day=1), months)
        if day <= calendar.monthrange(first.year, first.month)[1]:
            found = first.replace(day=day)
            if found >= today:
                return found
    return None


def next_date(today: date, month: int, day: int) -> date | None:
    """The next such date, today included; 29 February waits for a leap year."""
    for year in range(today.year, today.year + 9):
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if found >= today:
            return found
    return None
