"""The shared intent model: a linear machine and small networks over the same sparse features,
their probabilities averaged and then calibrated."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from invekto.agent.intents import network
from invekto.agent.intents.features import Floats, Shape, Vocabulary
from invekto.agent.intents.network import Recipe, softmax

STEEPNESS = np.float32(4.0)
"""Turns margins of the linear machine into probabilities as sharp as the networks'."""
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Plan:
    """How a model is trained; one plan for every label set."""

    shape: Shape = field(default_factory=Shape)
    recipe: Recipe = field(default_factory=Recipe)
    networks: int = 2
    cost: float = 1.0


@dataclass(frozen=True)
class IntentModel:
    """`first` holds, per feature and in half precision, the linear weights and then the networks'
    hidden rows; `last` one matrix a network. `sharpness` is the calibrated exponent of the
    averaged odds."""

    labels: tuple[str, ...]
    vocabulary: Vocabulary
    first: npt.NDArray[np.float16]
    first_bias: Floats
    last: tuple[tuple[Floats, Floats], ...]
    sharpness: float = 1.0

    @classmethod
    def train(
        cls, texts: Sequence[str], intents: Sequence[str], plan: Plan | None = None
    ) -> IntentModel:
        """Fits vocabulary and weights; the same input gives the same model."""
        from scipy import sparse

        plan = plan or Plan()
        labels = tuple(sorted(set(intents)))
        vocabulary = Vocabulary.fit(texts, plan.shape)
        indices, values, bounds = vocabulary.vectors(texts)
        features = sparse.csr_matrix((values, indices, bounds), (len(texts), vocabulary.size))
        places = {label: at for at, label in enumerate(labels)}
        targets = np.array([places[intent] for intent in intents])
        wanted = np.eye(len(labels), dtype=np.float32)[targets]
        with ThreadPoolExecutor(max_workers=2) as pool:
            linear = pool.submit(_linear, features, targets, plan.cost)
            layers = list(
                pool.map(
                    lambda seed: network.fit(features, wanted, plan.recipe, seed),
                    range(plan.networks),
                )
            )
            weights, bias = linear.result()
        return cls(
            labels,
            vocabulary,
            np.concatenate([weights, *(layer.w1 for layer in layers)], axis=1).astype(np.float16),
            np.concatenate([bias, *(layer.b1 for layer in layers)]),
            tuple((layer.w2, layer.b2) for layer in layers),
        )

    def odds(self, text: str) -> Floats:
        """Averaged probabilities over all labels, before packs and calibration."""
        return np.asarray(self.odds_of((text,))[0])

    def odds_of(self, texts: Sequence[str]) -> Floats:
        """Averaged probabilities, one row a text. Parts of one message share most features: rows
        of the first layer that several texts use are fetched once."""
        vectors = [self.vocabulary.vector(text) for text in texts]
        if len(vectors) == 1:
            ((indices, values),) = vectors
            sums = values @ self.first[indices].astype(np.float32) + self.first_bias
            return self._odds(sums[None])
        used, places = np.unique(np.concatenate([v[0] for v in vectors]), return_inverse=True)
        inputs = np.zeros((len(vectors), len(used)), np.float32)
        rows = np.repeat(np.arange(len(vectors)), [len(v[0]) for v in vectors])
        inputs[rows, places] = np.concatenate([v[1] for v in vectors])
        return self._odds(inputs @ self.first[used].astype(np.float32) + self.first_bias)

    def probabilities(self, text: str, allowed: Mask | None = None) -> Floats:
        """Calibrated; sums to one over the allowed labels, the others are zero."""
        return self.calibrated(self.odds(text), allowed)

    def calibrated(
        self, odds: Floats, allowed: Mask | None = None, sharpness: float | None = None
    ) -> Floats:
        """Masks and sharpens averaged probabilities (one row or many)."""
        exponent = np.float32(sharpness or self.sharpness)
        scores = np.log(odds + np.float32(1e-6)) * exponent
        if allowed is not None:
            scores = np.where(allowed, scores, np.float32(-np.inf))
        return softmax(scores)

    def sharpened(self, sharpness: float) -> IntentModel:
        """The same model under another calibration."""
        return replace(self, sharpness=sharpness)

    def _odds(self, sums: Floats) -> Floats:
        count = len(self.labels)
        total = softmax(STEEPNESS * sums[:, :count])
        at = count
        for weights, bias in self.last:
            hidden = np.maximum(sums[:, at : at + weights.shape[0]], 0)
            total = total + softmax(hidden @ weights + bias)
            at += weights.shape[0]
        return np.asarray(total / np.float32(1 + len(self.last)))


def _linear(features: object, targets: npt.NDArray[np.int64], cost: float) -> tuple[Floats, Floats]:
    """One-versus-rest support vectors (Fan et al. 2008): features x labels, and biases."""
    from sklearn.svm import LinearSVC

    machine = LinearSVC(C=cost, tol=1e-2, max_iter=300, random_state=0).fit(features, targets)
    weights = machine.coef_.T.astype(np.float32)
    bias = machine.intercept_.astype(np.float32)
    if len(machine.classes_) == 2:
        weights, bias = np.hstack([-weights, weights]), np.hstack([-bias, bias])
    return weights, bias
