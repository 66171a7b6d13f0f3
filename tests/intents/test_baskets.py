"""Several things and how many of each, read from a message."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invekto.agent.intents.dialogue.waiting import find_wait_wish
from invekto.agent.intents.entities.baskets import MOST_THINGS, find_basket
from invekto.agent.intents.entities.find import find_entities
from invekto.agent.intents.words import TenantWords

NOW = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
PRODUCTS = (("Hasır Omuz Çantası", "cnt-01"), ("Yemek Takımı 24 Parça", "sof-01"))
WORDS = TenantWords(products=PRODUCTS)


def read(text: str, language: str = "tr") -> list[tuple[str, int]] | None:
    found = find_basket(text, language, find_entities(text, language, NOW, WORDS))
    return None if found is None else [(t["name"], t["quantity"]) for t in found.value]


@pytest.mark.parametrize(
    ("text", "language", "things"),
    [
        ("3 siyah tişört 2 kupa toplam ne kadar tutar, link atar mısınız", "tr",
         [("siyah tişört", 3), ("kupa", 2)]),
        ("iki bere eldiven takımı ile bir kaşmir şal kaça gelir", "tr",
         [("bere eldiven takımı", 2), ("kaşmir şal", 1)]),
        ("2 tane keten elbise ve hasır omuz çantası toplam nekadar", "tr",
         [("keten elbise", 2), ("hasır omuz çantası", 1)]),
        ("hasır omuz çantası ve 2 kupa alsam ne tutar", "tr", [("cnt-01", 1), ("kupa", 2)]),
        ("keten elbise 2 adet, boyun yastığı 1 adet", "tr",
         [("keten elbise", 2), ("boyun yastığı", 1)]),
        ("how much would 4 bath towels and 2 bathrobes be altogether?", "en",
         [("bath towels", 4), ("bathrobes", 2)]),
        ("a dozen towels please", "en", [("towels", 12)]),
        ("كم المجموع ل 3 تيشيرتات سوداء وكوبين؟", "ar", [("تيشيرتات سوداء", 3), ("وكوبين", 2)]),
        ("we would like 150 bath towels for our hotel", "en", [("bath towels", 150)]),
        ("120 odalı otel için 500 havlu", "tr", [("havlu", 500)]),
        ("2 dolgu bir kanal tedavisi toplam ne kadar", "tr", [("dolgu", 2), ("kanal tedavisi", 1)]),
        ("hasır omuz çantası ve yemek takımı 24 parça kaç para", "tr",
         [("cnt-01", 1), ("sof-01", 1)]),
    ],
)  # fmt: skip
def test_goods_are_counted(text: str, language: str, things: list[tuple[str, int]]) -> None:
    assert read(text, language) == things


@pytest.mark.parametrize(
    "text",
    [
        "36 numara bot ne kadar", "24 parça yemek takımı kaç para", "siparişim 5 gündür gelmedi",
        "160x200 nevresim kaç tl", "bir kupa ne kadar", "yarın saat 3te 2 kişi geleceğiz",
        "500 tl ye kadar hediye", "NM-10452 nerede", "9824517306 kargom nerede", "elbise ne kadar",
        "3 taksit olur mu", "5'li çorap ne kadar",
    ],
)  # fmt: skip
def test_other_figures_count_no_goods(text: str) -> None:
    assert read(text) is None


@given(st.text(max_size=300), st.sampled_from(["tr", "en", "ar"]))
def test_any_text_is_read(text: str, language: str) -> None:
    found = find_basket(text, language, ())
    if found is not None:
        assert 0 <= found.start < found.end <= len(text)
        assert len(found.value) <= MOST_THINGS
        assert sum(thing["quantity"] for thing in found.value) >= 2


@pytest.mark.parametrize(
    "text",
    [
        "o gün yer açılırsa haber verin", "biri iptal ederse bana haber verin lütfen",
        "bekleme listesne yazarmısınız beni", "iptal eden olursa arar mısınız",
        "please put me on the waiting list", "let me know if anything opens up on friday",
        "if somebody cancels tomorrow can you text me", "لو فضي موعد بكرا الصبح خبروني",
        "حطوني على قائمة الانتظار لو سمحتم", "boşluk olursa mesaj atın",
    ],
)  # fmt: skip
def test_a_wish_to_wait(text: str) -> None:
    assert find_wait_wish(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        "randevumu iptal eder misiniz", "yarın yer var mı", "haber verin lütfen", "cancel it",
        "can I cancel my appointment", "bekleme listesinden çıkarın beni", "الغوا موعدي",
        "ne zaman açılıyorsunuz", "take me off the waiting list", "sonuç çıkınca haber verin",
    ],
)  # fmt: skip
def test_no_wish_to_wait(text: str) -> None:
    assert find_wait_wish(text) is None
