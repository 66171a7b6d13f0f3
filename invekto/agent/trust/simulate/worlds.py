"""Worlds with known truth: what customers write, what goes wrong, what reviewers do.

Every draw of a step is made whatever a policy decides, so that all policies meet the same stream.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

BANDS = (0.95, 0.85, 0.70, 0.50, 0.20)
"""Lower ends of the confidence bands, and how messages fall into them."""
WEIGHTS = (0.58, 0.20, 0.12, 0.06, 0.04)
HONEST, FAST, TIRED = 0, 1, 2
COSMETIC = 0.12
"""Share of right drafts whose wording an honest reviewer touches."""
HARDER = (0.22, 0.90, 2.00, 3.60, 5.80)
"""How much likelier than on average an error is in each band, where it goes with 1 - confidence as
it does for a calibrated score."""


def everywhere(rate: float) -> Callable[[int, int], Floats]:
    """The same chance of a wrong reply in all cells, at all times and confidences."""
    return lambda cells, _step: np.full((cells, len(BANDS)), rate)


def by_confidence(rate: float) -> Callable[[int, int], Floats]:
    """Errors lurk where confidence is low; `rate` is the share over all messages."""
    harder = np.array(HARDER) / np.dot(HARDER, WEIGHTS)
    return lambda cells, _step: np.tile(np.minimum(rate * harder, 1.0), (cells, 1))


def changing(rates: list[tuple[int, float]]) -> Callable[[int, int], Floats]:
    """`rates` are (from step, rate), in order."""

    def at(cells: int, step: int) -> Floats:
        rate = [r for begin, r in rates if step >= begin][-1]
        return np.full((cells, len(BANDS)), rate)

    return at


@dataclass(frozen=True)
class World:
    """One adversity.

    Attributes:
        error: (cells, step) → chance of a wrong reply by cell and confidence band.
        ignored: share of shown drafts that nobody uses (right and wrong alike).
        labelled: share of shown drafts that get any verdict from a person.
        complaint: chance that a wrong reply which went out is complained about.
        fast, tired: share of drafts that go to a reviewer who accepts without reading at once,
            and to one who once changed drafts and now accepts everything slowly.
        elsewhere: drafts of other intents that a reviewer handles for each one of this cell.
        delayed: share of wrong drafts approved at first and corrected `lag` messages later.
        audit_lag: messages until an audit is done.
        settle: messages that fit into the settling time.
        restart_every: verdicts after which an adversary asks for a new process, twenty times.
    """

    name: str
    error: Callable[[int, int], Floats]
    steps: int = 1500
    ignored: float = 0.0
    labelled: float = 1.0
    complaint: float = 0.0
    fast: float = 0.0
    tired: float = 0.0
    elsewhere: int = 19
    delayed: float = 0.0
    lag: int = 8
    audit: float = 0.10
    audit_lag: int = 0
    settle: int = 10
    restart_every: int = 0


@dataclass
class Draws:
    """What happens at one step, cell by cell."""

    band: Ints
    confidence: Floats
    wrong: Bools
    ignored: Bools
    labelled: Bools
    reviewer: Ints
    touched: Bools
    delayed: Bools
    complained: Bools
    ramp: Singles
    audit: Singles


def draw(world: World, cells: int, step: int, random: np.random.Generator) -> Draws:
    """One message in every cell."""
    uniform = random.random((11, cells), dtype=np.float32)
    band = np.searchsorted(np.cumsum(WEIGHTS), uniform[0], side="right").clip(0, len(BANDS) - 1)
    edges = np.array((1.0, *BANDS))
    confidence = edges[band + 1] + uniform[1] * (edges[band] - edges[band + 1])
    chance = world.error(cells, step)[np.arange(cells), band]
    reviewer = np.where(
        uniform[2] < world.fast,
        FAST,
        np.where(uniform[2] < world.fast + world.tired, TIRED, HONEST),
    )
    return Draws(
        band=band,
        confidence=confidence,
        wrong=uniform[3] < chance,
        ignored=uniform[4] < world.ignored,
        labelled=uniform[5] < world.labelled,
        reviewer=reviewer,
        touched=uniform[6] < COSMETIC,
        delayed=uniform[7] < world.delayed,
        complained=uniform[8] < world.complaint,
        ramp=uniform[9],
        audit=uniform[10],
    )


def true_error(world: World, threshold: float, steps: tuple[int, ...] = (0,)) -> float:
    """The smallest share of wrong replies among messages at or above a threshold, over `steps`."""
    weights = np.array(WEIGHTS) * (np.array(BANDS) >= threshold)
    if weights.sum() == 0:
        return 1.0
    return float(min(np.average(world.error(1, step)[0], weights=weights) for step in steps))
