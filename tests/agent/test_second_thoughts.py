"""What people say to a question they cannot answer, and how they change what they said."""

from __future__ import annotations

import pytest

from invekto.agent.intents.dialogue.lacking import lacks_it
from invekto.agent.verdicts import send
from invekto.contracts.handover import HandOverReason
from tests.agent.conftest import Answer, Desk
from tests.agent.test_manners import ABROAD, consenting
from tests.agent.test_turns import AGENT, CLINIC, SHOP


async def sent(desk: Desk, told: Answer) -> None:
    await send(desk.engine.deps, desk.engine.shelf, SHOP, told.suggestion_id, AGENT)


@pytest.mark.parametrize(
    ("said", "lacking"),
    [
        ("numarasını bilmiyorum ki", True),
        ("hatırlamıyorum valla", True),
        ("sipariş no yok bende", True),
        ("bulamadım mailde de yok", True),
        ("mesajı silmişim", True),
        ("bilmiyom ki numarayı", True),
        ("numarasını hatırlamıyoz valla", True),
        ("i don't have it", True),
        ("no idea tbh", True),
        ("lost the email sorry", True),
        ("ما عندي الرقم", True),
        ("مدري والله", True),
        ("10452", False),
        ("bilmiyorum ama galiba 10452", False),
        ("yok", False),
        ("kargom nerede bilmiyorum günlerdir bekliyorum artık biri baksın şuna lütfen", False),
    ],
)
def test_who_lacks_what_was_asked_for(said: str, lacking: bool) -> None:
    assert lacks_it(said) is lacking


@pytest.mark.parametrize(
    ("asking", "said"),
    [
        ("kargom nerde kaldı", "numarasını bilmiyorum ki"),
        ("siparişimi iade etmek istiyorum", "hatırlamıyorum, mesajı silmişim"),
        ("where is my order", "i don't have the number"),
    ],
)
async def test_without_the_number_a_person_finds_the_order(
    desk: Desk, asking: str, said: str
) -> None:
    phone = f"+9055500088{len(said):02}"
    asked = await desk.say(SHOP, phone, asking)
    assert asked.worked.state.results[0].kind == "ask"
    told = await desk.say(SHOP, phone, said)
    assert told.handover.reason is HandOverReason.IDENTITY_NOT_PROVEN
    assert told.committed.notices, "the customer is told that a person looks"


@pytest.mark.parametrize(
    ("tenant", "asking", "said", "service"),
    [
        (CLINIC, "randevu almak istiyorum", "bilmiyorum ki hangisi lazım", "muayene"),
        (CLINIC, "randevu almak istiyorum", "emin değilim siz bakın", "muayene"),
        (ABROAD, "can i get an appointment", "not sure yet", "on-gorusme"),
    ],
)
async def test_unsure_of_the_treatment_is_seen_first(
    desk: Desk, tenant: str, asking: str, said: str, service: str
) -> None:
    phone = f"+9055500089{len(said):02}"
    await consenting(desk, tenant, phone)
    await desk.say(tenant, phone, asking)
    told = await desk.say(tenant, phone, said)
    assert told.worked.state.results[0].slots.get("service") == service


async def test_what_waits_is_brought_up_once_and_still_taken(desk: Desk) -> None:
    phone = "+905550008506"
    await desk.say(SHOP, phone, "iade param ne zaman yatar")
    first = await desk.say(SHOP, phone, "mağazanız nerede")
    second = await desk.say(SHOP, phone, "pazar günü açık mısınız")
    assert "sipariş numaranızı" in first.reply
    assert "sipariş numaranızı" not in second.reply
    taken = await desk.say(SHOP, phone, "NM-10226")
    [result] = taken.worked.state.results
    assert (result.intent, result.slots["number"]) == ("refund_status", "NM-10226")


async def test_a_question_that_is_no_answer_gets_its_own(desk: Desk) -> None:
    phone = "+905550008701"
    asked = await desk.say(SHOP, phone, "hangisi daha iyi sizce karşılaştırır mısınız")
    assert asked.worked.state.results[0].intent == "product_comparison"
    told = await desk.say(SHOP, phone, "iade edersem kargo parası benden mi çıkıyor")
    assert told.worked.state.results[0].intent == "return_policy"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("tmm ilkini alalım", "1 × Pofidik Örgü Hırka"),
        ("olur alayım onu bej olsun", "1 × Pofidik Örgü Hırka"),
    ],
)
async def test_one_of_those_suggested_is_taken(desk: Desk, said: str, told: str) -> None:
    phone = f"+9055500085{len(said):02}"
    shown = await desk.say(SHOP, phone, "annem için hırka bakıyodum 60 yaşında")
    assert shown.worked.state.results[0].intent == "product_recommendation"
    await sent(desk, shown)
    taken = await desk.say(SHOP, phone, said)
    assert told in taken.reply


@pytest.mark.parametrize("said", ["defne keten elbise", "keten elbise"])
async def test_a_product_by_its_name_alone_is_told_of(desk: Desk, said: str) -> None:
    told = await desk.say(SHOP, f"+9055500086{len(said):02}", said)
    assert told.worked.state.results[0].intent == "stock_query"
    assert "Keten" in told.reply


async def test_an_order_that_has_come_or_not_is_looked_up_at_once(desk: Desk) -> None:
    told = await desk.say(SHOP, "+905550008501", "NM-10226 geldi mi")
    assert told.worked.state.results[0].intent in ("order_status", "cargo_tracking")
    assert told.worked.state.results[0].slots["number"] == "NM-10226"


async def test_a_tooth_by_its_age_counts_no_teeth(desk: Desk) -> None:
    phone = "+905550008502"
    await consenting(desk, CLINIC, phone)
    told = await desk.say(CLINIC, phone, "20lik dişimi çektirmek ne kadar tutar")
    [result] = told.worked.state.results
    assert "wanted" not in result.slots
    assert result.slots["service"] == "gomulu-yirmilik"


async def test_of_two_treatments_spoken_of_no_third_answers(desk: Desk) -> None:
    phone = "+905550008503"
    await consenting(desk, CLINIC, phone)
    await desk.say(CLINIC, phone, "zirkonyum mu emax mı daha iyi")
    told = await desk.say(CLINIC, phone, "kaç yıl dayanır")
    assert "eyazlatma" not in (told.committed.reply or "")
    cited = [p.citation for r in told.worked.state.results for p in r.passages]
    assert not any("Beyazlatma" in where for where in cited)


async def test_a_consult_needs_no_treatment(desk: Desk) -> None:
    phone = "+447700900777"
    await consenting(desk, ABROAD, phone)
    told = await desk.say(ABROAD, phone, "book me a consult next tuesday afternoon")
    assert told.worked.state.results[0].slots["service"] == "on-gorusme"


async def test_the_day_that_does_not_suit_is_left(desk: Desk) -> None:
    phone = "+905550008504"
    await consenting(desk, CLINIC, phone)
    await desk.say(CLINIC, phone, "cuma saat 3'e diş taşı temizliği için yer var mı")
    told = await desk.say(CLINIC, phone, "ay pardon cuma olmuyor haftaya salıya alsak")
    assert "1 Aralık" in told.reply


async def test_what_all_of_them_cost(desk: Desk) -> None:
    phone = "+905550008505"
    await desk.say(SHOP, phone, "3 tane siyah basic penye tişört alcam xl varmı")
    told = await desk.say(SHOP, phone, "kaç para eder hepsi")
    await sent(desk, told)
    assert "3 × Basic Penye Tişört" in told.reply
    assert "749,70" in told.reply
    fewer = await desk.say(SHOP, phone, "2 olsun 3 değil")
    assert "2 × Basic Penye Tişört" in fewer.reply
    assert "499,80" in fewer.reply
    await sent(desk, fewer)
    linked = await desk.say(SHOP, phone, "tamam link at")
    [result] = linked.worked.state.results
    assert result.intent == "payment_link_request"
    assert any("559,70" in fact for fact in result.facts), "the newest quote is the one meant"


@pytest.mark.parametrize(
    ("said", "lines"),
    [
        ("kupa 3 olsun", ["2 × Basic Penye Tişört", "3 × Çelik Termos Kupa"]),
        ("tişörtü çıkar", ["2 × "]),
        ("bir tane daha tişört ekleyin", ["3 × Basic Penye Tişört"]),
    ],
)
async def test_a_quote_is_changed(desk: Desk, said: str, lines: list[str]) -> None:
    phone = f"+9055500084{len(said):02}"
    first = await desk.say(SHOP, phone, "2 siyah basic penye tişört xl 2 kupa toplam ne kadar")
    assert first.worked.state.results[0].intent == "price_query"
    told = await desk.say(SHOP, phone, said)
    assert told.worked.state.results[0].intent == "price_query"
    for line in lines:
        assert line in told.reply


async def test_a_time_is_no_treatment(desk: Desk) -> None:
    phone = "+905550008506"
    await consenting(desk, CLINIC, phone)
    await desk.say(CLINIC, phone, "haftasonu randevu")
    told = await desk.say(CLINIC, phone, "cumartesi 11")
    [result] = told.worked.state.results
    assert result.slots["service"] == "muayene"
    assert result.slots["slot_key"].startswith("2026-11-28T11:00")


async def test_a_name_is_no_treatment(desk: Desk) -> None:
    phone = "+905550008507"
    await consenting(desk, CLINIC, phone)
    await desk.say(CLINIC, phone, "randevu almak istiyorum")
    told = await desk.say(CLINIC, phone, "oğlumun adı Efe Kaya")
    assert "service" not in told.worked.state.results[0].slots


async def test_a_kind_of_treatment_that_is_not_offered_has_no_price(desk: Desk) -> None:
    phone = "+905550008508"
    await consenting(desk, ABROAD, phone)
    told = await desk.say(ABROAD, phone, "göz altı ışık dolgusu kaç para")
    assert "Dudak" not in told.reply
    assert "şık dolgusu" in told.reply
    lips = await desk.say(ABROAD, phone, "peki dudak dolgusu")
    assert "8.000" in lips.reply


async def test_a_finer_question_about_paying_gets_its_own_answer(desk: Desk) -> None:
    phone = "+905550008509"
    told = await desk.say(SHOP, phone, "kapıda ödeme ücreti var mı")
    assert "39,90" in told.reply
    ways = await desk.say(SHOP, phone, "nasıl ödeyebilirim")
    assert "havale" in ways.reply.casefold()


@pytest.mark.parametrize(
    ("tenant", "asking", "said", "service"),
    [
        (CLINIC, "implant fiyatı ne kadar", "evet olur", "implant"),
        (CLINIC, "implant fiyatı ne kadar", "haftaya olur mu", "implant"),
        (ABROAD, "how much is a facelift", "yes please", "yuz-germe"),
        (ABROAD, "how much is a facelift", "next week", "yuz-germe"),
        (CLINIC, "randevum ne zamandı", "evet", None),
        (
            CLINIC,
            "gebelikte röntgen çektirsem zararı olur mu",
            "evet lütfen ayarlayın",
            "panoramik-rontgen",
        ),
    ],
)
async def test_an_offered_appointment_is_begun(
    desk: Desk, tenant: str, asking: str, said: str, service: str | None
) -> None:
    phone = f"+90555000{len(asking):02}{len(said):02}"
    await consenting(desk, tenant, phone)
    await desk.say(tenant, phone, asking)
    told = await desk.say(tenant, phone, said)
    [result] = told.worked.state.results
    assert result.intent == "appointment_book"
    assert result.slots.get("service") == service


async def test_an_offered_appointment_is_declined(desk: Desk) -> None:
    phone = "+905550008510"
    await consenting(desk, CLINIC, phone)
    await desk.say(CLINIC, phone, "implant fiyatı ne kadar")
    told = await desk.say(CLINIC, phone, "hayır gerek yok")
    assert "randevu göremiyorum" not in (told.committed.reply or "")
    assert all(r.asked is None for r in told.worked.state.results)


async def test_what_was_named_is_spoken_of_though_the_question_was_not_understood(
    desk: Desk,
) -> None:
    phone = "+905550008511"
    await consenting(desk, ABROAD, phone)
    await desk.say(
        ABROAD, phone, "slm saç ekimi düşünüyorum eşim için 45 yaşında kaç greft gerekir"
    )
    told = await desk.say(ABROAD, phone, "fiyat aralığı verin bari")
    assert "75.000" in told.reply


async def test_a_price_by_part_of_a_name(desk: Desk) -> None:
    phone = "+905550008512"
    told = await desk.say(SHOP, phone, "defne elbise ne kadar")
    assert "1.349,90" in told.reply
    bought = await desk.say(SHOP, phone, "onu alayım M beden bej")
    assert bought.worked.state.results[0].intent == "price_query"
    assert "1 × Defne Keten Elbise (M bej)" in bought.reply


async def test_who_will_never_buy_again_is_not_asked_what_they_mean(desk: Desk) -> None:
    told = await desk.say(SHOP, "+905550008513", "sizden bidaha alışveriş yapmam")
    assert told.worked.state.results[0].intent == "complaint"


@pytest.mark.parametrize(
    ("asking", "said"),
    [
        ("siyah mont var mı", "daha uygun bir şey yok mu"),
        ("how much is the linen dress", "anything cheaper?"),
    ],
)
async def test_something_cheaper_is_shown_and_no_campaign(
    desk: Desk, asking: str, said: str
) -> None:
    phone = f"+9055500083{len(said):02}"
    await desk.say(SHOP, phone, asking)
    told = await desk.say(SHOP, phone, said)
    [result] = told.worked.state.results
    assert (result.intent, result.kind) == ("product_recommendation", "reply")


@pytest.mark.parametrize("said", ["3 taksit olsun", "kargom 3 gündür gelmedi yeter"])
async def test_what_is_no_piece_counts_no_goods(desk: Desk, said: str) -> None:
    phone = f"+9055500082{len(said):02}"
    await desk.say(SHOP, phone, "defne keten elbise ne kadar")
    told = await desk.say(SHOP, phone, said)
    assert all("wanted" not in r.slots for r in told.worked.state.results)


@pytest.mark.parametrize(
    "said", ["peki sonrasında yemek yiyebilir miyim", "peki ağrır mı", "ok implant kaç para"]
)
async def test_a_question_after_an_offer_is_no_yes_to_it(desk: Desk, said: str) -> None:
    phone = f"+9055500086{len(said):02}"
    await consenting(desk, CLINIC, phone)
    await desk.say(CLINIC, phone, "kanal tedavisi ne kadar")
    told = await desk.say(CLINIC, phone, said)
    assert [r.intent for r in told.worked.state.results] != []
    assert "appointment_book" not in [r.intent for r in told.worked.state.results]
