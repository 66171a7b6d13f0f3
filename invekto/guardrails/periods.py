"""Periods of the facts, and which of them a day or a month of a reply lies in."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise

from invekto.guardrails.calendar_words import DAYS_IN, find_months
from invekto.guardrails.claims import Claim, find_claims
from invekto.guardrails.flat import flat
from invekto.guardrails.ground import Ground
from invekto.guardrails.reply import Sentence

Day = tuple[int, int]
"""Month and day."""
_TO = re.compile(r"\s?(?:[-–]|to|ile|ila|until|till|through|الي|حتي)\s?")
_AND = re.compile(r"\s?(?:and|ve|و)\s?")
_BETWEEN = re.compile(r"\bbetween\b|\barasi|بين")


def within_periods(
    claims: Iterable[Claim], folded: str, facts: Iterable[str], language: str
) -> frozenset[str]:
    """The keys of both ends of each period of the facts that a date or a month of a text is in."""
    days = [_day(c) for c in claims if c.kind == "date"]
    days += [(int(month), 15) for month in find_months(folded)] if not days else []
    told = [p for fact in facts for p in periods(fact, language)] if days else []
    return frozenset(
        f"dm{month}-{day}"
        for first, last in told
        if any(lies(d, first, last) for d in days)
        for month, day in (first, last)
    )


@lru_cache(maxsize=4_096)
def periods(fact: str, language: str) -> tuple[tuple[Day, Day], ...]:
    """First and last days of the periods of a fact: `1-15 Aralık`, `1 Mayıs-30 Eylül`."""
    folded = flat(fact)
    found = find_claims(fact, folded, language)
    dates = [c for c in found if c.kind in {"date", "dotted"} and _exists(_day(c))]
    between = _BETWEEN.search(folded) is not None
    return tuple(
        (_day(first), _day(last))
        for first, last in pairwise(dates)
        if (first.start, first.end) == (last.start, last.end)
        or _TO.fullmatch(folded, first.end, last.start)
        or (between and _AND.fullmatch(folded, first.end, last.start))
    )


def _day(claim: Claim) -> Day:
    first, second = map(int, claim.value)
    return (second, first) if claim.kind == "dotted" else (first, second)


def _exists(day: Day) -> bool:
    month, number = day
    return 1 <= month <= 12 and 1 <= number <= DAYS_IN[month - 1]


def lies(day: Day, first: Day, last: Day) -> bool:
    """Whether a day is in a period, which may go over the turn of the year."""
    if first <= last:
        return first <= day <= last
    return day >= first or day <= last


_PER = {
    "year": r"/ ?(?:yil|sene|year|y\b|سن)|\b(?:yillik|yilda|senelik|yearly|annual)|\bper (?:year|annum)|سنويا|في السنه",
    "month": r"/ ?(?:ay|month|mo\b|شهر)|\b(?:aylik|ayda|monthly)\b|\bper month|شهريا|في الشهر",
    "week": r"/ ?(?:hafta|week|اسبوع)|\b(?:haftalik|haftada|weekly)\b|\bper week|اسبوعيا|في الاسبوع",
    "day": r"/ ?(?:gun|day|يوم)|\b(?:gunluk|gunde|daily)\b|\bper day|يوميا|في اليوم",
    "hour": r"/ ?(?:saat|hour|h\b|ساعه)|\b(?:saatlik|saati|saatte|hourly)\b|\bper hour|في الساعه|بالساعه",
}
"""How facts tell what holds for each year, month, week, day or hour."""
_EACH = re.compile(r"(?:an?|per|each|every)\b|في ")
_NOT_EACH = re.compile(r" (?:before|after|ago|later|ahead|away|from|in advance)\b")
_TAKES = re.compile(r"\b(?:within|for|after|in|takes?|lasts?|about|around|than|over) $")


def for_each(claim: Claim, sentence: Sentence, ground: Ground) -> bool:
    """The year of "€1,000 a year", where the facts tell something for each year."""
    if claim.kind != "amount" or claim.value[0] != "1" or claim.value[1] not in _PER:
        return False
    if not _EACH.match(sentence.flat, claim.start) or _NOT_EACH.match(sentence.flat, claim.end):
        return False
    if _TAKES.search(sentence.flat[: claim.start]):
        return False
    return any(re.search(_PER[claim.value[1]], fact) for fact in ground.folded)
