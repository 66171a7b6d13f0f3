"""Days of a reply that no fact names and that theirs mean: within a period, the first after it, a
public holiday."""

from __future__ import annotations

import re
from datetime import date, timedelta

from invekto.guardrails.calendar_words import DAYS_IN, find_months
from invekto.guardrails.claims import Claim, find_claims
from invekto.guardrails.ground import Ground, day_of
from invekto.guardrails.periods import lies, periods
from invekto.guardrails.readings import marks
from invekto.guardrails.reply import Sentence
from invekto.guardrails.said import is_holiday

_AGAIN = re.compile(
    r"\bitibaren|\bsonra|\bdon(?:uyor|er\b|ecek|us|mus)|\btekrar|\byeniden|\bbasl|\bback\b|\bagain|\breturn|\bresum|\bfrom\b|\bas of\b|"
    r"\bafter\b|\breopen|يعود|تعود|ابتداء|مجددا|من جديد|بعد"
)
_FROM = re.compile(r"(?:\bfrom|\bas of|\bstarting)(?: the)? $|ابتداء من $")
_TO = re.compile(r" ?(?:to|till|until|through|-|–)")
_ONWARDS = re.compile(r"'?\w{0,4} (?:itibaren|basl|kadar)|,? at the latest")
_BY = re.compile(
    r"(?:\ben gec|\bby|\bno later than|\buntil|\btill|\bthrough|\bto(?= the))(?: the)? $|حتي $"
)
PUBLIC = re.compile(r"resmi tatil|bayram|(?:public|bank|official|national) holiday|عطل|الاعياد")


def meant_by_days(claim: Claim, sentence: Sentence, ground: Ground) -> bool:
    """Whether a day of the reply follows from those of the facts."""
    if claim.kind == "number":
        return _beside(claim, sentence, ground)
    if claim.kind == "amount" and claim.value[1] == "day":
        a_week = marks("days_meant.a_week").search(sentence.flat) is not None
        return claim.value[0] in (_days_told(ground) if a_week else _lengths(ground))
    day = day_of(claim) if claim.kind == "date" else None
    if day is None:
        return False
    return (
        (_within(day, ground) and not _bounds(claim, sentence))
        or _whole_month(day, ground)
        or (_AGAIN.search(sentence.flat) is not None and _after_a_period(day, ground))
        or (is_holiday(day.month, day.day) and any(PUBLIC.search(f) for f in ground.folded))
    )


def _bounds(claim: Claim, sentence: Sentence) -> bool:
    """Whether something is told to begin or to end with a day: "from the 26th on", "en geç 1 Aralık"."""
    before, after = sentence.flat[: claim.start], sentence.flat[claim.end :]
    if _TO.search(sentence.flat[claim.start : claim.end]):
        return False
    from_it = _FROM.search(before) is not None and _TO.match(after) is None
    return from_it or _BY.search(before) is not None or _ONWARDS.match(after) is not None


def _beside(claim: Claim, sentence: Sentence, ground: Ground) -> bool:
    """The day of a date that the sentence tells in another way: "on Christmas, the 25th"."""
    found = find_claims(sentence.text, sentence.flat, ground.language)
    return any(claim.value[0] == c.value[1] for c in found if c.kind == "date")


def _lengths(ground: Ground) -> set[str]:
    """Of the periods that the facts name, with their first and last day."""
    told = (p for fact in ground.told for p in periods(fact, ground.language))
    return {str((date(2025, *last) - date(2025, *first)).days % 365 + 1) for first, last in told}


def _days_told(ground: Ground) -> set[str]:
    """How many days of the week a fact names."""
    days: dict[str, set[str]] = {}
    for folded, claim in ground.written:
        if claim.kind == "weekday":
            days.setdefault(folded, set()).add(claim.value[0])
    return {str(len(some)) for some in days.values()}


def _within(day: date, ground: Ground) -> bool:
    """Between the first and the last day of a period, or in a month, that a fact names."""
    told = (p for fact in ground.told for p in periods(fact, ground.language))
    if any(lies((day.month, day.day), first, last) for first, last in told):
        return True
    return any(
        str(day.month) in find_months(clause.text)
        for clause in ground.statements
        if not any(day_of(c) for c in clause.claims)
    )


def _whole_month(day: date, ground: Ground) -> bool:
    """The last day of a month that a fact names without a day."""
    if day.day != DAYS_IN[day.month - 1]:
        return False
    return any(
        str(day.month) in find_months(clause.text)
        for clause in ground.statements
        if day.month not in {d.month for c in clause.claims if (d := day_of(c))}
    )


def _after_a_period(day: date, ground: Ground) -> bool:
    before = day - timedelta(days=1)
    ends = {last for fact in ground.told for _, last in periods(fact, ground.language)}
    return (before.month, before.day) in ends
