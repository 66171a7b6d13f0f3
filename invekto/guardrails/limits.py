"""Limits of a rule: from, up to, above or below which something holds. One that a reply tells is
never the customer's own figure: the facts must have it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

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
_PART = re.compile(r"(?:[^,،;|.]|[.,](?=\d))+")
_SEVERAL = 2
_OWN_AGE = re.compile(r" yas\w{0,3}nda| yasl|[- ]?(?:year)?s?[- ]old\b| سن")
"""What follows the age of somebody."""
_NEXT = re.compile(r"[\d.,;،]|\b(?:and|ve)\b| و")
"""Where the words end that are said of somebody's age."""
_ASIDE = re.compile(r"[,;:\d]")
_CHILD = re.compile(r"\b(?:child|kid|infant|bab(?:y|ies)|cocu|bebe|yas)|طفل|اطفال|رضيع")


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


def another_age(claim: Claim, sentence: Sentence, ground: Ground) -> bool:
    """Whether an age up to which something holds is told otherwise than in the facts."""
    if claim.kind not in {"amount", "number"} or not claim.value[0].isdecimal():
        return False
    folded = sentence.flat
    if claim.kind == "number" and not folded[claim.start : claim.end].isdecimal():
        folded = f"{folded[: claim.start]}{claim.value[0]}{folded[claim.end :]}"
    said = part_of(claim, folded)
    told = [a for a in _ages(folded) if a[0] <= claim.start < a[1]]
    own = int(claim.value[0]) if not told and _OWN_AGE.match(folded, claim.end) else 0
    if not told and not own:
        return False
    known = [
        (own, costs(part))
        for fact in ground.folded
        if _CHILD.search(fact)
        for part in _PART.findall(fact)
        for _, _, own in _read_ages(part)
    ]
    of_free = [own for own, cost in known if cost == "free"]
    if own:
        said = _NEXT.split(folded[claim.end :], maxsplit=1)[0]
    free = costs(said) == "free" and not negative(said) and len(list(_read_ages(said))) < _SEVERAL
    if own:
        return free and bool(of_free) and own > max(map(max, of_free))
    fits = of_free if free and of_free else [own for own, _ in known]
    return bool(fits) and not any(told[0][2] & own for own in fits)


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
        (m.group() for m in _PART.finditer(folded) if m.start() <= claim.start < m.end()), folded
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


@lru_cache(maxsize=2_048)
def _ages(folded: str) -> tuple[tuple[int, int, frozenset[int]], ...]:
    """Limits of age: where each stands, and the last age below it, one or the other where the
    words leave that open."""
    return tuple(_read_ages(folded)) if _CHILD.search(folded) else ()


def _read_ages(folded: str) -> Iterator[tuple[int, int, frozenset[int]]]:
    for match in marks("limits.ages").finditer(folded):
        number = {name: int(n) for name, n in match.groupdict().items() if n}
        for name, ends in _ENDS.items():
            if name in number:
                last = frozenset(number[name] + end for end in ends)
                yield match.start(name), match.end(name), last


_ENDS = {
    "low": (-1,),
    "high": (0,),
    **dict.fromkeys(("below", "under", "within"), (-1,)),
    **dict.fromkeys(("till", "until", "over", "above"), (-1, 0)),
}
"""What is added to a limit for the last age below it, by how it is told."""
