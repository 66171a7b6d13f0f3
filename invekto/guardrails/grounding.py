"""Grounded: what a reply states is in the facts, about the same thing."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import yaml

from invekto.contracts.guard import Outcome
from invekto.guardrails.claims import Claim
from invekto.guardrails.disclaimer import says_disclaimer
from invekto.guardrails.flat import flat
from invekto.guardrails.ground import Ground, relative_days
from invekto.guardrails.matching import SMALL, candidates, equal, stated, weekdays
from invekto.guardrails.reply import Check, Sentence
from invekto.guardrails.signs import costs, negative, states, states_nothing, undone
from invekto.guardrails.wording import Clause, akin, clauses

RULES = Path(__file__).parent / "rules" / "service_words.yaml"
ALIGNED = frozenset({"money", "percent", "amount", "date", "time", "dotted"})
NEARER = 0.3
"""By how much another fact must be nearer before a value counts as taken from it."""


def check(check: Check) -> None:
    """Find ungrounded statements, sentence by sentence."""
    ground = Ground([*check.reply.facts, *check.reply.own], check.reply.language)
    carried: frozenset[str] = frozenset()
    for sentence in check.sentences:
        if says_disclaimer(sentence.flat, check.reply.language):
            continue
        pieces = clauses(sentence.text, sentence.flat, check.reply.language)
        whole = frozenset(term for piece in pieces for term in piece.terms)
        said = _objection(pieces, whole, carried, sentence, ground)
        if said is not None:
            check.find("grounded", "ungrounded", Outcome.BLOCK, sentence.text, said)
        if any(ground.known(term) for term in whole):
            carried = whole


def _objection(
    pieces: list[Clause],
    whole: frozenset[str],
    carried: frozenset[str],
    sentence: Sentence,
    ground: Ground,
) -> str | None:
    asks = sentence.flat.rstrip().endswith("?")
    for piece in pieces:
        about = _about(piece, whole, carried, ground)
        for claim in piece.claims:
            said = _claim(claim, about, sentence, ground)
            if said:
                return said
        if not asks and not states_nothing(piece.text):
            said = _statement(piece, about, ground)
            if said:
                return said
    return None if asks else _wrong_day(sentence, ground)


def _about(
    piece: Clause, whole: frozenset[str], carried: frozenset[str], ground: Ground
) -> frozenset[str]:
    """The terms that say what a clause is about: its own, else its sentence's, else those of the
    sentence before."""
    for terms in (piece.terms, whole, whole | carried):
        told = frozenset(t for t in terms if not _serves(t) and ground.known(t))
        if told:
            return told
    return frozenset()


def _claim(claim: Claim, about: frozenset[str], sentence: Sentence, ground: Ground) -> str | None:
    quote = sentence.text[claim.start : claim.end]
    if claim.kind == "link" or (claim.kind == "number" and _only_counts(claim, sentence)):
        return None
    if claim.kind == "number" and _counts_things(claim, sentence):
        return None
    if claim.kind == "code":
        known = claim.value[0].lstrip("0") in ground.figures or _in_parts(claim, ground)
        return None if known else f"“{quote}” is in no fact"
    if claim.kind == "weekday":
        return None
    if not stated(claim, ground):
        return f"“{quote}” is in no fact"
    return _misplaced(claim, about, ground, quote) if claim.kind in ALIGNED else None


def _in_parts(claim: Claim, ground: Ground) -> bool:
    """A phone number with or without its country's code."""
    value = claim.value[0]
    return len(value) >= 10 and value[-10:] in ground.figures


def _only_counts(claim: Claim, sentence: Sentence) -> bool:
    """A list's number, or one that counts nothing of substance."""
    before = sentence.text[: claim.start].strip(" \t-•*")
    after = sentence.text[claim.end : claim.end + 1]
    return (not before and after in {".", ")", "-", ""}) or claim.value[0] in {"0", "1"}


_TIME_CUE = re.compile(
    r"(?:saat\w{0,3}|until|till|at|to|from|by|before|after|kadar|حتى|حتي|الساعه)[ ]$"
)


def _counts_things(claim: Claim, sentence: Sentence) -> bool:
    """A small number before a noun ("iki hekimimiz") may be counted from the facts."""
    value = claim.value[0]
    if not value.isdecimal() or int(value) > SMALL:
        return False
    before, after = sentence.flat[: claim.start], sentence.flat[claim.end :]
    return bool(re.match(r"[ ][^\W\d_]{3}", after)) and not _TIME_CUE.search(before)


def _misplaced(claim: Claim, about: frozenset[str], ground: Ground, quote: str) -> str | None:
    """The right value on the wrong thing: another value stands by what the clause names."""
    same = [clause for other, clause in candidates(claim, ground) if equal(claim, other)]
    others = [
        clause
        for other, clause in ground.by_kind.get(claim.kind, ())
        if not equal(claim, other) and _comparable(claim, other)
    ]
    if not others or not same:
        return None
    own = about - _own_terms(claim)
    mine = max(ground.nearness(own, clause) for clause in same)
    theirs = max(ground.nearness(own, clause) for clause in others)
    return f"“{quote}” belongs to something else" if theirs > mine + NEARER else None


def _own_terms(claim: Claim) -> set[str]:
    return {f"dm{claim.value[0]}-{claim.value[-1]}", f"n{claim.value[0]}"}


def _comparable(claim: Claim, other: Claim) -> bool:
    return claim.kind != "amount" or claim.value[1] == other.value[1]


def _statement(piece: Clause, about: frozenset[str], ground: Ground) -> str | None:
    quote = piece.text.strip()[:80]
    deed = undone(piece.text.strip(), ground.folded)
    if deed:
        return f"no fact says that this was done: “{quote}” ({deed})"
    if _other_state(piece, ground):
        return f"the state in “{quote}” is not that of the facts"
    if _other_cost(piece, about, ground):
        return f"“{quote}”: the facts say something else of the cost"
    own = frozenset(t for t in about if t in piece.terms)
    if _refuted(piece, own, ground):
        return f"a fact says the opposite of “{quote}”"
    return None


def _refuted(piece: Clause, about: frozenset[str], ground: Ground) -> bool:
    """The fact that is most about the same thing says yes where the reply says no, or the
    other way round; or `only` where the reply says `every`."""
    if not about:
        return False
    side = negative(piece.text)
    if side and _state_to_come(ground):
        return False
    same = opposed = 0.0
    for clause in ground.clauses:
        near = ground.nearness(about, clause)
        if near <= 0:
            continue
        if negative(clause.text) == side:
            same = max(same, near)
        elif _covers(about, clause):
            opposed = max(opposed, near)
        if "@every" in piece.marks and clause.marks & {"@only", "@over"} and _covers(about, clause):
            return True
    return opposed > same + 0.01


def _state_to_come(ground: Ground) -> bool:
    """Nothing was sent or paid yet: what a reply denies has not happened."""
    known = {state for clause in ground.clauses for state in states(clause.text)}
    return bool(known) and known <= {"preparing", "approved_wait"}


def _covers(about: frozenset[str], clause: Clause) -> bool:
    """Whether most of what a fact's clause is about is what the reply is about."""
    told = [t for t in clause.terms if not _serves(t) and not t.startswith("@o")]
    if not told:
        return False
    return sum(any(akin(t, a) for a in about) for t in told) > 0.5 * len(told)


def _other_cost(piece: Clause, about: frozenset[str], ground: Ground) -> bool:
    said = costs(piece.text)
    if not said:
        return False
    known = [(costs(c.text), ground.nearness(about, c)) for c in ground.clauses]
    same = max((near for cost, near in known if cost == said), default=None)
    against = max(
        (
            ground.nearness(about, c)
            for c in ground.clauses
            if costs(c.text) not in {"", said}
            or (said == "free" and not costs(c.text) and _priced(c))
        ),
        default=0.0,
    )
    if same is None:
        return True
    return against > same + NEARER


def _priced(clause: Clause) -> bool:
    return any(claim.kind == "money" for claim in clause.claims)


def _other_state(piece: Clause, ground: Ground) -> bool:
    said = states(piece.text)
    known = {state for clause in ground.clauses for state in states(clause.text)}
    return bool(said and known and not said & known)


def _wrong_day(sentence: Sentence, ground: Ground) -> str | None:
    """A day of the week or a relative day that is not one of the facts' days."""
    dates = [claim for claim, _ in ground.by_kind.get("date", ())]
    named = {claim.value[0] for claim, _ in ground.by_kind.get("weekday", ())}
    known = named | {day for claim in dates for day in weekdays(claim)}
    if ground.today is not None and dates:
        for claim in relative_days(sentence.flat, ground.today):
            if not any(equal(claim, d) for d in dates) and not weekdays(claim) & named:
                return f"“{sentence.text[claim.start : claim.end]}” is not a day of the facts"
    if not known:
        return None
    for piece in clauses(sentence.text, sentence.flat, ground.language):
        for claim in piece.claims:
            if claim.kind == "weekday" and claim.value[0] not in known:
                return f"“{sentence.text[claim.start : claim.end]}” is not a day of the facts"
    return None


def _serves(term: str) -> bool:
    return any(term.startswith(word) for word in _service_words().get(term[:2], ()))


@lru_cache(maxsize=1)
def _service_words() -> dict[str, tuple[str, ...]]:
    data = yaml.safe_load(RULES.read_text(encoding="utf-8"))
    index: dict[str, list[str]] = {}
    for entries in data.values():
        for word in entries:
            folded = flat(str(word))
            index.setdefault(folded[:2], []).append(folded)
    return {key: tuple(entries) for key, entries in index.items()}
