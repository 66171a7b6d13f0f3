"""What may be worked out from the prices of the facts and from amounts told already."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from invekto.guardrails.cells import Cell
from invekto.guardrails.flat import flat
from invekto.guardrails.order import Item
from invekto.guardrails.prices import Figure, Priced
from invekto.guardrails.quantities import per
from invekto.guardrails.readings import marks
from invekto.guardrails.reckoning import (
    SPANS,
    Asked,
    among,
    amounts,
    reduced,
    sums,
)

_LOOSE = frozenset({"", "piece", "session"})
_SUBSET, _CHOICES = 3, 8
"""Prices that are added up, and from how many these are chosen."""


def possible(told: Figure, items: Sequence[Item], asked: Asked, priced: Priced) -> bool:
    """Whether an amount can be worked out from the things or from other prices."""
    loose = set(sums(items, asked, strict=False))
    loose |= reduced(loose, asked.text, priced.rates, asked)
    return among(told.value, itertools.chain(loose, derived(told, asked, priced)), asked.text)


def derived(told: Figure, asked: Asked, priced: Priced) -> Iterator[float]:
    """What can be worked out from the prices that may be meant, and from amounts told already."""
    orders = [asked.near, *asked.far]
    named = [i for o in orders for i in o.items]
    numbers = {c: i.number for i in reversed(named) for c in i.cells}
    some = plausible(named, told, priced)[:_CHOICES]
    single = [sorted(_each(c, numbers.get(c, 0), asked, priced)) for c in some]
    pairs = [sum(v) for two in itertools.combinations(single, 2) for v in itertools.product(*two)]
    alone, said = list(itertools.chain(*single)), list(told.said)
    yield from _totals(single, [*alone, *pairs[:200]], said)
    base = list(dict.fromkeys([*said, *alone[:30], *pairs[:20], *priced.limits]))
    less = [v * k for v in base for r in priced.rates for k in _parts(r)]
    yield from less
    if priced.rest or marks("derived.compared").search(flat(told.before + told.text)):
        taken = [itertools.product(base, repeat=2), itertools.product(less[:60], said)]
        yield from (a - b for a, b in itertools.chain(*taken))
    counts = {c.number for o in orders for c in o.counted}
    counts |= {n for c in priced.prices for _, n in c.packs}
    counts |= {2} if per(asked.text, "") & {"piece", "person"} else set()
    shared = [*base, *less[:24], *(a - b for a in alone[:6] for b in [*alone[:6], *said])]
    yield from (a / n for a, n in itertools.product(shared, counts))
    near = {c.value for i in asked.near.items for c in i.cells}
    yield from (a * n for a, n in itertools.product([*said, *near], counts))


def _totals(
    single: Sequence[Sequence[float]], some: Sequence[float], said: Sequence[float]
) -> Iterator[float]:
    """What a few prices come to together, amounts told already, and these with `some` more."""
    for size in range(1, _SUBSET + 1):
        for group in itertools.combinations(single, size):
            yield from map(sum, itertools.islice(itertools.product(*group), 48))
    yield from map(sum, itertools.combinations(said, 2))
    yield from (a + b for a in said for b in some)


def _parts(rate: Cell) -> tuple[float, ...]:
    """A share, what is left without it, what comes on top, and the share of every second one."""
    share = rate.value / 100
    return share, 1 - share, 1 + share, 1 - share / (rate.nth or 2)


def _each(cell: Cell, number: int, asked: Asked, priced: Priced) -> frozenset[float]:
    found = amounts(Item((cell,), number), asked, strict=False)
    found |= {cell.value * n for n in cell.around if n <= 200}
    times_said = {n for c in priced.prices for _, n in c.packs}
    times_said |= {
        c.number for o in [asked.near, *asked.far] for c in o.counted if c.unit in _LOOSE
    }
    found |= {cell.value * n for n in times_said if n <= 24}
    over = [c.step.high for c in priced.prices if c.step]
    numbers = {n.number for o in [asked.near, *asked.far] for n in o.counted}
    found |= {cell.value * (n - high) for n in numbers for high in over if 0 < n - high <= 5_000}
    if cell.step:
        things = {
            n.number for o in [asked.near, *asked.far] for n in o.counted if n.unit not in SPANS
        }
        found |= {cell.value * n for n in things if cell.step.holds(n)}
    if priced.halved:
        found |= {v / 2 for v in found}
    return found


def plausible(named: Sequence[Item], told: Figure, priced: Priced) -> list[Cell]:
    """The prices that are named, then those that are no sibling of one that is; all of them where
    things are compared."""
    mine = list(dict.fromkeys(c for i in named for c in i.cells))
    rest = [c for c in priced.prices if c not in mine]
    if not priced.rest and not marks("derived.compared").search(flat(told.text)):
        named_things = frozenset().union(*(c.strong for c in priced.prices))
        rest = [c for c in rest if not any(_siblings(c, m, named_things) for m in mine)]
    return [*mine, *rest]


def _siblings(one: Cell, other: Cell, things: frozenset[str]) -> bool:
    """Whether one is not meant where the other is named: prices of one list."""
    if any(one.pack(u) for u in other.per) or any(other.pack(u) for u in one.per):
        return False
    if one.both or other.both or one.joined or other.joined:
        return False
    if one.strong & other.strong:
        return True
    if one.strong & other.weak or other.strong & one.weak:
        return False
    return bool((one.weak & other.weak) - things)
