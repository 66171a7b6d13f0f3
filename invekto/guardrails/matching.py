"""Whether a value of the reply is one of the facts', in whatever way both are written."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from invekto.guardrails.claims import Claim
from invekto.guardrails.ground import Ground
from invekto.guardrails.wording import Clause

DAYS = {"day": 1, "work_day": 1, "night": 1, "week": 7, "month": 30, "year": 365}
_ROUNDLY = 0.072
"""How far apart two units may be: fifteen days are two weeks, eight weeks two months."""
ALWAYS = frozenset({"112", "911", "155", "110", "24", "7"})
"""Emergency numbers, and round the clock."""
KINDS = {
    "money": ("money", "number"),
    "percent": ("percent",),
    "date": ("date", "dotted"),
    "dotted": ("date", "time", "dotted", "number"),
    "weekday": ("weekday", "date"),
    "time": ("time", "number", "amount", "dotted"),
    "amount": ("amount", "number", "time", "dotted"),
    "measure": ("measure",),
    "code": ("code", "number"),
    "number": ("number", "amount", "money", "time", "code", "percent", "date", "dotted"),
}
_TIMES = frozenset({*DAYS, "hour", "minute"})
_COUNTS = frozenset({"size", "piece", "part", "person", "room", "session", "tooth"})
_NAMED = r"[a-z]-?{0}(?![\d.,:])"
"""A figure written with a name: SPF50, G5."""
_AT_NOON = re.compile(r"\bogle(?:n|yin)?\b|\bnoon\b|\bmidday\b|(?<!بعد )(?:ال)?ظهرا?\b")
_LONG = 6
"""Figures of a number that is no count."""
_OF_SO_MANY = r"(?<![\d./])\d{{1,2}}/{0}(?![\d/.])"
FEW = 5
COUNTED = frozenset({"piece", "part", "room", "doctor", "person", "tooth"})
_MOST = 60
SMALL = 12
"""Counts up to this may be counted from the facts."""


def candidates(claim: Claim, ground: Ground) -> Iterable[tuple[Claim, Clause]]:
    """Claims of the facts that may say the same."""
    for kind in KINDS[claim.kind]:
        yield from ground.by_kind.get(kind, ())


ALWAYS_OPEN = re.compile(
    r"7/24|24/7|\b24 (?:saat|hours?)|around the clock|round the clock|علي مدار"
)
"""Day and night, which is 24 hours and seven days."""


def stated(claim: Claim, ground: Ground) -> bool:
    """Whether a fact states the value, or it follows from the facts."""
    if any(
        equal(claim, other) and not (claim.kind == "money" and _too_small(other))
        for other, _ in candidates(claim, ground)
    ):
        return True
    if claim.value in {("7", "day"), ("24", "hour")}:
        return any(ALWAYS_OPEN.search(fact) for fact in ground.folded)
    return _follows(claim, ground)


def _too_small(other: Claim) -> bool:
    """A bare figure that is rather a count than a price without its currency."""
    return other.kind == "number" and _small(other.value[0])


def _follows(claim: Claim, ground: Ground) -> bool:
    if claim.kind == "number":
        named = _NAMED.format(re.escape(claim.value[0]))
        return (
            claim.value[0] in ALWAYS
            or _converted(claim, ground)
            or any(re.search(named, fact) for fact in ground.folded)
            or (len(claim.value[0]) >= _LONG and claim.value[0] in ground.figures)
            or (claim.value[0] not in {"1", "2"} and _out_of(claim.value[0], ground))
        )
    if claim.value == ("12:00",):
        return any(_AT_NOON.search(fact) for fact in ground.folded)
    if claim.kind == "amount" and claim.value[1] in _COUNTS and _out_of(claim.value[0], ground):
        return True
    if claim.kind == "amount" and claim.value[1] in COUNTED:
        return _small(claim.value[0]) and claim.value[1] not in ground.counted
    if claim.kind == "amount" and claim.value[1] in {"day", "night"}:
        return claim.value[0] in ground.days_apart()
    return False


def _out_of(number: str, ground: Ground) -> bool:
    """The sessions of "session 5/8"."""
    out_of = _OF_SO_MANY.format(re.escape(number))
    return any(re.search(out_of, fact) for fact in ground.folded)


def _converted(claim: Claim, ground: Ground) -> bool:
    """Metres for centimetres, months for years."""
    value = float(claim.value[0])
    amounts = [c.value for c, _ in ground.by_kind.get("amount", ())]
    lengths = {float(v) for v, u in amounts if u == "length"}
    lengths |= (
        {float(c.value[0]) for c, _ in ground.by_kind.get("number", ())} if lengths else set()
    )
    years = {float(v) * 12 for v, u in amounts if u == "year"}
    return value * 100 in lengths or value in years


def _small(value: str) -> bool:
    return value.isdecimal() and int(value) <= FEW


def computed(claim: Claim, ground: Ground, together: bool, counts: frozenset[int]) -> bool:
    """An amount of money that is not in the facts and follows from them; `together` says that
    the reply adds things up, `counts` how many of a thing it speaks of."""
    if claim.kind != "money" or any(equal(claim, o) for o, _ in candidates(claim, ground)):
        return False
    if _computed(claim, ground, counts):
        return True
    known = [
        float(o.value[0])
        for o, _ in ground.by_kind.get("money", ())
        if o.value[1] == claim.value[1]
    ]
    return together and any(
        abs(a + b - float(claim.value[0])) < 0.01 for i, a in enumerate(known) for b in known[i:]
    )


def _computed(claim: Claim, ground: Ground, counts: frozenset[int]) -> bool:
    """As many times a price as the reply or the facts count; or an amount in cents."""
    known = {
        float(other.value[0])
        for other, _ in ground.by_kind.get("money", ())
        if other.value[1] == claim.value[1]
    }
    value = float(claim.value[0])
    told = {
        float(c.value[0])
        for kind in ("amount", "number")
        for c, _ in ground.by_kind.get(kind, ())
        if c.value[0].replace(".", "", 1).isdecimal()
    }
    if any(k > 0 and 2 <= value / k <= _MOST and value / k in counts | told for k in known):
        return True
    if any(n > 1 and value * n in known for n in told | counts):
        return True
    cents = f"{value * 100:.0f}"
    return any("minor" in fact and cents in fact for fact in ground.folded)


def equal(claim: Claim, fact: Claim) -> bool:
    """The same value, across kinds: fourteen days are two weeks, 14 o'clock is 14:00."""
    if claim.kind == fact.kind:
        return _same_kind(claim, fact)
    if "dotted" in {claim.kind, fact.kind}:
        return _dotted(*((claim, fact) if claim.kind == "dotted" else (fact, claim)))
    if claim.kind == "weekday":
        return claim.value[0] in weekdays(fact)
    if claim.kind == "time":
        return _hour(claim.value[0], fact.value[0])
    if fact.kind == "time":
        return _hour(fact.value[0], claim.value[0])
    if fact.kind == "date":
        return claim.value[0] in fact.value
    return claim.value[0] == fact.value[0]


def _same_kind(claim: Claim, fact: Claim) -> bool:
    if claim.kind == "amount":
        return _same_amount(claim.value, fact.value)
    if claim.kind == "time":
        midnight = {"00:00", "24:00", "23:59"}
        if {*claim.value, *fact.value} <= midnight:
            return True
        return claim.value == fact.value or _half_day(claim.value[0], fact.value[0])
    if claim.kind == "date" and claim.year and fact.year and claim.year != fact.year:
        return False
    return claim.value == fact.value


def _half_day(said: str, known: str) -> bool:
    """`half past three` is 15:30 where the facts say so."""
    hour, minute = said.split(":")
    return int(hour) <= 11 and known == f"{int(hour) + 12}:{minute}"


def _dotted(dotted: Claim, other: Claim) -> bool:
    first, second = dotted.value
    if other.kind == "date":
        return other.value == (second, first)
    if other.kind == "time":
        return other.value[0] == f"{int(first):02d}:{int(second):02d}"
    return other.value[0] in {f"{first}.{second}", f"{first}.{int(second):02d}"}


def _same_amount(left: tuple[str, ...], right: tuple[str, ...]) -> bool:
    if left == right:
        return True
    (number, unit), (other, known) = left, right
    if {unit, known} <= {"month", "instalment"}:
        return number == other
    if {unit, known} == {"year", "month"}:
        months = [float(v) * (12 if u == "year" else 1) for v, u in (left, right)]
        return months[0] == months[1]
    if {unit, known} == {"hour", "day"}:
        hours = [float(v) * (24 if u == "day" else 1) for v, u in (left, right)]
        return hours[0] == hours[1]
    if {unit, known} == {"hour", "minute"}:
        minutes = [float(v) * (60 if u == "hour" else 1) for v, u in (left, right)]
        return minutes[0] == minutes[1]
    if unit in DAYS and known in DAYS:
        if _in_days(number, unit, known) == _in_days(other, known, unit):
            return True
        days, told = float(number) * DAYS[unit], float(other) * DAYS[known]
        return days == told or (unit != known and abs(days - told) <= _ROUNDLY * told)
    if unit == known == "weight":
        return float(number) in {float(other), float(other) * 1_000, float(other) / 1_000}
    if unit == known == "litre":
        return float(number) in {float(other), float(other) * 1_000, float(other) / 1_000}
    if {unit, known} <= {"length", "km"}:
        mixed = len({unit, known}) == 2
        apart = (1_000.0,) if mixed else (1.0,) if unit == "km" else (1.0, 100.0, 1_000.0)
        return any(_ratio(float(number), float(other), times) for times in apart)
    return number == other and unit in _COUNTS and known not in _TIMES


def _in_days(number: str, unit: str, beside: str) -> float:
    """Days; five working days are the seven of a week."""
    days = float(number) * DAYS[unit]
    return days * 7 / 5 if unit == "work_day" and beside in {"week", "month"} else days


def _ratio(left: float, right: float, times: float) -> bool:
    return left == right * times or right == left * times


def _hour(clock: str, number: str) -> bool:
    hour, minute = clock.split(":")
    if number.endswith(".5"):
        half = int(float(number))
        return minute == "30" and half in {int(hour), int(hour) % 12 or 12}
    if minute != "00":
        return False
    return number in {str(int(hour)), str(int(hour) % 12 or 12)}


def weekdays(claim: Claim) -> frozenset[str]:
    """Weekdays that a date falls on; without its year, this year's and the ones beside it."""
    return _weekdays(claim.value[0], claim.value[1], claim.year)


@lru_cache(maxsize=1_024)
def _weekdays(month: str, day: str, year: int) -> frozenset[str]:
    found = set()
    for candidate in (year,) if year else (2025, 2026, 2027):
        try:
            found.add(str(date(candidate, int(month), int(day)).isoweekday()))
        except ValueError:
            continue
    return frozenset(found)
