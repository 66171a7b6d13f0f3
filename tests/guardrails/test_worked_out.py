"""Figures that are worked out: what the things named come to passes, anything else does not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from invekto.contracts.guard import Outcome
from invekto.guardrails.rails import ReplyGuard, ReplyUnderCheck, sector_policy
from tests.guardrails.test_bindings import language

CASES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "worked_out.yaml").read_text(encoding="utf-8")
)
HELD, PASSED = 0.17, 0.24
"""At most so many of the right ones may be held, and of the wrong ones pass."""


@pytest.fixture(scope="module")
def guard() -> ReplyGuard:
    return ReplyGuard(sector_policy("hotel"))


def stopped(guard: ReplyGuard, text: str, case: dict[str, Any]) -> bool:
    spoken = case.get("language") or language(text)
    reply = ReplyUnderCheck(text, spoken, "x", "hotel", case["facts"])
    return guard.check(reply).outcome is not Outcome.PASS


def test_right_ones_pass_and_wrong_ones_do_not(guard: ReplyGuard) -> None:
    right = [(t, stopped(guard, t, case)) for case in CASES for t in case["right"]]
    wrong = [(t, stopped(guard, t, case)) for case in CASES for t in case["wrong"]]
    held = [text for text, found in right if found]
    passed = [text for text, found in wrong if not found]
    assert len(held) <= HELD * len(right), "\n".join(held)
    assert len(passed) <= PASSED * len(wrong), "\n".join(passed)
