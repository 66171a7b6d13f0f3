"""Embeddings behind one interface: the built-in lexical one, and any endpoint's dense one.

The built-in embedding needs no download. A text becomes two sparse vectors of BM25 weights
(Robertson and Zaragoza 2009), `words` (folded words, stems, lemmas) and `grams` (character
4-grams and pairs of stems), and a small dense one, `topic`. Words and topic are scanned, grams
order the best of that scan. A question becomes the same vectors weighted by how rare its terms
are among the tenant's chunks, so that an inner product is the BM25 score. Documents never have
to be re-weighted.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from invekto.db.binary import Binary
from invekto.llm.terms import SPACE, Term, pairs, terms
from invekto.llm.topics import topics

BUCKETS = 1 << 16
K1, B = 1.0, 0.6
LENGTH = {"words": 220.0, "grams": 500.0}
"""Usual number of dimensions of a chunk of ordinary size, counted with repetition."""
PAIR_WEIGHT = 0.7

LEAST = 1e-6
"""What counts less is not sent."""

Vector = dict[int, float]
Dimensions = NDArray[np.int64]


class DenseEmbedding(Protocol):
    """What an embedding endpoint offers; vectors are float32, unit length, one row a text."""

    name: str

    async def documents(self, texts: Sequence[str]) -> NDArray[np.float32]: ...

    async def query(self, text: str) -> NDArray[np.float32]: ...


@dataclass(frozen=True, slots=True)
class Field:
    """A part of a document; `weight` scales how often its words count (1 is the body)."""

    text: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Sparse:
    """Two BM25 vectors of one text."""

    words: Vector
    grams: Vector


def topic_vector(texts: Sequence[str], language: str) -> Binary:
    """The topic vector of a text, or of several ways to say one thing, to be stored."""
    return half(topics().vector([text for text in texts if text] or [""], language))


def embed(fields: Iterable[Field], language: str) -> Sparse:
    """The document side: weights saturate with repetition and shrink with length."""
    words: Counter[int] = Counter()
    grams: Counter[int] = Counter()
    for field in fields:
        for line in field.text.split("\n"):
            _count(words, grams, terms(line, language), field.weight)
    return Sparse(_saturated(words, LENGTH["words"]), _saturated(grams, LENGTH["grams"]))


def _count(words: Counter[int], grams: Counter[int], found: Sequence[Term], weight: float) -> None:
    for one in found:
        for dimension in one.words:
            words[dimension] += weight  # type: ignore[assignment]
        for dimension in one.grams:
            grams[dimension] += weight  # type: ignore[assignment]
    for dimension in pairs(found):
        grams[dimension] += weight * PAIR_WEIGHT  # type: ignore[assignment]


def _saturated(counts: Counter[int], usual: float) -> Vector:
    length = sum(counts.values())
    penalty = K1 * (1 - B + B * length / usual)
    return {d: tf * (K1 + 1) / (tf + penalty) for d, tf in counts.items()}


@dataclass(frozen=True, slots=True)
class Rarity:
    """How many of a tenant's live chunks hold each term, by bucket."""

    chunks: int
    buckets: NDArray[np.int32]

    @classmethod
    def empty(cls) -> Rarity:
        return cls(0, np.zeros(BUCKETS, dtype="<i4"))

    @classmethod
    def load(cls, chunks: int, raw: bytes) -> Rarity:
        return cls(chunks, np.frombuffer(raw, dtype="<i4"))

    def holding(self, dimensions: Dimensions) -> NDArray[np.int32]:
        """How many chunks may hold each dimension."""
        return self.buckets[dimensions % BUCKETS]

    def idfs(self, holding: NDArray[np.int32]) -> NDArray[np.float64]:
        """Inverse document frequencies, never negative."""
        lacking = np.maximum(self.chunks - holding + 0.5, 0.0)
        return np.asarray(np.log1p(lacking / (holding + 0.5)))

    def idf(self, term: Term) -> float:
        """Of a word's most frequent dimension."""
        held = max(int(self.buckets[dimension % BUCKETS]) for dimension in term.words)
        return math.log1p(max(0.0, self.chunks - held + 0.5) / (held + 0.5))


@dataclass(frozen=True, slots=True)
class Weighted:
    """A question's side of one of the vectors: its dimensions in ascending order, what each counts,
    and whether some chunk may hold it."""

    dimensions: Dimensions
    weights: NDArray[np.float64]
    known: NDArray[np.bool_]

    @property
    def mass(self) -> float:
        """What a match of everything would score."""
        return float(self.weights.sum())

    def sent(self) -> Binary:
        """Only what some chunk may hold: the rest scores nothing and costs time."""
        return sparse(self.dimensions[self.known], self.weights[self.known])


@dataclass(frozen=True, slots=True)
class Query:
    """A question ready for search."""

    words: Weighted
    grams: Weighted


def embed_query(
    question: str,
    language: str,
    rarity: Rarity,
    *,
    related: Sequence[tuple[str, float]] = (),
) -> Query:
    """The question side. `related` are synonyms and translations with a weight below 1, the
    weightiest first."""
    parts = [_spoken(text, language) for text in (question, *(text for text, _ in related))]
    # What is named twice counts as where it is first named.
    at, first = np.unique(np.concatenate(parts), return_index=True)
    holding = rarity.holding(at)
    weights = np.repeat([1.0, *(weight for _, weight in related)], [len(part) for part in parts])
    much = weights[first] * rarity.idfs(holding)
    known = (holding > 0) & (much > LEAST)
    grams = int(np.searchsorted(at, SPACE))
    return Query(
        Weighted(at[:grams], much[:grams], known[:grams]),
        Weighted(at[grams:] - SPACE, much[grams:], known[grams:]),
    )


@lru_cache(maxsize=8_192)
def _spoken(text: str, language: str) -> Dimensions:
    """Dimensions of a phrase's words, then those of its grams and neighbouring words, moved on by
    the size of the space (which buckets do not notice)."""
    found = terms(text, language)
    words = [dimension for one in found for dimension in one.words]
    grams = [dimension for one in found for dimension in one.grams]
    shifted = [SPACE + dimension for dimension in (*grams, *pairs(found))]
    return np.array([*words, *shifted], dtype=np.int64)


def sparse(dimensions: Dimensions, weights: NDArray[Any], space: int = SPACE) -> Binary:
    """pgvector's binary form of a sparse vector: ascending dimensions and what each counts, none
    of it zero."""
    head = np.array([space, len(dimensions), 0], dtype=">i4").tobytes()
    return Binary(head + dimensions.astype(">i4").tobytes() + weights.astype(">f4").tobytes())


def half(vector: NDArray[np.float32]) -> Binary:
    """pgvector's binary form of a vector in half precision."""
    head = np.array([len(vector), 0], dtype=">i2").tobytes()
    return Binary(head + vector.astype(">f2").tobytes())


def stored(vector: Vector) -> Binary:
    """A sparse vector, to be stored."""
    at = np.fromiter(vector, np.int64, len(vector))
    order = np.argsort(at)
    return sparse(at[order], np.fromiter(vector.values(), np.float64, len(vector))[order])


def entries(raw: bytes) -> tuple[Dimensions, NDArray[np.float64]]:
    """Dimensions and values in pgvector's binary form of a sparse vector."""
    _, count, _ = np.frombuffer(raw, ">i4", 3)
    at = np.frombuffer(raw, ">i4", count, offset=12).astype(np.int64)
    return at, np.frombuffer(raw, ">f4", count, offset=12 + 4 * count).astype(np.float64)


def halved(raw: bytes) -> NDArray[np.float32]:
    """The numbers in pgvector's binary form of a vector in half precision."""
    return np.frombuffer(raw, ">f2", offset=4).astype(np.float32)


def bucket_counts(texts: Iterable[Sequence[NDArray[np.int64]]]) -> NDArray[np.int32]:
    """In how many of these texts, each given by the dimensions of its vectors, each bucket is."""
    counts = np.zeros(BUCKETS, dtype="<i4")
    for vectors in texts:
        counts[np.unique(np.concatenate(vectors) % BUCKETS)] += 1
    return counts
