"""How long a pack or a course lasts: so many of it, and so many a day or a week."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from invekto.guardrails.claims import Claim
from invekto.guardrails.ground import Ground
from invekto.guardrails.reply import Sentence

_DAYS = {"day": 1, "week": 7, "month": 30}
_UNITS = {
    "day": re.compile(r"\s?(?:gun|days?\b|يوم|ايام)"),
    "week": re.compile(r"\s?(?:hafta|weeks?\b|اسبوع|اسابيع)"),
    "month": re.compile(r"\s?(?:ay(?:\b|da|lik)|months?\b|شهر|اشهر)"),
}
_RATES = (
    (1, re.compile(r"\bgunde\b|\bgunluk\b|\bdaily\b|\b(?:per|a|every) day\b|يوميا|في اليوم")),
    (7, re.compile(r"\bhaftada\b|\bhaftalik\b|\bweekly\b|\b(?:per|a|every) week\b|اسبوعيا|في الاسبوع")),
)  # fmt: skip
_FIGURE = re.compile(r"(?<![\d.,:])(\d{1,4})(?![\d:]|[.,]\d)")
_ROUNDED = 2
"""Days by which months may be off, of sixty and more."""


def lasts(claim: Claim, sentence: Sentence, ground: Ground) -> bool:
    """Whether a length of time is what the facts' figures come to, one parted by another."""
    if claim.kind not in {"amount", "number"} or not claim.value[0].isdecimal():
        return False
    unit = claim.value[-1] if claim.kind == "amount" else _unit(sentence.flat, claim.end)
    if unit not in _DAYS:
        return False
    days = int(claim.value[0]) * _DAYS[unit]
    off = _ROUNDED if unit == "month" else 0
    return any(abs(days - length) <= off for fact in ground.folded for length in _lengths(fact))


def _unit(folded: str, end: int) -> str:
    return next((unit for unit, noun in _UNITS.items() if noun.match(folded, end)), "")


@lru_cache(maxsize=1_024)
def _lengths(fact: str) -> frozenset[int]:
    """The days that what a fact tells may last."""
    return frozenset(_quotients(fact))


def _quotients(fact: str) -> Iterator[int]:
    figures = sorted({int(n) for n in _FIGURE.findall(fact)} - {0}, reverse=True)[:8]
    for period, pattern in _RATES:
        if pattern.search(fact):
            for many in figures:
                yield from (
                    many // few * period for few in {1, *figures} if many % few == 0 and few < many
                )
