"""Measures told in two units, of which the facts have the whole: 3 kilo 200 gram, an hour and twenty."""

from __future__ import annotations

import itertools
import re

from invekto.guardrails.claims import Claim, find_claims
from invekto.guardrails.ground import Ground
from invekto.guardrails.matching import equal
from invekto.guardrails.reply import Sentence

_BESIDE = 5
"""Letters between an hour and the minutes that go with it."""
_COMPOSED = (
    (re.compile(r"(\d{1,3}) ?(?:kilo|kg) (\d{1,3}) ?(?:gram|gr|g)\b"), "weight", 1_000.0),
    (re.compile(r"(\d{1,2}) ?(?:metre|meters?|m) (\d{1,2}) ?(?:santim|cm)\b"), "length", 100.0),
    (re.compile(r"(\d{1,2}) ?(?:saat|sa|hours?|hrs?|h|ساعه|ساعات) (?:and |و)?(\d{1,2}) ?(?:dakika|dk|min\w{0,5}|دقيقه)"), "minute", 60.0),
)  # fmt: skip
"""Measures told in two units: how many of the second make one of the first."""


def _composed(folded: str) -> list[tuple[int, int, str, float]]:
    """(start, end, unit, value in the smaller unit)."""
    return [
        (m.start(), m.end(), unit, float(m.group(1)) * times + float(m.group(2)))
        for pattern, unit, times in _COMPOSED
        for m in pattern.finditer(folded)
    ]


def _hours_and_minutes(claim: Claim, sentence: Sentence, ground: Ground) -> Claim | None:
    """The minutes of an hour and so many minutes told side by side, in words too."""
    lasting = [
        c
        for c in find_claims(sentence.text, sentence.flat, ground.language)
        if c.kind == "amount" and c.value[1] in {"hour", "minute"}
    ]
    for first, second in itertools.pairwise(lasting):
        beside = second.start - first.end <= _BESIDE and claim.start in {first.start, second.start}
        if beside and (first.value[1], second.value[1]) == ("hour", "minute"):
            value = float(first.value[0]) * 60 + float(second.value[0])
            return Claim("amount", (f"{value:g}", "minute"), first.start, second.end)
    return None


def composed(claim: Claim, sentence: Sentence, ground: Ground) -> bool:
    """A part of `3 kilo 200 gram` where the facts have 3.2 kg, or the 80 minutes that they tell as
    an hour and twenty."""
    if claim.kind != "amount":
        return False
    lasting = _hours_and_minutes(claim, sentence, ground)
    if lasting and any(equal(lasting, c) for c, _ in ground.by_kind.get("amount", ())):
        return True
    for start, end, unit, value in _composed(sentence.flat):
        whole = Claim("amount", (f"{value:g}", unit), start, end)
        told = [c for c, _ in ground.by_kind.get("amount", ())]
        if start <= claim.start < end and any(equal(whole, c) for c in told):
            return True
    return any(
        equal(claim, Claim("amount", (f"{value:g}", unit), 0, 0))
        for fact in ground.folded
        for _, _, unit, value in _composed(fact)
    )
