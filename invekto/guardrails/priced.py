"""Whether an amount of money in a reply is what the things it names come to."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from enum import Enum

from invekto.guardrails.cells import Cell
from invekto.guardrails.derived import plausible, possible
from invekto.guardrails.flat import flat
from invekto.guardrails.order import Item
from invekto.guardrails.prices import Figure, Priced
from invekto.guardrails.readings import marks
from invekto.guardrails.reckoning import (
    CENT,
    CHEAPER,
    SPANS,
    TAXED,
    UNTAXED,
    Asked,
    adds,
    among,
    joins,
    reduced,
    sums,
    times,
)
from invekto.guardrails.retold import retold
from invekto.guardrails.tiers import reached
from invekto.guardrails.worked import added

_INSTEAD = re.compile(r"\byerine\b|\binstead\b|بدل")
_OFFERED = re.compile(
    r"\boffer\b|\bhalf\b|\bkampanya|\byari |\bode\b|\bpay for\b|indirimle|عرض|نصف|خصم"
)
"""What speaks of an offer for several."""
_FEW = 2
_FEW_PRICES = 4
"""So few that any two of them may be meant together."""
_IS_OFF = re.compile(r" {2}(?:lik )?(?:indirim|off\b|discount|خصم)")
_IN_ORDER = re.compile(r"\bsirasiyla|\brespectively|علي التوالي")
_AT_EACH = re.compile(r"\bat {2}| {2}'?[dt][ae]n\b|\S {2}'?ser\b")
"""An amount that is said to be that of each: the place it was taken from is left blank."""


def step_reached(told: Figure, priced: Priced) -> bool | None:
    """Whether a price or a rate is that of the quantity that is counted beside it."""
    near = priced.order(told.text)
    around = near.counted or (priced.order(told.before).counted if told.before else ())
    return reached(told.value, told.currency, (c.number for c in around), priced.known)


class Verdict(Enum):
    """What an amount is, held against the prices of what is named."""

    OF_STEP = "what the quantity told has reached"
    RIGHT = "what the things named come to"
    POSSIBLE = "may be worked out"
    UNKNOWN = "nothing with a price is named"
    WRONG = "cannot be worked out"
    CONTRARY = "is something else"


def verdict(told: Figure, priced: Priced, *, known: bool = False) -> Verdict:
    """Whether an amount is what the things beside it come to; where nothing is named there, those
    named before or asked for. One that is `known` to the facts need not be worked out."""
    if not priced.has(told.currency):
        return Verdict.UNKNOWN
    going_on, without_first = priced.totals(told.text)
    if among(told.value, going_on):
        return Verdict.RIGHT
    if among(told.value, without_first):
        return Verdict.CONTRARY
    near = priced.only(priced.order(told.text))
    around = [priced.order(told.before)] if told.before.strip() else []
    asked = Asked(near, [*around, *priced.read, *priced.request], flat(told.text))
    items = near.items or next((o.items for o in asked.far if o.items), priced.alone)
    if not items:
        return Verdict.UNKNOWN
    exact = set(sums(items, asked, strict=True))
    lower = reduced(exact, asked.text, priced.rates, asked)
    comes_to = None if known else retold(told, near.items, asked, priced)
    if comes_to is not None:
        return Verdict.POSSIBLE if comes_to else Verdict.CONTRARY
    if _with_another(told.value, asked, priced):
        return Verdict.POSSIBLE
    if near.items and contrary(told, near.items, exact, lower, asked, priced):
        return Verdict.CONTRARY
    if known or among(told.value, exact | lower, asked.text):
        return Verdict.RIGHT
    if _of_another(told.value, items, asked, priced):
        return Verdict.CONTRARY
    counts = frozenset(c.number for order in [near, *around] for c in order.counted)
    if added(told.value, told.said, counts) or possible(told, items, asked, priced):
        return Verdict.POSSIBLE
    return Verdict.WRONG if near.items else Verdict.UNKNOWN


def contrary(
    told: Figure,
    items: Sequence[Item],
    exact: set[float],
    lower: set[float],
    asked: Asked,
    priced: Priced,
) -> bool:
    """Whether what is named beside an amount is fully told, and comes to something else."""
    if any(len(i.cells) > 1 for i in items):
        return False
    if len(items) == 1 and _undealt(told.value, items[0], asked, priced):
        return True
    if lower and _forgotten(asked.text, priced) and not among(told.value, lower):
        return among(told.value, exact)
    if any(p.search(asked.text) for p in (marks("derived.compared"), _IN_ORDER, _AT_EACH)):
        return False
    cells_named = [i.cells[0] for i in items]
    one = next((c for c in cells_named if abs(c.value - told.value) < CENT), None)
    if len(items) == 1:
        if any(r.nth for r in priced.rates):
            return False
        return _miscounted(told.value, items[0], exact | lower, asked)
    if not (adds(asked.text) if one else joins(asked.text)):
        return False
    if one and any(_variants(one, c) for c in cells_named if c is not one):
        return False
    loose = {*sums(items, asked, strict=False), *_but_one(items, asked), *lower}
    loose |= reduced(loose, asked.text, priced.rates, asked)
    others = [c.value for c in plausible(items, told, priced) if c not in cells_named]
    loose |= {v + o for v in loose for o in others}
    counts = frozenset(c.number for c in asked.near.counted)
    return not among(told.value, loose) and not added(told.value, told.said, counts)


def _with_another(value: float, asked: Asked, priced: Priced) -> bool:
    """So many of a thing, each with another on top: 500 bags with print."""
    if len(priced.prices) > _FEW_PRICES or not marks("priced.with").search(asked.text):
        return False
    repeated = [c for c in priced.prices if not c.once and not c.per & set(SPANS)]
    each = [a.value + b.value for a, b in itertools.combinations(repeated, 2)]
    return among(value, [one * c.number for one in each for c in asked.near.counted])


def _of_another(value: float, items: Sequence[Item], asked: Asked, priced: Priced) -> bool:
    """Whether an amount is as many as are counted of another thing than the one that is named, here
    or in the nearest sentence that names any."""
    if len(items) != 1 or len(items[0].cells) != 1 or marks("derived.compared").search(asked.text):
        return False
    mine, numbers = items[0].cells[0], {c.number for c in asked.near.counted if c.number > 1}
    others = (c for c in priced.prices if c is not mine and c.per & mine.per and not c.packs)
    return any(among(value, [n * c.value]) for c in others for n in numbers) and not among(
        value, sums(items, asked, strict=False)
    )


def _but_one(items: Sequence[Item], asked: Asked) -> Iterator[float]:
    """What all of three or more items but one come to: words may name one too many."""
    for some in itertools.combinations(items, len(items) - 1) if len(items) > _FEW else ():
        yield from sums(some, asked, strict=False)


def _undealt(value: float, item: Item, asked: Asked, priced: Priced) -> bool:
    """The price of one or of all of them, where an offer for as many is spoken of."""
    numbers = {item.number, *(c.number for c in asked.near.counted)}
    dealt = [r for r in priced.rates if r.nth and r.nth in numbers]
    if not dealt or not _OFFERED.search(asked.text):
        return False
    each = item.cells[0].value
    without = [each, *(each * r.nth * k for r in dealt for k in (1, 1 - r.value / 100))]
    return among(value, without) and not among(
        value, reduced([each * r.nth for r in dealt], "", dealt, asked)
    )


def _forgotten(text: str, priced: Priced) -> bool:
    """Whether a text tells an amount with the discount, or with the tax that comes on top."""
    if _INSTEAD.search(text) or _IS_OFF.search(text):
        return False
    untaxed = any(UNTAXED.search(fact) for fact in priced.ground.folded)
    return bool(CHEAPER.search(text) or (untaxed and TAXED.search(text)))


def _miscounted(value: float, item: Item, fits: set[float], asked: Asked) -> bool:
    """A price so many times, where it is counted otherwise: the price of one for several, or for
    the people without the nights."""
    cell = item.cells[0]
    often = value / cell.value if cell.value else 0.0
    if abs(often - round(often)) > 0.001 or round(often) < 1 or among(value, fits):
        return False
    if round(often) == 1:
        return 1.0 not in times(replace(item, number=0), cell, asked, strict=False)
    counted = cell.per and all(asked.near.of(unit) for unit in cell.per)
    return bool(counted) and not item.number and not joins(asked.text)


def _variants(one: Cell, other: Cell) -> bool:
    """Whether a price is that of a thing in one way rather than with something more."""
    row = one.weak | one.strong | one.aside
    return bool(row & other.strong or one.weak & other.weak)
