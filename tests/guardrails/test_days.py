"""Days, hours, lengths of time and states: replies that keep to the facts, and twins of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from invekto.guardrails.rails import ReplyGuard, ReplyUnderCheck, sector_policy
from tests.guardrails.test_bindings import language

CASES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "days.yaml").read_text(encoding="utf-8")
)
KEPT, STOPPED = 0.93, 0.5
"""Share of the right ones that pass, and of the wrong ones that are stopped."""


@pytest.fixture(scope="module")
def guard() -> ReplyGuard:
    return ReplyGuard(sector_policy("hotel"))


def grounded(guard: ReplyGuard, text: str, facts: list[str]) -> bool:
    reply = ReplyUnderCheck(text, language(text), "x", "hotel", facts)
    return not any(found.rail == "grounded" for found in guard.check(reply).findings)


def outcomes(guard: ReplyGuard, side: str) -> list[tuple[str, bool]]:
    return [(text, grounded(guard, text, case["facts"])) for case in CASES for text in case[side]]


def test_what_keeps_to_the_facts_passes(guard: ReplyGuard) -> None:
    told = outcomes(guard, "right")
    held = [text for text, passed in told if not passed]
    assert len(held) <= (1.0 - KEPT) * len(told), held


def test_what_does_not_is_stopped(guard: ReplyGuard) -> None:
    told = outcomes(guard, "wrong")
    missed = [text for text, passed in told if passed]
    assert len(missed) <= (1.0 - STOPPED) * len(told), missed
