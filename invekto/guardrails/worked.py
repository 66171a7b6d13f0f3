"""Values that no fact states and that are worked out from the facts and from what the reply has
told already: so many times a price, a sum, a difference, a share; a day so long before another."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from invekto.guardrails.claims import Claim
from invekto.guardrails.ground import USUAL_YEAR, Ground
from invekto.guardrails.reached import (
    LENGTH,
    MINUTES,
    MOST,
    between_days,
    between_times,
    day_reached,
    time_reached,
)
from invekto.guardrails.readings import marks
from invekto.guardrails.subject import alike, named
from invekto.guardrails.table import Point
from invekto.guardrails.wording import akin

_SUMMED = re.compile(r"\byani\b|\bcik(?:iyor|ar\b|acak)|\bextend|\bso\b|اجمال|\bayni gun\b")
ROUND = 0.02
"""How far a rounded price may be off."""
NEARLY = 0.2
"""How far minutes told as about an hour may be off."""
_ITEMS = re.compile(r"(?<![\d.,])(\d{1,3}) ?(?:x|adet|tane|pcs)\b(?! ?\d)")
_SCALES = dict.fromkeys(("weight", "litre", "length"), (1.0, 0.001, 1_000.0))
"""Grams beside kilograms: a unit's figures may be a thousand times another's."""
_CLOSE = 0.011
_ADDENDS, _TIMES = 5, 2
"""Amounts that are added up, and by how many counts each."""
LEAST = 20.0
"""A smaller figure without a currency is no amount of money."""
_FEW = 6
"""Values of a reply that are added up, and addends of a sum."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a value may be worked out from beside the facts: the sentence, its words, the counts it
    names, and the values of its kind that the reply tells elsewhere."""

    folded: str
    words: frozenset[str]
    counts: frozenset[int]
    said: tuple[Claim, ...]


def follows(claim: Claim, told: Told, ground: Ground) -> bool:
    """Whether a claim of the reply can be worked out."""
    if claim.kind == "money":
        return _money(claim, told, ground)
    if claim.kind == "date":
        return day_reached(claim, ground)
    if claim.kind in {"time", "dotted"}:
        return time_reached(claim, ground)
    if claim.kind == "number" and _bare_money(claim, told, ground):
        return True
    if claim.kind in {"amount", "number"}:
        return _amount(claim, told, ground)
    return False


def _bare_money(claim: Claim, told: Told, ground: Ground) -> bool:
    """An amount of money that is worked out and told without the currency: "5.040'ta kalıyor"."""
    currencies = {c.value[1] for c, _ in ground.by_kind.get("money", ())}
    if len(currencies) != 1 or not claim.value[0].isdecimal() or _value(claim) < LEAST:
        return False
    meant = replace(claim, kind="money", value=(claim.value[0], *currencies))
    return _money(meant, told, ground)


def _value(claim: Claim) -> float:
    return float(claim.value[0])


def _near(left: float, right: float) -> bool:
    return abs(left - right) < _CLOSE


def _money(claim: Claim, told: Told, ground: Ground) -> bool:
    value = _value(claim)
    known = _values(claim, (p.claim for p in ground.points))[:MOST]
    known += [n for n in _bare(ground) if n not in known]
    said = _values(claim, told.said)[:_FEW]
    if _asked(claim, ground) or added(value, said, told.counts) or _apart(value, said):
        return True
    if any(
        _near(base * n, value) or _near(value * n, base)
        for base in [*known, *said]
        for n in counts_of(told, ground)
    ):
        return True
    few = len(known) <= _FEW
    if few and _each_with(value, known, counts_of(told, ground)):
        return True
    if few and _combined(value, [*said, *known], counts_of(told, ground)):
        return True
    if marks("worked.together").search(told.folded) and added(
        value, [*said, *_spoken_of(claim, told, ground)], told.counts
    ):
        return True
    if (few or marks("worked.left").search(told.folded)) and _apart(value, [*known[:12], *said]):
        return True
    if _shared(value, [*known, *said], told, ground):
        return True
    if marks("worked.left").search(told.folded) and _saved(value, known, told, ground):
        return True
    if marks("worked.roughly").search(told.folded) and any(
        abs(b - value) <= ROUND * b for b in known
    ):
        return True
    return any("minor" in fact and f"{value * 100:.0f}" in fact for fact in ground.folded)


def _bare(ground: Ground) -> list[float]:
    """Figures of the facts that may be amounts of money told without a currency."""
    return [n for c, _ in ground.by_kind.get("number", ())[:MOST] if (n := _value(c)) >= LEAST]


def _each_with(value: float, known: Sequence[float], counts: Iterable[float]) -> bool:
    """So many of a thing, each with another price on top."""
    both = [a + b for a, b in itertools.combinations(known, 2)]
    return any(_near(one * n, value) for one in both for n in counts)


def _combined(value: float, known: Sequence[float], counts: Iterable[float]) -> bool:
    """The sum of a few amounts, each as often as is counted."""
    times = (0.0, 1.0, *sorted(n for n in counts if n <= MOST)[:_TIMES])
    few = list(dict.fromkeys(known))[:_ADDENDS]
    return any(
        _near(sum(n * amount for n, amount in zip(often, few, strict=True)), value)
        for often in itertools.product(times, repeat=len(few))
        if sum(n > 0 for n in often) > 1
    )


def _shared(value: float, known: Sequence[float], told: Told, ground: Ground) -> bool:
    """A share of an amount or of several such, what is left of it, or what comes on top of it."""
    counts = [1.0, *counts_of(told, ground)]
    parts = [part for s in _shares(told, ground) for part in (s, 1.0 - s, 1.0 + s)]
    return any(_near(base * n * part, value) for base in known for n in counts for part in parts)


def counts_of(told: Told, ground: Ground) -> frozenset[float]:
    """By how much a price may be multiplied or parted: what the sentence or the facts count."""
    numbers = (
        _value(c)
        for kind in ("amount", "number")
        for c, _ in ground.by_kind.get(kind, ())[:MOST]
        if c.value[0].replace(".", "", 1).isdecimal()
    )
    return frozenset(n for n in itertools.chain(numbers, map(float, told.counts)) if 1 < n <= 5_000)


def _shares(told: Told, ground: Ground) -> list[float]:
    claims = [c for c, _ in ground.by_kind.get("percent", ())[:MOST]]
    halves = (
        [0.5]
        if re.search(
            r"\byari(?:si\w{0,3}|m)?\b|\bhalf\b|نصف", " ".join([told.folded, *ground.folded])
        )
        else []
    )
    return [_value(c) / 100.0 for c in claims] + halves


def _values(claim: Claim, claims: Iterable[Claim]) -> list[float]:
    """Values of the claim's kind and unit, each once."""
    same = (c for c in claims if alike(c, claim) and c.value[1:] == claim.value[1:])
    return list(dict.fromkeys(_value(c) for c in same))


def _asked(claim: Claim, ground: Ground) -> bool:
    """A figure of the customer's own message: "my budget is 1500"."""
    return any(c.value[0] == claim.value[0] for c in ground.asked)


def added(value: float, terms: Sequence[float], counts: frozenset[int]) -> bool:
    """The sum of some of these, or of two of them as often as is counted."""
    few = list(dict.fromkeys(terms))[: _FEW + 2]
    for size in range(2, min(len(few), 4) + 1):
        if any(_near(sum(some), value) for some in itertools.combinations(few, size)):
            return True
    return any(
        _near(a + b * n, value)
        or _near((a + b) * n, value)
        or any(_near(a * i + b * (n - i), value) for i in range(1, n))
        for a, b in itertools.permutations(few[:_FEW], 2)
        for n in counts
        if n <= 14
    )


def _saved(value: float, known: Sequence[float], told: Told, ground: Ground) -> bool:
    """What so many of one thing cost more than another."""
    counts = [n for n in counts_of(told, ground) if n <= MOST]
    few = list(dict.fromkeys(known))[:_FEW]
    return any(_near(abs(a * n - b), value) for a in few for b in few if a != b for n in counts)


def _apart(value: float, terms: Sequence[float]) -> bool:
    few = list(dict.fromkeys(terms))[:12]
    return any(_near(a - b, value) for a in few for b in few) or any(
        _near(a + c - b, value) for a, b, c in itertools.permutations(few[:_FEW], 3)
    )


def _spoken_of(claim: Claim, told: Told, ground: Ground) -> list[float]:
    """Values of the facts whose thing the sentence names."""
    same = [
        p for p in ground.points if alike(p.claim, claim) and p.claim.value[1:] == claim.value[1:]
    ]
    named = [_value(p.claim) for p in same if _named(p, told.words)]
    return named or [_value(p.claim) for p in same if len(same) <= _FEW]


def _named(point: Point, words: frozenset[str]) -> bool:
    return any(akin(t, w) for t in named(point.own | point.head) for w in words)


def _amount(claim: Claim, told: Told, ground: Ground) -> bool:
    value = claim.value[0]
    if claim.kind == "number" or claim.value[1] == "piece":
        for fact in ground.folded:
            counts = [int(n) for n in _ITEMS.findall(fact)]
            if len(counts) > 1 and str(sum(counts)) == value:
                return True
    if claim.kind == "number":
        return False
    unit = claim.value[1]
    if unit in LENGTH and between_days(_value(claim) * LENGTH[unit], ground):
        return True
    if unit in MINUTES and between_times(claim, ground):
        return True
    if unit == "length" and _SQUARE.search(told.folded) and _product(_value(claim), ground):
        return True
    if unit == "year" and _since(_value(claim), ground):
        return True
    if (
        unit in {"week", "month"}
        and marks("worked.roughly").search(told.folded)
        and _about_days(claim, ground)
    ):
        return True
    if (
        unit == "hour"
        and marks("worked.roughly").search(told.folded)
        and _about_an_hour(claim, ground)
    ):
        return True
    if any(unit in table and _repeated(claim, table, told, ground) for table in (LENGTH, MINUTES)):
        return True
    known = _values(claim, (p.claim for p in ground.points))[:12]
    said = _values(claim, told.said)[:_FEW]
    bare = [_value(c) for c, _ in ground.by_kind.get("number", ())][:12]
    number = _value(claim)
    if marks("worked.left").search(told.folded) and any(
        _apart(number * scale, [*known, *said]) or _apart(number, bare)
        for scale in _SCALES.get(unit, (1.0,))
    ):
        return True
    if not (marks("worked.together").search(told.folded) or _SUMMED.search(told.folded)):
        return False
    every = [
        _value(p.claim)
        for p in ground.points
        if alike(p.claim, claim) and p.claim.value[1:] == claim.value[1:]
    ]
    return _near(sum(every), number) or added(number, [*said, *known], frozenset())


_SQUARE = re.compile(r"metrekare|\bm2\b|m²|\bsquare|متر مربع|مترا مربع")


def _product(value: float, ground: Ground) -> bool:
    """An area: one measure of the facts times another."""
    sides = [
        _value(c) for kind in ("amount", "number") for c, _ in ground.by_kind.get(kind, ())[:12]
    ]
    return any(_near(a * b, value) for a in sides for b in sides)


def _since(years: float, ground: Ground) -> bool:
    """Years since a year that the facts name, told roughly."""
    named = {
        int(y)
        for fact in ground.folded
        for y in re.findall(r"(?<![\d.])((?:19|20)\d\d)(?![\d.])", fact)
    }
    return any(0 <= USUAL_YEAR - year - years <= 4 for year in named)


def _about_days(claim: Claim, ground: Ground) -> bool:
    days = _value(claim) * {"week": 7, "month": 30}[claim.value[1]]
    return any(abs(int(apart) - days) <= 3 for apart in ground.days_apart())


def _about_an_hour(claim: Claim, ground: Ground) -> bool:
    """Hours told roughly, of minutes that the facts have: almost an hour, of fifty."""
    minutes = _value(claim) * MINUTES["hour"]
    return any(
        c.value[1] == "minute" and abs(_value(c) - minutes) <= NEARLY * minutes
        for c, _ in ground.by_kind.get("amount", ())
    )


def _repeated(claim: Claim, table: Mapping[str, float], told: Told, ground: Ground) -> bool:
    """So many times a length of time, or the gaps between so many visits."""
    lasting = _value(claim) * table[claim.value[1]]
    lengths = {
        _value(c) * table[c.value[1]]
        for c, _ in ground.by_kind.get("amount", ())[:MOST]
        if c.value[1] in table and c.value[1] not in {"hour", "night"}
    }
    counts = {n for n in counts_of(told, ground) if n <= MOST}
    return bool(marks("worked.together").search(told.folded)) and any(
        _near(length * (n - gap), lasting) for length in lengths for n in counts for gap in (0, 1)
    )
