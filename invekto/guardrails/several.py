"""Whether a price is that of one or of several."""

from __future__ import annotations

import re

from invekto.guardrails.claims import Claim
from invekto.guardrails.table import Point

OF_ONE = re.compile(
    r"\b(?:kisi|dis|bolge|gece|adet|seans|parca|cene|oda|gun|metre)\w{0,2} bas|/ ?(?:kisi|gece|adet|gun|seans|person|night|day|piece|nacht)|"
    r"\bper (?:person|guest|night|day|piece|tooth|session|unit|area|head)|\bpp\b|\btanesi|\beach\b|\bher birin|\bapiece|\bgece(?:lik|lig|si)|لكل |للشخص|لليله|للسن|للقطعه"
)
"""What says that a price is that of one."""
_SEVERAL = re.compile(
    r"\b(?:[2-9]|1\d|iki|uc|dort|bes|alti|yedi|sekiz|dokuz|on|two|three|four|five|six|seven|eight|nine|ten)"
    r" (?:kisi(?!li)|dis|bolge|gece|adet|seans|parca|gun|people|persons|guests|nights|days|pieces|teeth|sessions|areas|of you)|"
    r"\bikinize|\bucunuze|\bfor (?:both|the two)|لكما|لشخصين|ليلتين"
)


def for_several(part: str, sentence: str) -> bool:
    """A price said to be for several, and not for each of them."""
    return bool(_SEVERAL.search(part)) and not OF_ONE.search(sentence)


def counts_nothing(point: Point, claim: Claim) -> bool:
    """Round the clock; the one session that a price is for."""
    if point.claim.value == ("1", "session") != claim.value:
        return any(word[:2] == "v:" for word in point.own)
    return point.claim.value == ("24", "hour")
