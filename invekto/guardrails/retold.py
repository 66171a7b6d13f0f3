"""Amounts that a reply works out from those it has told: the sum of them, one with something added,
one with a share on top. What comes out must be that, and not just any figure."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence

from invekto.guardrails.order import Item
from invekto.guardrails.prices import Figure, Priced
from invekto.guardrails.readings import marks
from invekto.guardrails.reckoning import Asked, among, sums

_ADDING = re.compile(r"\badding\b|\bif you add\b|اضف|\bekleyince|\beklenince|\beklersek")
_MAKES = re.compile(r"\bmakes (?:that|it|them)\b|\bbrings (?:that|it) to\b")
_OF_EACH = re.compile(
    r"\b(?:\w{2,5}[is]?er|\w{2,6}ar) (?:tane|adet|paket|kutu|sise|kavanoz)|\bof (?:each|both)\b|من كل"
)
_MOST = 5


def retold(told: Figure, items: Sequence[Item], asked: Asked, priced: Priced) -> bool | None:
    """Whether an amount that is told as what others of the reply come to is that; None where it is
    not told so."""
    before = [v for v in told.said if v != told.value]
    counts = sorted({c.number for o in [asked.near, *asked.far] for c in o.counted})
    if items and before and _ADDING.search(asked.text):
        prices = [c.value for c in priced.prices]
        more = [
            *sums(items, asked, strict=False),
            *prices,
            *(p * n for p in prices for n in counts),
        ]
        fits = [*more, *(a + m for a in before for m in more)]
        return among(told.value, [*fits, *(f * n for f in fits for n in counts)], asked.text)
    summed = len(before) > 1 and marks("retold.all").search(asked.text)
    raised = before and priced.rates and _MAKES.search(asked.text)
    if items or not (summed or raised):
        return None
    shares = [r.value / 100 for r in priced.rates]
    fits = [
        *_sums(told.said, counts if summed else (), asked.text),
        *_with_shares([*told.said, sum(told.said)], shares),
    ]
    return among(told.value, fits, asked.text)


def _sums(said: Sequence[float], counts: Sequence[int], text: str) -> Iterator[float]:
    """What amounts come to together: any of them, each as often as is counted."""
    few = said[-_MOST:]
    for size in range(2, len(few) + 1):
        yield from map(sum, itertools.combinations(few, size))
    if _OF_EACH.search(text):
        yield from ((a + b) * n for a, b in itertools.combinations(few, 2) for n in counts)
    for amount, number in itertools.product(few, counts):
        yield amount * number
        yield from (amount * number + other for other in few)


def _with_shares(said: Sequence[float], rates: Sequence[float]) -> Iterator[float]:
    """Amounts with a share on top or off, and the share itself."""
    for amount, rate in itertools.product(said, rates):
        yield from (amount * rate, amount * (1 + rate), amount * (1 - rate))
