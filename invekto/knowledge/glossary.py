"""Words that mean the same: colloquial and formal, Turkish, English and Arabic.

`data/glossary.yaml` holds one group an entry: `says`, the phrases that may stand for each other,
and, where naming one asks for a kind of answer, `wants` (price, duration, time, place, phone).
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

import numpy as np
import yaml
from psycopg import AsyncConnection

from invekto.llm.embeddings import BUCKETS
from invekto.llm.terms import Term, terms
from invekto.records.pricing import services
from invekto.text.normalise import fold

WEIGHT = 0.45
"""How much a synonym counts against the word itself."""

LEAST_BEGINNING = 4
"""Letters of a glossary word from where on a longer word that begins with it counts as it."""

VERB = "~"
LEAST_ROOT = 3
"""Letters of a verb's stem."""
_INFINITIVE = re.compile(f"^[a-z]{{{LEAST_ROOT},}}(?:mak|mek)$")

Stems = tuple[str, ...]
Conn = AsyncConnection[Any]


@dataclass(frozen=True, slots=True)
class Group:
    """Phrases that mean the same: as written and folded, the stems of those that are one word and
    of those that are several, and all of their stems. `single` holds the marker of the kind of
    answer that is wanted, such as `#price`."""

    name: str
    says: tuple[tuple[str, str], ...]
    single: frozenset[str]
    phrases: frozenset[Stems]
    hints: frozenset[str]
    wants: str = ""

    @classmethod
    def of(cls, says: Sequence[str], stems: Sequence[Stems], wants: str) -> Group:
        marker = {f"#{wants}"} if wants else set()
        single = frozenset(phrase[0] for phrase in stems if len(phrase) == 1) | marker
        phrases = frozenset(phrase for phrase in stems if len(phrase) > 1)
        written = tuple((phrase, fold(phrase)) for phrase in says)
        return cls(says[0], written, single, phrases, single.union(*phrases), wants)


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase to look for: its lemmas, the groups it belongs to, and its place in the glossary."""

    lemmas: tuple[str, ...]
    groups: tuple[int, ...]
    place: int


@dataclass(frozen=True, slots=True)
class Glossary:
    """The groups, and the phrases by their first word."""

    groups: tuple[Group, ...]
    phrases: dict[str, tuple[Phrase, ...]]
    shipped: int

    def mentions(self, found: Sequence[Term]) -> list[tuple[int, int, tuple[int, ...]]]:
        """(begin, end, groups) of the phrases in a question; a longer phrase hides the shorter
        ones inside it."""
        spans: list[tuple[int, int, tuple[int, ...]]] = []
        at = 0
        while at < len(found):
            phrase = self._longest(found, at)
            if phrase is None:
                at += 1
                continue
            spans.append((at, at + len(phrase.lemmas), phrase.groups))
            at += len(phrase.lemmas)
        return spans

    def _longest(self, found: Sequence[Term], at: int) -> Phrase | None:
        fitting = [
            phrase
            for key in _keys(found[at].lemma, found[at].folded)
            for phrase in self.phrases.get(key, ())
            if len(phrase.lemmas) <= len(found) - at
            and all(_is(lemma, found[at + i]) for i, lemma in enumerate(phrase.lemmas[1:], 1))
        ]
        return max(fitting, key=_preference, default=None)

    def related(self, question: str, language: str) -> list[tuple[str, float]]:
        """Phrases that mean what a part of the question means, with their weights."""
        spans = self.mentions(terms(question, language))
        groups = dict.fromkeys(g for _, _, found in spans for g in found)
        asked = fold(question)
        phrases = dict.fromkeys(
            phrase
            for group in groups
            for phrase, folded in self.groups[group].says
            if folded not in asked
        )
        return [(phrase, WEIGHT) for phrase in phrases]

    def names_own(self, text: str, language: str) -> bool:
        """Whether a text names one of the tenant's own services or products."""
        spans = self.mentions(terms(text, language))
        return any(group >= self.shipped for _, _, found in spans for group in found)

    def concepts(
        self, question: str, language: str, apart: frozenset[int] = frozenset()
    ) -> tuple[frozenset[str], frozenset[int]]:
        """Names of the groups that a question mentions, and the places of the words that do.
        Phrases that hold a word whose place is among those `apart` count as said, not by name."""
        spans = self.mentions(terms(question, language))
        named = [groups for begin, end, groups in spans if apart.isdisjoint(range(begin, end))]
        used = {at for begin, end, _ in spans for at in range(begin, end)}
        names = frozenset(f"={self.groups[group].name}" for groups in named for group in groups)
        return names, frozenset(used) | apart


@lru_cache(maxsize=8_192)
def _keys(lemma: str, word: str) -> tuple[str, ...]:
    """Every key that `_is` the word of this lemma."""
    beginnings = (word[:n] for n in range(LEAST_BEGINNING, len(word)))
    verbs = (word[:n] + VERB for n in range(LEAST_ROOT, len(word) + 1))
    return tuple(dict.fromkeys((lemma, word, *beginnings, *verbs)))


def _is(key: str, term: Term) -> bool:
    """The same word, or one that begins with it (kargo, kargocuya; yolla-, yollarsam)."""
    if key.endswith(VERB):
        return term.folded.startswith(key[:-1])
    if key in (term.lemma, term.folded):
        return True
    return len(key) >= LEAST_BEGINNING and term.folded.startswith(key)


def _key(term: Term) -> str:
    """What a word of a phrase is looked up by: a Turkish infinitive's stem, else the lemma, or
    the word itself where a short lemma would stand for too much."""
    if _INFINITIVE.search(term.folded):
        return term.folded[:-3] + VERB
    return term.lemma if len(term.lemma) >= LEAST_BEGINNING else term.folded


def _preference(phrase: Phrase) -> tuple[int, int, int]:
    return len(phrase.lemmas), sum(len(lemma) for lemma in phrase.lemmas), -phrase.place


def glossary(own: str = "[]") -> Glossary:
    """The shipped glossary with a tenant's own groups (JSON: a list of lists of phrases)."""
    return _glossary(own)


@lru_cache(maxsize=64)
def _glossary(own: str) -> Glossary:
    raw = (resources.files("invekto.knowledge") / "data/glossary.yaml").read_text("utf-8")
    quick = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    shipped = yaml.load(raw, Loader=quick)  # noqa: S506 - a safe loader either way
    entries = shipped + [{"says": says} for says in json.loads(own)]
    groups: list[Group] = []
    by_lemmas: dict[Stems, list[int]] = {}
    for number, entry in enumerate(entries):
        read = [terms(phrase, lang) for phrase in entry["says"] for lang in ("tr", "en")]
        stems = dict.fromkeys(tuple(t.stem for t in found) for found in read if found)
        groups.append(Group.of(entry["says"], list(stems), entry.get("wants", "")))
        for lemmas in dict.fromkeys(tuple(map(_key, found)) for found in read if found):
            by_lemmas.setdefault(lemmas, []).append(number)
    phrases: dict[str, list[Phrase]] = {}
    for place, (lemmas, numbers) in enumerate(by_lemmas.items()):
        filed = phrases.setdefault(lemmas[0], [])
        filed.append(Phrase(lemmas, tuple(dict.fromkeys(numbers)), place))
    return Glossary(
        tuple(groups), {key: tuple(found) for key, found in phrases.items()}, len(shipped)
    )


async def refresh_own_words(conn: Conn) -> None:
    """Take a tenant's own words from its services, where it has any. Called whenever something
    new is shown to search; call it too when services change."""
    groups = [[*service.names.values(), *service.synonyms] for service in await services(conn)]
    if groups:
        await set_own_words(conn, groups)


async def set_own_words(conn: Conn, groups: Sequence[Sequence[str]]) -> None:
    """Keep a tenant's own words: for each service or product the names and synonyms it goes by,
    in all languages. Whoever changes the catalogue calls this; it replaces what was kept."""
    kept = [list(dict.fromkeys(group)) for group in groups if len(set(group)) > 1]
    await conn.execute(
        "INSERT INTO corpus_stats (buckets, own_words) VALUES (%s, %s)"
        " ON CONFLICT (tenant_id) DO UPDATE SET own_words = EXCLUDED.own_words",
        [np.zeros(BUCKETS, dtype="<i4").tobytes(), json.dumps(kept, ensure_ascii=False)],
    )
