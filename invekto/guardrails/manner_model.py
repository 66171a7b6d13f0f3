"""The small linear model of manner: what a sentence does, by how it is put. Trained at first use
on sentences kept as data, kept by the hash of that data and of the code that reads it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from invekto.guardrails import manner_signs
from invekto.guardrails.flat import plain
from invekto.guardrails.kept import Arrays, kept
from invekto.guardrails.manner_signs import WORDS, signs

HERE = Path(__file__).parent
DATA = HERE / "data"
READERS = ("manner_model.py", "manner_signs.py", "flat.py", "stems.py")
KINDS = ("leak", "medical_advice", "offensive", "ok", "overpromise")
LETTERS = 1 << 16
"""Numbers for words and groups of letters, which are hashed; signs and their pairs have their own."""
STRENGTH = 3.0
"""Inverse of the regularisation. Like the weights below chosen by leaving out one collection of
lines after the other (`python -m invekto.evals.manner_folds`)."""
WORDING, SIGN, PAIR = 3.0, 2.0, 2.0
"""What the words and letters of a sentence count together, its signs, and their pairs."""
_LANGUAGE = re.compile(r"_(?:tr|en|ar)$")
_WORD = re.compile(r"\w+|[?!]")
_LONGEST = 400


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence to train on; `collection` is the occasion it comes from."""

    text: str
    kind: str
    collection: str


@dataclass(frozen=True, slots=True)
class Features:
    """Distinct numbers of features and the value of each."""

    numbers: NDArray[np.int64]
    values: NDArray[np.float32]


@dataclass(frozen=True)
class MannerModel:
    """`weights[f]` of each feature for each of `KINDS`."""

    weights: NDArray[np.float32]
    bias: NDArray[np.float32]

    def chances(self, text: str) -> dict[str, float]:
        """Chance of each kind for one sentence."""
        found = features(text)
        scores = found.values @ self.weights[found.numbers] + self.bias
        powers = np.exp(scores - scores.max())
        return dict(zip(KINDS, (float(p) for p in powers / powers.sum()), strict=True))


def features(text: str) -> Features:
    """A sentence in numbers: words, neighbours and groups of letters; signs; pairs of signs."""
    text = text[:_LONGEST]
    folded = plain(text)
    known = np.array(sorted(signs(text, folded)), dtype=np.int64)
    left, right = _pairs(len(known))
    count = manner_signs.COUNT
    blocks = (
        (_wording(folded), WORDING),
        (LETTERS + known, SIGN),
        (LETTERS + count + known[left] * count + known[right], PAIR),
    )
    sizes = [len(numbers) for numbers, _ in blocks]
    shares = [weight / max(1, size) ** 0.5 for (_, weight), size in zip(blocks, sizes, strict=True)]
    return Features(
        np.concatenate([numbers for numbers, _ in blocks]),
        np.repeat(np.array(shares, dtype=np.float32), sizes),
    )


@lru_cache(maxsize=128)
def _pairs(count: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    left, right = np.triu_indices(count, k=1)
    return left, right


def _wording(folded: str) -> NDArray[np.int64]:
    words = _WORD.findall(folded)
    names = {f"w:{word[:6]}" for word in words}
    names |= {f"b:{a[:5]} {b[:5]}" for a, b in itertools.pairwise(words)}
    joined = f" {' '.join(words)} "
    for size in (3, 4, 5):
        names |= {joined[i : i + size] for i in range(len(joined) - size + 1)}
    hashed = {crc32(name.encode("utf-8", "replace")) % LETTERS for name in names}
    return np.fromiter(hashed, dtype=np.int64, count=len(hashed))


@lru_cache(maxsize=1)
def manner_model() -> MannerModel:
    """The trained model, from the data directory where it was kept."""
    sources = [*_files(), *(HERE / name for name in READERS), WORDS]
    arrays = kept("manner", sources, lambda: _arrays(train(training_lines())))
    return MannerModel(arrays["weights"], arrays["bias"])


def _arrays(model: MannerModel) -> Arrays:
    return {"weights": model.weights, "bias": model.bias}


def _files() -> list[Path]:
    return sorted(DATA.glob("manner_*.tsv"))


def training_lines() -> list[Line]:
    """Every line of the data."""
    return [
        Line(text, kind, _LANGUAGE.sub("", path.stem).partition("_")[2])
        for path in _files()
        for kind, text in _parted(path.read_text(encoding="utf-8").splitlines())
    ]


def _parted(lines: Iterable[str]) -> list[tuple[str, str]]:
    parts = (line.partition("\t") for line in lines if not line.startswith("#"))
    return [(kind, text) for kind, _, text in parts if text]


def train(lines: Sequence[Line]) -> MannerModel:
    """Logistic regression; deterministic."""
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    rows = [features(line.text) for line in lines]
    starts = np.cumsum([0, *(len(row.numbers) for row in rows)])
    values = np.concatenate([row.values for row in rows])
    used, numbers = np.unique(np.concatenate([row.numbers for row in rows]), return_inverse=True)
    matrix = csr_matrix((values, numbers, starts), shape=(len(rows), len(used)))
    fitted = LogisticRegression(C=STRENGTH, max_iter=1_000).fit(matrix, [x.kind for x in lines])
    order = [list(fitted.classes_).index(kind) for kind in KINDS]
    weights = np.zeros((LETTERS + manner_signs.COUNT * (manner_signs.COUNT + 1), len(KINDS)))
    weights[used] = fitted.coef_[order].T
    return MannerModel(weights.astype(np.float32), fitted.intercept_[order].astype(np.float32))
