"""Reranking: the thirty or so best of a scan put in order by what their words say together."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import Any

from invekto.knowledge.asking import Asking

OTHER_LANGUAGE = 0.85
"""What a passage in another language than the question's keeps of its score."""


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
    asked: str
    stems: str
    valid_until: date | None
    tags: list[str]
    words: float
    grams: float

    @property
    def chunk_id(self) -> str:
        return f"{self.owner_id}.{self.version}.{self.chunk_index}"

    @property
    def body(self) -> str:
        """The stems without title and heading."""
        return self.stems.split("\n", 2)[-1]


def rerank(
    asked: Asking, candidates: list[Candidate], language: str
) -> list[tuple[Candidate, float, dict[str, Any]]]:
    """Best first, with the chance of answering and the figures behind it."""
    scored = []
    for one in candidates:
        covered = asked.coverage(frozenset(one.stems.split()), one.content)
        raw = (one.words + one.grams) * (1.0 if one.language == language else OTHER_LANGUAGE)
        figures = {
            "words": round(one.words, 3),
            "grams": round(one.grams, 3),
            "coverage": round(covered, 3),
            "raw": round(raw, 3),
        }
        scored.append((one, raw, figures))
    scored.sort(key=lambda item: -item[1])
    return [(one, _chance(why["coverage"]), why) for one, _, why in scored]


def _chance(covered: float) -> float:
    return 1 / (1 + math.exp(-8 * (covered - 0.5)))
