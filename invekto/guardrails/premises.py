"""Amounts that customers have in mind, by which a reply shows how a rule of the facts works: a basket
and what it lacks, a price before and after a discount, a total and its share or its instalments."""

from __future__ import annotations

import re
from collections.abc import Iterator

from invekto.guardrails.claims import Claim
from invekto.guardrails.ground import Ground
from invekto.guardrails.meant import claims_of
from invekto.guardrails.reply import Sentence

_LEAST = 20.0
"""A smaller figure without a currency is no amount of money."""
_CLOSE = 0.011
_OFF = re.compile(
    r"indirim|bakiye|balance|hediye ceki|voucher|رصيد|\boff\b|discount|deduct|subtract|mahsup|dus(?:ul|er|uyor)|خصم|حسم"
)
_LIMIT = re.compile(
    r"uzer|\bustu|\bve ust|\bmin|\ben az|\bover\b|\babove\b|\bfrom\b|or more|\+|فوق|اكثر|من"
)
_PARTS = frozenset({"instalment", "month", "number"})


def premise(claim: Claim, sentence: Sentence, ground: Ground) -> bool:
    """Whether an amount that no fact has goes with another of its sentence by a rule of the facts."""
    if claim.kind not in {"money", "number"} or (value := _amount(claim)) is None:
        return False
    others = [v for c in claims_of(sentence, ground) if c != claim and (v := _amount(c))]
    if not others:
        return False
    known = list(_money(ground))
    if any(c.kind == "money" for _, c in ground.written):
        return any(
            (limits and _near(base - value, other)) or (off and _near(abs(value - other), base))
            for base, limits, off in known
            for other in others
        )
    return any(
        _near(value * r, other) or _near(other * r, value)
        for other in others
        for r in _rates(ground)
    )


def _amount(claim: Claim) -> float | None:
    """The value of what may be an amount of money."""
    if claim.kind not in {"money", "number"} or not claim.value[0].replace(".", "", 1).isdecimal():
        return None
    value = float(claim.value[0])
    return value if claim.kind == "money" or value >= _LEAST else None


def _money(ground: Ground) -> Iterator[tuple[float, bool, bool]]:
    """The amounts of the facts: value, whether it may be a limit, whether it is taken off."""
    for folded, claim in ground.written:
        if claim.kind == "money":
            around = folded[max(0, claim.start - 24) : claim.end + 24]
            yield float(claim.value[0]), bool(_LIMIT.search(around)), bool(_OFF.search(around))


def _rates(ground: Ground) -> list[float]:
    """Shares that the facts tell, what is left of them, and one of so many instalments."""
    shares = [float(c.value[0]) / 100.0 for c, _ in ground.by_kind.get("percent", ())]
    counts = [
        float(c.value[0])
        for kind in ("amount", "number")
        for c, _ in ground.by_kind.get(kind, ())
        if c.value[-1] in _PARTS or c.kind == "number"
    ]
    parts = [1.0 / n for n in counts if 1.0 < n <= 48.0]
    return [r for s in shares for r in (s, 1.0 - s) if 0.0 < r < 1.0] + parts


def _near(left: float, right: float) -> bool:
    return abs(left - right) < _CLOSE
