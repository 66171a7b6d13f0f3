"""Days of the week and months that are told by name, a month with its year, and the last day of one."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from functools import lru_cache

from invekto.guardrails.claim_words import one_of, words
from invekto.guardrails.readings import marks

Named = tuple[str, int, int]
"""Number of the day or month, start, end."""
DAYS_IN = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
"""How many days each month has."""
_SHORT = {
    "pzt": "1", "sal": "2", "car": "3", "per": "4", "cum": "5", "cmt": "6", "paz": "7",
    "mon": "1", "tue": "2", "wed": "3", "thu": "4", "fri": "5", "sat": "6", "sun": "7",
}  # fmt: skip
_NO_PLANTING = r"(?<!\w)(?<!sac )(?<!kas )(?<!sakal )(?<!kirpik )"
"""Before `ekim` where it is a transplant and not October."""
_ENDS = ("son", "end", "نهايه")
"""Without one of these a text tells no end of a month."""
_SEVERAL = {"work": "12345", "end": "67", "all": "1234567"}
_NAMED_AFTER = re.compile(r" ?\((?:pazar|cuma|sun|fri|mon|pzt|paz|cum|sal)\w{0,8}[ –-]")
"""`hafta içi (Pazar–Perşembe)`: the days that are named are meant."""
_TILL = re.compile(r"\w{0,4}[ ]?(?:-|–|to|through|ile|ila|'?d[ae]n|'?t[ae]n|حتى|حتي|الى|الي)[ ]?")


def days_of_week(folded: str) -> Iterator[Named]:
    """Days of the week named or meant: "Pzt-Cum" and "hafta içi" are five."""
    pattern, number_of = _weekdays()
    named = [(m.start(), m.end(), number_of[m.group()]) for m in pattern.finditer(folded)]
    named += [
        (m.start(), m.end(), _SHORT[m.group()])
        for m in marks("calendar_words.short_day").finditer(folded)
    ]
    named.sort()
    for start, end, day in named:
        yield day, start, end
    for (start, end, first), (after, stop, last) in itertools.pairwise(named):
        if _TILL.fullmatch(folded[end:after]):
            for between in range(int(first) + 1, int(last)):
                yield str(between), start, stop
    for match in marks("calendar_words.days").finditer(folded):
        if not _NAMED_AFTER.match(folded, match.end()):
            for one in _SEVERAL[str(match.lastgroup)]:
                yield one, *match.span()


def find_months(folded: str) -> set[str]:
    """Numbers of the months that are named."""
    pattern, number_of = _months()
    known = [(word, number) for word, number in number_of.items() if len(word) > 3]
    named = [match.group() for match in pattern.finditer(folded)]
    return {number for said in named for word, number in known if said.startswith(word)}


def months_of_years(folded: str) -> Iterator[tuple[str, str, int, int]]:
    """(month, year, start, end) of `Mart 2028`, `2028-03` and `03/2028`."""
    if "20" not in folded:
        return
    pattern, number_of = _months_with_years()
    for match in pattern.finditer(folded):
        named = match.group("name")
        month = number_of[named] if named else match.group("m1") or match.group("m2")
        year = next(filter(None, match.group("y1", "y2", "y3")))
        yield str(int(month)), year, *match.span()


def ends_of_months(folded: str) -> Iterator[tuple[str, str, int, int]]:
    """(month, day, start, end) of what a period is told to last to: `aralık sonuna kadar`, "until the
    end of the year"."""
    if not any(word in folded for word in _ENDS):
        return
    pattern, number_of = _month_ends()
    for match in pattern.finditer(folded):
        named = next(filter(None, match.groups()), "")
        month = number_of.get(named, "12")
        yield month, str(DAYS_IN[int(month) - 1]), *match.span()


@lru_cache(maxsize=1)
def _weekdays() -> tuple[re.Pattern[str], dict[str, str]]:
    days, number_of = one_of(words()["weekdays"])
    ends = r"(?=\W|$|gun|ye|ya|den|dan|de|da|leri|lari|s\b|y[ei]|[iuea]|si|sin|nin)"
    return re.compile(rf"(?:(?<!\w)|(?<=\bو))(?:{days}){ends}"), number_of


@lru_cache(maxsize=1)
def _months() -> tuple[re.Pattern[str], dict[str, str]]:
    months, number_of = one_of(words()["months"])
    case = r"(?:'?(?:a|e|da|de|ta|te|dan|den|in|un|i))?(?!\w)"
    return re.compile(rf"{_NO_PLANTING}(?:{months}){case}"), number_of


@lru_cache(maxsize=1)
def _months_with_years() -> tuple[re.Pattern[str], dict[str, str]]:
    months, number_of = one_of(words()["months"])
    named = rf"{_NO_PLANTING}(?P<name>{months})(?:'?[a-z]{{1,3}})?(?: ayi)?,? (?P<y1>20\d\d)"
    figures = r"(?<![\d./-])(?:(?P<y2>20\d\d)-(?P<m1>0[1-9]|1[0-2])|(?P<m2>0[1-9]|1[0-2])[./](?P<y3>20\d\d))"
    return re.compile(rf"(?:{named}|{figures})(?![\d-])"), number_of


@lru_cache(maxsize=1)
def _month_ends() -> tuple[re.Pattern[str], dict[str, str]]:
    months, number_of = one_of(words()["months"])
    turkish = (
        rf"(?<!\w)(?:({months})\w{{0,3}}|(?<!\d )(?<!iki )(?:yil|sene)) sonu(?=na (?:kadar|dek))"
    )
    till = "|".join(rf"(?<=\b{word} the )" for word in ("until", "till", "through", "to", "by"))
    english = rf"(?:{till})end of (?:({months})(?!\w)|(?:the|this) year)"
    arabic = rf"(?:(?<=حتي )|(?<=لغايه ))نهايه (?:شهر )?(?:({months})(?!\w)|(?:هذا |هذه )?(?:العام|السنه))"
    return re.compile("|".join((turkish, english, arabic))), number_of
