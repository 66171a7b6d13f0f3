"""What is asked of a thing: how many sessions, does it hurt, who does it, is there such a thing."""

from __future__ import annotations

import pytest

from invekto.db.pool import Database
from invekto.evals.answers import ask, report_of
from invekto.evals.demo_knowledge import load
from invekto.knowledge.asking import asking, thing_words
from invekto.knowledge.attributes import telling
from invekto.knowledge.following import followed, goes_on
from invekto.knowledge.gaps import key_terms


@pytest.mark.parametrize(
    ("question", "language", "attribute"),
    [
        ("implant kaç seans", "tr", "sessions"),
        ("how many visits for a denture", "en", "sessions"),
        ("كم جلسة لعلاج اللثة", "ar", "sessions"),
        ("botoks kaç ay gider", "tr", "lasting"),
        ("how long does botox last", "en", "lasting"),
        ("dolgu kaç dakika sürer", "tr", "duration"),
        ("how long does a root canal take", "en", "duration"),
        ("kanal tedavisi acır mı", "tr", "pain"),
        ("هل زراعة السن مؤلمة", "ar", "pain"),
        ("burun estetiği riskli mi", "tr", "risk"),
        ("saç ekimini kim yapıyor", "tr", "who"),
        ("عندكم دكتورة", "ar", "who"),
        ("liposuction sonrası işe ne zaman dönerim", "tr", "recovery"),
        ("kaç gece hastanede yatılır", "tr", "stay"),
        ("merhaba\ngöz kapağında narkoz var mı", "tr", "anaesthesia"),
        ("implantın garantisi ne kadar", "tr", "warranty"),
        ("popo büyütme yapıyor musunuz", "tr", None),
        ("dişim ağrıyor", "tr", None),
        ("günde kaç kere fırçalamalıyım", "tr", None),
        ("kapıda ödeme var mı", "tr", None),
    ],
)
def test_what_is_asked_is_read_from_the_question(
    question: str, language: str, attribute: str | None
) -> None:
    found = asking(question, language).attribute
    assert (found.name if found else None) == attribute


ROW = "Diş implantı · Birim: Diş başına · Fiyat (TL): 22.000 – 38.000 · Süre: 60 dk · Seans: 2–3"


@pytest.mark.parametrize(
    ("attribute", "text", "places"),
    [
        ("sessions", ROW, (4,)),
        ("duration", ROW, (3,)),
        ("lasting", ROW, ()),
        ("warranty", "Kaplama · Fiyat (TL): 10.000 · Üretici garantisi: 5 yıl", (2,)),
        ("warranty", "Açma işlemi · Fiyat (TL): Ücretsiz · Üretici garantisi: –", ()),
        ("duration", "İlk 2 gün · Temizlik: O bölge fırçalanmaz", ()),
        ("lasting", "Dikiş alınır. Etkisi 7–10 yıl sürer.", (1,)),
        ("who", "Dikişler 5. günde alınır. Çizimi Dr. Mert Sönmez yapar.", (1,)),
    ],
)
def test_a_text_tells_it_in_a_column_or_a_sentence(
    attribute: str, text: str, places: tuple[int, ...]
) -> None:
    assert telling(attribute, text) == places


def test_a_follow_up_takes_the_thing_and_keeps_its_own_wish() -> None:
    assert followed("kaç seans peki", "implant fiyatı nedir", "tr").split()[0] == "implant"
    assert "fiyat" not in followed("kaç seans peki", "implant fiyatı nedir", "tr")
    assert (
        followed("ya çocuklar için?", "dolgu ne kadar", "tr") == "dolgu ne kadar ya çocuklar için?"
    )
    assert thing_words("kanal tedavisi yapıyor musunuz", "tr") == "kanal tedavisi"
    assert goes_on("peki ya hafta sonu?", "tr")
    assert goes_on("وكم السعر", "ar")
    assert not goes_on("kapıda ödeme var mı", "tr")


def test_a_gap_is_of_a_thing_and_what_is_asked_of_it() -> None:
    lasting = key_terms("botoks kaç ay gider", "tr")
    assert lasting == key_terms("botoks ne kadar dayanıyor", "tr")
    assert lasting == key_terms("how long does botox last", "en")
    assert lasting != key_terms("botoks kaç seans", "tr")


async def test_the_demo_answers_what_is_asked_of_a_thing(db: Database) -> None:
    await load(db)
    asked = await ask(db, "answers.jsonl")
    said = {one.line["text"]: one.text for one in asked}
    assert said["implant kaç seans"] == "Diş implantı · Seans: 2–3"
    assert "uyuşturulur" in (said["kanal tedavisi acır mı"] or "")
    assert said["botoks kaç ay gider"] is None
    assert said["burun ameliyatı ne kadar sürüyor"] == "Burun estetiği · Süre: 2–3 saat"
    assert "çocuk hastalarımıza Uzm. Dt. Leyla" in (said["çocuk diş hekimi var mı"] or "")
    assert "ليلى حداد" in (said["عندكم دكتورة"] or "")
    figures = report_of(asked).metrics
    assert figures["answered_right"] >= 0.91
    assert figures["refused"] >= 0.84
