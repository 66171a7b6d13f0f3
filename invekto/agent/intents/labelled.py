"""The same model on any label set: trained, calibrated and given an out-of-scope decision on a
part it has not seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from invekto.agent.intents.calibration import fit_sharpness
from invekto.agent.intents.features import Floats
from invekto.agent.intents.model import IntentModel, Plan

HELD = 0.12
"""Share held out for calibration; the final model is trained on everything again."""
WRONG_AMONG_ANSWERED = 0.02
LOST_INSIDE = 0.03
"""Share of in-scope messages that the out-of-scope decision may cost."""
OUTSIDE_WEIGHT = 1.0
Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class LabelledReading:
    """A label, its calibrated probability, and the whole ranking."""

    label: str
    confidence: float
    answered: bool
    best: tuple[tuple[str, float], ...]
    outside: float


@dataclass(frozen=True)
class LabelledModel:
    """`outside_from`: messages scored higher than this belong to no intent."""

    model: IntentModel
    oos: str | None
    answer_from: float
    outside_from: float

    @classmethod
    def train(cls, pairs: Pairs, oos: str | None = None) -> LabelledModel:
        """Calibrates on a held-out part, then trains on all. `oos` is the label of messages
        without an intent, if the set has one."""
        order = np.random.default_rng(0).permutation(len(pairs))
        size = max(1, int(len(pairs) * HELD))
        held = [pairs[i] for i in order[:size]]
        first = _fit([pairs[i] for i in order[size:]])
        known = [(t, label) for t, label in held if label in first.labels]
        odds = np.array([first.odds(text) for text, _ in known])
        truth = np.array([first.labels.index(label) for _, label in known])
        sharpness = fit_sharpness(odds, truth, np.ones_like(odds, dtype=bool))
        sharp = first.calibrated(odds, None, sharpness)
        answer_from = _answer_from(sharp, truth)
        inside = np.array([label != oos for _, label in known])
        outside = np.array([emptiness(row, first.labels, oos) for row in odds])
        outside_from = float(np.quantile(outside[inside], 1 - LOST_INSIDE)) if oos else np.inf
        final = replace(_fit(pairs), sharpness=sharpness)
        return cls(final, oos, answer_from, outside_from)

    def read(self, text: str) -> LabelledReading:
        """Label, confidence and decision for one text."""
        raw = self.model.odds(text)
        odds = self.model.calibrated(raw)
        outside = emptiness(raw, self.model.labels, self.oos)
        order = np.argsort(-odds, kind="stable")
        best = tuple((self.model.labels[i], float(odds[i])) for i in order[:10])
        label, confidence = best[0]
        if self.oos is not None and outside >= self.outside_from and label != self.oos:
            label, confidence = self.oos, min(0.95, max(0.5, outside))
        answered = label != self.oos and confidence >= self.answer_from
        return LabelledReading(label, confidence, answered, best, outside)


def emptiness(odds: Floats, labels: tuple[str, ...], oos: str | None) -> float:
    """How undecided the averaged odds are among the intents (entropy, 0–1), plus the odds of the
    out-of-scope label where there is one; found best of ten scores on CLINC150's validation."""
    rest = np.array(odds, dtype=np.float64)
    own = 0.0
    if oos is not None and oos in labels:
        own = float(rest[labels.index(oos)])
        rest[labels.index(oos)] = 0.0
    rest /= max(rest.sum(), 1e-9)
    entropy = -float((rest * np.log(rest + 1e-9)).sum()) / float(np.log(max(2, len(rest))))
    return entropy + OUTSIDE_WEIGHT * own


def outside_score(odds: Floats, labels: tuple[str, ...], oos: str | None) -> float:
    """How little a message looks like any intent: what the best one lacks, plus what the
    out-of-scope label has."""
    if oos is None or oos not in labels:
        return float(1 - odds.max())
    place = labels.index(oos)
    rest = np.delete(odds, place)
    return float(1 - rest.max() + OUTSIDE_WEIGHT * odds[place])


def _fit(pairs: Pairs) -> IntentModel:
    return IntentModel.train([t for t, _ in pairs], [label for _, label in pairs], Plan())


def _answer_from(odds: Floats, truth: npt.NDArray[np.int64]) -> float:
    sure, right = odds.max(1), odds.argmax(1) == truth
    order = np.argsort(-sure)
    wrong = np.cumsum(~right[order]) / np.arange(1, len(order) + 1)
    enough = np.nonzero(wrong <= WRONG_AMONG_ANSWERED)[0]
    return float(sure[order][enough[-1]]) if len(enough) else 0.99
