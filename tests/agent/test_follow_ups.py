"""Questions that lean on the one before, and what is asked of a thing, through the whole graph."""

from __future__ import annotations

from tests.agent.conftest import Desk
from tests.agent.test_manners import ABROAD, consenting
from tests.agent.test_turns import CLINIC, SHOP


async def test_what_was_spoken_of_carries_over(desk: Desk) -> None:
    phone = "+905559990101"
    await consenting(desk, CLINIC, phone)
    hurts = await desk.say(CLINIC, phone, "kanal tedavisi acır mı")
    assert "uyuşturulur" in hurts.reply
    visits = await desk.say(CLINIC, phone, "peki kaç seans")
    assert "Kanal tedavisi · Seans: 1–3" in visits.reply
    assert "fiyat-listesi.pdf, s. 1" in visits.draft.citation
    lasts = await desk.say(CLINIC, phone, "ne kadar sürüyor")
    assert "Kanal tedavisi · Süre: 60 dk" in lasts.reply


async def test_a_question_passes_over_an_offer(desk: Desk) -> None:
    phone = "+905559990102"
    await consenting(desk, CLINIC, phone)
    price = await desk.say(CLINIC, phone, "implant fiyatı nedir")
    assert "randevu planlayalım" in price.reply
    warranty = await desk.say(CLINIC, phone, "peki garantisi ne kadar")
    assert "Üretici garantisi: Ömür boyu gövde değişimi" in warranty.reply
    assert "Hangi gün" not in warranty.reply


async def test_a_yes_to_an_offer_stays_one(desk: Desk) -> None:
    phone = "+905559990103"
    await consenting(desk, CLINIC, phone)
    await desk.say(CLINIC, phone, "dolgu ne kadar")
    times = await desk.say(CLINIC, phone, "peki yarın olur mu")
    assert "uygun saatlerimiz" in times.reply


async def test_what_is_not_understood_is_no_yes_to_an_offer(desk: Desk) -> None:
    phone = "+905559990106"
    await consenting(desk, ABROAD, phone)
    await desk.say(ABROAD, phone, "saç ektirmek istiyorum fiyat alabilir miyim")
    told = await desk.say(ABROAD, phone, "4000 greft")
    assert "hangi gün" not in (told.committed.reply or "")


async def test_what_no_source_tells_of_a_thing_goes_to_a_person(desk: Desk) -> None:
    phone = "+905559990104"
    await consenting(desk, ABROAD, phone)
    lasts = await desk.say(ABROAD, phone, "botoks kaç ay gider")
    assert lasts.committed.outcome == "handed_over"


async def test_the_next_question_of_a_shop(desk: Desk) -> None:
    phone = "+905559990105"
    await desk.say(SHOP, phone, "kargo ücreti ne kadar")
    abroad = await desk.say(SHOP, phone, "yurtdışına da oluyor mu")
    assert "yurt dışına kargomuz yok" in abroad.reply
    paying = await desk.say(SHOP, phone, "kapıda ödeme var mı")
    assert "39,90" in paying.reply
