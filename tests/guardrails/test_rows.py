"""The right value on the wrong thing, told by rows."""

from __future__ import annotations

import pytest

from invekto.contracts.guard import Outcome
from invekto.guardrails.rails import ReplyGuard, ReplyUnderCheck, sector_policy
from invekto.guardrails.table import points, rows_in


@pytest.fixture(scope="module")
def guard() -> ReplyGuard:
    return ReplyGuard(sector_policy("ecommerce"))


SLOTS = [
    "bos_saat: 2026-12-03T09:30 Dt. Can Erdem (implant); "
    "2026-12-03T14:00 Dt. Naz Ulusoy (ortodonti)",
    "Bugün: 2026-12-02 Çarşamba",
]
PACKAGES = [
    "Lazer tek seans 3.200 TL, 8 seans 19.900 TL",
    "Hydrafacial 2.400 TL, 4'lü paket 8.400 TL",
]
MOVED = ["Randevu taşındı: 08.12.2026 Salı 12.00 → 11.12.2026 Cuma 15.45, Dr. Pelin Ateş"]
RECORD = ['{"urun":"Sneaker","renk":"beyaz","bedenler":{"39":4,"41":0}}']
CROWNS = ["Zirkonyum kaplama diş başı 7.500 TL", "Muayene 1.000 TL"]


@pytest.mark.parametrize(
    ("facts", "right", "wrong"),
    [
        (SLOTS, "Yarın 09.30'da Dt. Can Erdem müsait.", "Yarın 14.00'te Dt. Can Erdem müsait."),
        (SLOTS, "Ortodonti için yarın 14.00 uygun.", "İmplant için yarın 14.00 uygun."),
        (PACKAGES, "Hydrafacial dörtlü paket 8.400 TL.", "Hydrafacial tek seans 3.200 TL."),
        (MOVED, "Yeni randevunuz cuma 15.45.", "Yeni randevunuz salı 12.00."),
        (RECORD, "Beyaz 39 var.", "Beyaz 41 var."),
        (CROWNS, "Dört diş zirkonyum 30.000 TL yapıyor.", "Lamine kaplama 9.000 TL."),
        (
            ["Saat 14.00'e kadar verilen siparişler aynı gün kargoya verilir"],
            "14.00'e kadar verilen siparişler aynı gün kargoya verilir.",
            "14.00'ten sonra verilen siparişler aynı gün kargoya verilir.",
        ),
        (
            ["Kargo 64,90 TL; 750 TL ve üzeri ücretsiz"],
            "Sepetiniz 820 TL olduğu için kargo ücretsiz.",
            "Sepetiniz 620 TL olduğu için kargo ücretsiz.",
        ),
    ],
)
def test_twins(guard: ReplyGuard, facts: list[str], right: str, wrong: str) -> None:
    def outcome(text: str) -> Outcome:
        return guard.check(ReplyUnderCheck(text, "tr", "x", "ecommerce", facts)).outcome

    assert outcome(right) is Outcome.PASS
    assert outcome(wrong) is Outcome.BLOCK


def test_a_list_is_many_rows_and_a_record_is_one() -> None:
    assert len(rows_in("İmplant: 18.000 TL; Dolgu: 2.000 TL", "tr")) == 2
    assert len(rows_in("product=Vase; price=690 TRY; stock=3", "en")) == 1


def test_a_part_takes_over_the_name_but_not_the_day_of_the_one_before() -> None:
    first, second = (
        p for p in points("Lazer 3.200 TL, 8 seans 19.900 TL", "tr") if p.claim.kind == "money"
    )
    assert "@laser" in first.own
    assert "@laser" in second.head
    day, other = (p for p in points("Salı 11.00, Çarşamba 15.00", "tr") if p.claim.kind == "time")
    assert "wd2" in day.own
    assert "wd2" not in other.own | other.head


@pytest.mark.parametrize(
    "fact", ["{" * 3_000, "[" * 3_000 + "]" * 3_000, '{"a":', "{}", "a: " * 900]
)
def test_a_broken_record_is_read_as_text(fact: str) -> None:
    assert isinstance(rows_in(fact, "tr"), tuple)


@pytest.mark.parametrize(
    ("facts", "right", "wrong"),
    [
        (["takip=1187450263391"], "Takip no: 1187450263391.", "Takip no: 2187450263391."),
        (["Tel 0216 555 20 30"], "Arayın: 0216 555 20 30.", "Arayın: 0216 555 20 40."),
        (
            ["Mağaza 10-22; yılbaşı 31 Aralık 19'a kadar"],
            "Yılbaşında 19'a kadar.",
            "Yılbaşında 19.07'de kapatıyoruz.",
        ),
        (["Lazer 6-8 seans, seans arası 4-6 hafta"], "6-8 seans sürüyor.", "4-8 seans sürüyor."),
        (
            ["Kargo 900 TL ve üzeri ücretsiz"],
            "Ücretsiz kargo 900 TL ve üzeri.",
            "Ücretsiz kargo için 910 TL'lik alışveriş gerekiyor.",
        ),
    ],
)  # fmt: skip
def test_one_figure_off(guard: ReplyGuard, facts: list[str], right: str, wrong: str) -> None:
    def outcome(text: str) -> Outcome:
        return guard.check(ReplyUnderCheck(text, "tr", "x", "ecommerce", facts)).outcome

    assert outcome(right) is Outcome.PASS
    assert outcome(wrong) is Outcome.BLOCK
