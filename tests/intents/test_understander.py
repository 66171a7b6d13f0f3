"""Understanding as a whole, on a small model."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from invekto.agent.intents.overlay import Overlay, not_worse
from invekto.agent.intents.understander import Understander
from invekto.contracts.understanding import Sentiment, Urgency
from tests.intents.conftest import NOW

SHOP = ("general", "ecommerce")
CLINIC = ("general", "clinic")


@dataclass
class Asked:
    kind: str
    options: tuple[Any, ...] = ()


_MODEL: dict[str, Understander] = {}


@pytest.fixture(autouse=True)
def _kept(small: Understander) -> None:
    _MODEL["small"] = small


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_any_string_has_a_defined_result(text: str) -> None:
    read = _MODEL["small"].understand(text, packs=SHOP, now=NOW)
    assert read.intents
    assert all(0 <= g.probability <= 1 + 1e-6 for g in read.alternatives)
    assert all(text[e.start : e.end] == e.text for e in read.entities)
    odds = _MODEL["small"].classify(text, CLINIC, "tr")
    assert math.isclose(sum(odds.values()), 1.0, abs_tol=1e-4)


@pytest.mark.parametrize(
    "text",
    ["", "   \n", "🙃", "a" * 20_000, "1 " * 10_000, "\u202e\u200f\u200b", "aGVsbG8gd29ybGQ=" * 50,
     "kаrgоm nеrеdе", "سلام hello selam привет", "?" * 500],
)  # fmt: skip
def test_bad_input_is_bounded(small: Understander, text: str) -> None:
    assert small.understand(text, packs=SHOP, now=NOW).language in ("tr", "en", "ar")


def test_nothing_is_never_acted_on(small: Understander) -> None:
    assert not small.understand("", packs=SHOP, now=NOW).answered


@pytest.mark.parametrize("text", ["?", "...", "؟؟", "-", "!!!", "\u200f"])
def test_marks_alone_are_unclear(small: Understander, text: str) -> None:
    read = small.understand(text, packs=SHOP, now=NOW)
    assert not read.answered
    assert read.main.name == "out_of_scope"
    assert read.unsure_between == ()


def test_hurry_without_a_symptom_is_no_emergency(small: Understander) -> None:
    read = small.understand("acil kargom lazım", packs=CLINIC, now=NOW)
    assert read.main.name != "emergency"


def test_packs_are_masked_in(small: Understander) -> None:
    assert "appointment_book" not in small.classify("randevu alacaktım", SHOP, "tr")
    assert small.understand("randevu almak istiyorum", packs=CLINIC, now=NOW).main.name == (
        "appointment_book"
    )


def test_emergency_wins_over_a_request_and_over_an_answer(small: Understander) -> None:
    text = "randevuyu boşver kanama durmuyor ne yapayım"
    read = small.understand(text, packs=CLINIC, now=NOW, asked=Asked("confirm"))
    assert read.main.name == "emergency"
    assert read.answer is not None
    assert read.answer.type == "other"
    assert read.urgency is Urgency.NOW


@pytest.mark.parametrize("text", ["STOP", "dur", "RET"])
def test_bare_keywords_opt_out(small: Understander, text: str) -> None:
    assert small.understand(text, packs=SHOP, now=NOW).main.name == "opt_out"


def test_a_bare_cancel_is_asked_about(small: Understander) -> None:
    read = small.understand("İPTAL", packs=SHOP, now=NOW)
    assert not read.answered
    assert read.unsure_between == ("order_cancel", "opt_out")


def test_an_answer_is_not_classified(small: Understander) -> None:
    read = small.understand("evet", packs=SHOP, now=NOW, asked=Asked("confirm"))
    assert read.source == "dialogue"
    assert read.intents == ()
    assert read.answer is not None
    assert read.answer.type == "yes"


def test_anger_shows(small: Understander) -> None:
    read = small.understand("REZALET!! dolandırıcısınız 😡", packs=SHOP, now=NOW)
    assert read.sentiment is Sentiment.ANGRY
    assert "angry" in read.tags


def test_an_overlay_adds_an_intent_and_leaves_the_rest_alone(small: Understander) -> None:
    examples = [
        ("mezar taşı yaptırmak istiyorum", "gravestone"),
        ("mezar taşı fiyatı", "gravestone"),
    ]
    overlay = Overlay.fit(small.model.vocabulary, examples)
    read = small.understand("mezar taşı yaptırmak istiyoruz", packs=SHOP, now=NOW, overlay=overlay)
    assert read.main.name == "gravestone"
    assert read.model_version.endswith(overlay.version)
    plain = small.classify("kargom nerede", SHOP, "tr")
    with_it = small.classify("kargom nerede", SHOP, "tr", overlay)
    assert with_it["cargo_tracking"] == pytest.approx(plain["cargo_tracking"], abs=1e-5)


def test_a_worse_overlay_is_not_swapped_in() -> None:
    frozen = [("a", "x"), ("b", "y")]
    assert not_worse(lambda _: "x", lambda _: "x", frozen)
    assert not not_worse(lambda _: "x", lambda _: "z", frozen)
