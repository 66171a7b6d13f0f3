"""The simulation runs the product's own rules, and the bound holds where it is claimed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from invekto.agent.trust.cell import Waiting, approved, begin, failed
from invekto.agent.trust.decision import standing
from invekto.agent.trust.rules import Rules
from invekto.agent.trust.simulate.curve import Curve
from invekto.agent.trust.simulate.play import play
from invekto.agent.trust.simulate.report import EPSILON, adversities, run
from invekto.agent.trust.simulate.worlds import World, everywhere, true_error
from tests.trust.making import START

CELLS, STEPS = 60, 700


@pytest.mark.parametrize("error", [0.003, 0.02, 0.1])
def test_arrays_and_the_fold_agree_on_every_number(error: float) -> None:
    random = np.random.default_rng(int(error * 1000))
    curve = Curve(CELLS, EPSILON)
    states = [begin(EPSILON, 0.05, Rules().thresholds) for _ in range(CELLS)]
    for step in range(STEPS):
        confidence = random.choice([0.97, 0.9, 0.8, 0.6, 0.3], CELLS)
        wrong = random.random(CELLS) < (error if step < 500 else 0.002)
        automatic = wrong & (random.random(CELLS) < 0.3)
        audit = random.random(CELLS) < 0.2
        curve.approve(~wrong, confidence, audit, step, step)
        curve.reject(automatic, confidence, True)
        curve.reject(wrong & ~automatic, confidence, False)
        at = START + timedelta(hours=step)
        for n in range(CELLS):
            state, c = states[n], float(confidence[n])
            if wrong[n]:
                states[n] = failed(state, f"c{step}", at, c, automatic=bool(automatic[n]))
            else:
                given = Waiting(f"c{step}", at, at, c, EPSILON, bool(audit[n]))
                states[n] = approved(state, given)
    for n, state in enumerate(states):
        assert [level.passed for level in state.levels] == list(curve.passed[n])
        assert [level.step for level in state.levels] == list(curve.step[:, n])
        assert [level.restarts for level in state.levels] == list(curve.restarts[:, n])
        assert [level.right for level in state.levels] == list(curve.right[:, n])
        assert [level.log_capital for level in state.levels] == pytest.approx(curve.log_capital[n])
        assert (state.watch, state.falls) == (curve.watch[n], curve.falls[n])
        served = curve.share(np.full(CELLS, 0.9))[n]
        step_of = standing(state).steps[0]
        assert served == (step_of.share if step_of.passed else 0.0)


def test_every_adversity_is_bad_at_every_counted_reply() -> None:
    for world in adversities():
        steps = tuple(range(0, world.steps, 50))
        assert true_error(world, 0.5, steps) >= EPSILON - 1e-9, world.name


@pytest.mark.parametrize(
    "name", ["error just at epsilon", "delayed corrections", "rubber-stamping agents"]
)
def test_bad_cells_stay_below_delta(name: str) -> None:
    world = replace(next(w for w in adversities() if w.name == name), steps=600)
    played = play(Curve(1500, EPSILON), world, 1500, 5, bad=np.full(3, True))
    assert played.bad.mean() <= 0.05 + 2 * (0.05 * 0.95 / 1500) ** 0.5


def test_a_policy_changes_nothing_about_the_stream() -> None:
    world = World("w", everywhere(0.05), steps=40)
    one = play(Curve(50, 0.02), world, 50, 9)
    two = play(Curve(50, 0.02, extra=1e9), world, 50, 9)
    assert two.wrong.any()
    assert not one.wrong.any()


def test_a_small_report_has_every_row() -> None:
    report = run(60, 3, longest=100)
    assert len(report["bad_ever_automatic"]) == 12
    assert len(report["negative_controls"]) == 2
    assert {"coverage", "change_point", "recovery", "promotion"} <= set(report)


@pytest.mark.proof
def test_ten_thousand_bad_cells_under_each_adversity() -> None:
    report = run(10_000, 1)
    for row in report["bad_ever_automatic"]:
        assert row["trust curve"] <= 0.05, row
    for row in report["negative_controls"]:
        assert row["bad_ever_automatic"] > 0.05, row
