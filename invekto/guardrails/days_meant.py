"""Days of a reply that no fact names and that theirs mean: within a period, the first after it, a
public holiday."""

from __future__ import annotations

import re
from datetime import date, timedelta

from invekto.guardrails.claims import Claim, find_claims, find_months
from invekto.guardrails.ground import Ground, day_of
from invekto.guardrails.periods import lies, periods
from invekto.guardrails.reply import Sentence
from invekto.guardrails.said import is_holiday

_AGAIN = re.compile(
    r"\bitibaren|\bsonra|\bdon(?:uyor|er\b|ecek|us|mus)|\btekrar|\byeniden|\bbasl|\bback\b|\bagain|\breturn|\bresum|\bfrom\b|\bas of\b|"
    r"\bafter\b|\breopen|يعود|تعود|ابتداء|مجددا|من جديد|بعد"
)
PUBLIC = re.compile(r"resmi tatil|bayram|(?:public|bank|official|national) holiday|عطل|الاعياد")


def meant_by_days(claim: Claim, sentence: Sentence, ground: Ground) -> bool:
    """Whether a day of the reply follows from those of the facts."""
    if claim.kind == "number":
        return _beside(claim, sentence, ground)
    day = day_of(claim) if claim.kind == "date" else None
    if day is None:
        return False
    return (
        _within(day, ground)
        or (_AGAIN.search(sentence.flat) is not None and _after_a_period(day, ground))
        or (is_holiday(day.month, day.day) and any(PUBLIC.search(f) for f in ground.folded))
    )


def _beside(claim: Claim, sentence: Sentence, ground: Ground) -> bool:
    """The day of a date that the sentence tells in another way: "on Christmas, the 25th"."""
    found = find_claims(sentence.text, sentence.flat, ground.language)
    return any(claim.value[0] == c.value[1] for c in found if c.kind == "date")


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


def _after_a_period(day: date, ground: Ground) -> bool:
    before = day - timedelta(days=1)
    ends = {last for fact in ground.told for _, last in periods(fact, ground.language)}
    return (before.month, before.day) in ends
