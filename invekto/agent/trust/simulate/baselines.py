"""What others do instead: streaks, moving windows, thresholds, fixed-sample tests."""

# ruff: noqa: ARG002 - all policies are called alike
from __future__ import annotations

import numpy as np
from scipy.stats import beta

from invekto.agent.trust.simulate.worlds import Bools, Floats, Ints


class Baseline:
    """Counts of right and wrong by cell, one threshold, no settling, no ramp."""

    name = ""
    settles = False
    thresholds = np.array([0.5])

    def __init__(self, cells: int, epsilon: float) -> None:
        self.epsilon = epsilon
        self.right = np.zeros(cells, np.int64)
        self.wrong = np.zeros(cells, np.int64)
        self.on = np.zeros(cells, bool)

    @property
    def passed(self) -> Bools:
        """By cell and (the only) threshold."""
        return self.on[:, None]

    def share(self, confidence: Floats) -> Floats:
        """All of it or nothing."""
        return np.where(self.on & (confidence >= self.thresholds[0]), 1.0, 0.0)

    def audits_all(self) -> Bools:
        """Never more than the random share."""
        return np.zeros(len(self.on), bool)

    def counted(self) -> Ints:
        """Verdicts seen."""
        counts: Ints = self.right + self.wrong
        return counts

    def approve(self, cells: Bools, confidence: Floats, audit: Bools, given: int, now: int) -> None:
        """A right reply."""
        fed = cells & (confidence >= self.thresholds[0])
        self.right += fed
        self.seen(fed, np.zeros(len(fed), bool))

    def reject(self, cells: Bools, confidence: Floats, automatic: bool) -> None:
        """A wrong reply; a wrong automatic one ends it."""
        fed = cells & (confidence >= self.thresholds[0])
        self.wrong += fed
        self.seen(fed, fed)
        if automatic:
            self.on &= ~cells
            self.forget(cells)

    def seen(self, fed: Bools, wrong: Bools) -> None:
        """Look at the evidence and decide."""
        raise NotImplementedError

    def forget(self, cells: Bools) -> None:
        """Begin again after a wrong automatic reply."""
        self.right[cells] = self.wrong[cells] = 0

    def restart(self, places: Bools, now: int) -> None:
        """An adversary asks for a new start."""
        self.forget(places[:, 0])


class Streak(Baseline):
    name = "streak of 50"
    length = 50

    def __init__(self, cells: int, epsilon: float) -> None:
        super().__init__(cells, epsilon)
        self.run = np.zeros(cells, np.int64)

    def seen(self, fed: Bools, wrong: Bools) -> None:
        self.run = np.where(wrong, 0, self.run + fed)
        self.on |= fed & (self.run >= self.length)

    def forget(self, cells: Bools) -> None:
        super().forget(cells)
        self.run[cells] = 0


class Window(Baseline):
    """Agreement over the last hundred verdicts, looked at after each."""

    name = "agreement in the last 100"
    length = 100

    def __init__(self, cells: int, epsilon: float) -> None:
        super().__init__(cells, epsilon)
        self.last = np.zeros((cells, self.length), bool)
        self.count = np.zeros(cells, np.int64)

    def seen(self, fed: Bools, wrong: Bools) -> None:
        rows = np.flatnonzero(fed)
        self.last[rows, self.count[rows] % self.length] = wrong[rows]
        self.count += fed
        full = self.count >= self.length
        agrees = self.last.sum(axis=1) <= self.epsilon * self.length
        self.on = np.where(fed, full & agrees, self.on)

    def forget(self, cells: Bools) -> None:
        super().forget(cells)
        self.count[cells] = 0
        self.last[cells] = False


class Threshold(Baseline):
    """Whatever the model is sure of, from the first day on."""

    name = "confidence over 0.9"
    thresholds = np.array([0.9])

    def __init__(self, cells: int, epsilon: float) -> None:
        super().__init__(cells, epsilon)
        self.on[:] = True

    def seen(self, fed: Bools, wrong: Bools) -> None:
        return

    def reject(self, cells: Bools, confidence: Floats, automatic: bool) -> None:
        self.wrong += cells


class Peeked(Baseline):
    """The fixed-sample binomial bound, looked at after every verdict: not what it was made for."""

    name = "binomial bound, peeked at"

    def __init__(self, cells: int, epsilon: float) -> None:
        super().__init__(cells, epsilon)
        self.least = enough(epsilon)

    def seen(self, fed: Bools, wrong: Bools) -> None:
        wrongs = np.minimum(self.wrong, len(self.least) - 1)
        self.on = np.where(fed, self.right + self.wrong >= self.least[wrongs], self.on)


class Once(Baseline):
    """The same with one look, at a sample size chosen beforehand (one error allowed); nothing is
    left to test with after a fall."""

    name = "binomial bound, one look"

    def __init__(self, cells: int, epsilon: float) -> None:
        super().__init__(cells, epsilon)
        self.size = int(enough(epsilon)[1])
        self.done = np.zeros(cells, bool)

    def seen(self, fed: Bools, wrong: Bools) -> None:
        look = fed & ~self.done & (self.right + self.wrong >= self.size)
        self.on |= look & (self.wrong <= 1)
        self.done |= look

    def restart(self, places: Bools, now: int) -> None:
        return


def enough(epsilon: float, most: int = 60, level: float = 0.95) -> Floats:
    """Sample sizes at which so many errors still put the exact one-sided upper bound at or below
    epsilon (Clopper and Pearson 1934)."""
    sizes: list[float] = []
    size = 1
    for wrong in range(most):
        while beta.ppf(level, wrong + 1, size - wrong) > epsilon or size <= wrong:
            size += 1
        sizes.append(float(size))
    return np.array(sizes)
