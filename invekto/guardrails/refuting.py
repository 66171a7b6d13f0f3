"""Statements that the facts refute: yes for no, free for paid, done for not done, every for only."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from invekto.guardrails.ground import Ground
from invekto.guardrails.signs import costs, denied_states, negative, states, undone
from invekto.guardrails.wording import Clause, akin

NEARER = 0.3
_QUALIFIER = ["@over", "@under", "@only", "@from"]


def refuted(
    piece: Clause, own: frozenset[str], whole: frozenset[str], ground: Ground
) -> str | None:
    """Why the facts refute a clause of the reply, or None. `own` are its terms that the facts
    know, `whole` those of its sentence."""
    quote = piece.text.strip()[:80]
    deed = undone(piece.text.strip(), ground.folded)
    if deed:
        return f"no fact says that this was done: “{quote}” ({deed})"
    if _other_state(piece, ground):
        return f"the state in “{quote}” is not that of the facts"
    if _other_cost(piece, whole, ground):
        return f"“{quote}”: the facts say something else of the cost"
    if own and (
        _opposed(piece, own, whole, ground)
        or _limited(piece, own, ground)
        or _elsewhere(piece, own, ground)
    ):
        return f"a fact says the opposite of “{quote}”"
    return None


def _opposed(piece: Clause, own: frozenset[str], whole: frozenset[str], ground: Ground) -> bool:
    """The fact that is most about the same thing says yes where the reply says no, or the
    other way round."""
    side = negative(piece.text)
    if side and _nothing_yet(ground):
        return False
    if _opposed_on_a_day(piece, side, ground):
        return True
    same = opposed = 0.0
    for clause in ground.clauses:
        if not any(akin(t, o) for t in clause.terms for o in own):
            continue
        near = ground.nearness(own, clause)
        if len(own) == 1:
            near += 0.3 * ground.nearness(whole - own, clause)
        near *= 0.5 + 0.5 * _share(whole, clause)
        if negative(clause.text) == side:
            same = max(same, near)
        elif _covers(whole, clause):
            opposed = max(opposed, near)
    return opposed > same + 0.01


def _opposed_on_a_day(piece: Clause, side: bool, ground: Ground) -> bool:
    """Every fact about a named day says the other thing of being open."""
    if "@open" not in piece.terms:
        return False
    for day in (t for t in piece.terms if t.startswith(("wd", "dm"))):
        told = {negative(c.text) for c in ground.clauses if day in c.terms}
        if told == {not side}:
            return True
    return False


def _covers(about: AbstractSet[str], clause: Clause) -> bool:
    """Whether most of what a fact's clause is about is what the reply is about."""
    return _share(about, clause) > 0.5


def _share(about: AbstractSet[str], clause: Clause) -> float:
    """Share of a fact's clause that the reply is about."""
    from invekto.guardrails.grounding import serves

    told = [t for t in clause.terms if not serves(t) and t not in _QUALIFIER]
    if not told:
        return 0.0
    return sum(any(akin(t, a) for a in about) for t in told) / len(told)


def _elsewhere(piece: Clause, own: frozenset[str], ground: Ground) -> bool:
    """The facts say "only there", the reply names another place or way."""
    new = {t for t in piece.terms if t.startswith("@") and not ground.known(t)}
    if not new or negative(piece.text):
        return False
    for clause in ground.clauses:
        if "@only" in clause.marks and any(akin(t, o) for t in clause.terms for o in own):
            limits = {t for t in clause.terms if t.startswith("@") and t not in _QUALIFIER} - own
            if limits and not limits & piece.terms:
                return True
    return False


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
    about = piece.terms if any(ground.known(t) for t in piece.terms) else whole
    same: float | None = None
    against = 0.0
    for clause in ground.clauses:
        cost = costs(clause.text)
        near = ground.nearness(about, clause)
        if cost == said:
            same = max(same or 0.0, near)
        elif cost or (said == "free" and any(c.kind == "money" for c in clause.claims)):
            against = max(against, near)
    return same is None or against > same + NEARER


def _nothing_yet(ground: Ground) -> bool:
    """Nothing was sent or paid yet: what a reply denies has not happened."""
    known = {state for clause in ground.clauses for state in states(clause.text)}
    return bool(known) and known <= {"preparing", "approved_wait"}


def _other_state(piece: Clause, ground: Ground) -> bool:
    known = {state for clause in ground.clauses for state in states(clause.text)}
    said = states(piece.text)
    if "planned" in known:
        known |= {"preparing", "shipped", "out"}
    if said and known and not said & known:
        return True
    return bool(denied_states(piece.text) & known)
