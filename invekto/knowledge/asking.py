"""What a question asks about: its content words, the concepts they name, and the kind of answer
it wants (a price, a time, a place …)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from rapidfuzz import fuzz, process

from invekto.knowledge.glossary import Glossary, glossary
from invekto.knowledge.stemming import stopwords, within
from invekto.llm.embeddings import Rarity
from invekto.llm.terms import Term, terms

FUZZY = 80.0
"""Similarity (0–100) from where on a misspelt word counts as the other."""
FUZZY_WORTH = 0.75
CONCEPT_WORTH = 0.9
"""What a synonym counts against the word itself."""
WANT_WORTH = 0.6
"""Weight of the kind of answer against the usual weight of what is asked about."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One thing asked about. `stems` are its own; `single` and `phrases` mean the same, and
    `single` may hold the marker of a kind of answer that satisfies it, such as `#price`."""

    stems: tuple[str, ...]
    weight: float
    single: frozenset[str] = frozenset()
    phrases: tuple[tuple[str, ...], ...] = ()
    wants: str = ""

    def found(self, present: frozenset[str]) -> float:
        """How far these stems speak of it, 0 to 1."""
        own = sum(stem in present for stem in self.stems)
        if own == len(self.stems):
            return 1.0
        if not self.single.isdisjoint(present):
            return CONCEPT_WORTH
        if any(map(present.issuperset, self.phrases)):
            return CONCEPT_WORTH
        return 0.5 * own / len(self.stems) if own else 0.0

    def misspelt(self, present: frozenset[str]) -> float:
        """How far a misspelling of it is there."""
        if len(self.stems) != 1 or len(self.stems[0]) < 4:
            return 0.0
        best = process.extractOne(self.stems[0], present, scorer=fuzz.ratio, score_cutoff=FUZZY)
        return FUZZY_WORTH if best else 0.0


class Asking:
    """The units of a question and its numbers.

    Units that are one plain stem are kept apart: a set intersection finds them, and reranking
    looks at hundreds of sentences a question.
    """

    def __init__(self, units: tuple[Unit, ...], numbers: frozenset[str]) -> None:
        self.units = units
        self.numbers = numbers
        self.total = sum(unit.weight for unit in units) or 1.0
        self.wants_price = any(unit.wants == "price" for unit in units)
        self.wants_duration = any(unit.wants == "duration" for unit in units)
        self._plain: dict[str, float] = {}
        self._other: list[Unit] = []
        for unit in units:
            if len(unit.stems) > 1 or unit.single or unit.phrases:
                self._other.append(unit)
            else:
                self._plain[unit.stems[0]] = self._plain.get(unit.stems[0], 0.0) + unit.weight
        self._stems = frozenset(self._plain)
        self._hints = [unit.single.union(unit.stems, *unit.phrases) for unit in self._other]
        self._said = self._stems.union(*self._hints)

    def numbered(self, present: frozenset[str]) -> float:
        """The share of the question's numbers that are there, or within a range that is."""
        if not self.numbers:
            return 1.0
        there = [n in present or (len(n) <= 3 and within(n, present)) for n in self.numbers]
        return sum(there) / len(there)

    def echo(self, name: frozenset[str]) -> float:
        """The share of a name's words that the question says, itself or by a synonym, 0 to 1."""
        return len(name & self._said) / len(name) if name else 0.0

    def coverage(self, present: frozenset[str]) -> float:
        """The share of what is asked, by weight, that a text speaks of, 0 to 1."""
        worth = sum([self._plain[stem] for stem in self._stems & present])
        for unit, hints in zip(self._other, self._hints, strict=True):
            if not hints.isdisjoint(present):
                worth += unit.weight * unit.found(present)
        return worth / self.total

    def missing(self, present: frozenset[str]) -> float:
        """The share of the weightiest thing asked that a text does not speak of, 0 to 1."""
        lacking = (u.weight * (1 - (u.found(present) or u.misspelt(present))) for u in self.units)
        return max(lacking, default=0.0) / self.total

    def lenient(self, present: frozenset[str]) -> float:
        """Coverage where misspelt words count too."""
        worth = (u.weight * (u.found(present) or u.misspelt(present)) for u in self.units)
        return sum(worth) / self.total


def asking(
    question: str, language: str, rarity: Rarity | None = None, words: Glossary | None = None
) -> Asking:
    """The units of a question, weighted by rarity among the tenant's chunks where given."""
    words = words or glossary()
    found = terms(question, language)
    units: list[Unit] = []
    taken: set[int] = set()
    for begin, finish, groups in words.mentions(found):
        part = found[begin:finish]
        taken |= set(range(begin, finish))
        units.append(_concept(words, part, groups, _weight(part, rarity)))
    for at, term in enumerate(found):
        if at not in taken and term.folded not in stopwords() and len(term.folded) > 1:
            units.append(Unit((term.stem,), _weight([term], rarity)))
    if not units:
        units = [Unit((term.stem,), _weight([term], rarity)) for term in found]
    numbers = frozenset(term.folded for term in found if term.folded.isdigit())
    return Asking(tuple(_levelled(units)), numbers)


def _concept(words: Glossary, part: list[Term], groups: tuple[int, ...], weight: float) -> Unit:
    others = [phrase for group in groups for phrase in words.stems_of(group)]
    wants = next((w for group in groups if (w := words.wants(group))), "")
    single = {phrase[0] for phrase in others if len(phrase) == 1} | (
        {f"#{wants}"} if wants else set()
    )
    phrases = tuple(phrase for phrase in others if len(phrase) > 1)
    return Unit(tuple(term.stem for term in part), weight, frozenset(single), phrases, wants)


def _levelled(units: list[Unit]) -> list[Unit]:
    """A wanted kind of answer counts a fixed share of what the rest of the question counts."""
    rest = [unit.weight for unit in units if not unit.wants]
    if not rest:
        return units
    usual = WANT_WORTH * sum(rest) / len(rest)
    return [replace(unit, weight=usual) if unit.wants else unit for unit in units]


def _weight(part: list[Term], rarity: Rarity | None) -> float:
    if rarity is None:
        return 1.0
    return max(min(rarity.idf(d) for d in term.words) for term in part)
