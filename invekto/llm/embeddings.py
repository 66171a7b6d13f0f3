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
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from invekto.llm.terms import SPACE, Term, pairs, terms
from invekto.llm.topics import topics

BUCKETS = 1 << 16
K1, B = 1.0, 0.6
LENGTH = {"words": 220.0, "grams": 500.0}
"""Usual number of dimensions of a chunk of ordinary size, counted with repetition."""
PAIR_WEIGHT = 0.7

Vector = dict[int, float]


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


def topic_literal(texts: Sequence[str], language: str) -> str:
    """pgvector's text form of the topic vector of a text, or of several ways to say one thing."""
    vector = topics().vector([text for text in texts if text] or [""], language)
    return "[" + ",".join(f"{value:.4g}" for value in vector) + "]"


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
    for dimension in pairs(list(found)):
        grams[dimension] += weight * PAIR_WEIGHT  # type: ignore[assignment]


def _saturated(counts: Counter[int], usual: float) -> Vector:
    length = sum(counts.values())
    penalty = K1 * (1 - B + B * length / usual)
    return {d: tf * (K1 + 1) / (tf + penalty) for d, tf in counts.items()}


@lru_cache(maxsize=16_384)
def _idf(chunks: int, holding: int) -> float:
    return math.log(1 + max(0.0, chunks - holding + 0.5) / (holding + 0.5))


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

    def known(self, vector: Vector) -> Vector:
        """Only what some chunk may hold: the rest scores nothing and costs time."""
        return {d: w for d, w in vector.items() if self.buckets[d % BUCKETS]}

    def idf(self, dimension: int) -> float:
        """Inverse document frequency, never negative."""
        return _idf(self.chunks, int(self.buckets[dimension % BUCKETS]))

    def idfs(self, dimensions: Sequence[int]) -> list[float]:
        """`idf` of several, looked up at once."""
        holding = self.buckets[np.fromiter(dimensions, np.int64, len(dimensions)) % BUCKETS]
        return [_idf(self.chunks, held) for held in holding.tolist()]


@dataclass(frozen=True, slots=True)
class Query:
    """A question ready for search: vectors and, for reranking, its terms with their rarity."""

    words: Vector
    grams: Vector
    terms: tuple[tuple[Term, float], ...]


def embed_query(
    question: str,
    language: str,
    rarity: Rarity,
    *,
    related: Sequence[tuple[str, float]] = (),
) -> Query:
    """The question side. `related` are synonyms and translations with a weight below 1."""
    found = terms(question, language)
    weighed = [(found, 1.0), *((terms(text, language), weight) for text, weight in related)]
    words = _weighted([(d, w) for said, w in weighed for one in said for d in one.words], rarity)
    grams = _weighted(
        [
            (d, w)
            for said, w in weighed
            for d in (*(d for one in said for d in one.grams), *pairs(said))
        ],
        rarity,
    )
    own = tuple((one, max(rarity.idf(d) for d in one.words)) for one in found)
    return Query(words, grams, own)


def _weighted(parts: list[tuple[int, float]], rarity: Rarity) -> Vector:
    """Weight times rarity by dimension; the most where one is named twice."""
    vector: Vector = {}
    idfs = rarity.idfs([dimension for dimension, _ in parts])
    for (dimension, weight), idf in zip(parts, idfs, strict=True):
        if weight * idf > vector.get(dimension, -1.0):
            vector[dimension] = weight * idf
    return vector


def literal(vector: Vector) -> str:
    """pgvector's text form of a sparse vector; its indices begin at 1."""
    inside = ",".join(f"{d + 1}:{w:.4g}" for d, w in sorted(vector.items()))
    return f"{{{inside}}}/{SPACE}"


def dimensions(text: str) -> NDArray[np.int64]:
    """The dimensions in pgvector's text form of a sparse vector."""
    inside = text[1 : text.index("}")].replace(":", ",")
    if not inside:
        return np.zeros(0, dtype=np.int64)
    values = np.fromstring(inside, dtype=np.float64, sep=",")
    return values[0::2].astype(np.int64) - 1


def bucket_counts(texts: Iterable[Sequence[NDArray[np.int64]]]) -> NDArray[np.int32]:
    """In how many of these texts, each given by the dimensions of its vectors, each bucket is."""
    counts = np.zeros(BUCKETS, dtype="<i4")
    for vectors in texts:
        counts[np.unique(np.concatenate(vectors) % BUCKETS)] += 1
    return counts
