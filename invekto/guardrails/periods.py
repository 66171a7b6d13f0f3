"""Periods of the facts, and which of them a day or a month of a reply lies in."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise

from invekto.guardrails.claims import Claim, find_claims, find_months
from invekto.guardrails.flat import flat

Day = tuple[int, int]
"""Month and day."""
_TO = re.compile(r"\s?(?:-|to|ile|ila|until|till|الي|حتي)\s?")


def within_periods(
    claims: Iterable[Claim], folded: str, facts: Iterable[str], language: str
) -> frozenset[str]:
    """The keys of both ends of each period of the facts that a date or a month of a text is in."""
    days = [_day(c) for c in claims if c.kind == "date"]
    days += [(int(month), 15) for month in find_months(folded)] if not days else []
    periods = [p for fact in facts for p in _periods(fact, language)] if days else []
    return frozenset(
        f"dm{month}-{day}"
        for first, last in periods
        if any(_lies(d, first, last) for d in days)
        for month, day in (first, last)
    )


@lru_cache(maxsize=4_096)
def _periods(fact: str, language: str) -> tuple[tuple[Day, Day], ...]:
    """`1-15 Aralık`, `1 Mayıs-30 Eylül`."""
    folded = flat(fact)
    dates = [c for c in find_claims(fact, folded, language) if c.kind == "date"]
    return tuple(
        (_day(first), _day(last))
        for first, last in pairwise(dates)
        if (first.start, first.end) == (last.start, last.end)
        or _TO.fullmatch(folded, first.end, last.start)
    )


def _day(claim: Claim) -> Day:
    return int(claim.value[0]), int(claim.value[1])


def _lies(day: Day, first: Day, last: Day) -> bool:
    """Whether a day is in a period, which may go over the turn of the year."""
    if first <= last:
        return first <= day <= last
    return day >= first or day <= last
