"""What a question asks about: its content words, the concepts they name, and the kind of answer
it wants (a price, a time, a place …)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources

import yaml
from rapidfuzz import fuzz, process

from invekto.knowledge.glossary import glossary
from invekto.llm.embeddings import Rarity
from invekto.llm.terms import Term, terms
from invekto.text.normalise import fold

FUZZY = 82.0
"""Similarity (0–100) from where on a misspelt word counts as the other."""
FUZZY_WORTH = 0.7
CONCEPT_WORTH = 0.9
"""What a synonym counts against the word itself."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One thing asked about. `stems` are its own; `others` phrases that mean the same, as stems;
    `wants` names a kind of answer that satisfies it, such as price."""

    stems: tuple[str, ...]
    weight: float
    others: tuple[tuple[str, ...], ...] = ()
    wants: str = ""

    def found(self, present: frozenset[str], text: str) -> float:
        """How far a passage speaks of it, 0 to 1."""
        own = sum(stem in present for stem in self.stems) / len(self.stems)
        if own == 1.0:
            return 1.0
        if self.wants and answers(self.wants, text):
            return CONCEPT_WORTH
        if any(all(stem in present for stem in phrase) for phrase in self.others):
            return CONCEPT_WORTH
        return max(own * 0.6, FUZZY_WORTH * self._misspelt(present))

    def _misspelt(self, present: frozenset[str]) -> float:
        if len(self.stems) != 1 or len(self.stems[0]) < 5:
            return 0.0
        best = process.extractOne(self.stems[0], present, scorer=fuzz.ratio, score_cutoff=FUZZY)
        return 1.0 if best else 0.0


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    raw = (resources.files("invekto.knowledge") / "data/answer_kinds.yaml").read_text("utf-8")
    kinds: dict[str, list[str]] = yaml.safe_load(raw)
    return {kind: re.compile("|".join(options)) for kind, options in kinds.items()}


def answers(wants: str, text: str) -> bool:
    """Whether a text holds an answer of that kind."""
    return bool(_patterns()[wants].search(fold(text)))


@dataclass(frozen=True, slots=True)
class Asking:
    """The units of a question."""

    units: tuple[Unit, ...]

    @property
    def total(self) -> float:
        return sum(unit.weight for unit in self.units)

    def coverage(self, present: frozenset[str], text: str) -> float:
        """The share of what is asked, by weight, that a passage speaks of, 0 to 1."""
        total = self.total
        if not total:
            return 0.0
        return sum(u.weight * u.found(present, text) for u in self.units) / total


@cache
def stopwords() -> frozenset[str]:
    """Folded words without a subject of their own, of all languages."""
    raw = (resources.files("invekto.knowledge") / "data/stopwords.yaml").read_text("utf-8")
    lists: dict[str, str] = yaml.safe_load(raw)
    return frozenset(fold(word) for words in lists.values() for word in words.split())


def asking(question: str, language: str, rarity: Rarity | None = None) -> Asking:
    """The units of a question, weighted by rarity among the tenant's chunks where given."""
    found = terms(question, language)
    spans = glossary().mentions([term.stem for term in found])
    units: list[Unit] = []
    taken: set[int] = set()
    for begin, finish, groups in spans:
        if taken & set(range(begin, finish)):
            continue
        taken |= set(range(begin, finish))
        part = found[begin:finish]
        others = tuple(p for group in groups for p in glossary().stems_of(group))
        wants = next((w for g in groups if (w := glossary().wants(g))), "")
        units.append(Unit(_stems(part), _weight(part, rarity), others, wants))
    for at, term in enumerate(found):
        if at not in taken and term.folded not in stopwords() and len(term.folded) > 1:
            units.append(Unit((term.stem,), _weight([term], rarity)))
    if not units:
        units = [Unit((term.stem,), _weight([term], rarity)) for term in found]
    return Asking(tuple(units))


def _stems(part: list[Term]) -> tuple[str, ...]:
    return tuple(term.stem for term in part)


def _weight(part: list[Term], rarity: Rarity | None) -> float:
    if rarity is None:
        return 1.0
    return max(min(rarity.idf(d) for d in term.words) for term in part)
