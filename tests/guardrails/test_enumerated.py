"""A list told again in its order is not held for the words between; one mixed up is."""

from __future__ import annotations

import pytest

from invekto.guardrails.rails import ReplyGuard, ReplyUnderCheck, sector_policy
from tests.guardrails.test_bindings import passes

CANAL = ["Root canal: 4.800 TL (single canal), 6.200 TL (multi-canal); X-ray included"]
SHUTTLE = ["Otel sahile 350 m. Ücretsiz servis 10:00, 14:00 ve 18:00'de kalkar."]


@pytest.fixture(scope="module")
def guard() -> ReplyGuard:
    return ReplyGuard(sector_policy("hotel"))


@pytest.mark.parametrize(
    ("facts", "text"),
    [
        (CANAL, "A root canal costs 4,800 lira for a tooth with one canal and 6,200 with several."),
        (SHUTTLE, "Günde üç ücretsiz servisimiz var: sabah 10, öğleden sonra 2 ve akşam 6."),
    ],
)
def test_a_list_told_again_passes(guard: ReplyGuard, facts: list[str], text: str) -> None:
    assert passes(guard, text, facts)


@pytest.mark.parametrize(
    ("facts", "text"),
    [
        (CANAL, "A single canal is 6,200 lira and a multi-canal tooth 4,800."),
        (SHUTTLE, "Günde üç ücretsiz servisimiz var: sabah 10, öğleden sonra 2 ve akşam 8."),
    ],
)
def test_a_list_mixed_up_is_stopped(guard: ReplyGuard, facts: list[str], text: str) -> None:
    assert not passes(guard, text, facts)


def test_a_number_of_a_list_told_apart_breaks_no_rail(guard: ReplyGuard) -> None:
    facts = [
        "#A-310 | saat ×2 | kargoda | 27.11.2026",
        "#A-311 | saat ×1 | 0535 616 70 80 | teslim",
    ]
    text = "A-310 kargoda. Sonraki A-311 teslim edilmiş, numarası 0535 616 70 80."
    checked = guard.check(ReplyUnderCheck(text, "tr", "x", "hotel", facts))
    assert "rail_failed" not in {finding.reason for finding in checked.findings}
