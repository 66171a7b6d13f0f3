"""The prices of the facts beside a reply as far as it is read, and each of its amounts with its text."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from invekto.guardrails.cells import Cell, cells
from invekto.guardrails.claims import Claim, find_claims
from invekto.guardrails.ground import Ground, day_of
from invekto.guardrails.order import Item, Order, read_order
from invekto.guardrails.quantities import Count
from invekto.guardrails.reply import Sentence
from invekto.guardrails.tariffs import totals

_REQUEST = re.compile(
    r"\s*(?:talep|istek|plan|siparis|musteri|misafir|hasta|sepet|konaklama|request|order|stay|plan|need|customer|guest|"
    r"booking|estimate|طلب|الطلب|الاقامه|الحجز)\w{0,6}(?: \w{1,10})?\s?:"
)
_REST = re.compile(
    r"\bdusul|\bmahsup|\bdeduct|يخصم|\bkalan|\bbakiye|\bthe rest\b|\bbalance|\bremain|باقي|متبقي"
)
_PRICE = re.compile(r"\b(?:fiyat|price|ucret|tutar|amount)|سعر")
_TAIL = re.compile(r"[^,;.]*")
_TAIL_BEFORE = re.compile(
    r"(?:(?! (?:ve|ile|and|or|ise|but|ama|toplam\w{0,3}|yani|oldugu\w{0,4}|so|total) | اي | و|[,;.(]).)*"
)
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

    def totals(self, text: str) -> tuple[set[float], set[float]]:
        """What tariffs of the facts make of what a text counts, with and without their first part."""
        return totals(text, self.ground.told, self.ground.language)

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
