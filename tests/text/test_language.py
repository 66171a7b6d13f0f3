"""Language of a message; lemmas."""

from __future__ import annotations

import pytest

from invekto.text.language import detect
from invekto.text.lemma import lemma, lemmas


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("siparişim nerede", "tr"),
        ("siparis nerde kaldi", "tr"),
        ("SIPARISIM NEREDE", "tr"),
        ("order'ım nerede, refund istiyorum", "tr"),
        ("where is my order", "en"),
        ("do u have size m?", "en"),
        ("price?", "en"),
        ("وين طلبي", "ar"),
        ("كم سعر implant عندكم", "ar"),
        ("bukra saat 5", "ar"),
        ("shukran ktir", "ar"),
        ("Wo ist meine Bestellung?", "other"),
        ("Où est ma commande ?", "other"),
        ("Где мой заказ?", "other"),
        ("سفارش من کجاست؟", "other"),
    ],
)
def test_languages(text: str, language: str) -> None:
    assert detect(text).language == language


@pytest.mark.parametrize("text", ["ok", "👍", "12", "", "  ", "…"])
@pytest.mark.parametrize("default", ["tr", "en", "ar"])
def test_too_short_for_a_language(text: str, default: str) -> None:
    guess = detect(text, default)
    assert guess.language == default
    assert guess.confidence < 0.5


def test_arabizi_is_marked() -> None:
    assert detect("wen talabi, badde 3ard bukra").arabizi
    assert not detect("وين طلبي").arabizi


def test_other_languages_are_answered_in_english() -> None:
    assert detect("Ich möchte einen Termin vereinbaren").reply == "en"


@pytest.mark.parametrize(
    ("word", "language", "expected"),
    [
        ("siparişlerimi", "tr", "siparis"),
        ("siparisim", "tr", "siparis"),
        ("göremiyorum", "tr", "gor"),
        ("kargonun", "tr", "kargo"),
        ("orders", "en", "order"),
        ("returned", "en", "return"),
        ("والتوصيل", "ar", "توصيل"),
        ("4512", "tr", "4512"),
    ],
)
def test_lemma(word: str, language: str, expected: str) -> None:
    assert lemma(word, language) == expected


def test_lemmas_of_a_text() -> None:
    assert lemmas("Trendyol'dan 2 iade", "tr") == ["trendyol", "2", "iade"]
