"""Amounts of money worked out from the prices of the things that a reply names, each as often as
what it is for is counted: what the whole comes to, what is saved, what is left."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from invekto.guardrails.cells import Cell
from invekto.guardrails.order import Item, Order
from invekto.guardrails.quantities import per
from invekto.guardrails.readings import marks
from invekto.guardrails.worked import ROUND

CENT = 0.011
_MOST = 400
"""Sums that are looked through."""
CHEAPER = re.compile(
    r"\bindirimle\b|\bindirimli\b|\bkampanyayla\b|\bkampanyali\b|after (?:the )?discount|with (?:the )?(?:discount|offer)|discounted|بعد الخصم|مع الخصم"
)
TAXED = re.compile(
    r"\bkdv(?:'?si|'?li)? dahil|\bincl\w{0,6} (?:vat|tax)|(?:vat|tax) included|شامل الضريبه"
)
UNTAXED = re.compile(
    r"kdv \w{0,3} ?haric|\+ ?kdv|kdv dahil degil|excl\w{0,6} (?:vat|tax)|\+ ?vat|غير شامل"
)
SPANS = ("night", "day", "hour", "month", "week")
"""Units that multiply whatever has no unit of its own."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is counted and named: beside the figure, and around it as far as that says nothing."""

    near: Order
    far: Sequence[Order]
    text: str

    def units(self, unit: str) -> tuple[frozenset[int], bool]:
        """How many of a unit, and whether it is said beside the figure."""
        if self.near.of(unit):
            return self.near.of(unit), True
        told = (order.of(unit) for order in self.far)
        return next((n for n in told if n), frozenset()), False


def times(item: Item, cell: Cell, asked: Asked, *, strict: bool) -> frozenset[float]:
    """How often a price may be meant, by what it is for and what is counted."""
    each = per("", asked.text)
    each |= cell.per if "piece" in each else frozenset()
    if cell.step and any(cell.step.holds(age) for age in asked.near.of("age")):
        each |= {"person"}
    found = {1.0}
    for unit in cell.per - each:
        numbers, near = asked.units(unit)
        if numbers:
            free = set() if near or strict else {1}
            found = {f * n for f in found for n in numbers | free}
    for unit, size in cell.packs:
        numbers, near = asked.units(unit)
        numbers = frozenset({1}) if unit in each else numbers
        fit = {n / size for n in numbers if n % size == 0 or unit in each}
        found = {f * n for f in found for n in fit or {1.0}}
    if item.number > 1 and not any(asked.near.of(u) - {1} for u in cell.per if u not in SPANS):
        found = {f * item.number for f in found} | (set() if item.sure else found)
    if cell.per <= {"room"} and not cell.once and asked.near.of("night"):
        found = {f * n for f in found for n in asked.near.of("night")} | (
            set() if strict else found
        )
    elif cell.per <= {"room"} and not cell.packs and not cell.once:
        for unit in SPANS:
            found |= {f * n for f in found for n in asked.units(unit)[0]}
        if item.number < 2:
            for unit in {c.unit for c in asked.near.counted} - {*SPANS, ""}:
                found |= {f * n for f in found for n in asked.near.of(unit)}
    return frozenset(found)


def amounts(item: Item, asked: Asked, *, strict: bool) -> frozenset[float]:
    """What an item may come to."""
    return frozenset(c.value * n for c in item.cells for n in times(item, c, asked, strict=strict))


def sums(items: Sequence[Item], asked: Asked, *, strict: bool) -> Iterator[float]:
    """What all of the items may come to together."""
    choices = [amounts(item, asked, strict=strict) for item in items]
    for some in itertools.islice(itertools.product(*choices), _MOST):
        yield sum(some)


def reduced(values: Iterable[float], text: str, rates: Sequence[Cell], asked: Asked) -> set[float]:
    """The amounts with the discount or the tax that the text speaks of, where there is one."""
    values = set(values)
    shares = {r.value / 100 for r in rates if _applies(r, asked)}
    found = {v * (1 - s) for v in values for s in shares}
    found |= {v * (1 - r.value / 100 / r.nth) for v in values for r in rates if r.nth}
    if TAXED.search(text):
        return {v * (1 + s) for v in values for s in shares}
    return found


def _applies(rate: Cell, asked: Asked) -> bool:
    if rate.nth:
        return False
    numbers = {c.number for c in asked.near.counted} | {i.number for i in asked.near.items}
    if not numbers - {0}:
        numbers = {c.number for order in asked.far for c in order.counted}
    return rate.step is None or not numbers or any(rate.step.holds(n) for n in numbers)


def adds(text: str) -> bool:
    """Whether a text adds one thing to another."""
    return bool(marks("reckoning.adds").search(text))


def joins(text: str) -> bool:
    """Whether it may, though it need not: `ve`, `eder`."""
    return adds(text) or bool(marks("reckoning.joins").search(text))


def among(value: float, values: Iterable[float], text: str = "") -> bool:
    """Whether an amount is one of these: to the cent, or as roughly as the text says."""
    if _ODD.search(text):
        step = 1_000 if value % 1_000 == 0 else 100
        return any(value < v < value + step for v in values)
    if marks("worked.roughly").search(text):
        return any(abs(value - v) <= ROUND * v for v in values)
    return any(abs(value - v) < CENT for v in values)


_ODD = re.compile(r"\bkusur|\bodd\b|ونيف")
"""`yedi bin küsur`: somewhat more."""
