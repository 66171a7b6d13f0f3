"""What a question or a chunk is about, finely: some three hundred subjects that customers of shops
and clinics ask about, each known by everyday phrases in three languages (`data/subjects/`).

A linear model of their words, character 4-grams and glossary concepts gives a text's
probabilities; the vector is their square root, so that an inner product compares two texts as
distributions (Bhattacharyya), also where they share no word. `data/subjects.npz` is made by
`python -m invekto.knowledge.subject_learning`.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from invekto.knowledge.glossary import glossary
from invekto.knowledge.stemming import stopwords
from invekto.llm.terms import terms

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
        counts = features(text, language)
        at = np.fromiter(counts, dtype=np.int64, count=len(counts))
        values = np.fromiter(counts.values(), dtype=np.float32, count=len(counts))
        values *= self.rarity[at]
        values /= math.sqrt(float(values @ values)) or 1.0
        known = self.rows[at] >= 0
        score = values[known] @ self.weights[self.rows[at[known]]].astype(np.float32)
        odds = np.exp(SHARPNESS * self.scale * (score - score.max()))
        return np.asarray(odds / odds.sum(), dtype=np.float32)

    def vector(self, texts: Sequence[str], language: str) -> Vector:
        """The unit vector of a text, or of several ways to say one thing (their mean)."""
        mean = np.mean([self.probabilities(text, language) for text in texts], axis=0)
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


def features(text: str, language: str) -> dict[int, float]:
    """Hashed words, stems, lemmas, character 4-grams and glossary concepts, with their weights."""
    found = terms(text, language)[:LONGEST]
    counts: Counter[int] = Counter()
    for term in found:
        weight = STOPWORD_WEIGHT if term.folded in stopwords() else 1.0
        for dimension in term.words:
            counts[dimension % BUCKETS] += weight  # type: ignore[assignment]
        for dimension in term.grams:
            counts[dimension % BUCKETS] += weight * GRAM_WEIGHT  # type: ignore[assignment]
    for group in {group for _, _, groups in glossary().mentions(found) for group in groups}:
        name = f"concept:{glossary().groups[group].says[0]}"
        counts[crc32(name.encode()) % BUCKETS] += CONCEPT_WEIGHT  # type: ignore[assignment]
    return dict(counts)


def subject_literal(texts: Sequence[str], language: str) -> str:
    """pgvector's text form of `Subjects.vector`."""
    return vector_literal(subjects().vector([text for text in texts if text] or [""], language))


def vector_literal(vector: Vector) -> str:
    """pgvector's text form, small entries left out."""
    return "[" + ",".join(f"{v:.3g}" if v > SHOWN else "0" for v in vector.tolist()) + "]"
