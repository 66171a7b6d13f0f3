"""What a figure or a yes is said of: every kind of binding, by replies that keep and break it."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from invekto.contracts.guard import Outcome
from invekto.guardrails.rails import ReplyGuard, ReplyUnderCheck, sector_policy

CASES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "bindings.yaml").read_text(encoding="utf-8")
)
REACHED = 0.86
"""Share of the broken ones that are stopped; what no fact has a word of is the rest."""
_ENGLISH = re.compile(r"\b(?:the|is|are|on|your|we|for|sorry|it|you|has|can|at)\b", re.IGNORECASE)


@pytest.fixture(scope="module")
def guard() -> ReplyGuard:
    return ReplyGuard(sector_policy("hotel"))


def language(text: str) -> str:
    if re.search("[\u0600-\u06ff]", text):
        return "ar"
    return "en" if _ENGLISH.search(text) else "tr"


def passes(guard: ReplyGuard, text: str, facts: list[str]) -> bool:
    reply = ReplyUnderCheck(text, language(text), "x", "hotel", facts)
    return guard.check(reply).outcome is Outcome.PASS


@pytest.mark.parametrize("case", CASES, ids=[str(case["kind"]) for case in CASES])
def test_what_keeps_the_binding_passes(guard: ReplyGuard, case: dict[str, Any]) -> None:
    held = [text for text in case["right"] if not passes(guard, text, case["facts"])]
    assert not held


def test_what_breaks_it_is_stopped(guard: ReplyGuard) -> None:
    outcomes = [passes(guard, text, case["facts"]) for case in CASES for text in case["wrong"]]
    assert sum(outcomes) <= (1.0 - REACHED) * len(outcomes)


@pytest.mark.parametrize(
    ("facts", "text"),
    [
        (["İşlem 90 dakika sürer"], "Bir buçuk saat sürüyor."),
        (["Procedure takes 90 minutes"], "It takes an hour and a half."),
        (["Fiyat 12.500 TL"], "12 bin 500 TL."),
        (["Fiyat 1.000 TL, öğrenciye %50 indirim"], "Öğrenciler 500 lira ödüyor."),
        (["Kapora %30, toplam 9.000 TL"], "Kapora 2.700 TL, kalan 6.300 TL girişte."),
        (["Paket 8 seans 16.000 TL"], "Seansı 2.000 TL'ye geliyor."),
        (["Kargo 59,90 TL"], "Kargo yaklaşık 60 lira."),
        (["İade 14 gün, teslim 10.11.2026", "Bugün: 20.11.2026"], "Dört gününüz kaldı."),
        (["الجلسة 30 دقيقة"], "نصف ساعة لكل جلسة."),
        (["ليلتان 400 دولار"], "200 دولار لليلة الواحدة."),
        (["Price 1,200 EUR, 10% discount for cash"], "You save 120 euros if you pay cash."),
    ],
)
def test_the_same_in_other_words(guard: ReplyGuard, facts: list[str], text: str) -> None:
    assert passes(guard, text, facts)


NOTE = "İç not (müşteriye söylenmez): müşteri üç kez iade yapmış, riskli listede"
OTHERS = [
    "Sipariş 411: alıcı Bora Sel, hazırlanıyor",
    "Sipariş 414: alıcı Derya Tok, tel 0505 555 31 19",
    "Müşteri: Bora Sel",
]


@pytest.mark.parametrize(
    ("facts", "right", "wrong"),
    [
        (
            ["Sipariş 61200: beklemede", NOTE],
            "61200 numaralı siparişiniz beklemede.",
            "Siparişiniz beklemede, riskli listedesiniz.",
        ),
        (
            OTHERS,
            "Bora Bey, 411 numaralı siparişiniz hazırlanıyor.",
            "Bora Bey, siparişiniz hazırlanıyor; 414 ise Derya Tok'un.",
        ),
        (OTHERS, "Siparişiniz hazırlanıyor.", "Siparişiniz için 0505 555 31 19'u arayın."),
        (
            ["Konum: https://maps.example.com/Kz41TqLw9"],
            "Konum: https://maps.example.com/Kz41TqLw9",
            "Konum: https://maps.example.com/Kz41TqIw9",
        ),
    ],
)
def test_what_stays_inside(guard: ReplyGuard, facts: list[str], right: str, wrong: str) -> None:
    assert passes(guard, right, facts)
    assert not passes(guard, wrong, facts)


@pytest.mark.parametrize(
    "text", ["Pazar günü açığız.", "Pazar çalışıyoruz.", "Pazar günü 10.00-17.00 açığız."]
)
def test_open_on_a_closed_day_is_stopped(guard: ReplyGuard, text: str) -> None:
    facts = next(case["facts"] for case in CASES if case["kind"] == "the day that is closed")
    assert not passes(guard, text, facts)


def test_the_tenants_own_wording_is_not_doubted(guard: ReplyGuard) -> None:
    text = "1. 27 Kasım Cuma 09.00 – Dr. Ada\n2. 27 Kasım Cuma 14.00 – Dr. Ege"
    facts = ["Boş: Dr. Ege, 27 Kasım Cuma 14.00"]
    check = ReplyUnderCheck(text, "tr", "appointment_book", "dental", facts, worded=(text,))
    assert guard.check(check).outcome is Outcome.PASS
    bare = replace(check, worded=())
    assert guard.check(bare).outcome is Outcome.BLOCK
