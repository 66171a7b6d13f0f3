"""Days of the week and months that are told by name."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from functools import lru_cache

from invekto.guardrails.claim_words import one_of, words
from invekto.guardrails.readings import marks

Named = tuple[str, int, int]
"""Number of the day or month, start, end."""
_SHORT = {
    "pzt": "1", "sal": "2", "car": "3", "per": "4", "cum": "5", "cmt": "6", "paz": "7",
    "mon": "1", "tue": "2", "wed": "3", "thu": "4", "fri": "5", "sat": "6", "sun": "7",
}  # fmt: skip
_SEVERAL = {"work": "12345", "end": "67", "all": "1234567"}
_NAMED_AFTER = re.compile(r" ?\((?:pazar|cuma|sun|fri|mon|pzt|paz|cum|sal)\w{0,8}[ –-]")
"""`hafta içi (Pazar–Perşembe)`: the days that are named are meant."""
_TILL = re.compile(r"\w{0,4}[ ]?(?:-|–|to|through|ile|ila|'?d[ae]n|'?t[ae]n|حتى|حتي|الى|الي)[ ]?")


def days_of_week(folded: str) -> Iterator[Named]:
    """Days of the week named or meant: "Pzt-Cum" and "hafta içi" are five."""
    pattern, number_of = _weekdays()
    named = [(m.start(), m.end(), number_of[m.group()]) for m in pattern.finditer(folded)]
    named += [
        (m.start(), m.end(), _SHORT[m.group()]) for m in marks("claims.short_day").finditer(folded)
    ]
    named.sort()
    for start, end, day in named:
        yield day, start, end
    for (start, end, first), (after, stop, last) in itertools.pairwise(named):
        if _TILL.fullmatch(folded[end:after]):
            for between in range(int(first) + 1, int(last)):
                yield str(between), start, stop
    for match in marks("claims.days").finditer(folded):
        if not _NAMED_AFTER.match(folded, match.end()):
            for one in _SEVERAL[str(match.lastgroup)]:
                yield one, *match.span()


def find_months(folded: str) -> set[str]:
    """Numbers of the months that are named."""
    return {number for number, _, _ in months_named(folded)}


def months_named(folded: str) -> Iterator[Named]:
    """The months that are named, where they stand."""
    pattern, number_of = _months()
    known = [(word, number) for word, number in number_of.items() if len(word) > 3]
    for match in pattern.finditer(folded):
        said = match.group()
        yield from ((n, *match.span()) for word, n in known if said.startswith(word))


@lru_cache(maxsize=1)
def _weekdays() -> tuple[re.Pattern[str], dict[str, str]]:
    days, number_of = one_of(words()["weekdays"])
    ends = r"(?=\W|$|gun|ye|ya|den|dan|de|da|leri|lari|s\b|y[ei]|[iuea]|si|sin|nin)"
    return re.compile(rf"(?:(?<!\w)|(?<=\bو))(?:{days}){ends}"), number_of


@lru_cache(maxsize=1)
def _months() -> tuple[re.Pattern[str], dict[str, str]]:
    months, number_of = one_of(words()["months"])
    no_planting = r"(?<!\w)(?<!sac )(?<!kas )(?<!sakal )(?<!kirpik )"
    case = r"(?:'?(?:a|e|da|de|ta|te|dan|den|in|un|i))?(?!\w)"
    return re.compile(rf"{no_planting}(?:{months}){case}"), number_of
