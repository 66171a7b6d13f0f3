"""What follows from the facts passes, its wrong twin does not."""

from __future__ import annotations

import pytest

from invekto.contracts.guard import Outcome
from invekto.guardrails.clock_words import clock_words
from invekto.guardrails.rails import ReplyGuard, ReplyUnderCheck, sector_policy

STOCK = ["Kaban siyah 38: stok 0", "Kaban siyah 40: stok 3", "Kaban lacivert 38: stok 2"]
TODAY = "Bugün: 25.11.2026 Çarşamba"
SLOTS = ["Boş: 28.11.2026 11.00; 28.11.2026 12.30; 01.12.2026 17.00", TODAY]
TWO = ["Sipariş 104233: kargoda, Aras", "Sipariş 104250: hazırlanıyor"]
PAIRS = [
    (STOCK, "Siyah 40 bedende üç adet kaldı.", "Siyah 38 bedenden üç adet var."),
    (STOCK, "Lacivert 38 bedenden iki adet var.", "Lacivert 40 bedende iki adet var."),
    (TWO, "104250 numaralı siparişiniz hazırlanıyor.", "104250 numaralı siparişiniz kargoda."),
    (["Takım elbise 4.500 TL, peşin %10 indirim"], "Peşin 4.050 TL.", "Peşin 4.005 TL."),
    (SLOTS, "Cumartesi 11.00 ve 12.30 boş.", "Cumartesi 17.00 boş."),
    (
        ["Lokal anesteziyle yapılır"],
        "Lokal anestezi altında yapılıyor.",
        "Genel anestezi altında yapılıyor.",
    ),
    (
        ["Kargo 79,90 TL, 750 TL ve üzeri ücretsiz"],
        "750 TL üzeri kargo ücretsiz.",
        "750 TL altı siparişlerde kargo ücretsiz.",
    ),
    (
        ["Sipariş 104250: hazırlanıyor", "Kargoya verilene kadar iptal edilebilir"],
        "Siparişiniz henüz kargoya verilmedi.",
        "Siparişinizi iptal ettim.",
    ),
    (
        ["Kahvaltı dahil", "Deniz manzaralı oda: gecelik 3.200 TL"],
        "Kahvaltı fiyata dahil.",
        "Kahvaltı ayrıca ücretli.",
    ),
]


@pytest.fixture(scope="module")
def guard() -> ReplyGuard:
    return ReplyGuard(sector_policy("ecommerce"))


@pytest.mark.parametrize(("facts", "right", "wrong"), PAIRS)
def test_twins(guard: ReplyGuard, facts: list[str], right: str, wrong: str) -> None:
    passed = guard.check(ReplyUnderCheck(right, "tr", "x", "ecommerce", facts))
    assert passed.outcome is Outcome.PASS, passed.findings
    stopped = guard.check(ReplyUnderCheck(wrong, "tr", "x", "ecommerce", facts))
    assert stopped.outcome is Outcome.BLOCK, wrong


@pytest.mark.parametrize(
    ("said", "clock"),
    [
        ("biri yirmi gece", "01:20"),
        ("dorde ceyrek var", "03:45"),
        ("on ikiyi bes gece", "12:05"),
        ("a quarter past four", "04:15"),
        ("ten to three", "02:50"),
    ],
)
def test_clock_words(said: str, clock: str) -> None:
    assert [told for told, _, _ in clock_words(said)] == [clock]


def test_clock_words_are_bounded() -> None:
    assert list(clock_words("yirmi on bir " * 8_000)) == []


def test_a_list_of_free_times_is_not_about_money() -> None:
    day = "26 November"
    facts = [f"Thursday {day} 10:00 – Dr. Elif Aydın", f"Thursday {day} 14:30 – Dr. Elif Aydın"]
    text = "\n".join(["Hello, these times are free:", *facts, "Which one suits you?"])
    made = ReplyGuard(sector_policy("dental"))
    assert made.check(ReplyUnderCheck(text, "en", "x", "dental", facts)).outcome is Outcome.PASS
