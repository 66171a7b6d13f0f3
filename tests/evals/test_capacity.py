"""The capacity model holds on to what must hold."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invekto.errors import NotFound
from invekto.evals.capacity import BURST, Costs, need, waits

SIZES = st.integers(1_000, 10**7)


@given(messages=SIZES, tenants=st.integers(1, 2_000))
def test_need_grows_with_messages_and_costs(messages: int, tenants: int) -> None:
    small, large = need(tenants, messages, Costs()), need(tenants, messages * 2, Costs())
    assert large.worker_cores == pytest.approx(2 * small.worker_cores)
    assert need(tenants, messages, Costs(cpu_ms=50)).worker_cores > small.worker_cores
    assert small.peak_per_second > messages / 1.3 / 86_400, "the peak is above the mean"


def test_a_day_of_a_million_by_hand() -> None:
    # 10⁶ messages / 1.3 = 769,231 turns; the busiest hour has 84 of 987 parts: 18.2 a second.
    assert need(1, 10**6, Costs()).peak_per_second == pytest.approx(18.19 * BURST, rel=0.01)


def test_more_cores_wait_less() -> None:
    few, many = waits(10, 10**6, Costs(), 1), waits(10, 10**6, Costs(), 4)
    assert many[-1] <= few[-1]
    assert many[300] == 0.0


def test_costs_are_those_measured_last(tmp_path: Path) -> None:
    history = tmp_path / "history.jsonl"
    with pytest.raises(NotFound, match="--only cost"):
        Costs.measured(history)
    lines = [
        {"cost": {"own CPU ms a turn": 1, "Postgres CPU ms a turn": 2, "commits a turn": 3,
                  "bytes kept a turn": 4}},
        {"cost": {"own CPU ms a turn": 20, "Postgres CPU ms a turn": 5, "commits a turn": 4,
                  "bytes kept a turn": 8_000}},
        {"turn": {}},
    ]  # fmt: skip
    history.write_text("\n".join(map(json.dumps, lines)))
    assert Costs.measured(history) == Costs(20, 5, 4, 8_000)
