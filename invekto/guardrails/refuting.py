"""Statements that the facts refute: done for not done, one state for another, free for paid."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from invekto.guardrails.claims import Claim, find_claims
from invekto.guardrails.ground import Ground
from invekto.guardrails.matching import equal
from invekto.guardrails.readings import marks
from invekto.guardrails.signs import costs, denied_states, states, supposed, undone
from invekto.guardrails.wording import Clause

_APPROVED = re.compile(r"\bonayland|\bapproved\b|\baccepted\b|\bkabul edildi|تمت الموافقه")
_DENIES = re.compile(
    r"(?:\bnot|n't) (?:yet )?(?:been )?(?=(?:\w+ed|sent|out|on|in|yet)\b)|(?<!\w)لم (?:يتم )?"
)
_IF = re.compile(r"(?:ان|اذا|لو|عند|بعد)\s|(?:if|once|when|after)\b")
"""What begins a condition."""
_ANOTHER_DAY = re.compile(r"\b\d{1,2}'[iu]nde\b|\bon the \d{1,2}(?:st|nd|rd|th)\b")
"""A second day told by its number alone."""


def refuted(piece: Clause, ground: Ground) -> str | None:
    """Why the facts refute a clause of the reply, or None."""
    quote = piece.text.strip()[:80]
    claimed = piece.text.strip()
    deed = None if _IF.match(claimed) else undone(claimed, [])
    deed = deed and undone(claimed, _told_of(piece, ground))
    if deed:
        return f"no fact says that this was done: “{quote}” ({deed})"
    if _other_state(piece, ground):
        return f"the state in “{quote}” is not that of the facts"
    if costs(piece.text) == "free" and not (_were_it(piece.text) or _granting(ground)):
        return f"“{quote}”: no fact gives anything free of charge"
    return None


def _told_of(piece: Clause, ground: Ground) -> list[str]:
    """The facts about the days and times that a clause names; all of them where it names none."""
    named = [c for c in piece.claims if c.kind in {"date", "time", "dotted"}]
    if not named or _ANOTHER_DAY.search(piece.text):
        return ground.folded
    every = any if _several(named) else all
    return [
        text
        for text, claims in _pieces_told(ground)
        if every(any(equal(claim, other) for other in claims) for claim in named)
    ]


def _pieces_told(ground: Ground) -> Iterator[tuple[str, Sequence[Claim]]]:
    """The statements of the facts, and the facts of one day and one time as a whole."""
    yield from ((clause.text, clause.claims) for clause in ground.statements)
    for raw, folded in zip(ground.facts, ground.folded, strict=True):
        claims = find_claims(raw, folded, ground.language)
        if not _several(claims):
            yield folded, claims


def _several(claims: Sequence[Claim]) -> bool:
    """Whether two days or two clock times are named: from the one to the other."""
    return any(
        len({c.value for c in claims if c.kind in kinds}) > 1
        for kinds in (("date", "dotted"), ("time",))
    )


def _granting(ground: Ground) -> bool:
    """Whether any fact tells of something that is free, included or at another's cost."""
    return any(costs(c.text) == "free" for c in ground.clauses) or any(
        marks("refuting.grants").search(fact) for fact in ground.folded
    )


_WERE_IT = re.compile(
    r"\w(?:inca|ince|unca|unce)\b|\b(?:daha|kadar|once|when|more|another|over|above|from)\b|\buzeri|\bustu|عند|فوق"
)


def _were_it(folded: str) -> bool:
    return supposed(folded) or bool(_WERE_IT.search(folded))


def _other_state(piece: Clause, ground: Ground) -> bool:
    """A state that no fact tells, where they tell others."""
    stated, denied = states(piece.text), denied_states(piece.text)
    if not (stated or denied) or _spoken_of(piece.text):
        return False
    told = [
        clause
        for clause in ground.clauses
        if not (_spoken_of(clause.text) or _DENIES.search(clause.text) or _not_so(clause.text))
    ]
    known = {state for clause in told for state in states(clause.text)}
    said = frozenset[str]() if _DENIES.search(piece.text) else stated
    if said == {"planned"} and known and not known & {"delivered", "cancelled", "refused"}:
        return False
    if "refused" in said - known and any(_APPROVED.search(clause.text) for clause in told):
        return True
    wider = set(known)
    if "planned" in known and not known & {"shipped", "out", "delivered", "preparing"}:
        wider |= {"preparing", "shipped", "out"}
    if "out" in known:
        wider |= {"shipped"}
    if "delivered" in known:
        wider |= {"taken_back"}
    if said and known and not said & wider:
        return True
    known |= {"shipped"} if known & {"out", "delivered"} else set()
    return bool((denied | (stated - said)) & known)


_NOT_SO = re.compile(r"\bdegil|\bnot (?:yet )?(?:\w+ )?(?:shipped|delivered|in transit)|ليس|غير")


def _not_so(folded: str) -> bool:
    """Whether a clause says that a state is not reached."""
    return bool(_NOT_SO.search(folded))


@lru_cache(maxsize=4_096)
def _spoken_of(folded: str) -> bool:
    """Whether a clause speaks of a state without telling it."""
    return bool(marks("refuting.while").search(folded))
