"""What is said without a figure, in other words than the facts': right replies and wrong twins."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from invekto.guardrails.rails import ReplyGuard, sector_policy
from tests.guardrails.test_bindings import passes

CASES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "statements.yaml").read_text(encoding="utf-8")
)
HELD = 0.06
STOPPED = 0.6


@pytest.fixture(scope="module")
def guard() -> ReplyGuard:
    return ReplyGuard(sector_policy("hotel"))


def test_most_right_ones_pass(guard: ReplyGuard) -> None:
    told = [(text, case["facts"]) for case in CASES for text in case["right"]]
    held = [text for text, facts in told if not passes(guard, text, facts)]
    assert len(held) <= HELD * len(told), held


def test_most_wrong_ones_are_stopped(guard: ReplyGuard) -> None:
    told = [(text, case["facts"]) for case in CASES for text in case["wrong"]]
    missed = [text for text, facts in told if passes(guard, text, facts)]
    assert len(missed) <= (1.0 - STOPPED) * len(told), missed
