"""A small network trained from scratch: sparse features → one hidden layer → intents.

Rows of the first layer are updated only where a batch uses them, each with one AdaGrad rate
(Duchi et al. 2011); features and hidden units are dropped at random (Srivastava et al. 2014),
labels are smoothed (Szegedy et al. 2016).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from invekto.agent.intents.features import Floats

if TYPE_CHECKING:  # only training needs it
    from scipy import sparse


@dataclass(frozen=True, slots=True)
class Recipe:
    """Hyperparameters; the same for every label set."""

    hidden: int = 128
    epochs: int = 20
    rate: float = 0.08
    batch: int = 64
    drop_hidden: float = 0.3
    drop_features: float = 0.5
    smoothing: float = 0.05
    spread: float = 0.02


@dataclass(frozen=True)
class Layers:
    """`w1` (features x hidden), `b1`, `w2` (hidden x labels), `b2`."""

    w1: Floats
    b1: Floats
    w2: Floats
    b2: Floats


def softmax(scores: Floats) -> Floats:
    """Row by row."""
    odds = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=-1, keepdims=True), dtype=np.float32)


def fit(features: sparse.csr_matrix, targets: Floats, recipe: Recipe, seed: int) -> Layers:
    """Trains on rows of `features` against rows of probabilities `targets`; deterministic."""
    return _Training(features, targets, recipe, seed).run()


class _Training:
    def __init__(
        self, features: sparse.csr_matrix, targets: Floats, recipe: Recipe, seed: int
    ) -> None:
        self.features, self.recipe = features, recipe
        self.random = np.random.default_rng(seed)
        size, labels = features.shape[1], targets.shape[1]
        self.targets = targets * (1 - recipe.smoothing) + recipe.smoothing / labels
        draw = self.random.standard_normal
        self.w1 = draw((size, recipe.hidden), dtype=np.float32) * np.float32(recipe.spread)
        self.b1 = np.zeros(recipe.hidden, np.float32)
        self.w2 = draw((recipe.hidden, labels), dtype=np.float32) / np.float32(
            np.sqrt(recipe.hidden)
        )
        self.b2 = np.zeros(labels, np.float32)
        self.sums = [
            np.full(shape, 1e-4, np.float32)
            for shape in (size, recipe.hidden, (recipe.hidden, labels), labels)
        ]

    def run(self) -> Layers:
        count = self.features.shape[0]
        starts = range(0, count, self.recipe.batch)
        steps = self.recipe.epochs * len(starts)
        step = 0
        for _ in range(self.recipe.epochs):
            order = self.random.permutation(count)
            for start in starts:
                step += 1
                rate = np.float32(self.recipe.rate * (1 - step / steps) + 1e-4)
                self._step(order[start : start + self.recipe.batch], rate)
        return Layers(self.w1, self.b1, self.w2, self.b2)

    def _step(self, rows: npt.NDArray[np.int64], rate: np.float32) -> None:
        inputs, used = self._inputs(rows)
        weights = self.w1[used]
        sums = inputs @ weights + self.b1
        mask = self._mask(sums.shape, self.recipe.drop_hidden)
        hidden = np.maximum(sums, 0) * mask
        errors = (softmax(hidden @ self.w2 + self.b2) - self.targets[rows]) / np.float32(
            self.recipe.batch
        )
        back = (errors @ self.w2.T) * mask * (sums > 0)
        self._descend(self.w2, hidden.T @ errors, 2, rate)
        self._descend(self.b2, errors.sum(0), 3, rate)
        self._descend(self.b1, back.sum(0), 1, rate)
        gradient = inputs.T @ back
        self.sums[0][used] += (gradient * gradient).mean(1)
        self.w1[used] = weights - (rate / np.sqrt(self.sums[0][used]))[:, None] * gradient

    def _inputs(
        self, rows: npt.NDArray[np.int64]
    ) -> tuple[sparse.csr_matrix, npt.NDArray[np.int64]]:
        """A batch over the features it uses, some of them dropped."""
        batch = self.features[rows]
        kept = self.random.random(batch.nnz, dtype=np.float32) >= self.recipe.drop_features
        values = batch.data[kept] / np.float32(1 - self.recipe.drop_features)
        bounds = np.concatenate([[0], np.cumsum(kept)])[batch.indptr]
        used, places = np.unique(batch.indices[kept], return_inverse=True)
        shape = (len(rows), len(used))
        return type(self.features)((values, places.astype(np.int32), bounds), shape), used

    def _mask(self, shape: tuple[int, ...], share: float) -> Floats:
        kept = self.random.random(shape, dtype=np.float32) >= share
        return kept.astype(np.float32) / np.float32(1 - share)

    def _descend(self, weights: Floats, gradient: Floats, which: int, rate: np.float32) -> None:
        self.sums[which] += gradient * gradient
        weights -= rate * gradient / np.sqrt(self.sums[which])
