"""Grounded: what a reply states is in the facts, about the same thing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from invekto.contracts.guard import Outcome
from invekto.guardrails.ages import another_age
from invekto.guardrails.bound import misbound
from invekto.guardrails.circumstances import circumstance
from invekto.guardrails.claims import Claim, find_claims
from invekto.guardrails.coming import untold
from invekto.guardrails.compared import compared
from invekto.guardrails.composed import composed
from invekto.guardrails.counting import counted_in
from invekto.guardrails.days_meant import meant_by_days
from invekto.guardrails.days_named import wrong_day
from invekto.guardrails.denial import denied_only
from invekto.guardrails.dense import spelt_out, told_in_lines
from invekto.guardrails.disclaimer import says_disclaimer
from invekto.guardrails.enumerated import Kind, kind_of, told_again
from invekto.guardrails.figures import (
    counted_otherwise,
    counts_priced,
    counts_things,
    cued_otherwise,
    in_parts,
    only_counts,
    only_listed,
    priced_singly,
    spaced,
    supposed,
    taken_off,
    up_to,
    within_hours,
)
from invekto.guardrails.flat import unmarked
from invekto.guardrails.ground import Ground
from invekto.guardrails.inside import parted
from invekto.guardrails.lasting import lasts
from invekto.guardrails.limits import rules
from invekto.guardrails.matching import equal, stated
from invekto.guardrails.meant import claims_of
from invekto.guardrails.novelty import foreign_name, sibling
from invekto.guardrails.pairs import contradicted
from invekto.guardrails.parts import STATES
from invekto.guardrails.periods import for_each
from invekto.guardrails.premises import premise
from invekto.guardrails.priced import Verdict, step_reached, verdict
from invekto.guardrails.prices import Priced, figure
from invekto.guardrails.quoting import as_worded, quoted
from invekto.guardrails.readings import marks
from invekto.guardrails.records_read import stocked
from invekto.guardrails.refuting import refuted
from invekto.guardrails.reply import Check, Sentence
from invekto.guardrails.said import names_holiday
from invekto.guardrails.set_aside import rule_set_aside
from invekto.guardrails.sides import opposed
from invekto.guardrails.signs import costs, negative, states_nothing
from invekto.guardrails.slots import wrong_slot
from invekto.guardrails.traits import another_trait
from invekto.guardrails.uttered import Said, read, words_of
from invekto.guardrails.wording import Clause, clauses
from invekto.guardrails.worked import Told, counts_of, follows

MOST_CLAIMS = 60
"""Figures of one reply that are looked up; with more of them a person reads it."""
ALIGNED = frozenset({"money", "percent", "amount", "date", "time", "dotted"})
_VERBAL = re.compile(
    r"\b(?:is|are|was|were|be|can|will|may|must|should|has|have|had|do|does|did|we|you|it|they|i|costs?|"
    r"takes?|comes?|not|no|cannot|\w{3,}(?:ed|s))\b|n't\b|'s\b"
)
"""What makes a part of an English sentence a statement of its own."""


def check(check: Check) -> None:
    """Find ungrounded statements, sentence by sentence."""
    worded = as_worded(check.sentences, check.reply.worded)
    if worded.issuperset(check.sentences):
        return
    open_parts = [part for fact in check.reply.facts if (part := parted(fact)[0].strip())]
    facts = [
        stocked(unmarked(row)) for part in told_in_lines(open_parts) for row in spelt_out(part)
    ]
    ground = Ground([*facts, *check.reply.own], check.reply.language)
    quotes = worded | quoted(check.reply.text, check.sentences, check.reply.facts)
    told = {
        s: replace(s, text=unmarked(s.text), flat=unmarked(s.flat))
        for s in check.sentences
        if not says_disclaimer(s.flat)
    }
    values = [claim for s in told.values() for claim in claims_of(s, ground)]
    if len(values) > MOST_CLAIMS:
        check.find("grounded", "ungrounded", Outcome.ASK_PERSON, explanation="many figures")
        return
    reply = Reply(
        ground,
        tuple(c for c in values if c.kind in ALIGNED and stated(c, ground)),
        Priced(ground),
        told_again(values, ground),
    )
    for written, sentence in told.items():
        said = None if written in quotes else _objection(sentence, reply)
        if said is not None:
            check.find("grounded", "ungrounded", Outcome.BLOCK, written.text, said)
        reply.before.insert(0, words_of(sentence, ground))
        reply.priced.heard.insert(0, sentence.text)


@dataclass
class Reply:
    """What is known while a reply is read: the facts, the values it shares with them or that were
    worked out, and the words of the sentences so far, the nearest first."""

    ground: Ground
    said: tuple[Claim, ...]
    priced: Priced
    again: frozenset[Kind]
    before: list[frozenset[str]] = field(default_factory=list)
    doubted: list[Kind] = field(default_factory=list)

    def doubts(self, claim: Claim) -> bool:
        """Whether another value of the kind was doubted before: two are mixed up."""
        self.doubted.append(kind_of(claim))
        return claim.kind == "money" and self.doubted.count(kind_of(claim)) > 1


def _objection(sentence: Sentence, reply: Reply) -> str | None:
    ground = reply.ground
    pieces = clauses(sentence.text, sentence.flat, ground.language)
    asks = sentence.flat.rstrip().endswith("?")
    counts = counted_in(sentence.flat, ground.language) | {
        int(c.value[0])
        for c in find_claims(sentence.text, sentence.flat, ground.language)
        if c.kind in {"amount", "number"} and c.value[0].isdecimal() and 1 < int(c.value[0]) < 1_000
    }
    words = frozenset(term for piece in pieces for term in piece.terms)
    beside = tuple(read(sentence, reply.before, ground))
    for said in beside:
        others = tuple(c for c in reply.said if c.start != said.claim.start or c != said.claim)
        told = Told(sentence.flat, words, counts, others)
        reckoned = _reckoned(said.claim, sentence, reply)
        found = _value(said, told, sentence, pieces, ground, reckoned, beside)
        again = kind_of(said.claim) in reply.again and stated(said.claim, ground)
        if found and (not again or reckoned is Verdict.CONTRARY or reply.doubts(said.claim)):
            return found
        if said.claim.kind in ALIGNED and said.claim not in reply.said:
            reply.said += (said.claim,)
    found = wrong_slot(sentence, ground) or rule_set_aside(sentence, ground)
    if found:
        return found
    if asks:
        return wrong_day(sentence, pieces[:-1], ground)
    for piece in _statements(sentence, pieces, ground):
        if states_nothing(piece.text) or len(piece.text.split()) < 2:
            continue
        found = refuted(piece, ground) or sibling(piece, ground)
        if found:
            return found
    found, agreed = contradicted(sentence, reply.before, ground)
    found = (
        found
        or opposed(sentence, reply.before, ground, agreed)
        or denied_only(sentence, ground.told, ground.language, agreed)
        or another_trait(sentence, ground)
    )
    if found:
        return found
    return (
        wrong_day(sentence, pieces, ground)
        or untold(sentence, pieces, ground)
        or foreign_name(sentence, ground)
    )


def _value(
    said: Said,
    told: Told,
    sentence: Sentence,
    pieces: list[Clause],
    ground: Ground,
    reckoned: Verdict,
    beside: Sequence[Said],
) -> str | None:
    """Why a value is not one of the facts', or not of what the reply says it of."""
    claim = said.claim

    def bind(counts: frozenset[float]) -> str | None:
        if marks("grounding.compares").search(sentence.flat):
            return None
        return misbound(said, ground, counts, frozenset(map(float, told.counts)), beside)

    if claim.kind in STATES or claim.kind in {"link", "weekday"}:
        return bind(frozenset()) if claim.kind != "link" else _other_page(claim, sentence, ground)
    if claim.kind == "measure":
        return bind(frozenset()) if stated(claim, ground) else None
    quote = sentence.text[claim.start : claim.end]
    piece = next((p for p in pieces if p.start <= claim.start < p.end), pieces[0])
    if another_age(claim, sentence, ground):
        return f"“{quote}” is no limit of the facts"
    if claim.kind == "number" and not only_listed(claim, sentence):
        if counted_otherwise(claim, sentence, ground) and not circumstance(claim, sentence, ground):
            return f"“{quote}” is counted otherwise in the facts"
    if claim.kind == "number" and (
        only_counts(claim, sentence) or counts_things(claim, sentence, ground)
    ):
        return None
    if claim.kind == "code":
        if claim.value[0].lstrip("0") not in ground.figures and not in_parts(claim, ground):
            return f"“{quote}” is in no fact"
        return bind(frozenset())
    if any(equal(claim, c) for c in ground.asked if c.kind == claim.kind):
        return None
    if reckoned is Verdict.CONTRARY:
        return f"“{quote}” is not what these come to"
    if reckoned is Verdict.OF_STEP:
        return None
    if not stated(claim, ground):
        if reckoned is Verdict.RIGHT:
            return None
        if claim.kind == "date" and names_holiday(sentence.flat[claim.start : claim.end]):
            return None
        if not _follows(claim, told, sentence, piece, ground, reckoned):
            return f"“{quote}” is in no fact"
    elif claim.kind == "number" and cued_otherwise(claim, sentence, ground):
        return f"“{quote}” is in no fact"
    return bind(counts_of(told, ground))


def _follows(
    claim: Claim, told: Told, sentence: Sentence, piece: Clause, ground: Ground, reckoned: Verdict
) -> bool:
    """Whether a value that no fact states is one of theirs told otherwise, follows from them, or is
    the customer's own."""
    return (
        spaced(claim, sentence, ground)
        or composed(claim, sentence, ground)
        or taken_off(claim, ground)
        or priced_singly(claim, sentence, claims_of(sentence, ground))
        or for_each(claim, sentence, ground)
        or meant_by_days(claim, sentence, ground)
        or _worked_out(claim, sentence, told, ground, reckoned)
        or (claim.kind == "time" and within_hours(claim, sentence, ground))
        or premise(claim, sentence, ground)
        or lasts(claim, sentence, ground)
        or _ones_own(claim, piece, sentence, ground)
        or counts_priced(claim, claims_of(sentence, ground), told, ground)
    )


def _worked_out(
    claim: Claim, sentence: Sentence, told: Told, ground: Ground, reckoned: Verdict
) -> bool:
    """Whether a value may be worked out from the prices of the facts or from their values: what a
    rule asks of an order never is."""
    if claim.kind == "money" and rules(claim, sentence):
        return False
    if reckoned is Verdict.UNKNOWN:
        return follows(claim, told, ground)
    return reckoned is Verdict.POSSIBLE


def _ones_own(claim: Claim, piece: Clause, sentence: Sentence, ground: Ground) -> bool:
    """Whether a figure is what customers have, want or suppose, and not what the facts tell."""
    if rules(claim, sentence):
        return claim.kind != "money" and compared(claim, sentence, ground)
    return (
        compared(claim, sentence, ground)
        or up_to(claim, ground)
        or supposed(claim, piece, sentence, ground)
        or circumstance(claim, sentence, ground)
    )


def _reckoned(claim: Claim, sentence: Sentence, reply: Reply) -> Verdict:
    """What an amount of money is, by the prices of what the reply names; of a rate only whether
    it is that of another quantity."""
    claims = claims_of(sentence, reply.ground)
    if claim.kind in {"amount", "number"}:
        going_on, _ = reply.priced.totals(sentence.text)
        told_so = going_on & {float(c.value[0]) for c in claims if c.kind == "money"}
        return Verdict.RIGHT if told_so else Verdict.UNKNOWN
    if claim.kind not in {"money", "percent"}:
        return Verdict.UNKNOWN
    told = figure(claim, sentence, claims, reply.priced)
    if claim.kind == "money":
        reply.priced.said += (told.value,)
    step = step_reached(told, reply.priced)
    if step is not None:
        return Verdict.OF_STEP if step else Verdict.CONTRARY
    if claim.kind == "percent":
        return Verdict.UNKNOWN
    return verdict(told, reply.priced, known=stated(claim, reply.ground))


def _statements(sentence: Sentence, pieces: list[Clause], ground: Ground) -> list[Clause]:
    """What is said as a whole: cut at "and" only where one part denies and the other does not."""
    wide = clauses(sentence.text, sentence.flat, ground.language, fine=False)
    told: list[Clause] = []
    for piece in wide:
        parts = [p for p in pieces if piece.start <= p.start < piece.end and len(p.text) > 6]
        if ground.language == "en" and not all(_VERBAL.search(p.text) for p in parts):
            parts = []
        signs = {(negative(p.text), costs(p.text)) for p in parts}
        whole = all(len(p.text.split()) >= 3 for p in parts)
        told += parts if len(signs) > 1 and len(parts) > 1 and whole else [piece]
    return told


_PAGE = re.compile(r"[/?][^\s<>()\"]*\d[^\s<>()\"]*")


def _other_page(claim: Claim, sentence: Sentence, ground: Ground) -> str | None:
    """A page with a number of its own, on a host of the facts, that is none of theirs."""
    link = sentence.flat[claim.start : claim.end].rstrip(".,;:!'")
    page = _PAGE.search(link.partition("//")[2] or link)
    host = claim.value[0]
    if page is None or not any(host in fact for fact in ground.folded):
        return None
    known = any(page.group() in fact for fact in ground.folded)
    return None if known else f"“{link}” is another page than the facts have"
