"""Statements that the facts refute: yes for no, free for paid, done for not done, every for only."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from invekto.guardrails.claims import Claim, find_claims
from invekto.guardrails.courtesy import serves
from invekto.guardrails.ground import Ground
from invekto.guardrails.matching import equal
from invekto.guardrails.signs import costs, denied_states, negative, states, undone
from invekto.guardrails.tongue import tongue
from invekto.guardrails.wording import Clause, akin

NEARER = 0.3
"""Share of an "only" in the facts that a clause of the reply must be about to be limited by it."""
_CONDITION = re.compile(
    r"\w{2,14}(?:rsa|rse|ysa|yse)\w{0,4}\b|\bise\b|\buzeri|\bustu|\bif\b|\bover\b|\babove\b|اذا|فوق|اكثر من"
)
_APPROVED = re.compile(r"\bonayland|\bapproved\b|\baccepted\b|\bkabul edildi|تمت الموافقه")
_DENIES = re.compile(
    r"(?:\bnot|n't) (?:yet )?(?:been )?(?=(?:\w+ed|sent|out|on|in|yet)\b)|(?<!\w)لم (?:يتم )?"
)
_WHILE = re.compile(
    r"\w[dt][iu]kt[ae]n sonra\b|\bonce (?:it|the|your)\b|\bafter (?:it|the|your|we)\b|(?:ana|ene|ana|ilene|inceye|uncaya) kadar|\w(?:ince|unca)\b|\bdiye sor|\basked (?:if|whether)|\bonce(?:si)?\b|\buntil\b|\bonce it\b|\bbefore\b|"
    r"\bcan be\b|\bise\b|\bif\b|\bwhen\b|قبل|حتي|اذا"
)
"""A state that is not told but spoken of: "until it is shipped"."""
_IF = re.compile(r"(?:ان|اذا|لو|عند|بعد)\s|(?:if|once|when|after)\b")
"""What begins a condition."""
_INCLUDED = re.compile(r"\bdahil|\binclu?d|\bincl\b|شامل|يشمل|تشمل|مشمول")


def refuted(
    piece: Clause, own: frozenset[str], whole: frozenset[str], ground: Ground
) -> str | None:
    """Why the facts refute a clause of the reply, or None. `own` are its terms that the facts
    know, `whole` those of its sentence."""
    quote = piece.text.strip()[:80]
    claimed = piece.text.strip()
    deed = None if _IF.match(claimed) else undone(claimed, [])
    deed = deed and undone(claimed, _told_of(piece, ground))
    if deed:
        return f"no fact says that this was done: “{quote}” ({deed})"
    if _other_state(piece, ground):
        return f"the state in “{quote}” is not that of the facts"
    if _other_cost(piece, whole, ground):
        return f"“{quote}”: the facts say something else of the cost"
    if own and _limited(piece, own, ground):
        return f"a fact says the opposite of “{quote}”"
    return None


def _told_of(piece: Clause, ground: Ground) -> list[str]:
    """The facts about the days and times that a clause names; all of them where it names none."""
    named = [c for c in piece.claims if c.kind in {"date", "time", "dotted"}]
    if not named:
        return ground.folded
    told = [
        clause.text
        for clause in ground.statements
        if all(any(equal(claim, other) for other in clause.claims) for claim in named)
    ]
    return told + [
        fact
        for raw, fact in zip(ground.facts, ground.folded, strict=True)
        if _one_day(claims := find_claims(raw, fact, ground.language))
        and all(any(equal(claim, other) for other in claims) for claim in named)
    ]


def _one_day(claims: Sequence[Claim]) -> bool:
    """Whether a fact names no two days and no two clock times."""
    return all(
        len({c.value for c in claims if c.kind in kinds}) < 2
        for kinds in (("date", "dotted"), ("time",))
    )


def _limited(piece: Clause, own: frozenset[str], ground: Ground) -> bool:
    """The reply says `every`, the fact about it `only` or `above`."""
    if "@every" not in piece.marks or (negative(piece.text) and "@only" in piece.marks):
        return False
    things = {t for t in own if not t.startswith(("wd", "dm", "n"))}
    return any(
        clause.marks & {"@only", "@over"} and ground.nearness(things, clause) > 0
        for clause in ground.clauses
    )


def _other_cost(piece: Clause, whole: frozenset[str], ground: Ground) -> bool:
    said = costs(piece.text)
    if not said:
        return False
    if said == "free" and _included_too(piece, ground):
        return False
    if said == "free" and _CONDITION.search(piece.text):
        return not any(costs(clause.text) == "free" for clause in ground.clauses)
    about = piece.terms if any(ground.known(t) for t in piece.terms) else whole
    same: float | None = None
    against = 0.0
    for clause in ground.clauses:
        priced = any(c.kind == "money" for c in clause.claims)
        cost = costs(clause.text) or ("paid" if priced else "")
        near = ground.nearness(about, clause)
        if cost == said:
            same = max(same or 0.0, near)
        elif cost:
            against = max(against, near)
    if same is not None and tongue(piece.text) not in ground.tongues:
        return False
    if same is None:
        return said == "free" or against > 0.0
    return against > same + NEARER


def _included_too(piece: Clause, ground: Ground) -> bool:
    """Something is included, and a fact that names it says so."""
    if not _INCLUDED.search(piece.text):
        return False
    things = {t for t in piece.terms if not serves(t)} - {"@included", "@price"}
    told = [clause for clause in ground.clauses if _INCLUDED.search(clause.text)]
    return any(akin(t, o) for clause in told for t in things for o in clause.terms)


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
    return bool(_WHILE.search(folded))
