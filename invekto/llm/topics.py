"""What a text is about, as a small dense vector: learnt from the project's own labelled messages.

Messages of one subject share few words, and in three languages none; a linear model of their
subjects does know them. A text's vector is the square root of the model's probabilities, so that
an inner product compares two texts as distributions (Bhattacharyya). `data/topics.npz` is made by

    python -m invekto.llm.topics FOLDER     (of LANGUAGE/SUBJECT.txt, one message a line)
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from invekto.llm.terms import bucketed, terms

BUCKETS = 1 << 15
SOFTNESS = 1.5
"""Divides the scores: probabilities that are less sure compare better."""
GRAM_WEIGHT = 0.5
LONGEST = 60
"""Words of a text that are looked at."""

Vector = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Topics:
    """Per bucket and subject an int8 weight with the subject's scale; rarity per bucket."""

    weights: NDArray[np.int8]
    scales: Vector
    bias: Vector
    rarity: Vector
    names: tuple[str, ...]

    @property
    def dimension(self) -> int:
        return len(self.bias)

    def distribution(self, text: str, language: str) -> Vector:
        """Probabilities of the subjects; the same for all where nothing is known."""
        at, values = features(text, language)
        if not len(at):
            return np.full(self.dimension, 1 / self.dimension, dtype=np.float32)
        score = (values * self.rarity[at]) @ self.weights[at].astype(np.float32)
        score = (score * self.scales + self.bias) / SOFTNESS
        odds = np.exp(score - score.max())
        return np.asarray(odds / odds.sum(), dtype=np.float32)

    def vector(self, texts: Sequence[str], language: str) -> Vector:
        """The unit vector of a text, or of several ways to say one thing (their mean)."""
        first, *more = (self.distribution(text, language) for text in texts)
        mean = np.mean([first, *more], axis=0) if more else first
        return np.asarray(np.sqrt(mean), dtype=np.float32)


@lru_cache(maxsize=1)
def topics() -> Topics:
    """The shipped model."""
    with (resources.files("invekto.llm") / "data/topics.npz").open("rb") as file:
        kept = np.load(file)
        names = tuple(str(name) for name in kept["names"])
        return Topics(kept["weights"], kept["scales"], kept["bias"], kept["rarity"], names)


def features(text: str, language: str) -> tuple[NDArray[np.int64], Vector]:
    """Hashed words, stems and character 4-grams, of unit length: which, and how much of each."""
    found = terms(text, language)[:LONGEST]
    words = ((term.words, 1.0) for term in found)
    grams = ((term.grams, GRAM_WEIGHT) for term in found)
    at, counts = bucketed((*words, *grams), BUCKETS)
    return at, np.asarray(counts / (math.sqrt(counts @ counts) or 1.0), dtype=np.float32)


def learn(messages: Iterable[tuple[str, str, str]]) -> Topics:
    """A model from (text, language, subject)."""
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    rows: list[int] = []
    columns: list[int] = []
    values: list[float] = []
    subjects = []
    for row, (text, language, subject) in enumerate(messages):
        subjects.append(subject)
        at, counted = features(text, language)
        rows += [row] * len(at)
        columns += at.tolist()
        values += counted.tolist()
    counts = csr_matrix((values, (rows, columns)), shape=(len(subjects), BUCKETS))
    holding = np.asarray((counts > 0).sum(axis=0)).ravel()
    rarity = np.log((1 + len(subjects)) / (1 + holding)).astype(np.float32)
    model: Any = LogisticRegression(C=3, max_iter=150)
    model.fit(counts.multiply(rarity).tocsr(), subjects)
    scales = np.abs(model.coef_).max(axis=1) / 127
    weights = np.round(model.coef_ / scales[:, None]).astype(np.int8).T
    bias, names = model.intercept_.astype(np.float32), tuple(str(c) for c in model.classes_)
    return Topics(weights, scales.astype(np.float32), bias, rarity, names)


def _messages(folder: Path) -> Iterable[tuple[str, str, str]]:
    for path in sorted(folder.rglob("*.txt")):
        for line in path.read_text("utf-8").splitlines():
            if line.strip():
                yield line.strip(), path.parent.name, path.stem


def main(folder: str) -> None:
    """Write `data/topics.npz`."""
    made = learn(_messages(Path(folder)))
    np.savez_compressed(
        Path(__file__).parent / "data" / "topics.npz",
        weights=made.weights, scales=made.scales, bias=made.bias, rarity=made.rarity,
        names=np.array(made.names),
    )  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1])
