"""Wrong drafts on purpose: one fact off, never delivered, and what catching them does to ε."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invekto.agent.edits import judge_edit
from invekto.agent.trust.reviewers import Team, caught_at_least
from invekto.agent.trust.spoiling import spoilt

DRAFTS = [
    ("tr", "Bugün 09.00–18.30 arası buradayız."),
    ("tr", "Kargo ücretimiz 59,90 TL, 750 TL ve üzeri siparişlerde kargo bizden."),
    ("tr", "Teslimden itibaren 14 gün içinde iade edebilirsiniz."),
    ("tr", "Randevunuz 26 Kasım Perşembe 15.15 için."),
    ("en", "We are open 09:00–18:30 today."),
    ("en", "Your parcel arrives on 27 November."),
    ("ar", "رسوم الشحن 59.90 ليرة."),
]


@pytest.mark.parametrize(("language", "text"), DRAFTS)
@pytest.mark.parametrize("seed", range(5))
def test_one_fact_is_off_and_an_attentive_reader_can_see_it(
    language: str, text: str, seed: int
) -> None:
    found = spoilt(text, language, Random(seed))
    assert found is not None
    assert text.count(found.right) == 1
    assert found.text == text.replace(found.right, found.wrong)
    assert found.wrong not in text
    assert judge_edit(found.text, text, language).material


@pytest.mark.parametrize(
    "text",
    ["", "Rica ederim 🌸", "Takip numaranız: 2750470425118", "https://harita.example/18.30"],
)
def test_without_a_fact_there_is_nothing_to_spoil(text: str) -> None:
    assert spoilt(text, "tr", Random(1)) is None


@given(st.text(alphabet="0123456789.,:- TLgünKasım Ocak açığız", max_size=60), st.integers(0, 9))
def test_no_text_breaks_it_and_no_change_is_cosmetic(text: str, seed: int) -> None:
    found = spoilt(text, "tr", Random(seed))
    assert found is None or judge_edit(found.text, text, "tr").material


def test_who_misses_them_is_tested_against_less() -> None:
    assert caught_at_least(Team(seeded=0)) == 1.0
    assert caught_at_least(Team(seeded=20, caught=20)) > caught_at_least(Team(seeded=20, caught=10))
    assert caught_at_least(Team(seeded=20, caught=10)) < 0.5
