"""Prices that go on with the length or the number: so much free or for the first, then so much for
each further one."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from invekto.guardrails.cells import Cell, cells
from invekto.guardrails.claims import find_claims
from invekto.guardrails.flat import flat
from invekto.guardrails.quantities import counts
from invekto.guardrails.readings import marks

_FREE = re.compile(
    r"(?:\bilk|\bfirst|اول) (?P<n>\d{1,3}) ?(?P<unit>\w{2,9}) (?:\w{1,4} )?(?:ucretsiz|bedava|free|مجان)"
)
_FIRST = re.compile(r"\bilk\b|\bfirst\b|اول")
_LENGTH = re.compile(r"/ ?(?P<n>\d{1,3}) ?(?P<unit>[^\W\d_]{1,9})")
_MINUTES = {"hour": 60.0, "minute": 1.0}
MOST = 400.0
"""How far a tariff is followed."""


@dataclass(frozen=True, slots=True)
class Tariff:
    """`start` for the first `length` of a unit, then `price` for each `size` more."""

    unit: str
    length: float
    start: float
    size: float
    price: float

    def total(self, number: float) -> float:
        """What so many come to."""
        return self.start + max(0, math.ceil((number - self.length) / self.size)) * self.price

    def mistaken(self, number: float) -> set[float]:
        """What is told where the first part, or how many there are after it, is forgotten."""
        return {
            number / self.size * self.price,
            number / self.length * self.start,
            self.start + self.price,
        }


@lru_cache(maxsize=1_024)
def tariffs(fact: str, language: str) -> tuple[Tariff, ...]:
    """The tariffs that a fact tells."""
    folded = flat(fact)
    if not marks("tariffs.further").search(folded):
        return ()
    known = [c for c in cells(fact, language) if c.currency not in {"", "%"}]
    return tuple(itertools.chain(*(_of(cell, known, folded) for cell in known)))


def _of(cell: Cell, known: Sequence[Cell], folded: str) -> Iterator[Tariff]:
    if not marks("tariffs.further").search(cell.text):
        return
    for unit, size in [*cell.packs, *((unit, 1) for unit in cell.per)]:
        kind, scale = _scaled(unit)
        free = _FREE.search(folded)
        if free and (told := _measure(free.group("n"), free.group("unit"))) and told[0] == kind:
            yield Tariff(kind, told[1], 0.0, size * scale, cell.value)
        for first in known:
            if first is not cell and (length := _length(first, kind)):
                yield Tariff(kind, length, first.value, size * scale, cell.value)


def _length(first: Cell, kind: str) -> float:
    """For how many of a unit a price is that others go on from."""
    after = _LENGTH.search(first.text)
    if after and (told := _measure(after.group("n"), after.group("unit"))) and told[0] == kind:
        return told[1]
    for unit, size in first.packs:
        if _scaled(unit)[0] == kind:
            return size * _scaled(unit)[1]
    once = [u for u in first.per if _scaled(u)[0] == kind]
    return _scaled(once[0])[1] if once and _FIRST.search(first.text) else 0.0


def _scaled(unit: str) -> tuple[str, float]:
    return ("time", _MINUTES[unit]) if unit in _MINUTES else (unit, 1.0)


def _measure(number: str, noun: str) -> tuple[str, float] | None:
    """A count of a unit that is told as a word: `30 dk`."""
    text = f"{number} {noun}"
    return next(iter(measured(text, "tr")), None)


def measured(text: str, language: str) -> list[tuple[str, float]]:
    """What a text counts, lengths of time in minutes."""
    folded = flat(text)
    claims = find_claims(text, folded, language)
    found = [(c.unit, float(c.number)) for c in counts(folded, claims, language) if c.unit]
    found += [
        (c.value[1], float(c.value[0]))
        for c in claims
        if c.kind == "amount" and c.value[1] in _MINUTES
    ]
    scaled = [(*_scaled(unit), number) for unit, number in found]
    return [(kind, number * scale) for kind, scale, number in scaled]


def totals(text: str, facts: Iterable[str], language: str) -> tuple[set[float], set[float]]:
    """What the tariffs of the facts make of what a text counts, and what a mistake would make."""
    right, wrong = set[float](), set[float]()
    known = list(itertools.chain(*(tariffs(fact, language) for fact in facts)))
    told = measured(text, language) if known else []
    for tariff in known:
        for kind, number in told:
            if kind == tariff.unit and tariff.length < number <= max(MOST, 4 * tariff.length):
                right.add(tariff.total(number))
                wrong |= tariff.mistaken(number)
    return right, wrong - right
