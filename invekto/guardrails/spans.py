"""Hours told from one to another without minutes: 10 to 7, ondan altıya, من 9 حتى 6."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from invekto.guardrails.claims import Claim
from invekto.guardrails.ground import Ground
from invekto.guardrails.matching import stated

_TO = re.compile(
    r"(?:'?[dt][ae]n)? ?(?:to|till|until|through|-|–|ile|ila|حتي|الي) ?(?:الساعه )?|'[dt][ae]n "
)
_FROM = re.compile(r"[dt][ae]n$")
_TWO_HOURS = re.compile(r"(?P<a>five|ten|twenty) to (?P<b>\w+)")
_LAST_HOUR = 24
_SAID = {"five": 5, "ten": 10}


def hours_between(found: Sequence[Claim], folded: str, ground: Ground) -> list[Claim]:
    """The claims with bare figures of such a span read as the hours that the facts have."""
    if not (ground.by_kind.get("time") or ground.by_kind.get("dotted")):
        return list(found)
    hours = {id(c) for pair in pairwise(found) if _span(*pair, folded) for c in pair}
    read = (_hour(c) if id(c) in hours and c.kind == "number" else c for c in found)
    return list(_apart(read, folded, ground))


def _span(first: Claim, second: Claim, folded: str) -> bool:
    if not (_may_be_hour(first) and _may_be_hour(second)) or first.end > second.start:
        return False
    between = folded[first.end : second.start]
    return bool(_TO.fullmatch(between)) or (
        between == " " and _FROM.search(folded[first.start : first.end]) is not None
    )


def _may_be_hour(claim: Claim) -> bool:
    if claim.kind == "time":
        return True
    return (
        claim.kind == "number" and claim.value[0].isdecimal() and int(claim.value[0]) <= _LAST_HOUR
    )


def _hour(claim: Claim) -> Claim:
    return replace(claim, kind="time", value=(f"{int(claim.value[0]):02d}:00",))


def _apart(found: Iterable[Claim], folded: str, ground: Ground) -> Iterator[Claim]:
    """`ten to two` as two hours, where the facts have both and not ten minutes to two."""
    for claim in found:
        match = _TWO_HOURS.match(folded, claim.start) if claim.kind == "time" else None
        if match is None or match.group("a") not in _SAID or stated(claim, ground):
            yield claim
            continue
        last = (int(claim.value[0][:2]) + 1) % _LAST_HOUR
        hours = [replace(claim, value=(f"{h:02d}:00",)) for h in (_SAID[match.group("a")], last)]
        yield from hours if all(stated(h, ground) for h in hours) else [claim]
