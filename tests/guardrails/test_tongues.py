"""Facts in one language are understood in a reply in another, and still bind it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from invekto.guardrails.rails import ReplyGuard, sector_policy
from tests.guardrails.test_bindings import passes

CASES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "tongues.yaml").read_text(encoding="utf-8")
)


@pytest.fixture(scope="module")
def guard() -> ReplyGuard:
    return ReplyGuard(sector_policy("hotel"))


@pytest.mark.parametrize("case", CASES, ids=[str(case["facts"][0])[:40] for case in CASES])
def test_across_languages(guard: ReplyGuard, case: dict[str, Any]) -> None:
    assert [text for text in case["right"] if not passes(guard, text, case["facts"])] == []
    assert [text for text in case["wrong"] if passes(guard, text, case["facts"])] == []
