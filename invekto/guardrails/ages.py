"""Ages up to which something holds, and somebody's own age: "0-6 yaş ücretsiz", "9 yaşındaki"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from invekto.guardrails.claims import Claim
from invekto.guardrails.ground import Ground
from invekto.guardrails.limits import PART, part_of
from invekto.guardrails.readings import marks
from invekto.guardrails.reply import Sentence
from invekto.guardrails.signs import costs, negative

_OWN_AGE = re.compile(r" yas\w{0,3}nda| yasl|[- ]?(?:year)?s?[- ]old\b| سن")
"""What follows the age of somebody."""
_NEXT = re.compile(r"[\d.,;،]|\b(?:and|ve)\b| و")
"""Where the words end that are said of somebody's age."""
_CHILD = re.compile(r"\b(?:child|kid|infant|bab(?:y|ies)|cocu|bebe|yas)|طفل|اطفال|رضيع")
Ages = frozenset[int]
"""The last age below a limit; one or the other where the words leave that open."""


def another_age(claim: Claim, sentence: Sentence, ground: Ground) -> bool:
    """Whether an age up to which something holds is told otherwise than in the facts, or somebody
    older than that is promised it free."""
    if claim.kind not in {"amount", "number"} or not claim.value[0].isdecimal():
        return False
    folded = _in_digits(claim, sentence.flat)
    told = next((ages for start, end, ages in _ages(folded) if start <= claim.start < end), None)
    if told is not None:
        return _differs(told, part_of(claim, folded), ground)
    if not _OWN_AGE.match(folded, claim.end):
        return False
    said = _NEXT.split(folded[claim.end :], maxsplit=1)[0]
    free = [ages for ages, is_free in _known(ground) if is_free]
    return _grants(said) and bool(free) and int(claim.value[0]) > max(map(max, free))


def _differs(told: Ages, said: str, ground: Ground) -> bool:
    """Whether the facts have limits of age, and this is none; of free ones where it says free."""
    known = _known(ground)
    free = [ages for ages, is_free in known if is_free]
    fits = free if _grants(said) and free else [ages for ages, _ in known]
    return bool(fits) and not any(told & ages for ages in fits)


def _grants(said: str) -> bool:
    """Whether words give something free, to people of one age."""
    return costs(said) == "free" and not negative(said) and len(list(_read_ages(said))) < 2


def _known(ground: Ground) -> list[tuple[Ages, bool]]:
    """The limits of age of the facts, and whether what holds there is free."""
    facts = (fact for fact in ground.folded if _CHILD.search(fact))
    parts = (part for fact in facts for part in PART.findall(fact))
    return [(ages, costs(part) == "free") for part in parts for _, _, ages in _read_ages(part)]


def _in_digits(claim: Claim, folded: str) -> str:
    """The text with a number in words as digits."""
    if claim.kind != "number" or folded[claim.start : claim.end].isdecimal():
        return folded
    return f"{folded[: claim.start]}{claim.value[0]}{folded[claim.end :]}"


@lru_cache(maxsize=2_048)
def _ages(folded: str) -> tuple[tuple[int, int, Ages], ...]:
    """Where limits of age stand, and each of them."""
    return tuple(_read_ages(folded)) if _CHILD.search(folded) else ()


def _read_ages(folded: str) -> Iterator[tuple[int, int, Ages]]:
    for match in marks("ages.limits").finditer(folded):
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
