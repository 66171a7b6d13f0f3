"""Whether a price is that of one or of several."""

from __future__ import annotations

from invekto.guardrails.claims import Claim
from invekto.guardrails.readings import marks
from invekto.guardrails.table import Point


def for_several(part: str, sentence: str) -> bool:
    """A price said to be for several, and not for each of them."""
    return bool(marks("several.several").search(part)) and not marks("several.of_one").search(
        sentence
    )


def counts_nothing(point: Point, claim: Claim) -> bool:
    """Round the clock; the one session that a price is for."""
    if point.claim.value == ("1", "session") != claim.value:
        return any(word[:2] == "v:" for word in point.own)
    return point.claim.value == ("24", "hour")
