"""What a wrong reply is counted as."""

from __future__ import annotations

from typing import Any

import pytest

from invekto.evals.claimed import claimed, is_exact


def _row(reply: str, **more: Any) -> dict[str, Any]:
    return {"reply": reply, "lang": "tr", "verdict": "block", "reason": "ungrounded", **more}


@pytest.mark.parametrize(
    ("reply", "claim"),
    [
        ("Kargo ücreti 49 TL.", "number"),
        ("Siparişiniz 12 Mart'ta gelir.", "date"),
        ("Salı günü açığız.", "date"),
        ("Takip: https://kargo.example/12", "link"),
        ("Mavi rengi de var.", "other"),
    ],
)
def test_a_line_without_a_label_is_judged_by_its_reply(reply: str, claim: str) -> None:
    assert claimed(_row(reply)) == claim


def test_a_label_goes_before_the_reply() -> None:
    assert claimed(_row("Mavi rengi 49 TL.", claim="other")) == "other"
    assert not is_exact(_row("Mavi rengi 49 TL.", claim="other"))


@pytest.mark.parametrize(
    ("reason", "exact"), [("pii_leak", True), ("medical_advice", True), ("overpromise", False)]
)
def test_other_reasons_are_told_apart_by_their_kind(reason: str, exact: bool) -> None:
    assert is_exact(_row("49 TL", reason=reason)) is exact
