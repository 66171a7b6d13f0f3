"""Words that mean the same: colloquial and formal, Turkish, English and Arabic.

`data/glossary.yaml` holds one group an entry: `says`, the phrases that may stand for each other,
and, where naming one asks for a kind of answer, `wants` (price, duration, time, place, phone).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources

import yaml

from invekto.llm.terms import terms
from invekto.text.normalise import fold

LONGEST = 4
"""Words of the longest phrase that is looked up."""
WEIGHT = 0.45
"""How much a synonym counts against the word itself."""

Stems = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Phrases that mean the same, as written and as stems."""

    says: tuple[str, ...]
    stems: tuple[Stems, ...]
    wants: str = ""


@dataclass(frozen=True, slots=True)
class Glossary:
    """The groups, and where each phrase's stems occur in them."""

    groups: tuple[Group, ...]
    by_stems: dict[Stems, tuple[int, ...]]

    def mentions(self, stems: list[str]) -> list[tuple[int, int, tuple[int, ...]]]:
        """(begin, end, groups) of the phrases in a question; a longer phrase hides the shorter
        ones inside it."""
        found: list[tuple[int, int, tuple[int, ...]]] = []
        at = 0
        while at < len(stems):
            for length in range(min(LONGEST, len(stems) - at), 0, -1):
                groups = self.by_stems.get(tuple(stems[at : at + length]))
                if groups:
                    found.append((at, at + length, groups))
                    at += length
                    break
            else:
                at += 1
        return found

    def stems_of(self, group: int) -> tuple[Stems, ...]:
        return self.groups[group].stems

    def wants(self, group: int) -> str:
        return self.groups[group].wants

    def related(self, question: str, language: str) -> list[tuple[str, float]]:
        """Phrases that mean what a part of the question means, with their weights."""
        stems = [term.stem for term in terms(question, language)]
        groups = dict.fromkeys(g for _, _, found in self.mentions(stems) for g in found)
        phrases = dict.fromkeys(phrase for g in groups for phrase in self.groups[g].says)
        asked = fold(question)
        return [(phrase, WEIGHT) for phrase in phrases if fold(phrase) not in asked]

    def concepts(self, question: str, language: str) -> tuple[frozenset[str], frozenset[int]]:
        """Names of the groups that a question mentions, and the places of the words that do."""
        spans = self.mentions([term.stem for term in terms(question, language)])
        names = frozenset(f"={self.groups[g].says[0]}" for _, _, found in spans for g in found)
        return names, frozenset(at for begin, end, _ in spans for at in range(begin, end))


@cache
def glossary() -> Glossary:
    """The shipped glossary."""
    raw = (resources.files("invekto.knowledge") / "data/glossary.yaml").read_text("utf-8")
    groups = tuple(
        Group(tuple(entry["says"]), _variants(entry["says"]), entry.get("wants", ""))
        for entry in yaml.safe_load(raw)
    )
    by_stems: dict[Stems, tuple[int, ...]] = {}
    for number, group in enumerate(groups):
        for stems in group.stems:
            by_stems[stems] = (*by_stems.get(stems, ()), number)
    return Glossary(groups, by_stems)


def _variants(phrases: list[str]) -> tuple[Stems, ...]:
    """Each phrase's stems as Turkish and as English reads it."""
    read = (tuple(t.stem for t in terms(p, language)) for p in phrases for language in ("tr", "en"))
    return tuple(dict.fromkeys(stems for stems in read if stems))
