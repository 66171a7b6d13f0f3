"""Values that no fact states and that follow from the facts: a share of a price, what is left,
a day so long before another, the end of something that begins then and lasts so long."""

from __future__ import annotations

import re
from datetime import date, timedelta

from invekto.guardrails.claims import Claim
from invekto.guardrails.ground import Ground, day_of

_LENGTH = {"day": 1.0, "work_day": 1.0, "night": 1.0, "week": 7.0, "hour": 1.0 / 24.0}
_MINUTES = {"minute": 1, "hour": 60}
_LEFT = re.compile(
    r"\bkalan|\bfark|\bleft|\bremain|\bdifference|\brest\b|\bmore\b|باقي|المتبقي|الفرق|\bdaha\b|\bindirim|\bsave|\bdiscount|\btasarruf|\bavantaj|\bucuz|\bcheaper|توفير|خصم"
)
_ITEMS = re.compile(r"(?<![\d.,])(\d{1,2}) ?(?:x|adet|tane|pcs)\b(?! ?\d)")
_CLOSE = 0.011
_MOST = 40
"""Values of a kind that are combined with one another."""


def follows(claim: Claim, said: str, ground: Ground) -> bool:
    """Whether a claim of the sentence `said` (folded) can be worked out from the facts."""
    if claim.kind == "money":
        return _money(claim, said, ground)
    if claim.kind == "date":
        return _day(claim, ground)
    if claim.kind == "time":
        return _time(claim, ground)
    if claim.kind in {"amount", "number"}:
        return _items(claim, ground)
    return False


def _money(claim: Claim, said: str, ground: Ground) -> bool:
    """A percentage of a price, a price after a discount, or what is left of one."""
    value = float(claim.value[0])
    known = [
        float(other.value[0])
        for other, _ in ground.by_kind.get("money", ())[:_MOST]
        if other.value[1] == claim.value[1]
    ]
    shares = [float(c.value[0]) / 100.0 for c, _ in ground.by_kind.get("percent", ())[:_MOST]]
    if any(_near(k * s, value) or _near(k * (1.0 - s), value) for k in known for s in shares):
        return True
    counts = [float(c.value[0]) for c, _ in ground.by_kind.get("number", ())[:_MOST]]
    if any(2 <= n <= 12 and _near(value * n, k) for n in counts for k in known):
        return True
    if not _LEFT.search(said):
        return False
    few = known[:12]
    return any(
        _near(a - b, value) or _near(a + c - b, value) for a in few for b in few for c in few
    )


def _near(left: float, right: float) -> bool:
    return abs(left - right) < _CLOSE


def _day(claim: Claim, ground: Ground) -> bool:
    """A day of the facts moved by a length of time of the facts."""
    meant = day_of(claim)
    if meant is None:
        return False
    lengths = {
        float(c.value[0]) * _LENGTH[c.value[1]]
        for c, _ in ground.by_kind.get("amount", ())[:_MOST]
        if c.value[1] in _LENGTH and c.value[0].replace(".", "", 1).isdecimal()
    }
    days = {
        d
        for kind in ("date", "dotted")
        for c, _ in ground.by_kind.get(kind, ())[:_MOST]
        if (d := day_of(c))
    }
    return any(_moved(day, by) == meant for day in days for by in lengths | {-n for n in lengths})


def _moved(day: date, by: float) -> date | None:
    try:
        return day + timedelta(days=round(by)) if abs(by) < 4_000 else None
    except OverflowError:
        return None


def _time(claim: Claim, ground: Ground) -> bool:
    """A clock time of the facts and a length of minutes or hours after it."""
    lengths = {
        round(float(c.value[0]) * _MINUTES[c.value[1]])
        for c, _ in ground.by_kind.get("amount", ())[:_MOST]
        if c.value[1] in _MINUTES
    }
    times = {_minute(c.value[0]) for c, _ in ground.by_kind.get("time", ())[:_MOST]}
    return any(_minute(claim.value[0]) == time + length for time in times for length in lengths)


def _minute(clock: str) -> int:
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)


def _items(claim: Claim, ground: Ground) -> bool:
    """The things of one order counted together: 2x cup and 1x pot are three."""
    if claim.kind == "amount" and claim.value[1] != "piece":
        return False
    for fact in ground.folded:
        counts = [int(n) for n in _ITEMS.findall(fact)]
        if len(counts) > 1 and str(sum(counts)) == claim.value[0]:
            return True
    return False
