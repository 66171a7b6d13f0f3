"""The trust curve on thousands of cells at once.

The same rules as `cell.py`, as arrays; tests/trust/test_simulate.py feeds both with the same
verdicts and compares every number. Inside, arrays are (thresholds, cells) and capital is
(thresholds, bets, cells), not logarithmic.
"""

from __future__ import annotations

import math

import numpy as np

from invekto.agent.trust import betting
from invekto.agent.trust.cell import IN_A_ROW
from invekto.agent.trust.rules import RAMP, RAMP_AGAIN, RAMP_VERDICTS, WATCH, Rules
from invekto.agent.trust.simulate.worlds import Bools, Floats, Ints

RAMPS = np.array([[*RAMP, RAMP[-1]], RAMP_AGAIN])
TWICE = math.exp(0.7)
OWN_BETS = (betting.RATIOS, betting.SHARES)


class Curve:
    """`bets` and `plain_restarts` other than the project's own make the plain e-process to compare
    with; `extra` capital at the start is the forbidden inheritance of a negative control."""

    name = "trust curve"
    settles = True

    def __init__(
        self,
        cells: int,
        epsilon: float,
        *,
        delta: float = 0.05,
        thresholds: tuple[float, ...] = Rules().thresholds,
        bets: tuple[tuple[float, ...], tuple[float, ...]] = OWN_BETS,
        plain_restarts: bool = False,
        extra: float = 1.0,
        name: str | None = None,
    ) -> None:
        ratios = np.array(bets[0])
        self.name = name or self.name
        self.delta, self.plain_restarts = delta, plain_restarts
        self.thresholds = np.array(thresholds)
        self.start = np.array(bets[1])[None, :, None]
        self.gain = ((1 - ratios * epsilon) / (1 - epsilon))[None, :, None]
        self.loss = ratios[None, :, None]
        shape = (len(thresholds), cells)
        self.capital = np.ones((shape[0], len(ratios), cells)) * self.start * extra
        self.right = np.zeros(shape, np.int64)
        self.wrong = np.zeros(shape, np.int64)
        self.row = np.zeros(shape, np.int64)
        self.restarts = np.zeros(shape, np.int64)
        self.began = np.full(shape, -1, np.int64)
        self.on = np.zeros(shape, bool)
        self.step = np.zeros(shape, np.int64)
        self.since = np.zeros(shape, np.int64)
        self.falls = np.zeros(cells, np.int64)
        self.watch = np.zeros(cells, np.int64)
        self.target = np.full(shape, self._needed(0))
        self.floor = np.full(shape, self._needed(0) / self._needed(1) / TWICE)

    @property
    def passed(self) -> Bools:
        """By cell and threshold."""
        return self.on.T

    @property
    def log_capital(self) -> Floats:
        """By cell and threshold."""
        logs: Floats = np.log(self.capital.sum(axis=1)).T
        return logs

    def counted(self) -> Ints:
        """Verdicts counted at the strictest threshold's running process."""
        counts: Ints = self.right[0] + self.wrong[0]
        return counts

    def audits_all(self) -> Bools:
        """Cells whose automatic replies are all audited."""
        return self.watch > 0

    def share(self, confidence: Floats) -> Floats:
        """Chance that a message is sent without a person."""
        if not self.on.any():
            return np.zeros(len(confidence))
        reached = confidence >= self.thresholds[:, None]
        cells = np.arange(len(confidence))
        level = reached.argmax(axis=0)
        share = RAMPS[(self.falls > 0).astype(int), self.step[level, cells]]
        return np.where(reached.any(axis=0) & self.on[level, cells], share, 0.0)

    def approve(self, cells: Bools, confidence: Floats, audit: Bools, given: int, now: int) -> None:
        """A right reply that was approved at step `given` counts at step `now`."""
        fed = cells & (confidence >= self.thresholds[:, None]) & (given > self.began)
        np.multiply(self.capital, self.gain, out=self.capital, where=fed[:, None, :])
        self.right += fed
        self.row += fed
        if self.on.any():
            self._climb(fed)
            self.watch -= cells & audit & (self.watch > 0)
        total = self.capital.sum(axis=1)
        fresh = self._passes(cells & ~self.on & (total >= self.target))
        if fresh.any():
            self.on |= fresh
            self.step[fresh] = self.since[fresh] = 0
        again = cells & ~self.on & (self.row >= IN_A_ROW) & (total <= self.floor)
        if again.any():
            self.restart(again.T, now)

    def _passes(self, ripe: Bools) -> Bools:
        """Those whose stricter thresholds have all passed."""
        fresh = ripe.copy()
        stricter = np.ones(ripe.shape[1], bool)
        for level in range(len(self.thresholds)):
            fresh[level] &= stricter
            stricter &= self.on[level] | fresh[level]
        return fresh

    def _climb(self, fed: Bools) -> None:
        last = np.where(self.falls > 0, len(RAMP_AGAIN), len(RAMP)) - 1
        on = fed & self.on
        climbs = on & (self.since + 1 >= RAMP_VERDICTS) & (self.step < last)
        self.step += climbs
        self.since = np.where(climbs, 0, self.since + on)

    def restart(self, places: Bools, now: int) -> None:
        """New processes at these (cells, thresholds)."""
        places = places.T
        np.copyto(self.capital, self.start, where=places[:, None, :])
        for counts in (self.right, self.wrong, self.row, self.step, self.since):
            counts[places] = 0
        self.restarts[places] += 1
        self.began[places] = now
        restarts = self.restarts[places]
        self.target[places] = self._needed(restarts)
        self.floor[places] = self._needed(restarts) / self._needed(restarts + 1) / TWICE

    def _needed(self, restarts: int | Ints) -> Floats:
        """Capital that passes, by number of restarts."""
        count = np.asarray(restarts, float)
        if self.plain_restarts:
            return (math.pi * (count + 1)) ** 2 / (6 * self.delta)
        later = (math.pi * np.maximum(count, 1)) ** 2 / (6 * self.delta * betting.RESERVE)
        return np.where(count == 0, 1 / ((1 - betting.RESERVE) * self.delta), later)

    def reject(self, cells: Bools, confidence: Floats, automatic: bool) -> None:
        """A wrong reply; `automatic` if it was sent without a person."""
        rows = np.flatnonzero(cells)
        if not len(rows):
            return
        fed = np.ones((len(self.thresholds), len(rows)), bool)
        if not automatic:
            fed = confidence[rows] >= self.thresholds[:, None]
        capital, on = self.capital[:, :, rows], self.on[:, rows]
        total = capital.sum(axis=1)
        capped = np.where(fed & on, np.minimum(1.0, self.target[:, rows] / total), 1.0)
        capital *= capped[:, None, :]
        capital *= np.where(fed[:, None, :], self.loss, 1.0)
        self.capital[:, :, rows] = capital
        self.wrong[:, rows] += fed
        self.row[:, rows] *= ~fed
        self.since[:, rows] *= ~fed
        lost = fed & (automatic | (capital.sum(axis=1) < 1))
        kept = np.logical_and.accumulate(on & ~lost, axis=0)
        self.on[:, rows] = kept
        self.step[:, rows] *= ~(on & ~kept)
        was = on.any(axis=0)
        fell = was & ~kept.any(axis=0)
        self.falls[rows] += fell
        self.watch[rows] = np.where(fell, 0, np.where(was, WATCH, self.watch[rows]))
