"""What only a doctor may say, told by rows."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from invekto.guardrails.medical import check as medical
from invekto.guardrails.rails import ReplyUnderCheck, sector_policy
from invekto.guardrails.reply import Check

ROWS: dict[str, dict[str, list[str]]] = yaml.safe_load(
    (Path(__file__).parent / "medicine.yaml").read_text(encoding="utf-8")
)


def held(text: str, sector: str) -> bool:
    check = Check(ReplyUnderCheck(text, "tr", "x", sector), sector_policy(sector))
    medical(check)
    return bool(check.findings)


@pytest.mark.parametrize("sector", ROWS)
def test_a_size_is_no_dose_and_a_plan_no_promise(sector: str) -> None:
    assert [text for text in ROWS[sector]["right"] if held(text, sector)] == []
    assert [text for text in ROWS[sector]["wrong"] if not held(text, sector)] == []
