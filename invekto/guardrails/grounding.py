"""Grounded: what a reply states is in the facts, about the same thing."""

from __future__ import annotations

import re

from invekto.contracts.guard import Outcome
from invekto.guardrails.binding import misbound
from invekto.guardrails.claims import Claim, find_months
from invekto.guardrails.counting import counted_in
from invekto.guardrails.courtesy import serves
from invekto.guardrails.derived import follows
from invekto.guardrails.disclaimer import says_disclaimer
from invekto.guardrails.figures import (
    as_money,
    counted_otherwise,
    counts_priced,
    counts_things,
    cued_otherwise,
    in_parts,
    only_counts,
    only_listed,
    supposed,
    within_hours,
)
from invekto.guardrails.ground import Ground, relative_days
from invekto.guardrails.matching import computed, equal, stated, weekdays
from invekto.guardrails.novelty import foreign_name, other_persons, sibling
from invekto.guardrails.placing import ALIGNED, keyed_otherwise, misplaced
from invekto.guardrails.quoting import quoted
from invekto.guardrails.refuting import refuted
from invekto.guardrails.reply import Check, Sentence
from invekto.guardrails.signs import costs, negative, states_nothing
from invekto.guardrails.wording import Clause, clauses

MOST_CLAIMS = 60
"""Figures of one reply that are looked up; with more of them a person reads it."""
_COMPARES = re.compile(r"karsi|\bvs\b|\bthan\b|\byerine\b|compared|مقابل|مقارنه")
QUALIFIERS = frozenset({"@over", "@under", "@only", "@from"})
_VERBAL = re.compile(
    r"\b(?:is|are|was|were|be|can|will|may|must|should|has|have|had|do|does|did|we|you|it|they|i|costs?|"
    r"takes?|comes?|not|no|cannot|\w{3,}(?:ed|s))\b|n't\b|'s\b"
)
"""What makes a part of an English sentence a statement of its own."""
_TOGETHER = re.compile(
    r"\bplus\b|\barti\b|\bdahil\b|\bmakes\b|\bcomes? to\b|\b(?:with|ile|and)\b.{0,60}\b(?:makes?|comes to|costs?|yap(?:ar|iyor)|tut(?:ar|uyor)|eder)\b|birlikte|toplam|ikisi|ucu\b|hepsi|total|together|come to|both|مجموع|معا"
)
_MOVES = re.compile(r"tasi(?:n|d)|\bmoved?\b|ertelen|\binstead of\b|\byerine\b|نقل|تغيير موعد")


def check(check: Check) -> None:
    """Find ungrounded statements, sentence by sentence."""
    ground = Ground([*check.reply.facts, *check.reply.own], check.reply.language)
    carried: frozenset[str] = frozenset()
    own_words = quoted(check.reply.text, check.sentences, check.reply.facts)
    figures = 0
    for sentence in check.sentences:
        if says_disclaimer(sentence.flat, check.reply.language):
            continue
        pieces = clauses(sentence.text, sentence.flat, check.reply.language)
        figures += sum(len(piece.claims) for piece in pieces)
        if figures > MOST_CLAIMS:
            check.find("grounded", "ungrounded", Outcome.ASK_PERSON, explanation="many figures")
            return
        whole = frozenset(term for piece in pieces for term in piece.terms)
        said = (
            None if sentence in own_words else _objection(pieces, whole, carried, sentence, ground)
        )
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
    before: frozenset[str] = frozenset()
    days: frozenset[str] = frozenset()
    for piece in pieces:
        timed = all(claim.kind in {"time", "dotted"} for claim in piece.claims)
        days = _day_terms(piece) | _meant_days(piece, ground) or days
        bare = (
            timed
            and before
            and not (piece.terms - _days_named(piece))
            and not _meant_days(piece, ground)
        )
        about = before if bare else _about(piece, whole, carried, ground)
        if timed and days and not bare and not _day_terms(piece):
            about = frozenset(t for t in piece.terms if ground.known(t)) | days
        before = about
        apart = _COMPARES.search(sentence.flat) or _MOVES.search(sentence.flat)
        bound = misbound(piece, ground) if not apart else None
        if bound:
            return f"“{piece.text.strip()[:80]}” {bound}"
        for claim in piece.claims:
            said = _claim(claim, about, piece, sentence, ground)
            if said:
                return said
    if asks:
        return None
    for piece in _statements(sentence, pieces, ground):
        if states_nothing(piece.text):
            continue
        own = frozenset(t for t in piece.terms if not serves(t) and ground.known(t))
        said = (
            refuted(piece, own, own | whole, ground)
            or sibling(piece, ground)
            or other_persons(piece, sentence, ground)
        )
        if said:
            return said
    return _wrong_day(sentence, pieces, ground) or foreign_name(sentence, ground)


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


def _about(
    piece: Clause, whole: frozenset[str], carried: frozenset[str], ground: Ground
) -> frozenset[str]:
    """The terms that say what a clause is about: its own, else its sentence's, else those of the
    sentence before."""
    days = _meant_days(piece, ground)
    for number, among in enumerate((piece.terms | days, whole | days, whole | carried | days)):
        told = frozenset(t for t in among if not serves(t) and ground.known(t))
        told -= QUALIFIERS if number else frozenset()
        if not told and not number and any(not serves(t) for t in piece.terms - QUALIFIERS):
            return ground.elsewhere(piece.text) or frozenset()
        if told:
            return told | (ground.elsewhere(piece.text) or frozenset())
    return ground.elsewhere(piece.text) or frozenset()


def _day_terms(piece: Clause) -> frozenset[str]:
    return frozenset(t for t in piece.terms if t.startswith(("wd", "dm")))


def _days_named(piece: Clause) -> frozenset[str]:
    """Terms that are figures only; a value without a word goes with what stood before it."""
    return frozenset(t for t in piece.terms if re.fullmatch(r"n[\d.]+", t))


def _meant_days(piece: Clause, ground: Ground) -> frozenset[str]:
    """The date that "tomorrow" means, as the facts' clauses name it."""
    if ground.today is None:
        return frozenset()
    return frozenset(
        f"dm{day.value[0]}-{day.value[1]}" for day in relative_days(piece.text, ground.today)
    )


def _claim(
    claim: Claim, about: frozenset[str], piece: Clause, sentence: Sentence, ground: Ground
) -> str | None:
    quote = sentence.text[claim.start : claim.end]
    if claim.kind in {"link", "weekday"}:
        return None
    if claim.kind == "number" and not only_listed(claim, sentence):
        if counted_otherwise(claim, sentence, ground):
            return f"“{quote}” is counted otherwise in the facts"
    if claim.kind == "number" and (only_counts(claim, sentence) or counts_things(claim, sentence)):
        return None
    if claim.kind == "code":
        known = claim.value[0].lstrip("0") in ground.figures or in_parts(claim, ground)
        return None if known else f"“{quote}” is in no fact"
    together = bool(_TOGETHER.search(sentence.flat))
    claim = as_money(claim, ground)
    counts = counted_in(sentence.flat, ground.language)
    if computed(claim, ground, together, counts):
        return None
    if claim.kind in {"amount", "number"} and counts_priced(claim, piece, ground, together, counts):
        return None
    if not stated(claim, ground):
        within = claim.kind == "time" and within_hours(claim, sentence, ground)
        within = (
            within
            or follows(claim, sentence.flat, ground)
            or supposed(claim, piece, sentence, ground)
        )
        return None if within else f"“{quote}” is in no fact"
    if claim.kind == "number" and cued_otherwise(claim, sentence, ground):
        return f"“{quote}” is in no fact"
    if claim.kind == "number" and keyed_otherwise(claim, piece, ground):
        return f"“{quote}” belongs to something else"
    if claim.kind not in ALIGNED or _COMPARES.search(sentence.flat):
        return None
    if _MOVES.search(sentence.flat) and claim.kind in {"date", "time", "dotted"}:
        return None
    return misplaced(claim, about, piece, sentence, ground, quote)


def _wrong_day(sentence: Sentence, pieces: list[Clause], ground: Ground) -> str | None:
    """A month, a day of the week or a relative day that is not one of the facts' days."""
    dates = [claim for claim, _ in ground.by_kind.get("date", ())]
    named = {claim.value[0] for claim, _ in ground.by_kind.get("weekday", ())}
    known = named | {day for claim in dates for day in weekdays(claim)}
    if ground.today is not None and dates:
        for claim in relative_days(sentence.flat, ground.today):
            same = any(equal(claim, d) for d in dates) or follows(claim, sentence.flat, ground)
            if not same and not weekdays(claim) & named:
                return f"“{sentence.text[claim.start : claim.end]}” is not a day of the facts"
    if known:
        for piece in (p for p in pieces if not negative(p.text)):
            for claim in piece.claims:
                if claim.kind == "weekday" and claim.value[0] not in known:
                    return f"“{sentence.text[claim.start : claim.end]}” is not a day of the facts"
    months = find_months(sentence.flat)
    months -= {
        claim.value[0]
        for piece in pieces
        for claim in piece.claims
        if claim.kind == "date" and follows(claim, sentence.flat, ground)
    }
    if months and ground.months and not months <= ground.months:
        return "a month is named that no fact names"
    return None
