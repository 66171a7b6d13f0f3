"""Whether an amount of money in a reply is what the things it names come to."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import cached_property

from invekto.guardrails.cells import Cell, cells
from invekto.guardrails.claims import Claim, find_claims
from invekto.guardrails.flat import flat
from invekto.guardrails.ground import Ground, day_of
from invekto.guardrails.order import Item, Order, read_order
from invekto.guardrails.quantities import Count, per
from invekto.guardrails.reckoning import (
    ADDS,
    CENT,
    CHEAPER,
    JOINS,
    SPANS,
    TAXED,
    UNTAXED,
    Asked,
    among,
    amounts,
    reduced,
    sums,
    times,
)
from invekto.guardrails.reply import Sentence
from invekto.guardrails.tiers import reached
from invekto.guardrails.worked import added

_REQUEST = re.compile(
    r"\s*(?:talep|istek|plan|siparis|musteri|misafir|hasta|sepet|konaklama|request|order|stay|plan|need|customer|guest|"
    r"booking|estimate|طلب|الطلب|الاقامه|الحجز)\w{0,6}(?: \w{1,10})?\s?:"
)
_APART = re.compile(
    r"\bnet\b|\bminus\b|\baltinda\b|\bsinir|ينقص|يبق|تزيد|تبق|\bfark|\bkal(?:an|iyor|ir\b|di\b|acak)|\bdaha\b|\bcheaper|\bmore\b|\bless\b|\bdifference|\bsav(?:e|ing)|\binstead|\byerine\b|"
    r"\bucuz|\bpahali|\bavantaj|\btasarruf|\bkazan|\beksik|\bdus|\boff\b|\brest\b|\bremain|\bbalance|فرق|توفير|توفر|باقي|اقل|اكثر|خصم"
)
_COMPARED = re.compile(
    _APART.pattern
    + r"|\btek tek|\bayri ayri|\bone by one|\bseparate|\bindividually|\bcikar|\bwithout|\bcancel|\biptal|\bextra\b|\bindirim|كل على حده|منفرد"
)
_REST = re.compile(
    r"\bdusul|\bmahsup|\bdeduct|يخصم|\bkalan|\bbakiye|\bthe rest\b|\bbalance|\bremain|باقي|متبقي"
)
_PRICE = re.compile(r"\b(?:fiyat|price|ucret|tutar|amount)|سعر")
_INSTEAD = re.compile(r"\byerine\b|\binstead\b|بدل")
_OFFERED = re.compile(
    r"\boffer\b|\bhalf\b|\bkampanya|\byari |\bode\b|\bpay for\b|indirimle|عرض|نصف|خصم"
)
"""What speaks of an offer for several."""
_LOOSE = frozenset({"", "piece", "session"})
_SUBSET, _CHOICES = 3, 8
"""Prices that are added up, and from how many these are chosen."""
_TAIL = re.compile(r"[^,;.]*")
_TAIL_BEFORE = re.compile(r"(?:(?! (?:ve|ile|and|or|ise|but|ama) | و|[,;.(]).)*")
"""What goes with an amount after it: up to a comma, or to a conjunction before the next amount."""


@dataclass
class Priced:
    """The prices of the facts, what the customer asked for, and the reply as far as it is read."""

    ground: Ground
    heard: list[str] = field(default_factory=list)
    """The sentences of the reply so far, the nearest first."""
    said: tuple[float, ...] = ()
    """Amounts that the reply has told."""
    orders: dict[str, Order] = field(default_factory=dict)

    @cached_property
    def known(self) -> list[Cell]:
        """Every price and percentage of the facts."""
        listed = [cells(fact, self.ground.language) for fact in self.ground.told]
        money = [found for found in listed if any(c.currency not in {"", "%"} for c in found)]
        bare = [
            [c for c in found if not money or _PRICE.search(c.text)]
            for found in listed
            if found not in money
        ]
        rates = [[c for c in found if c.currency == "%"] for found in listed if found not in money]
        return list(dict.fromkeys(itertools.chain(*money, *bare, *rates)))

    @cached_property
    def prices(self) -> list[Cell]:
        return [c for c in self.known if c.currency != "%" and not c.limit]

    @cached_property
    def alone(self) -> tuple[Item, ...]:
        """The one price that the facts have."""
        return (Item((self.prices[0],), 0),) if len(self.prices) == 1 else ()

    def only(self, order: Order) -> Order:
        """With the one price that the facts have, where a text counts what it is for."""
        if order.items or not self.alone:
            return order
        counted = any(order.of(unit) for unit in self.prices[0].per)
        return replace(order, items=self.alone) if counted else order

    def has(self, currency: str) -> bool:
        """Whether the facts have prices in a currency and in no other."""
        return {c.currency for c in self.prices} - {""} == {currency}

    @cached_property
    def rates(self) -> list[Cell]:
        return [c for c in self.known if c.currency == "%"]

    @cached_property
    def halved(self) -> bool:
        """Whether the facts give something for half."""
        return any(re.search(r"\byari|\bhalf\b|نصف", fact) for fact in self.ground.folded)

    @cached_property
    def limits(self) -> list[float]:
        return [c.value for c in self.known if c.limit]

    @cached_property
    def request(self) -> list[Order]:
        """What the customer asked for, where a fact tells."""
        facts = zip(self.ground.facts, self.ground.folded, strict=True)
        return [
            self._stay(self.order(fact), fact, folded)
            for fact, folded in facts
            if _REQUEST.match(folded) or not cells(fact, self.ground.language)
        ]

    def _stay(self, order: Order, fact: str, folded: str) -> Order:
        """With the nights between the first and the last day that a request names."""
        claims = find_claims(fact, folded, self.ground.language)
        days = sorted(d for c in claims if (d := day_of(c)))
        if order.of("night") or len(days) != 2:
            return order
        nights = Count((days[1] - days[0]).days, "night", 0, 0)
        return replace(order, counted=(*order.counted, nights))

    @cached_property
    def rest(self) -> bool:
        """Whether the facts speak of what is left of an amount."""
        return any(_REST.search(fact) for fact in self.ground.folded)

    @property
    def read(self) -> list[Order]:
        """What the sentences so far name and count."""
        return [self.order(text) for text in self.heard]

    def order(self, text: str) -> Order:
        """What a text names and counts, read once."""
        if text not in self.orders:
            self.orders[text] = read_order(text, self.ground.language, self.known)
        return self.orders[text]


@dataclass(frozen=True, slots=True)
class Figure:
    """An amount of a reply with the text that goes with it, and the amounts told elsewhere."""

    value: float
    currency: str
    text: str
    before: str
    said: tuple[float, ...]


def figure(claim: Claim, sentence: Sentence, claims: Sequence[Claim], priced: Priced) -> Figure:
    """The text since the amount before and up to the next comma or amount."""
    known = {c.value for c in priced.prices} if claim.kind == "money" else set()
    money = [
        c
        for c in claims
        if c.start != claim.start
        and (c.kind == claim.kind or (c.kind == "number" and float(c.value[0]) in known))
    ]
    start = max((c.end for c in money if c.end <= claim.start), default=0)
    if start and (tail := _TAIL_BEFORE.match(sentence.flat[start : claim.start])):
        start += tail.end() if start + tail.end() < claim.start else 0
    values = [c.start for c in claims if c in money or c.kind in {"money", "percent"}]
    stop = min((place for place in values if place >= claim.end), default=len(sentence.text))
    pattern = _TAIL if stop == len(sentence.text) else _TAIL_BEFORE
    tail = pattern.match(sentence.flat[claim.end : stop])
    end = claim.end + (tail.end() if tail else 0)
    near = f"{sentence.text[start : claim.start]} {sentence.text[claim.end : end]}"
    currency = claim.value[1] if claim.kind == "money" else "%"
    return Figure(float(claim.value[0]), currency, near, sentence.text[:start], priced.said)


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
    near = priced.only(priced.order(told.text))
    around = [priced.order(told.before)] if told.before.strip() else []
    asked = Asked(near, [*around, *priced.read, *priced.request], flat(told.text))
    items = near.items or next((o.items for o in asked.far if o.items), priced.alone)
    if not items:
        return Verdict.UNKNOWN
    exact = set(sums(items, asked, strict=True))
    lower = reduced(exact, asked.text, priced.rates, asked)
    if near.items and contrary(told, near.items, exact, lower, asked, priced):
        return Verdict.CONTRARY
    if known or among(told.value, exact | lower, asked.text):
        return Verdict.RIGHT
    counts = frozenset(c.number for order in [near, *around] for c in order.counted)
    if added(told.value, told.said, counts) or _possible(told, items, asked, priced):
        return Verdict.POSSIBLE
    return Verdict.WRONG if near.items else Verdict.UNKNOWN


def _possible(told: Figure, items: Sequence[Item], asked: Asked, priced: Priced) -> bool:
    """Whether an amount can be worked out from the things or from other prices."""
    loose = set(sums(items, asked, strict=False))
    loose |= reduced(loose, asked.text, priced.rates, asked)
    return among(told.value, itertools.chain(loose, derived(told, asked, priced)), asked.text)


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
    if _COMPARED.search(asked.text):
        return False
    cells_named = [i.cells[0] for i in items]
    one = next((c for c in cells_named if abs(c.value - told.value) < CENT), None)
    if len(items) == 1:
        if any(r.nth for r in priced.rates):
            return False
        return _miscounted(told.value, items[0], exact | lower, asked)
    if not (ADDS if one else JOINS).search(asked.text):
        return False
    if one and any(_variants(one, c) for c in cells_named if c is not one):
        return False
    loose = set(sums(items, asked, strict=False)) | lower
    loose |= reduced(loose, asked.text, priced.rates, asked)
    others = [c.value for c in plausible(items, told, priced) if c not in cells_named]
    loose |= {v + o for v in loose for o in others}
    counts = frozenset(c.number for c in asked.near.counted)
    return not among(told.value, loose) and not added(told.value, told.said, counts)


def _undealt(value: float, item: Item, asked: Asked, priced: Priced) -> bool:
    """The price of one or of all of them, where an offer for as many is spoken of."""
    numbers = {item.number, *(c.number for c in asked.near.counted)}
    dealt = [r for r in priced.rates if r.nth in numbers]
    if not dealt or not _OFFERED.search(asked.text):
        return False
    each = item.cells[0].value
    without = [each, *(each * r.nth * k for r in dealt for k in (1, 1 - r.value / 100))]
    return among(value, without) and not among(
        value, reduced([each * r.nth for r in dealt], "", dealt, asked)
    )


def _forgotten(text: str, priced: Priced) -> bool:
    """Whether a text tells an amount with the discount, or with the tax that comes on top."""
    if _INSTEAD.search(text):
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
    return bool(counted) and not item.number and not JOINS.search(asked.text)


def _variants(one: Cell, other: Cell) -> bool:
    """Whether a price is that of a thing in one way rather than with something more."""
    row = one.weak | one.strong | one.aside
    return bool(row & other.strong or one.weak & other.weak)


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
    if priced.rest or _COMPARED.search(flat(told.before + told.text)):
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
    if not priced.rest and not _COMPARED.search(flat(told.text)):
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
