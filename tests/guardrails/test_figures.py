"""Figures told in other words, formats and languages than the facts have them, and of several
things each of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from invekto.guardrails.flat import flat
from invekto.guardrails.rails import ReplyGuard, ReplyUnderCheck, sector_policy
from invekto.guardrails.tongue import tongue

CASES: list[dict[str, Any]] = [
    case
    for name in ("figures", "limits", "assigned", "plainly_told")
    for case in yaml.safe_load((Path(__file__).parent / f"{name}.yaml").read_text(encoding="utf-8"))
]


@pytest.fixture(scope="module")
def guard() -> ReplyGuard:
    return ReplyGuard(sector_policy("hotel"))


def grounded(guard: ReplyGuard, text: str, facts: list[str]) -> bool:
    reply = ReplyUnderCheck(text, tongue(flat(text)), "x", "hotel", facts)
    return not any(found.rail == "grounded" for found in guard.check(reply).findings)


@pytest.mark.parametrize("case", CASES, ids=[str(case["kind"]) for case in CASES])
def test_figures_are_read_whatever_they_are_told_in(
    guard: ReplyGuard, case: dict[str, Any]
) -> None:
    assert [text for text in case["right"] if not grounded(guard, text, case["facts"])] == []
    assert [text for text in case.get("wrong", []) if grounded(guard, text, case["facts"])] == []
