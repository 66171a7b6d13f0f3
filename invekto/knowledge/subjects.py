"""What a question or a chunk is about, finely: some three hundred subjects that customers of shops
and clinics ask about, each known by everyday phrases in three languages (`data/subjects/`).

A linear model of their words, character 4-grams and glossary concepts gives a text's
probabilities; the vector is their square root, so that an inner product compares two texts as
distributions (Bhattacharyya), also where they share no word. `data/subjects.npz` is made by
`python -m invekto.knowledge.subject_learning`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from invekto.db.binary import Binary
from invekto.knowledge.glossary import glossary
from invekto.knowledge.stemming import stopwords
from invekto.llm.embeddings import half
from invekto.llm.terms import bucketed, terms

BUCKETS = 1 << 15
LONGEST = 80
"""Words of a text that are looked at."""
GRAM_WEIGHT = 0.5
CONCEPT_WEIGHT = 1.5
STOPWORD_WEIGHT = 0.3
SHARPNESS = 25.0
"""Multiplies the scores before they become probabilities."""
SHOWN = 0.02
"""Smaller entries of a vector are left out."""

Vector = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Subjects:
    """`elsewhere` marks the subjects of `data/subjects/other.yaml`. `rows` maps a bucket to its row
    of int8 `weights` (-1: none), one column a subject, times `scale`; `rarity` is per bucket."""

    names: tuple[str, ...]
    elsewhere: NDArray[np.bool_]
    rows: NDArray[np.int32]
    weights: NDArray[np.int8]
    scale: float
    rarity: Vector

    def probabilities(self, text: str, language: str) -> Vector:
        """Of each subject; nearly the same for all where nothing is known."""
        at, counts = features(text, language)
        values = counts * self.rarity[at]
        values /= math.sqrt(values @ values) or 1.0
        known = self.rows[at] >= 0
        score = values[known] @ self.weights[self.rows[at[known]]].astype(np.float32)
        odds = np.exp(SHARPNESS * self.scale * (score - score.max()))
        return np.asarray(odds / odds.sum(), dtype=np.float32)

    def vector(self, texts: Sequence[str], language: str) -> Vector:
        """The unit vector of a text, or of several ways to say one thing (their mean)."""
        first, *more = (self.probabilities(text, language) for text in texts)
        mean = np.mean([first, *more], axis=0) if more else first
        return np.asarray(np.sqrt(mean), dtype=np.float32)


@lru_cache(maxsize=1)
def subjects() -> Subjects:
    """The shipped model."""
    with (resources.files("invekto.knowledge") / "data/subjects.npz").open("rb") as file:
        kept = np.load(file)
        rows = np.full(BUCKETS, -1, dtype=np.int32)
        rows[kept["buckets"]] = np.arange(len(kept["buckets"]))
        return Subjects(
            tuple(str(name) for name in kept["names"]), kept["elsewhere"], rows, kept["weights"],
            float(kept["scale"]), kept["rarity"].astype(np.float32),
        )  # fmt: skip


def features(text: str, language: str) -> tuple[NDArray[np.int64], Vector]:
    """Hashed words, stems, lemmas, character 4-grams and glossary concepts: which, and how much
    of each."""
    found = terms(text, language)[:LONGEST]
    weights = [STOPWORD_WEIGHT if term.folded in stopwords() else 1.0 for term in found]
    words = ((term.words, weight) for term, weight in zip(found, weights, strict=True))
    grams = ((one.grams, GRAM_WEIGHT * much) for one, much in zip(found, weights, strict=True))
    groups = {group for _, _, groups in glossary().mentions(found) for group in groups}
    concepts = [_concept(group) for group in groups]
    return bucketed((*words, *grams, (concepts, CONCEPT_WEIGHT)), BUCKETS)


@cache
def _concept(group: int) -> int:
    return crc32(f"concept:{glossary().groups[group].name}".encode())


def subject_vector(texts: Sequence[str], language: str) -> Binary:
    """`Subjects.vector` to be stored, small entries left out."""
    return half(shown(subjects().vector([text for text in texts if text] or [""], language)))


def shown(vector: Vector) -> Vector:
    """Small entries left out."""
    return np.where(vector > SHOWN, vector, np.float32(0))
