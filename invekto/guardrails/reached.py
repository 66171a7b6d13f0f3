"""Days and hours that lie a length of time of the facts from a day or an hour of theirs."""

from __future__ import annotations

import itertools
import re
from datetime import date, timedelta

from invekto.guardrails.claims import Claim
from invekto.guardrails.ground import USUAL_YEAR, Ground, day_of

LENGTH = {"day": 1.0, "work_day": 1.0, "night": 1.0, "week": 7.0, "hour": 1.0 / 24.0}
MINUTES = {"minute": 1, "hour": 60}
_HALF_DAY = 12 * 60
MOST = 40
"""Values of a kind that are combined with one another."""


def between_days(days: float, ground: Ground) -> bool:
    """As many days as lie between two days of the facts, or nights between two weekdays."""
    if str(int(days)) in ground.days_apart():
        return True
    if ground.today is not None and any(
        abs((day - ground.today).days) == days for day in _reached(ground)
    ):
        return True
    named = [int(c.value[0]) for c, _ in ground.by_kind.get("weekday", ())]
    return len(named) == 2 and (named[1] - named[0]) % 7 == days


def weekdays_reached(ground: Ground) -> frozenset[str]:
    """Weekdays of the days that lie a length of time of the facts before or after one of theirs;
    where they say "the next day" or "a day before", those beside their weekdays."""
    found = {str(day.isoweekday()) for day in _reached(ground)}
    named = [int(c.value[0]) for c, _ in ground.by_kind.get("weekday", ())]
    if any(c.value == ("1", "day") for c, _ in ground.by_kind.get("amount", ())):
        found |= {str(day % 7 + 1) for day in named}
    if named and any(_DAY_BEFORE.search(fact) for fact in ground.folded):
        found |= {str((day - 2) % 7 + 1) for day in named}
    return frozenset(found)


def day_reached(claim: Claim, ground: Ground) -> bool:
    """A day of the facts moved by a length of time of the facts."""
    meant = day_of(claim)
    if meant is None:
        return False
    reached = _reached(ground) | _every_month(ground)
    if claim.year:
        return meant in reached
    return (meant.month, meant.day) in {(day.month, day.day) for day in reached}


def _reached(ground: Ground) -> set[date]:
    """The days that lie a length of time of the facts after or before a day of theirs, or after
    the present day."""
    lasting = [
        c
        for c, _ in ground.by_kind.get("amount", ())[:MOST]
        if c.value[1] in LENGTH and c.value[0].replace(".", "", 1).isdecimal()
    ]
    lengths = [(float(c.value[0]), c.value[1]) for c in lasting]
    lengths += _one_after_another(lasting)
    if any(_DAY_BEFORE.search(fact) for fact in ground.folded):
        lengths.append((1.0, "day"))
    days = {
        d
        for kind in ("date", "dotted")
        for c, _ in ground.by_kind.get(kind, ())[:MOST]
        if (d := day_of(c))
    }
    days |= {ground.today} if ground.today else set()
    days |= _every_month(ground)
    months = {
        round(float(c.value[0])) * (12 if c.value[1] == "year" else 1)
        for c, _ in ground.by_kind.get("amount", ())[:MOST]
        if c.value[1] in {"month", "year"}
    }
    later = {_months_later(day, n) for day in days for n in months}
    later_by = [max(1.0, n * LENGTH[u]) for n, u in lengths]
    ends = {_moved(day, by) for day in days for by in later_by}
    found = {_moved(day, by) for day in days - ends for by in later_by}
    found |= {_moved(day, -by) for day in days for by in later_by}
    found |= {_worked_on(day, round(n)) for day in days for n, u in lengths if u == "work_day"}
    return {day for day in found | later if day is not None}


_DAY_BEFORE = re.compile(
    r"\b(?:bir|1) gun (?:once|evvel)|\b(?:day|night|evening) before|\b(?:a|one|1) day (?:ahead|in advance)|قبل يوم|قبلها بيوم|اليوم السابق"
)
_EVERY_MONTH = re.compile(
    r"\bayin (\d{1,2})|(?<!\d)(\d{1,2})(?:st|nd|rd|th)? (?:day )?of (?:each|every|the) month|يوم (\d{1,2}) من كل شهر"
)


def _every_month(ground: Ground) -> set[date]:
    """The days of `her ayın 10'u` in the usual year."""
    told = {
        int(next(filter(None, m.groups()))) for f in ground.folded for m in _EVERY_MONTH.finditer(f)
    }
    return {
        date(USUAL_YEAR, month, day) for day in told if 1 <= day <= 28 for month in range(1, 13)
    }


def _one_after_another(lasting: list[Claim]) -> list[tuple[float, str]]:
    """`Hazırlık 2 iş günü, kargo 1 iş günü`: two lengths of a unit that are no range make one."""
    apart = [
        c for c in lasting if c.value[1] == "work_day" and sum(o.end == c.end for o in lasting) == 1
    ]
    return [(sum(float(c.value[0]) for c in apart), "work_day")] if len(apart) == 2 else []


def _months_later(day: date, months: int) -> date | None:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    try:
        return day.replace(year=year, month=month + 1)
    except ValueError:
        return None


def _worked_on(day: date, count: int) -> date | None:
    """So many working days later."""
    for _ in range(min(count, 60)):
        day += timedelta(days=1)
        while day.isoweekday() > 5:
            day += timedelta(days=1)
    return day


def _moved(day: date, by: float) -> date | None:
    try:
        return day + timedelta(days=round(by)) if abs(by) < 4_000 else None
    except OverflowError:
        return None


def time_reached(claim: Claim, ground: Ground) -> bool:
    """A clock time of the facts, and a length of minutes or hours after or before it."""
    lengths = {
        round(float(c.value[0]) * MINUTES[c.value[1]])
        for c, _ in ground.by_kind.get("amount", ())[:MOST]
        if c.value[1] in MINUTES
    }
    meant = _minute(claim)
    half_days = {meant, meant + _HALF_DAY} if meant < _HALF_DAY else {meant}
    return any(
        time + sign * length in half_days
        for time in _times_of(ground)
        for length in lengths
        for sign in (1, -1)
    )


def _times_of(ground: Ground) -> set[int]:
    """The clock times of the facts in minutes."""
    return {_minute(c) for c, _ in ground.by_kind.get("time", ())[:MOST]}


def between_times(claim: Claim, ground: Ground) -> bool:
    """As long as from one clock time of the facts to another."""
    minutes = float(claim.value[0]) * MINUTES[claim.value[1]]
    return any(abs(a - b) == minutes for a, b in itertools.combinations(_times_of(ground), 2))


def _minute(claim: Claim) -> int:
    hour, minute = claim.value[0].split(":") if claim.kind == "time" else claim.value
    return int(hour) * 60 + int(minute)
