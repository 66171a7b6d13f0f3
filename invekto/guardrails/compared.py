"""Amounts and lengths of time that one of the facts is said to be below or above."""

from __future__ import annotations

import re
from collections.abc import Iterator

from invekto.guardrails.claims import Claim
from invekto.guardrails.ground import Ground
from invekto.guardrails.readings import marks
from invekto.guardrails.reply import Sentence

_MINUTES = {
    "minute": 1.0, "hour": 60.0, "day": 1_440.0, "work_day": 1_440.0, "night": 1_440.0,
    "week": 10_080.0, "month": 43_200.0,
}  # fmt: skip
_LIMITS = frozenset({"@over", "@under"})
_WITHIN = re.compile(r"\bwithin $")
"""Of a time it tells how long something takes at most, which must be that of the facts."""


def compared(claim: Claim, sentence: Sentence, ground: Ground) -> bool:
    """A value that one of the facts is below or above, as the sentence says."""
    value = _value(claim)
    if value is None:
        return False
    before, after = sentence.flat[: claim.start], sentence.flat[claim.end :]
    known = list(_known(claim, ground))
    if claim.kind == "amount" and _WITHIN.search(before):
        return False
    if marks("compared.under").search(before) or marks("compared.not_reached").match(after):
        return any(0.5 * value <= k < value for k in known)
    if marks("compared.over").search(before) or marks("compared.passed").match(after):
        return any(value < k <= 2 * value for k in known)
    return False


def _known(claim: Claim, ground: Ground) -> Iterator[float]:
    """What the facts have of the kind; a limit of theirs is told as it is."""
    for fact, clause in ground.by_kind.get(claim.kind, ()):
        value = _value(fact)
        if value is not None and not clause.marks & _LIMITS:
            yield value


def _value(claim: Claim) -> float | None:
    """Of money as it is, of a length of time in minutes."""
    if claim.kind == "money":
        return float(claim.value[0])
    if claim.kind == "amount" and claim.value[1] in _MINUTES:
        return float(claim.value[0]) * _MINUTES[claim.value[1]]
    return None
