"""People other than the customer, phrases in other forms, and a line in another language."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from invekto.guardrails.flat import flat
from invekto.guardrails.language import check as spoken
from invekto.guardrails.leak import check as leaks
from invekto.guardrails.phrases import check as banned
from invekto.guardrails.phrases import inflected
from invekto.guardrails.rails import ReplyUnderCheck, sector_policy
from invekto.guardrails.reply import Check

CASES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "others.yaml").read_text(encoding="utf-8")
)


def leaked(text: str, facts: list[str]) -> bool:
    check = Check(ReplyUnderCheck(text, "tr", "x", "hotel", facts), sector_policy("hotel"))
    leaks(check)
    return bool(check.findings)


def foreign(text: str, language: str, facts: list[str]) -> bool:
    check = Check(ReplyUnderCheck(text, language, "x", "hotel", facts), sector_policy("hotel"))
    spoken(check)
    return bool(check.findings)


@pytest.mark.parametrize("case", CASES, ids=[case["facts"][0][:40] for case in CASES])
def test_what_is_somebody_elses_stays(case: dict[str, Any]) -> None:
    assert [text for text in case["right"] if leaked(text, case["facts"])] == []
    assert [text for text in case["wrong"] if not leaked(text, case["facts"])] == []


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("iyileştirir", "Kremimiz sivilceyi iyileştiriyor."),
        ("kilo verdirir", "Size kilo verdiriyoruz."),
        ("iz bırakmaz", "İz de bırakmaz."),
        ("acele edin", "Acele etmenizi öneririz."),
        ("irresistible", "Irresistibly soft."),
        ("bizi ilgilendirmez", "Pil bizi ilgilendirmiyor."),
        ("olmaz", "Öyle şey olmuyor."),
        ("geri almayız", "Açılan kutuyu geri almıyoruz."),
        ("mucize", "Tam bir m u c i z e bu."),
        ("luxury", "You'll love the luxurious feel."),
        ("luxurious", "Pure luxury."),
        ("amazing", "You'll be amazed."),
        ("beauty", "A beautiful room."),
    ],
)
def test_a_phrase_in_another_form(phrase: str, text: str) -> None:
    policy = replace(sector_policy("hotel"), banned=(phrase,))
    check = Check(ReplyUnderCheck(text, "tr", "x", "hotel"), policy)
    banned(check)
    assert check.findings


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("acele edin", "Acele yok, rahat edin."),
        ("bizi ilgilendirmez", "Bu konu bizi ilgilendirir."),
        ("geri almayız", "Kutuyu geri almak isteriz."),
        ("kesin", "Kesintisiz internet var."),
        ("luxury", "Lux soap is in stock."),
        ("beauty", "The beach is near."),
        ("sorun", "Merak ettiğinizi sorunuz."),
    ],
)
def test_another_word_is_no_such_phrase(phrase: str, text: str) -> None:
    assert not inflected(phrase).search(flat(text))


@pytest.mark.parametrize(
    ("text", "insults"),
    [
        ("Havuz kapalı, bunu any idiot bile bilir.", True),
        ("Saat üçte, salaksınız galiba.", True),
        ("مقاسك غير متوفر يا كذاب.", True),
        ("عنوانك ناقص، فلا تكن أغبى من ذلك.", True),
        ("Salaş bir balıkçı önerebilirim, sahilde.", False),
        ("دمية حمار متوفرة بمقاسين.", False),
    ],
)
def test_an_outright_insult(text: str, insults: bool) -> None:
    check = Check(ReplyUnderCheck(text, "tr", "x", "hotel"), sector_policy("hotel"))
    banned(check)
    assert bool(check.findings) is insults


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Siparişiniz yolda. It should be with you tomorrow.", "tr"),
        ("Odanız hazır, you can check in from two o'clock.", "tr"),
        ("Your room is ready. İyi tatiller dileriz efendim.", "en"),
        ("Ihr Zimmer ist morgen ab 14 Uhr bereit.", "tr"),
        ("غرفتك جاهزة. Have a nice stay with us!", "ar"),
        ("Su pedido llegará mañana por la tarde.", "en"),
    ],
)
def test_a_part_in_another_language(text: str, language: str) -> None:
    assert foreign(text, language, [])


@pytest.mark.parametrize(
    ("text", "language", "facts"),
    [
        (
            "Elimizde iki takım var, Sage Linen Duvet Cover Set.",
            "tr",
            ["Sage Linen Duvet Cover Set: 1.250 TL"],
        ),
        ("Menüde grilled sea bass var.", "tr", ["Menu: grilled sea bass"]),
        ("Resmî teklifi ekibimiz hazırlasın mı?", "tr", []),
        ("You'll find us at Bağdat Caddesi 21 in Kadıköy.", "en", []),
    ],
)
def test_names_of_things_are_no_other_language(text: str, language: str, facts: list[str]) -> None:
    assert not foreign(text, language, facts)
