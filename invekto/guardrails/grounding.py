"""Grounded: what a reply states is in the facts, about the same thing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path

import yaml

from invekto.contracts.guard import Outcome
from invekto.guardrails.claims import Claim
from invekto.guardrails.flat import flat
from invekto.guardrails.polarity import ALONE, opposite, statements, states
from invekto.guardrails.reply import Check, Sentence
from invekto.guardrails.wording import Clause, clauses, fact_clauses, overlap

RULES = Path(__file__).parent / "rules" / "service_words.yaml"
ALIGNED = frozenset({"money", "percent", "amount", "date", "time", "weekday"})
DAYS = {"day": 1, "work_day": 1, "week": 7, "month": 30, "year": 365}
UNSUPPORTED = 0.2
"""Share of a sentence's content words that must stand in some fact."""
MANY = 4
"""Content words from which a sentence's support is judged."""


@dataclass
class Ground:
    """The facts, cut into clauses and indexed."""

    facts: list[str]
    language: str

    @cached_property
    def clauses(self) -> list[Clause]:
        return [c for fact in self.facts for c in fact_clauses(fact, self.language)]

    @cached_property
    def by_kind(self) -> dict[str, list[tuple[Claim, Clause]]]:
        index: dict[str, list[tuple[Claim, Clause]]] = {}
        for clause in self.clauses:
            for claim in clause.claims:
                index.setdefault(claim.kind, []).append((claim, clause))
        return index

    @cached_property
    def rarity(self) -> Counter[str]:
        return Counter(stem for clause in self.clauses for stem in clause.stems)

    @cached_property
    def stems(self) -> frozenset[str]:
        return frozenset(self.rarity)

    @cached_property
    def figures(self) -> str:
        return "|".join("".join(c for c in flat(f) if c.isalnum()) for f in self.facts)

    def nearness(self, stems: frozenset[str], clause: Clause) -> float:
        """How much a fact's clause is about the same thing: rare words count more."""
        near = 0.0
        for stem in stems:
            for other in clause.stems:
                if stem == other or stem.startswith(other) or other.startswith(stem):
                    near += 1.0 / self.rarity[other]
                    break
        return near


def check(check: Check) -> None:
    """Find ungrounded statements, sentence by sentence."""
    facts = [*check.reply.facts, *check.reply.own]
    ground = Ground(facts, check.reply.language)
    carried: frozenset[str] = frozenset()
    for sentence in check.sentences:
        pieces = clauses(sentence.text, sentence.flat, check.reply.language)
        whole = frozenset(stem for piece in pieces for stem in piece.stems)
        said = _objection(pieces, whole, carried, sentence, ground)
        if said is not None:
            check.find("grounded", "ungrounded", _outcome(said), sentence.text, said)
        if whole & ground.stems:
            carried = whole


def _outcome(said: str) -> Outcome:
    return Outcome.ASK_PERSON if said.startswith("no fact says") else Outcome.BLOCK


def _objection(
    pieces: list[Clause],
    whole: frozenset[str],
    carried: frozenset[str],
    sentence: Sentence,
    ground: Ground,
) -> str | None:
    asks = sentence.flat.rstrip().endswith("?")
    for piece in pieces:
        for claim in piece.claims:
            said = _claim(claim, piece, whole, carried, sentence, ground)
            if said:
                return said
        if not asks:
            said = _refuted(piece, whole, carried, ground)
            if said:
                return said
    return None if asks else _unsupported(whole, sentence, ground)


def _claim(
    claim: Claim,
    piece: Clause,
    whole: frozenset[str],
    carried: frozenset[str],
    sentence: Sentence,
    ground: Ground,
) -> str | None:
    quote = sentence.text[claim.start : claim.end]
    if claim.kind == "link":
        return None
    if claim.kind == "number" and _only_counts(claim, sentence):
        return None
    if claim.kind == "code":
        if claim.value[0] in ground.figures:
            return None
        return f"“{quote}” is in no fact"
    if not _stated(claim, ground):
        return f"“{quote}” is in no fact"
    if claim.kind in ALIGNED:
        return _misplaced(claim, piece, whole, carried, ground, quote)
    return None


def _only_counts(claim: Claim, sentence: Sentence) -> bool:
    """A list's number, or one that counts nothing of substance."""
    before = sentence.text[: claim.start].strip(" \t-•*")
    after = sentence.text[claim.end : claim.end + 1]
    return (not before and after in {".", ")", "-", ""}) or claim.value[0] in {"0", "1"}


def _stated(claim: Claim, ground: Ground) -> bool:
    return any(_equal(claim, other) for other, _ in _candidates(claim, ground))


def _candidates(claim: Claim, ground: Ground) -> Iterable[tuple[Claim, Clause]]:
    kinds = {
        "money": ("money",),
        "percent": ("percent",),
        "date": ("date",),
        "weekday": ("weekday", "date"),
        "time": ("time", "number", "amount"),
        "amount": ("amount", "number"),
        "number": ("number", "amount", "money", "time", "code", "percent", "date"),
    }[claim.kind]
    for kind in kinds:
        yield from ground.by_kind.get(kind, ())


def _equal(claim: Claim, fact: Claim) -> bool:
    if claim.kind == fact.kind:
        return claim.value == fact.value or (
            claim.kind == "amount" and _same_length(claim.value, fact.value)
        )
    if claim.kind == "weekday":
        return claim.value[0] in _weekdays(fact.value)
    if claim.kind == "time":
        return _hour(claim.value[0], fact.value[0])
    if fact.kind == "time":
        return _hour(fact.value[0], claim.value[0])
    if fact.kind == "date":
        return claim.value[0] in fact.value
    return claim.value[0] == fact.value[0]


def _same_length(left: tuple[str, ...], right: tuple[str, ...]) -> bool:
    """Two weeks are fourteen days."""
    if left[1] in DAYS and right[1] in DAYS:
        return float(left[0]) * DAYS[left[1]] == float(right[0]) * DAYS[right[1]]
    if {left[1], right[1]} == {"hour", "day"}:
        hours = [float(v) * (24 if u == "day" else 1) for v, u in (left, right)]
        return hours[0] == hours[1]
    if {left[1], right[1]} == {"year", "month"}:
        months = [float(v) * (12 if u == "year" else 1) for v, u in (left, right)]
        return months[0] == months[1]
    return left == right


def _hour(clock: str, number: str) -> bool:
    hour, minute = clock.split(":")
    return minute == "00" and number in {str(int(hour)), str(int(hour) % 12), str(int(hour) + 12)}


@lru_cache(maxsize=512)
def _weekdays(day: tuple[str, ...]) -> frozenset[str]:
    """Weekdays that a date without a year may fall on, this year and the ones beside it."""
    found = set()
    for year in (2025, 2026, 2027):
        try:
            found.add(str(date(year, int(day[0]), int(day[1])).isoweekday()))
        except ValueError:
            continue
    return frozenset(found)


def _misplaced(
    claim: Claim,
    piece: Clause,
    whole: frozenset[str],
    carried: frozenset[str],
    ground: Ground,
    quote: str,
) -> str | None:
    """The right value on the wrong thing: another value stands by what the clause names."""
    same = [c for o, c in _candidates(claim, ground) if _equal(claim, o)]
    other = [
        c
        for o, c in ground.by_kind.get(claim.kind, ())
        if not _equal(claim, o) and _comparable(claim, o)
    ]
    if not other:
        return None
    for about in (piece.stems, whole, whole | carried):
        mine = max((ground.nearness(about, c) for c in same), default=0.0)
        theirs = max((ground.nearness(about, c) for c in other), default=0.0)
        if mine or theirs:
            return f"“{quote}” belongs to something else" if theirs > mine + 0.34 else None
    return None


def _comparable(claim: Claim, other: Claim) -> bool:
    return claim.kind != "amount" or claim.value[1] == other.value[1]


def _refuted(
    piece: Clause, whole: frozenset[str], carried: frozenset[str], ground: Ground
) -> str | None:
    for axis, side in statements(piece.text):
        about = piece.stems if piece.stems & ground.stems else whole | carried
        same = _best(axis, side, about, ground)
        against = _best(axis, opposite(side), about, ground)
        if against is not None and against > (same if same is not None else 0.0):
            return f"a fact says the opposite of “{piece.text.strip()[:80]}”"
        if axis in ALONE and same is None:
            return f"“{piece.text.strip()[:80]}” is in no fact"
    return _other_state(piece, ground)


def _best(axis: str, side: str, about: frozenset[str], ground: Ground) -> float | None:
    """Nearness of the nearest fact that says this; None where no fact does."""
    values = [
        ground.nearness(about, clause)
        for clause in ground.clauses
        if (axis, side) in statements(clause.text)
    ]
    return max(values, default=None)


def _other_state(piece: Clause, ground: Ground) -> str | None:
    said = states(piece.text)
    if not said:
        return None
    known: set[str] = set()
    for clause in ground.clauses:
        known |= states(clause.text)
    if known and not said & known:
        return f"the state “{piece.text.strip()[:80]}” is not that of the facts"
    return None


def _unsupported(whole: frozenset[str], sentence: Sentence, ground: Ground) -> str | None:
    """A sentence whose words stand in no fact, courtesy left out."""
    told = frozenset(stem for stem in whole if not _serves(stem))
    if len(told) < MANY:
        return None
    supported = overlap(told, ground.stems)
    if supported < UNSUPPORTED * len(told):
        return f"no fact says “{sentence.text[:80]}”"
    return None


def _serves(stem: str) -> bool:
    return any(stem.startswith(word) for word in _service_words().get(stem[:2], ()))


@lru_cache(maxsize=1)
def _service_words() -> dict[str, tuple[str, ...]]:
    data = yaml.safe_load(RULES.read_text(encoding="utf-8"))
    index: dict[str, list[str]] = {}
    for entries in data.values():
        for word in entries:
            folded = flat(str(word))
            index.setdefault(folded[:2], []).append(folded)
    return {key: tuple(entries) for key, entries in index.items()}
