"""The test itself: its bound, its crossing times, what a hint may do."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invekto.agent.trust import betting
from invekto.agent.trust.betting import Hint


def crossing_times(p: float, epsilon: float, delta: float, longest: int) -> list[float]:
    """Exact chance of having passed after n replies, without restarts, at error rate p."""
    most = 14
    start = betting.start()
    needed = betting.log_needed(delta, 0)
    waiting, passed, chances = [1.0] + [0.0] * most, 0.0, []
    rights = [0.0] * len(start)
    base = [math.log1p(-r * epsilon) - math.log1p(-epsilon) for r in betting.RATIOS]
    for n in range(1, longest + 1):
        moved = [w * (1 - p) for w in waiting]
        for wrong in range(most):
            moved[wrong + 1] += waiting[wrong] * p
        for wrong in range(min(n, most) + 1):
            rights = [(n - wrong) * b for b in base]
            logs = [
                s + right + wrong * loss
                for s, right, loss in zip(start, rights, betting.LOG_RATIOS, strict=True)
            ]
            if betting.log_sum(logs) >= needed:
                passed, moved[wrong] = passed + moved[wrong], 0.0
        waiting = moved
        chances.append(passed)
    return chances


def quantile(chances: list[float], q: float) -> int:
    return next(n for n, chance in enumerate(chances, 1) if chance >= q)


def test_a_clean_cell_passes_as_soon_as_promised() -> None:
    chances = crossing_times(0.002, 0.02, 0.05, 600)
    assert quantile(chances, 0.5) <= 172
    assert quantile(chances, 0.9) <= 420


def test_a_cell_at_the_bound_passes_no_more_often_than_delta() -> None:
    assert crossing_times(0.02, 0.02, 0.05, 4000)[-1] <= 0.05
    assert crossing_times(0.05, 0.05, 0.05, 2000)[-1] <= 0.05


@given(st.floats(0.005, 0.1), st.floats(0.0, 1.0))
def test_the_bet_is_fair_at_epsilon_and_loses_above(epsilon: float, extra: float) -> None:
    capital = betting.start()
    chance = epsilon + extra * (1 - epsilon)
    right = math.exp(betting.log_sum(betting.after_right(capital, epsilon)))
    wrong = math.exp(betting.log_sum(betting.after_wrong(capital)))
    assert (1 - chance) * right + chance * wrong <= 1 + 1e-9


@given(st.floats(0, 1e5), st.floats(0, 1e5), st.floats(0.005, 0.1))
def test_a_hint_moves_bets_and_never_capital(right: float, wrong: float, epsilon: float) -> None:
    start = betting.start(Hint(right, wrong), epsilon)
    assert math.exp(betting.log_sum(start)) == pytest.approx(1.0)
    assert all(math.isfinite(share) for share in start)


def test_a_good_hint_helps_and_a_bad_one_costs_little() -> None:
    needed = betting.log_needed(0.05, 0)
    plain = betting.right_needed(betting.start(), 0.02, needed)
    clean = betting.right_needed(betting.start(Hint(500, 0)), 0.02, needed)
    dirty = betting.right_needed(betting.start(Hint(100, 5)), 0.02, needed)
    assert clean < plain < dirty < plain * 1.6


@given(st.integers(1, 100_000))
def test_what_restarts_spend_sums_to_no_more_than_delta(many: int) -> None:
    spent = math.exp(-betting.log_needed(0.05, 0)) + 0.05 * betting.RESERVE * 6 / math.pi**2 * sum(
        1 / k**2 for k in range(1, min(many, 2000))
    )
    assert spent <= 0.05
    assert math.exp(-betting.log_needed(0.05, many)) == pytest.approx(
        betting.RESERVE * 6 * 0.05 / (math.pi * many) ** 2
    )


def test_right_needed_is_exact() -> None:
    capital, needed = betting.start(), betting.log_needed(0.05, 0)
    count = betting.right_needed(capital, 0.02, needed)
    for _ in range(count - 1):
        capital = betting.after_right(capital, 0.02)
    assert betting.log_sum(capital) < needed
    assert betting.log_sum(betting.after_right(capital, 0.02)) >= needed
