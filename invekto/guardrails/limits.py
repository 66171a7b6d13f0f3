"""Limits of a rule: from, up to, above or below which something holds. One that a reply tells is
never the customer's own figure: the facts must have it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from invekto.guardrails.claims import Claim
from invekto.guardrails.ground import Ground
from invekto.guardrails.meant import claims_of
from invekto.guardrails.readings import marks
from invekto.guardrails.reply import Sentence
from invekto.guardrails.signs import costs, negative

NEAR = 32
"""Characters before a figure in which the word stands that makes it a limit."""
BESIDE = 20
"""Characters between an amount of the facts and the word that makes it a limit."""
_KINDS = frozenset({"money", "amount", "number"})
PART = re.compile(r"(?:[^,،;|.]|[.,](?=\d))+")
_ASIDE = re.compile(r"[,;:\d]")


def bounds(claim: Claim, folded: str) -> bool:
    """Whether the words beside a figure make it a limit."""
    before = folded[max(0, claim.start - NEAR) : claim.start]
    return bool(
        marks("limits.after").match(folded, claim.end) or marks("limits.before").search(before)
    )


def rules(claim: Claim, sentence: Sentence) -> bool:
    """Whether a figure is told as the limit of a rule, which is nobody's own."""
    if claim.kind not in _KINDS or not bounds(claim, sentence.flat):
        return False
    return claim.kind != "money" or marks("limits.rule").search(sentence.flat) is not None


def keeps_to_limits(claim: Claim, sentence: Sentence, ground: Ground) -> bool:
    """Whether what is said of an amount that customers have in mind is what the facts say of one
    past the limit, or short of it."""
    part = _alone(claim, sentence, ground)
    told = [(float(c.value[0]), costs(part_of(c, f)) == "free") for f, c in _limits(ground)]
    free = [value for value, is_free in told if is_free]
    value = float(claim.value[0])
    if free:
        said = costs(part)
        granted = said == "free" and not marks("limits.not_free").search(part)
        return not said or (value >= min(free)) == granted
    limits = [limit for limit, _ in told]
    others = {float(c.value[0]) for c in claims_of(sentence, ground) if c.kind == "money"}
    if not limits or others & set(limits):
        return True
    return (value >= min(limits)) != negative(part)


def _alone(claim: Claim, sentence: Sentence, ground: Ground) -> str:
    """The text around an amount up to the others of its sentence."""
    others = [
        c for c in claims_of(sentence, ground) if c.kind == "money" and c.start != claim.start
    ]
    start = max((c.end for c in others if c.end <= claim.start), default=0)
    end = min((c.start for c in others if c.start >= claim.end), default=len(sentence.flat))
    return sentence.flat[start:end]


def part_of(claim: Claim, folded: str) -> str:
    """The part of a text that a figure stands in."""
    return next(
        (m.group() for m in PART.finditer(folded) if m.start() <= claim.start < m.end()), folded
    )


def _limits(ground: Ground) -> Iterator[tuple[str, Claim]]:
    """The amounts of money from which the facts say that something holds."""
    for folded, claim in ground.written:
        if claim.kind == "money" and is_limit(folded, claim):
            yield folded, claim


def is_limit(folded: str, claim: Claim) -> bool:
    """Whether the words right beside an amount make it one from which something holds."""
    before = _ASIDE.split(folded[max(0, claim.start - BESIDE) : claim.start])[-1]
    after = folded[claim.end : claim.end + BESIDE]
    return marks("limits.from").search(f"{before}§{after}") is not None
