"""What is said to a question of ours is taken for its answer only where it can be one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from invekto.agent.intents.dialogue.naming import name_in, only_agrees
from invekto.agent.intents.dialogue.proof import read_proof
from invekto.agent.intents.dialogue.reading import Reading
from invekto.agent.nodes.requests import requested
from invekto.agent.state import Asked, Dialogue, Task
from invekto.contracts.understanding import DialogueAnswer, Entity, IntentGuess, Understanding
from tests.agent.conftest import AYSE, Desk
from tests.agent.test_manners import ABROAD, consenting
from tests.agent.test_turns import CLINIC, SHOP, fresh


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("kanal tedavisi", "kanal tedavisi"),
        ("keten elbise olan lütfen", "keten elbise"),
        ("zirkonyum alayım", "zirkonyum"),
        ("the linen dress please", "linen dress"),
        ("فستان الكتان لو سمحت", "فستان الكتان"),
        ("ikinciyi alayım", None),
        ("bilmiyorum ki", None),
        ("indirim yaparmısınız", None),
        ("olur", None),
        ("olurmu acaba", None),
        ("hangisi varsa", None),
        ("the second one", None),
        ("لا اعرف", None),
        ("??", None),
        ("", None),
    ],
)
def test_what_of_an_answer_may_be_a_name(said: str, name: str | None) -> None:
    assert name_in(said) == name


@pytest.mark.parametrize(
    "said", ["indirim yaparmısınız", "xl varmı", "olurmu", "geldimi", "bakarmısın"]
)
def test_a_question_particle_typed_together_is_heard(said: str) -> None:
    assert Reading.of(said).has("question")


@pytest.mark.parametrize("said", ["resmi", "samimi", "eskimi", "yorumu", "kırmızı", "tarımı"])
def test_a_word_that_only_ends_so_is_none(said: str) -> None:
    assert not Reading.of(said).has("question")


async def test_another_question_is_no_product(desk: Desk) -> None:
    phone = "+905550007701"
    await desk.say(SHOP, phone, "bunun fiyatı ne acaba")
    told = await desk.say(SHOP, phone, "indirim yaparmısınız")
    assert told.worked.state.results[0].intent == "campaign_query"
    assert "yaparmısınız" not in (told.committed.reply or "").casefold()


async def test_a_place_in_a_list_that_was_not_shown_is_no_treatment(desk: Desk) -> None:
    phone = "+905550007702"
    await consenting(desk, CLINIC, phone)
    await desk.say(CLINIC, phone, "perşembe öğlen müsait misiniz")
    told = await desk.say(CLINIC, phone, "ikinciyi alayım")
    [result] = told.worked.state.results
    assert result.asked is not None
    assert result.asked.slot == "service"
    assert "kinciyi" not in (told.committed.reply or "")
    found = await desk.say(CLINIC, phone, "kanal tedavisi")
    assert found.worked.state.results[0].slots["service"] == "kanal-tedavisi"


async def test_a_treatment_asked_about_is_spoken_of_whatever_answered(desk: Desk) -> None:
    phone = "+905550007703"
    await consenting(desk, CLINIC, phone)
    await desk.say(CLINIC, phone, "kanal tedavisi ağrır mı acaba ya çok korkuyorum")
    offered = await desk.say(CLINIC, phone, "perşembe öğlen müsait misiniz")
    assert offered.worked.state.results[0].slots["service"] == "kanal-tedavisi"


async def test_what_all_of_it_costs_is_about_what_was_in_stock(desk: Desk) -> None:
    phone = "+905550007704"
    await desk.say(SHOP, phone, "siyah basic penye tişört xl var mı")
    told = await desk.say(SHOP, phone, "kaç para peki")
    assert "249,90" in (told.committed.reply or "")


@pytest.mark.parametrize(
    "said", ["yok dur iptal etme", "dur dur iptal etmeyin", "iptal etme bekle"]
)
async def test_a_cancellation_taken_back_at_once(desk: Desk, said: str) -> None:
    await fresh(desk, SHOP, AYSE)
    await desk.say(SHOP, AYSE, "siparişimi iptal etmek istiyorum")
    told = await desk.say(SHOP, AYSE, said)
    assert "işlem yapmıyorum" in (told.committed.reply or "")


async def test_an_iban_is_no_proof_of_who_one_is(desk: Desk) -> None:
    phone = "+905550007705"
    await desk.say(SHOP, phone, "NM-10226 numaralı siparişim nerede")
    told = await desk.say(SHOP, phone, "ibanım TR330006100519786457841326")
    assert "eşleşmedi" not in (told.committed.reply or "")
    assert "factor" not in told.worked.state.results[0].slots


async def test_an_hour_picked_in_arabic_is_booked(desk: Desk) -> None:
    phone = "+971501117706"
    await desk.say(ABROAD, phone, "مرحبا")
    await desk.say(ABROAD, phone, "نعم موافق")
    await desk.say(ABROAD, phone, "كم سعر زراعة الشعر")
    await desk.say(ABROAD, phone, "ابغى موعد الاسبوع الجاي")
    told = await desk.say(ABROAD, phone, "الثانية")
    assert told.worked.state.results[0].slots.get("slot_key")
    assert told.committed.outcome != "handed_over"


async def test_a_price_is_told_though_nothing_answers_the_journey(desk: Desk) -> None:
    phone = "+447700907707"
    await desk.say(ABROAD, phone, "hello")
    await desk.say(ABROAD, phone, "yes, I agree")
    told = await desk.say(ABROAD, phone, "hiya, how much for a nose job? flying from London")
    assert told.committed.outcome != "handed_over"
    assert "EUR" in (told.committed.reply or "")
    assert "price-list-ar" not in (told.committed.reply or "")


async def test_a_request_is_no_surname(desk: Desk) -> None:
    phone = "+905550007708"
    await desk.say(SHOP, phone, "NM-10226 numaralı siparişimi iade etmek istiyorum")
    told = await desk.say(SHOP, phone, "değiştirin o zaman")
    assert "eşleşmedi" not in (told.committed.reply or "")


@pytest.mark.parametrize(
    ("said", "proof"),
    [
        ("soyadım Yılmaz", "Yılmaz"),
        ("yılmaz", "yılmaz"),
        ("Ayşe Nur Demir", "Ayşe Nur Demir"),
        ("son dört hanesi 4567", "4567"),
        ("0532 111 22 33", "05321112233"),
        ("posta kodu 34710", "34710"),
        ("٤٥٦٧", "4567"),
        ("my surname is Smith", "Smith"),
        ("اسمي الجبوري", "الجبوري"),
        ("ayse@ornek.com", "ayse@ornek.com"),
        ("ibanım TR330006100519786457841326", None),
        ("hatırlamıyorum", None),
        ("neden soruyorsunuz ki", None),
        ("NM-10226", None),
    ],
)
def test_what_proves_whose_an_order_is(said: str, proof: str | None) -> None:
    assert read_proof(said) == proof


async def test_something_else_is_not_what_was_just_shown(desk: Desk) -> None:
    phone = "+905550007709"
    first = await desk.say(SHOP, phone, "anneme doğum günü hediyesi bakıyorum 800 liraya kadar")
    other = await desk.say(SHOP, phone, "başka ne var")
    shown, then = (set(_listed(h.committed.reply or "")) for h in (first, other))
    assert shown
    assert then
    assert shown.isdisjoint(then)


def _listed(reply: str) -> list[str]:
    return [line.split(",")[0] for line in reply.splitlines() if line.startswith("•")]


async def test_a_booking_taken_back_asks_nothing_more(desk: Desk) -> None:
    phone = "+905550007710"
    await consenting(desk, CLINIC, phone)
    await desk.say(CLINIC, phone, "diş taşı temizliği için yarın gelebilir miyim")
    told = await desk.say(CLINIC, phone, "vazgeçtim sonra ararım")
    assert "işlem yapmıyorum" in (told.committed.reply or "")
    assert told.worked.state.draft is not None
    assert told.worked.state.draft.actions == ()


async def test_a_clear_request_is_no_product(desk: Desk) -> None:
    phone = "+905550007711"
    await desk.say(SHOP, phone, "siyah m var mı")
    told = await desk.say(SHOP, phone, "tamam link at")
    assert told.worked.state.results[0].intent == "payment_link_request"
    assert "link at" not in (told.committed.reply or "")


@pytest.mark.parametrize(
    "text",
    [
        "Ya ben hala bekliyorum 10 gün oldu yeter artık dolandırıcı mısınız siz",
        "siz gerizekalı mısınız 1 haftadır bekliyorum",
    ],
)
async def test_nobody_who_is_angry_is_asked_to_say_it_differently(desk: Desk, text: str) -> None:
    told = await desk.say(SHOP, f"+9055500077{len(text)}", text)
    assert told.worked.state.results[0].intent == "complaint"


async def test_another_part_of_the_day_is_looked_for_on_that_day(desk: Desk) -> None:
    phone = "+905550007713"
    await consenting(desk, CLINIC, phone)
    first = await desk.say(CLINIC, phone, "yarın 10:00 diş taşı temizliği için boş mu")
    assert first.worked.state.results[0].asked is not None
    then = await desk.say(CLINIC, phone, "yok öğleden sonra olsun")
    [result] = then.worked.state.results
    assert result.asked is not None
    assert result.asked.tries == 1
    keys = [option["key"] for option in result.asked.options]
    assert all("2026-11-26T12:00" <= key < "2026-11-26T19" for key in keys)
    taken = await desk.say(CLINIC, phone, "3 numara")
    assert taken.worked.state.results[0].slots["slot_key"] == keys[2]


async def test_any_time_takes_the_first(desk: Desk) -> None:
    phone = "+971501117714"
    await desk.say(ABROAD, phone, "مرحبا")
    await desk.say(ABROAD, phone, "نعم موافق")
    offered = await desk.say(ABROAD, phone, "ابي موعد بوتوكس بكرا العصر")
    asked = offered.worked.state.results[0].asked
    assert asked is not None
    taken = await desk.say(ABROAD, phone, "اي وقت")
    assert taken.worked.state.results[0].slots["slot_key"] == asked.options[0]["key"]


async def test_how_long_it_lasts_is_about_what_was_priced(desk: Desk) -> None:
    phone = "+905550007715"
    await consenting(desk, ABROAD, phone)
    await desk.say(ABROAD, phone, "botoks ne kadar")
    told = await desk.say(ABROAD, phone, "kaç ay gidiyo etkisi")
    assert "kulağın" not in (told.committed.reply or "")


def test_a_bare_order_number_leaves_the_likelier_of_two_meanings() -> None:
    options = ({"key": "order_status", "label": "…"}, {"key": "cargo_tracking", "label": "…"})
    asked = Task("order_status", {"first_text": "o ne oldu"}, Asked("intent", "choose", options))
    number = Entity("order_number", "NM-10240", 0, 8, "NM-10240", 1.0)
    guesses = (IntentGuess("order_status", 0.5), IntentGuess("cargo_tracking", 0.4))
    said = Understanding(
        "NM-10240", "tr", "nm-10240", guesses[:1], guesses, answered=False, entities=(number,),
        answer=DialogueAnswer("other"),
    )  # fmt: skip
    [task] = requested(said, Dialogue(task=asked))
    assert (task.intent, task.slots) == ("order_status", {"first_text": "o ne oldu"})
    other = replace(said, text="siyah olan", entities=())
    assert [t.intent for t in requested(other, Dialogue(task=asked))] != ["cargo_tracking"]


@pytest.mark.parametrize("said", ["yes please", "evet alayım", "tamam", "olur lütfen", "no", "نعم"])
def test_a_bare_yes_or_no(said: str) -> None:
    assert only_agrees(said)


@pytest.mark.parametrize("said", ["evet implant", "kaç gün içinde", "lütfen", "", "no delivery?"])
def test_more_than_a_yes(said: str) -> None:
    assert not only_agrees(said)
