"""Honest probabilities: one exponent on the averaged odds, fitted on messages the model has not
seen (temperature scaling, Guo et al. 2017), and the figures that say how honest they are."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from invekto.agent.intents.features import Floats

Array = npt.NDArray[np.float64]


def fit_sharpness(
    odds: Floats, truth: npt.NDArray[np.int64], allowed: npt.NDArray[np.bool_]
) -> float:
    """The exponent under which the true labels are likeliest.

    Args:
        odds: rows of averaged probabilities of unseen messages.
        truth: their label numbers.
        allowed: which labels each row may take (rows x labels).
    """
    logs = np.where(allowed, np.log(odds + 1e-6), -np.inf).astype(np.float64)
    candidates = np.geomspace(0.3, 4.0, 60)
    return float(min(candidates, key=lambda s: _loss(logs * s, truth)))


def _loss(scores: Array, truth: npt.NDArray[np.int64]) -> float:
    top = scores.max(1)
    sums = np.log(np.exp(scores - top[:, None]).sum(1)) + top
    return float(np.mean(sums - scores[np.arange(len(truth)), truth]))


def expected_calibration_error(
    confidence: Array, right: npt.NDArray[np.bool_], bins: int = 15
) -> float:
    """Mean gap between confidence and accuracy over equal-width bins (Naeini et al. 2015)."""
    places = np.minimum((confidence * bins).astype(int), bins - 1)
    error = 0.0
    for place in range(bins):
        inside = places == place
        if inside.any():
            error += abs(right[inside].mean() - confidence[inside].mean()) * inside.mean()
    return float(error)


def auroc(scores: Array, positive: npt.NDArray[np.bool_]) -> float:
    """Chance that a positive scores above a negative; 0.5 where one kind is missing."""
    if positive.all() or not positive.any():
        return 0.5
    order = np.argsort(scores, kind="stable")
    _, starts, counts = np.unique(scores[order], return_index=True, return_counts=True)
    ranks = np.empty(len(scores))
    ranks[order] = np.repeat(starts + (counts + 1) / 2, counts)
    wins = ranks[positive].sum() - positive.sum() * (positive.sum() + 1) / 2
    return float(wins / (positive.sum() * (~positive).sum()))
