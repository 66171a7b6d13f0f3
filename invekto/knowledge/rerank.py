"""Reranking: the best of a scan put in order by what their words say together.

A linear model on seven figures. Its weights were learnt by listwise softmax regression on the
open half of XQuAD (tr, en, ar), cross-validated by article.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import Any

from invekto.knowledge.asking import Asking
from invekto.llm.embeddings import Query

NAME = frozenset("?")
READ = 24
"""So many of the scan's best are read at all."""
LENIENT = 6
"""So many of the best are searched for misspelt words too."""
WEIGHTS = {
    "words": 2.4,
    "grams": 6.2,
    "sentence": 5.5,
    "coverage": 2.0,
    "numbers": 2.1,
    "length": -0.76,
    "named": 2.0,
    "echo": 2.0,
    "faq": 0.0,
    "row": 0.0,
    "foreign": -1.5,
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A row of the search statement."""

    owner_id: str
    version: int
    chunk_index: int
    kind: str
    source_type: str
    title: str
    heading: list[str]
    page: int | None
    language: str
    content: str
    stems: str
    valid_until: date | None
    tags: list[str]
    words: float
    grams: float

    @property
    def chunk_id(self) -> str:
        return f"{self.owner_id}.{self.version}.{self.chunk_index}"


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate with its rank value, the chance that it answers, and the figures behind."""

    candidate: Candidate
    value: float
    chance: float
    why: dict[str, Any]


def rerank(asked: Asking, query: Query, candidates: list[Candidate], language: str) -> list[Ranked]:
    """Best first."""
    if not candidates:
        return []
    best_words = max(one.words for one in candidates) or 1.0
    best_grams = max(one.grams for one in candidates) or 1.0
    by_scan = sorted(candidates, key=lambda one: -(one.words + one.grams))[:READ]
    mass = sum(query.words.values()) + sum(query.grams.values()) or 1.0
    ranked = []
    for place, one in enumerate(by_scan):
        figures = figures_of(asked, one, lenient=place < LENIENT)
        figures["words"] = one.words / best_words
        figures["grams"] = one.grams / best_grams
        figures["foreign"] = float(one.language != language)
        value = sum(weight * figures[name] for name, weight in WEIGHTS.items())
        figures["mass"] = (one.words + one.grams) / mass
        ranked.append(Ranked(one, value, chance(figures), figures))
    ranked.sort(key=lambda r: -r.value)
    return ranked


def figures_of(asked: Asking, one: Candidate, *, lenient: bool) -> dict[str, float]:
    """What a candidate's stems say about the question."""
    lines = [frozenset(line.split()) for line in one.stems.split("\n")]
    around = lines[0] | lines[1]
    everything = frozenset[str]().union(*lines)
    names = [line - NAME for line in lines[2:] if line >= NAME]
    body = [line for line in lines[2:] if not line >= NAME] or [frozenset[str]()]
    near = [asked.coverage(line | around if one.kind == "row" else line) for line in body]
    covered = asked.lenient(everything) if lenient else asked.coverage(everything)
    return {
        "coverage": covered,
        "sentence": max(near),
        "numbers": len(asked.numbers & everything) / len(asked.numbers) if asked.numbers else 1.0,
        "length": math.log(1 + one.stems.count(" ") + len(lines)),
        "named": max([asked.coverage(name | around) for name in names], default=0.0),
        "echo": max([asked.echo(name) for name in names], default=0.0),
        "faq": float(one.kind == "faq"),
        "row": float(one.kind == "row"),
    }


def chance(figures: dict[str, float]) -> float:
    """The calibrated chance that a candidate answers."""
    return 1 / (1 + math.exp(-8 * (figures["coverage"] - 0.5)))
