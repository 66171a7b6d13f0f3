"""The shared intent model: sparse features, one weight vector an intent, calibrated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.svm import LinearSVC

from invekto.agent.intents.corpus import Example
from invekto.agent.intents.features import Floats, Vocabulary

SLOPE = 4.0
"""How steeply margins turn into probabilities, until calibrated."""


@dataclass(frozen=True)
class IntentModel:
    """Labels and their weights; `scores` are margins, higher is likelier."""

    labels: tuple[str, ...]
    vocabulary: Vocabulary
    weights: Floats
    bias: Floats
    slope: float = SLOPE

    @classmethod
    def train(cls, examples: Sequence[Example]) -> IntentModel:
        """Fits vocabulary and weights; deterministic."""
        vocabulary = Vocabulary.fit(e.text for e in examples)
        features = vocabulary.matrix([e.text for e in examples])
        machine = LinearSVC(tol=1e-2, max_iter=300, random_state=0)
        machine.fit(features, [e.intent for e in examples])
        return cls(
            tuple(str(label) for label in machine.classes_),
            vocabulary,
            np.ascontiguousarray(machine.coef_.T, dtype=np.float32),
            machine.intercept_.astype(np.float32),
        )

    def scores(self, text: str) -> Floats:
        """One margin a label."""
        indices, values = self.vocabulary.vector(text)
        return values @ self.weights[indices] + self.bias

    def probabilities(
        self, text: str, allowed: npt.NDArray[np.bool_] | None = None
    ) -> npt.NDArray[np.float64]:
        """Sums to one over the allowed labels; the others are zero."""
        scores = self.scores(text).astype(np.float64) * self.slope
        if allowed is not None:
            scores[~allowed] = -np.inf
        odds = np.exp(scores - scores.max())
        return np.asarray(odds / odds.sum())
