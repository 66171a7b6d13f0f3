"""What people do in a conversation besides asking: thank, take back, name a thing as they call it,
and go on about what was just spoken of."""

from __future__ import annotations

import pytest

from invekto.agent.nodes.requests import leans
from invekto.contracts.handover import HandOverReason
from invekto.contracts.understanding import IntentGuess, Understanding
from tests.agent.conftest import AYSE, Desk
from tests.agent.test_turns import CLINIC, SHOP, fresh

ABROAD = "lale-estetik"


async def consenting(desk: Desk, tenant: str, phone: str) -> None:
    await desk.say(tenant, phone, "merhaba")
    await desk.say(tenant, phone, "evet onaylıyorum")


async def test_thanks_end_the_matter_instead_of_the_question_again(desk: Desk) -> None:
    await fresh(desk, SHOP, AYSE)
    first = await desk.say(SHOP, AYSE, "slm kargom nerde kaldı ya")
    assert "1." in first.reply
    thanked = await desk.say(SHOP, AYSE, "tamam teşekkür ederim iyi günler")
    assert "1." not in thanked.reply
    assert [r.intent for r in thanked.worked.state.results] == ["thanks_goodbye"]


async def test_a_request_taken_back_is_dropped(desk: Desk) -> None:
    await fresh(desk, SHOP, AYSE)
    await desk.say(SHOP, AYSE, "siparişimi iptal etmek istiyorum")
    told = await desk.say(SHOP, AYSE, "yok vazgeçtim iptal etmeyin")
    assert "işlem yapmıyorum" in told.reply
    assert told.draft.actions == ()
    later = await desk.say(SHOP, AYSE, "kapıda ödeme var mı")
    assert "hangisine" not in later.reply


async def test_what_a_person_may_work_on_is_taken_back_by_that_person(desk: Desk) -> None:
    await fresh(desk, SHOP, AYSE)
    await desk.say(SHOP, AYSE, "bugün kaça kadar açıksınız")
    told = await desk.say(SHOP, AYSE, "vazgeçtim iptal etmeyin lütfen")
    assert told.handover.reason is HandOverReason.TAKEN_BACK


async def test_a_product_is_found_by_what_the_customer_calls_it_and_stays_the_topic(
    desk: Desk,
) -> None:
    phone = "+905550006611"
    asked = await desk.say(SHOP, phone, "m bedeni var mı bunun")
    assert asked.worked.state.results[0].kind == "ask"
    found = await desk.say(SHOP, phone, "keten elbise")
    assert "Keten" in found.reply
    priced = await desk.say(SHOP, phone, "fiyatı ne peki")
    assert "Keten" in priced.reply
    assert "TL" in priced.reply


async def test_another_thing_of_the_catalogue_is_not_mistaken_for_the_topic(desk: Desk) -> None:
    phone = "+905550006622"
    await desk.say(SHOP, phone, "defne keten elbise m beden var mı")
    other = await desk.say(SHOP, phone, "çantanın fiyatı ne")
    assert "Defne" not in (other.committed.reply or "")


async def test_the_treatment_just_priced_is_the_one_to_book(desk: Desk) -> None:
    phone = "+905550006633"
    await consenting(desk, CLINIC, phone)
    await desk.say(CLINIC, phone, "implant ne kadar")
    offered = await desk.say(CLINIC, phone, "tamam yarın öğleden sonra randevu alabilir miyim")
    [result] = offered.worked.state.results
    assert result.slots["service"] == "implant"
    assert result.asked is not None
    assert result.asked.slot == "slot"


async def test_another_time_than_those_offered_is_looked_for(desk: Desk) -> None:
    phone = "+905550006655"
    await consenting(desk, CLINIC, phone)
    first = await desk.say(CLINIC, phone, "yarın sabah diş taşı temizliği için gelebilir miyim")
    assert "26 Kasım" in first.reply
    other = await desk.say(CLINIC, phone, "cuma öğleden sonra daha iyi olur")
    [result] = other.worked.state.results
    assert result.asked is not None
    assert result.asked.tries == 1
    assert all(option["key"] >= "2026-11-27T12:00" for option in result.asked.options)
    taken = await desk.say(CLINIC, phone, "ikincisi")
    assert taken.worked.state.results[0].slots["slot_key"] == result.asked.options[1]["key"]


async def test_two_requests_each_about_their_own_treatment(desk: Desk) -> None:
    phone = "+447700900777"
    await consenting(desk, ABROAD, phone)
    text = "how much is a rhinoplasty? and can i have a video consultation next week"
    both = (await desk.say(ABROAD, phone, text)).worked.state.results
    assert {r.intent: r.slots["service"] for r in both} == {
        "price_query": "rinoplasti",
        "appointment_book": "online-gorusme",
    }


async def test_what_cannot_be_booked_begins_with_a_first_visit(desk: Desk) -> None:
    phone = "+905550006644"
    await consenting(desk, ABROAD, phone)
    offered = await desk.say(ABROAD, phone, "haftaya salı burun estetiği için randevu istiyorum")
    assert "önce bir ön görüşme" in offered.reply
    await desk.say(ABROAD, phone, "ilki olsun")
    booked = await desk.say(ABROAD, phone, "selin arslan")
    assert [a.tool for a in booked.draft.actions] == ["slots.book"]
    assert booked.draft.actions[0].args["service"] == "on-gorusme"


@pytest.mark.parametrize(
    ("first", "second", "leaning"),
    [(0.81, 0.1, True), (0.62, 0.1, True), (0.81, 0.3, False), (0.5, 0.05, False)],
)
def test_a_draft_by_the_likeliest_reading(first: float, second: float, leaning: bool) -> None:
    guesses = (IntentGuess("delivery_time", first), IntentGuess("cargo_tracking", second))
    assert leans(Understanding("…", "tr", "…", guesses[:1], guesses, answered=False)) is leaning


def test_no_draft_where_no_request_is_likeliest() -> None:
    guesses = (IntentGuess("out_of_scope", 0.9),)
    assert not leans(Understanding("…", "tr", "…", guesses, guesses, answered=False))


async def test_a_refused_day_is_asked_for_again_and_forgotten(desk: Desk) -> None:
    phone = "+905550006666"
    await consenting(desk, CLINIC, phone)
    past = await desk.say(CLINIC, phone, "20 kasım 2026 saat 11'e muayene randevusu alabilir miyim")
    [result] = past.worked.state.results
    assert result.asked is not None
    assert (result.asked.slot, "day" in result.slots) == ("day", False)
    again = await desk.say(CLINIC, phone, "cuma günü olsun o zaman")
    assert "27 Kasım" in again.reply


async def test_a_fragment_is_read_with_the_question_before_it(desk: Desk) -> None:
    phone = "+905550006677"
    await desk.say(SHOP, phone, "iade şartlarınız ne")
    more = await desk.say(SHOP, phone, "kaç gün içinde")
    assert [r.intent for r in more.worked.state.results] == ["return_policy"]
    assert "14 gün" in more.reply
    assert more.committed.outcome == "suggested"  # read together: never sent by itself


async def test_a_colour_is_the_shops_own_whatever_the_language(desk: Desk) -> None:
    turkish = await desk.say(SHOP, "+905550006688", "suna triko elbise siyah m var mı")
    assert "(M siyah) stokta var" in turkish.reply
    english = await desk.say(SHOP, "+447700900788", "is the suna knit dress there in black, M?")
    assert "M black" in english.reply


async def test_things_of_a_kind_are_shown_where_no_product_is_named(desk: Desk) -> None:
    shown = await desk.say(SHOP, "+905550006699", "m beden elbiseniz var mı")
    assert shown.reply.count("•") >= 2
    assert "Elbise" in shown.reply


async def test_what_is_not_understood_after_a_handover_is_left_to_that_person(desk: Desk) -> None:
    phone = "+905550006610"
    await consenting(desk, ABROAD, phone)
    await desk.say(ABROAD, phone, "botoks yaptırdım gözüm şişti kapanmıyor")
    lost = await desk.say(ABROAD, phone, "ıh mıh")
    assert lost.handover.reason is HandOverReason.HELD_BY_PERSON
    assert not lost.committed.reply


async def test_an_answer_is_about_the_treatment_spoken_of(desk: Desk) -> None:
    phone = "+905550006621"
    await consenting(desk, CLINIC, phone)
    await desk.say(CLINIC, phone, "çocuğuma florür yaptırcam ne kadar")
    sessions = await desk.say(CLINIC, phone, "peki kaç seans")
    assert "Plak" not in (sessions.committed.reply or "")


async def test_after_an_hour_is_a_wish_the_calendar_understands(desk: Desk) -> None:
    phone = "+905550006632"
    await consenting(desk, CLINIC, phone)
    offered = await desk.say(CLINIC, phone, "muayene için salı 17den sonra randevu")
    [result] = offered.worked.state.results
    assert result.asked is not None
    assert all(option["key"] >= "2026-12-01T17:00" for option in result.asked.options)


async def test_a_number_typed_once_is_not_asked_for_again(desk: Desk) -> None:
    await fresh(desk, SHOP, AYSE)
    await desk.say(SHOP, AYSE, "NM-10452 ne zaman gelir")
    bill = await desk.say(SHOP, AYSE, "faturasını da atar mısınız")
    assert bill.worked.state.results[0].slots["number"] == "NM-10452"
    other = await desk.say(SHOP, AYSE, "diğer siparişimin faturası da lazım")
    assert other.worked.state.results[0].slots.get("number") != "NM-10452"


async def test_an_address_in_turkish_is_answered_in_turkish(desk: Desk) -> None:
    said = await desk.say(SHOP, "+905550006643", "Barbaros mah. 12. sok no 5 d 3 Ataşehir")
    assert said.understanding.language == "tr"


async def test_the_day_it_is_on_is_not_the_day_to_move_it_to(desk: Desk) -> None:
    orhan = "+905335553358"
    moved = await desk.say(CLINIC, orhan, "yarınki randevumu cumaya alabilir miyiz")
    [result] = moved.worked.state.results
    assert result.slots["day"] == "2026-11-27"
    await fresh(desk, CLINIC, orhan)
    which = await desk.say(CLINIC, orhan, "yarınki randevumu değiştirmek istiyorum")
    [result] = which.worked.state.results
    assert result.asked is not None
    assert result.asked.slot == "day"


async def test_good_day_is_a_greeting_at_first_and_a_goodbye_later(desk: Desk) -> None:
    phone = "+905550006654"
    first = await desk.say(SHOP, phone, "iyi günler")
    assert [r.intent for r in first.worked.state.results] == ["greeting"]
    await desk.say(SHOP, phone, "pazar açık mısınız")
    last = await desk.say(SHOP, phone, "iyi günler")
    assert "anlayamadım" not in last.reply


async def test_each_of_two_requests_is_looked_up_by_itself(desk: Desk) -> None:
    phone = "+447700900799"
    await consenting(desk, ABROAD, phone)
    text = "Hi, how much is rhinoplasty and is the hotel included?"
    both = await desk.say(ABROAD, phone, text)
    assert "150,000" in both.reply
    assert "Hotel Gülhan" in both.reply
