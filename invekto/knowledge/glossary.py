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

BUCKET = 3
"""Letters by which phrases are filed."""
VERB = "~"
_INFINITIVE = re.compile("^[a-z]{3,}(?:mak|mek)$")

Stems = tuple[str, ...]
Conn = AsyncConnection[Any]


@dataclass(frozen=True, slots=True)
class Group:
    """Phrases that mean the same, as written and as stems."""

    says: tuple[str, ...]
    stems: tuple[Stems, ...]
    wants: str = ""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase to look for: its lemmas, and the groups it belongs to."""

    lemmas: tuple[str, ...]
    groups: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Glossary:
    """The groups, and the phrases by the beginning of their first word."""

    groups: tuple[Group, ...]
    phrases: dict[str, tuple[Phrase, ...]]

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
        first = found[at]
        starts = {first.lemma[:BUCKET], first.folded[:BUCKET]}
        options = [phrase for start in starts for phrase in self.phrases.get(start, ())]
        fitting = [
            phrase
            for phrase in options
            if len(phrase.lemmas) <= len(found) - at
            and all(_is(lemma, found[at + i]) for i, lemma in enumerate(phrase.lemmas))
        ]
        return max(fitting, key=_preference, default=None)

    def stems_of(self, group: int) -> tuple[Stems, ...]:
        return self.groups[group].stems

    def wants(self, group: int) -> str:
        return self.groups[group].wants

    def related(self, question: str, language: str) -> list[tuple[str, float]]:
        """Phrases that mean what a part of the question means, with their weights."""
        spans = self.mentions(terms(question, language))
        groups = dict.fromkeys(g for _, _, found in spans for g in found)
        phrases = dict.fromkeys(phrase for g in groups for phrase in self.groups[g].says)
        asked = fold(question)
        return [(phrase, WEIGHT) for phrase in phrases if fold(phrase) not in asked]

    def concepts(self, question: str, language: str) -> tuple[frozenset[str], frozenset[int]]:
        """Names of the groups that a question mentions, and the places of the words that do."""
        spans = self.mentions(terms(question, language))
        names = frozenset(f"={self.groups[g].says[0]}" for _, _, found in spans for g in found)
        return names, frozenset(at for begin, end, _ in spans for at in range(begin, end))


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


def _preference(phrase: Phrase) -> tuple[int, int]:
    return len(phrase.lemmas), sum(len(lemma) for lemma in phrase.lemmas)


@lru_cache(maxsize=64)
def glossary(own: str = "[]") -> Glossary:
    """The shipped glossary with a tenant's own groups (JSON: a list of lists of phrases)."""
    raw = (resources.files("invekto.knowledge") / "data/glossary.yaml").read_text("utf-8")
    quick = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    shipped = yaml.load(raw, Loader=quick)  # noqa: S506 - a safe loader either way
    entries = shipped + [{"says": says} for says in json.loads(own)]
    groups: list[Group] = []
    by_lemmas: dict[Stems, list[int]] = {}
    for number, entry in enumerate(entries):
        read = [terms(phrase, lang) for phrase in entry["says"] for lang in ("tr", "en")]
        stems = dict.fromkeys(tuple(t.stem for t in found) for found in read if found)
        groups.append(Group(tuple(entry["says"]), tuple(stems), entry.get("wants", "")))
        for lemmas in dict.fromkeys(tuple(map(_key, found)) for found in read if found):
            by_lemmas.setdefault(lemmas, []).append(number)
    phrases: dict[str, list[Phrase]] = {}
    for lemmas, numbers in by_lemmas.items():
        start = lemmas[0].rstrip(VERB)[:BUCKET]
        phrases.setdefault(start, []).append(Phrase(lemmas, tuple(dict.fromkeys(numbers))))
    return Glossary(tuple(groups), {start: tuple(found) for start, found in phrases.items()})


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
