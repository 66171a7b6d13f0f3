"""Reranking: the best of a scan put in order by what their words say together.

A linear model on twenty figures. Its weights were learnt by listwise softmax regression on the
development half of the demo's questions and a quarter of the open half of XQuAD (tr, en, ar).
`dense` was set on multilingual-e5-small's vectors of the demo.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import Any

from invekto.knowledge.about import About
from invekto.knowledge.asking import Asking
from invekto.llm.embeddings import Query

NAME = frozenset("?")
READ = 24
"""So many of the scan's best are read at all."""
TOPIC_SHARE = 0.2
SUBJECT_SHARE = 0.4
"""Of the whole, in choosing those."""
SURE = ("subject", "length", "row", "grams")
"""Figures that count once more, as far as the question's subject is a known one: what everyday
questions need is not what a question about anything in the world needs."""
LENIENT = 6
"""So many of the best are searched for misspelt words too."""
WEIGHTS = {
    "words": 3.18,
    "grams": 5.67,
    "sentence": 1.75,
    "coverage": 4.81,
    "numbers": 3.29,
    "length": -0.43,
    "named": -1.38,
    "echo": 0.78,
    "faq": -2.53,
    "topic": 6.35,
    "subject": 1.99,
    "foreign": 0.93,
    "unpriced": -3.53,
    "unasked_price": -1.37,
    "untimed": -0.69,
    "sure_subject": 4.38,
    "sure_length": 1.41,
    "sure_row": 0.71,
    "sure_grams": -4.94,
    "dense": 40.0,
}
CHANCE = {
    "coverage": 0.2,
    "missing": -0.35,
    "topic": 2.9,
    "subject": -2.2,
    "sure_subject": 3.95,
    "numbers": 0.21,
    "unasked_price": -1.2,
    "gap": 0.53,
    "offside": -2.55,
    "elsewhere": -7.7,
}
CHANCE_BASE = -3.12
"""The chance that a passage is the right one, by logistic regression on the first three passages of
the development half of the demo's questions, answerable and not, and on XQuAD with and without the
passage that answers."""
WIDEST_GAP = 5.0


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
    topic: float
    subject: float = 0.0
    dense: float = 0.0

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


def rerank(
    asked: Asking, query: Query, where: About, candidates: list[Candidate], language: str
) -> list[Ranked]:
    """Best first."""
    if not candidates:
        return []
    best_words = max(one.words for one in candidates) or 1.0
    best_grams = max(one.grams for one in candidates) or 1.0
    mass = sum(query.words.values()) + sum(query.grams.values()) or 1.0
    by_scan = sorted(candidates, key=lambda one: -_first_worth(one, where, mass))[:READ]
    embedded = all(one.dense for one in candidates)
    sure = math.sqrt(where.sure)
    ranked: list[tuple[float, Candidate, dict[str, float]]] = []
    for place, one in enumerate(by_scan):
        figures = figures_of(asked, one, lenient=place < LENIENT)
        figures["topic"] = one.topic
        figures["subject"] = one.subject
        figures["dense"] = one.dense if embedded else 0.0
        figures["words"] = one.words / best_words
        figures["grams"] = one.grams / best_grams
        figures["foreign"] = float(one.language != language)
        figures |= {f"sure_{name}": figures[name] * sure for name in SURE}
        value = sum(weight * figures[name] for name, weight in WEIGHTS.items())
        figures["offside"] = where.offside
        figures["elsewhere"] = where.elsewhere * (1 - one.subject)
        ranked.append((value, one, figures))
    ranked.sort(key=lambda item: -item[0])
    return [_judged(place, ranked) for place in range(len(ranked))]


def _first_worth(one: Candidate, where: About, mass: float) -> float:
    about = TOPIC_SHARE * one.topic + SUBJECT_SHARE * where.sure * one.subject
    return one.words + one.grams + mass * about


def _judged(place: int, ranked: list[tuple[float, Candidate, dict[str, float]]]) -> Ranked:
    """With its lead over the best of the others; an FAQ's other languages are no others."""
    value, one, figures = ranked[place]
    rival = next(
        (
            other
            for other, by, _ in ranked
            if by is not one and not (one.kind == "faq" and by.owner_id == one.owner_id)
        ),
        value - WIDEST_GAP,
    )
    figures["gap"] = max(-WIDEST_GAP, min(value - rival, WIDEST_GAP))
    return Ranked(one, value, chance(figures), figures)


def figures_of(asked: Asking, one: Candidate, *, lenient: bool) -> dict[str, float]:
    """What a candidate's stems say about the question."""
    lines = [frozenset(line.split()) for line in one.stems.split("\n")]
    around = lines[0] | lines[1]
    row = float(one.kind == "row")
    everything = frozenset[str]().union(*lines)
    names = [line - NAME for line in lines[2:] if line >= NAME]
    body = [line for line in lines[2:] if not line >= NAME] or [frozenset[str]()]
    near = [asked.coverage(line | around if one.kind == "row" else line) for line in body]
    covered = asked.lenient(everything) if lenient else asked.coverage(everything)
    return {
        "coverage": covered,
        "missing": asked.missing(everything) if lenient else 1.0,
        "sentence": max(near),
        "numbers": asked.numbered(everything),
        "length": math.log(1 + one.stems.count(" ") + len(lines)),
        "named": max([asked.coverage(name | around) for name in names], default=0.0),
        "echo": max([asked.echo(name) for name in names], default=0.0),
        "faq": float(one.kind == "faq"),
        "row": row,
        "unpriced": float(asked.wants_price and "#price" not in everything),
        "unasked_price": row * float(not asked.wants_price and "#price" in everything),
        "untimed": float(asked.wants_duration and "#duration" not in everything),
    }


def chance(figures: dict[str, float]) -> float:
    """The chance that a candidate answers, by logistic regression on its figures."""
    logit = CHANCE_BASE + sum(weight * figures[name] for name, weight in CHANCE.items())
    return 1 / (1 + math.exp(-logit))
