"""Amounts of a reply as the facts have them: a bare figure as the pieces or sessions they count, hours
and minutes as one length of time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from invekto.guardrails.claims import Claim
from invekto.guardrails.ground import Ground
from invekto.guardrails.matching import stated
from invekto.guardrails.wording import SIZED, terms

_NOUN = re.compile(r"[ ]([^\W\d_]{2,20})")
_COUNTS = re.compile(r"(?:kez|kere|defa|times|gel|var|kal|dur|left|remain|of|in|مر|من|متبق)\w{0,8}")
"""What stands after a count instead of the thing."""
_WANTED = re.compile(r"\s{0,3}(?:talep|istek|istenen|request|wanted|plan|طلب)\w{0,4}\s?:")
"""What heads what the customer wants."""
_COUNTED = frozenset({"piece", "session"})


def as_counted(claim: Claim, folded: str, ground: Ground, told: frozenset[str]) -> Claim | None:
    """A bare figure before a thing of the facts, which they have only as a count, or in a unit that
    is `told` in the sentence."""
    amounts = ground.by_kind.get("amount", ())
    having = [(c, clause) for c, clause in amounts if c.value[0] == claim.value[0]]
    bare = any(c.value == claim.value for c, _ in ground.by_kind.get("number", ()))
    if bare or any(_WANTED.match(clause.text) for _, clause in having):
        return None
    units = {c.value[1] for c, _ in having}
    if len(units) != 1 or not units <= _COUNTED | told:
        return None
    noun = _NOUN.match(folded, claim.end)
    counted = noun is None or _COUNTS.match(noun.group(1)) is not None
    known = noun is not None and any(map(ground.known, terms(noun.group(1))))
    if not counted and (units <= SIZED or not known):
        return None
    return replace(claim, kind="amount", value=(claim.value[0], *units))


def whole(found: Sequence[Claim], ground: Ground) -> list[Claim]:
    """`bir saat on beş dakika` as the 75 minutes that the facts have."""
    told = list(found)
    for hours, minutes in pairwise(found):
        units = [c.value[1] for c in (hours, minutes) if c.kind == "amount"]
        if units != ["hour", "minute"] or minutes.start - hours.end > 5:
            continue
        total = f"{float(hours.value[0]) * 60 + float(minutes.value[0]):g}"
        one = replace(hours, value=(total, "minute"), end=minutes.end)
        if stated(one, ground):
            told = [one if c is hours else c for c in told if c is not minutes]
    return told
