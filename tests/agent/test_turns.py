"""Whole turns of the demo businesses: what a customer writes, and what the world is afterwards."""

from __future__ import annotations

from datetime import timedelta

import pytest

from invekto.agent.handling import give_up, handle
from invekto.agent.verdicts import Person, report_wrong, send, take_over, write
from invekto.contracts.handover import HandOverReason
from invekto.errors import BadRequest, Conflict, NotFound
from invekto.records import conversations, turns
from invekto.records.unanswered import HISTORY, MOST, waiting
from tests.agent.conftest import AYSE, MEHMET, NOW, Attachment, Desk, inbound
from tests.rows import one_row, said

AGENT = Person("emre", "agent", "Emre")
SHOP, CLINIC = "nehir-moda", "inci-dis"


async def count(desk: Desk, tenant: str, query: str, *values: object) -> int:
    async with desk.engine.deps.database.tenant(tenant) as conn:
        [number] = await one_row(conn, query, values)
    return int(number)


async def fresh(desk: Desk, tenant: str, phone: str) -> None:
    async with desk.engine.deps.database.tenant(tenant) as conn:
        contact = await conversations.find_contact(conn, "whatsapp", phone.lstrip("+"))
        if contact is not None:
            await conversations.close(conn, contact.contact_id, NOW)


async def test_one_of_two_parcels_is_asked_for_and_then_found(desk: Desk) -> None:
    await fresh(desk, SHOP, AYSE)
    first = await desk.say(SHOP, AYSE, "slm kargom nerde kaldı ya")
    assert "1." in first.reply
    assert "2." in first.reply
    second = await desk.say(SHOP, AYSE, "aras kargodaki")
    assert "NM-10452" in second.reply
    assert "Aras Kargo" in second.reply
    assert second.committed.outcome == "answered"


async def test_another_customers_order_is_never_shown(desk: Desk) -> None:
    stranger = "+905550001122"
    handled = await desk.say(SHOP, stranger, "NM-10452 numaralı siparişim nerede")
    reply = handled.committed.reply or ""
    assert "Defne" not in reply
    assert "Aras" not in reply
    [result] = handled.worked.state.results
    assert result.kind == "ask"


async def test_a_burst_is_one_turn(desk: Desk) -> None:
    phone = "+905550001133"
    for text in ("merhaba", "bi şey sorcam", "pazar açık mısınız"):
        conversation = await desk.put(SHOP, phone, text)
    handled = await handle(desk.engine, SHOP, conversation)
    assert handled is not None
    assert len(handled.worked.state.turn.messages) == 3
    assert (
        await count(
            desk, SHOP, "SELECT count(*) FROM turns WHERE conversation_id = %s", conversation
        )
        == 1
    )
    assert await handle(desk.engine, SHOP, conversation) is None


async def test_what_one_turn_does_not_take_is_the_next_ones(desk: Desk) -> None:
    """A turn answers a bounded number of messages; nothing beyond it is lost or answered twice."""
    count_of = MOST * 2 + 7
    for _ in range(count_of):
        conversation_id = await desk.put(SHOP, "+905550007001", "teşekkürler")
    handled = await handle(desk.engine, SHOP, conversation_id)
    assert handled is not None
    assert not handled.more_waits
    async with desk.engine.deps.database.tenant(SHOP) as conn:
        done = await turns.turns_of(conn, conversation_id)
        [left] = await one_row(
            conn,
            "SELECT count(*) FROM messages WHERE author = 'customer' AND turn_id IS NULL"
            " AND conversation_id = %s",
            (conversation_id,),
        )
    spans = sorted((turn.first_seq, turn.last_seq) for turn in done)
    assert spans == [(1, MOST), (MOST + 1, 2 * MOST), (2 * MOST + 1, count_of)]
    assert left == 0


async def test_giving_up_leaves_nothing_of_a_long_backlog(desk: Desk) -> None:
    for _ in range(MOST + 3):
        conversation_id = await desk.put(SHOP, "+905550007002", "teşekkürler")
    await give_up(desk.engine, SHOP, conversation_id)
    async with desk.engine.deps.database.tenant(SHOP) as conn:
        done = await turns.turns_of(conn, conversation_id)
        queue = [
            h for h in await turns.open_handovers(conn) if h.conversation_id == conversation_id
        ]
    assert sorted((t.first_seq, t.last_seq, t.outcome) for t in done) == [
        (1, MOST, "handed_over"),
        (MOST + 1, MOST + 3, "handed_over"),
    ]
    assert len(queue) == 1


async def test_many_words_of_a_person_do_not_hide_what_waits(desk: Desk) -> None:
    """The unanswered are counted by the customer's messages, not by numbers in the thread."""
    first = await desk.say(SHOP, "+905550007003", "teşekkürler")
    conversation_id = first.worked.state.turn.conversation.conversation_id
    async with desk.engine.deps.database.tenant(SHOP) as conn:
        for _ in range(MOST + 5):
            await said(conn, conversation_id, author="person", text="bakıyorum", now=NOW)
        await conversations.receive(conn, inbound("+905550007003", "kargom nerede"), NOW)
        found = await waiting(conn, conversation_id)
    assert await handle(desk.engine, SHOP, conversation_id) is not None
    assert [m.text for m in found.messages] == ["kargom nerede"]
    assert len(found.history) == HISTORY
    assert {m.author for m in found.history} == {"person"}


async def test_the_same_message_twice_is_stored_once(desk: Desk) -> None:
    from invekto.contracts.messages import InboundMessage
    from invekto.records.conversations import receive

    inbound = InboundMessage("whatsapp", "905550001144", "wamid.same", "merhaba", NOW)
    async with desk.engine.deps.database.tenant(SHOP) as conn:
        first = await receive(conn, inbound, NOW)
        second = await receive(conn, inbound, NOW)
    assert (first.fresh, second.fresh) == (True, False)
    assert first.message_id == second.message_id


async def test_a_suggestion_that_went_stale_is_refused(desk: Desk) -> None:
    phone = "+905550001155"
    first = await desk.say(SHOP, phone, "iade kaç gün içinde yapılabiliyor")
    assert first.committed.suggestion_id
    await desk.put(SHOP, phone, "pardon değişim diyecektim")
    with pytest.raises(Conflict):
        await send(desk.engine.deps, desk.engine.shelf, SHOP, first.suggestion_id, AGENT)


async def test_a_suggestion_is_sent_once(desk: Desk) -> None:
    phone = "+905550001166"
    handled = await desk.say(SHOP, phone, "iade süresi kaç gün")
    suggestion = handled.suggestion_id
    sent = await send(desk.engine.deps, desk.engine.shelf, SHOP, suggestion, AGENT)
    assert sent.verdict == "sent_unchanged"
    with pytest.raises(Conflict):
        await send(desk.engine.deps, desk.engine.shelf, SHOP, suggestion, AGENT)
    key = f"{suggestion}:sent"
    assert (
        await count(
            desk, SHOP, "SELECT count(*) FROM outbound_messages WHERE idempotency_key = %s", key
        )
        == 1
    )


async def test_a_booking_is_done_only_when_a_person_sends_it(desk: Desk) -> None:
    await fresh(desk, CLINIC, MEHMET)
    await desk.say(CLINIC, MEHMET, "diş taşı temizliği için randevu almak istiyorum")
    await desk.say(CLINIC, MEHMET, "yarın öğleden sonra")
    handled = await desk.say(CLINIC, MEHMET, "ikincisi olsun")
    [action] = handled.draft.actions
    assert action.tool == "slots.book"
    booked = "SELECT count(*) FROM appointments WHERE patient_phone = %s AND starts_at > %s"
    before = await count(desk, CLINIC, booked, MEHMET, NOW)
    await send(desk.engine.deps, desk.engine.shelf, CLINIC, handled.suggestion_id, AGENT)
    assert await count(desk, CLINIC, booked, MEHMET, NOW) == before + 1


async def test_an_emergency_gets_its_notice_and_a_person(desk: Desk) -> None:
    await fresh(desk, CLINIC, MEHMET)
    handled = await desk.say(CLINIC, MEHMET, "yüzüm şişti ateşim var çok ağrıyor")
    assert handled.committed.outcome == "handed_over"
    assert handled.committed.notices == ("emergency",)
    handover = handled.handover
    assert handover.reason is HandOverReason.EMERGENCY
    assert handover.priority.value == "urgent"


async def test_nothing_of_a_health_contact_is_processed_without_consent(desk: Desk) -> None:
    phone = "+905550002211"
    first = await desk.say(CLINIC, phone, "implant fiyatı nedir")
    assert first.committed.notices == ("consent_request",)
    assert first.worked.state.understanding is None
    second = await desk.say(CLINIC, phone, "evet")
    assert second.worked.state.understanding is not None
    assert second.worked.state.text == "implant fiyatı nedir"


async def test_refused_consent_leaves_it_to_a_person(desk: Desk) -> None:
    phone = "+905550002222"
    await desk.say(CLINIC, phone, "merhaba")
    handled = await desk.say(CLINIC, phone, "hayır istemiyorum")
    assert handled.committed.notices == ("consent_refused",)
    assert handled.worked.state.understanding is None


async def test_consent_is_taken_back_by_message_and_given_again(desk: Desk) -> None:
    phone = "+905550002233"
    await desk.say(CLINIC, phone, "merhaba")
    await desk.say(CLINIC, phone, "evet")
    handled = await desk.say(CLINIC, phone, "rızamı geri çekiyorum, botunuz yazdıklarımı okumasın")
    assert handled.committed.notices == ("consent_withdrawn",)
    assert handled.worked.state.understanding is None
    handled = await desk.say(CLINIC, phone, "implant fiyatı nedir")
    assert handled.handover.reason is HandOverReason.NO_CONSENT
    assert handled.worked.state.understanding is None
    handled = await desk.say(CLINIC, phone, "ONAYLIYORUM")
    assert handled.committed.notices == ("consent_given",)
    handled = await desk.say(CLINIC, phone, "implant fiyatı nedir")
    assert handled.worked.state.understanding is not None


@pytest.mark.parametrize(
    ("tenant", "text", "last", "notices"),
    [
        (SHOP, "verilerimi silin artık bir daha da mesaj atmayın", 12, ("privacy_received",)),
        (SHOP, "yetkiliyle görüşmek istiyorum, reklam mesajı da göndermeyin artık", 13, ()),
    ],
)
async def test_no_messages_is_heard_beside_what_a_person_must_do(
    desk: Desk, tenant: str, text: str, last: int, notices: tuple[str, ...]
) -> None:
    phone = f"+9055500034{last}"
    handled = await desk.say(tenant, phone, text)
    assert handled.committed.outcome == "handed_over"
    assert handled.committed.notices == ("opt_out_done", *notices)
    handled = await desk.say(tenant, phone, "pazar açık mısınız")
    assert handled.handover.reason is HandOverReason.OPTED_OUT


async def test_despair_is_no_opt_out(desk: Desk) -> None:
    phone = "+905550003499"
    handled = await desk.say(SHOP, phone, "artık yaşamak istemiyorum")
    assert handled.committed.notices == ("self_harm",)
    handled = await desk.say(SHOP, phone, "pazar açık mısınız")
    assert handled.worked.state.turn.contact.opted_out_at is None


async def test_opting_out_takes_effect_at_once(desk: Desk) -> None:
    phone = "+905550003311"
    handled = await desk.say(SHOP, phone, "bir daha bana mesaj atmayın")
    assert handled.committed.notices == ("opt_out_done",)
    handled = await desk.say(SHOP, phone, "pazar açık mısınız")
    assert handled.handover.reason is HandOverReason.OPTED_OUT
    assert handled.committed.notices == ()


@pytest.mark.parametrize(("word", "last"), [("BAŞLAT", 14), ("start.", 15)])
async def test_who_opted_out_comes_back_with_the_word_the_notice_names(
    desk: Desk, word: str, last: int
) -> None:
    phone = f"+9055500033{last}"
    await desk.say(SHOP, phone, "bir daha bana mesaj atmayın")
    handled = await desk.say(SHOP, phone, word)
    assert handled.committed.notices == ("opt_in_done",)
    handled = await desk.say(SHOP, phone, "pazar açık mısınız")
    assert handled.worked.state.turn.contact.opted_out_at is None
    assert handled.worked.state.understanding is not None


async def test_a_person_is_asked_for_once_and_not_told_twice(desk: Desk) -> None:
    phone = "+905550003322"
    first = await desk.say(SHOP, phone, "yetkili biriyle görüşmek istiyorum")
    assert first.committed.handover_id
    assert first.committed.notices == ("handover",)
    second = await desk.say(SHOP, phone, "hala kimse yazmadı temsilci istiyorum")
    assert second.committed.handover_id is None
    assert second.committed.notices == ()


async def test_the_second_agent_is_told(desk: Desk) -> None:
    phone = "+905550003333"
    handled = await desk.say(SHOP, phone, "yetkiliyle görüşeyim")
    conversation = handled.worked.state.turn.conversation.conversation_id
    await take_over(desk.engine.deps, SHOP, conversation, AGENT)
    with pytest.raises(Conflict):
        await take_over(desk.engine.deps, SHOP, conversation, Person("rima", "agent"))
    queued = await write(desk.engine.deps, SHOP, conversation, AGENT, "Buyrun dinliyorum", "k1")
    again = await write(desk.engine.deps, SHOP, conversation, AGENT, "Buyrun dinliyorum", "k1")
    assert queued is not None
    assert again is None
    with pytest.raises(BadRequest):
        await write(desk.engine.deps, SHOP, conversation, AGENT, "  ", "k2")


async def test_a_wrong_automatic_reply_falls_back_to_suggesting(desk: Desk) -> None:
    phone = "+905550003344"
    first = await desk.say(SHOP, phone, "kaçta açıyorsunuz")
    assert first.committed.outcome == "answered"
    await report_wrong(desk.engine.deps, SHOP, first.committed.turn_id, by="emre")
    second = await desk.say(SHOP, phone, "kaçta kapatıyorsunuz")
    assert second.committed.outcome == "suggested"


async def test_two_requests_in_one_message_are_both_answered(desk: Desk) -> None:
    phone = "+905550003355"
    handled = await desk.say(SHOP, phone, "pazar açık mısınız, bir de adresiniz nerede")
    assert {r.intent for r in handled.worked.state.results} == {"working_hours", "location"}


UNREADABLE = {
    "nothing": ("", ()),
    "blanks": (" \n\t ", ()),
    "a voice note": ("", (Attachment("audio", "media-1"),)),
    "a picture": ("", (Attachment("image", "media-2"),)),
}


@pytest.mark.parametrize(("text", "attachments"), UNREADABLE.values(), ids=UNREADABLE)
async def test_what_cannot_be_read_goes_to_a_person(
    desk: Desk, text: str, attachments: tuple[Attachment, ...]
) -> None:
    number = f"+9055500044{len(text)}{len(attachments)}{abs(hash(attachments)) % 10}"
    handled = await desk.say(SHOP, number, text, attachments=attachments)
    assert handled.handover.reason is HandOverReason.UNREADABLE_CONTENT


ODD = {
    "an emoji": "😊",
    "100 kB": "kargom nerede " * 7_500,
    "null bytes": "kargom\x00 nerede\x00",
    "control characters": "ka\u200brgo\u202em nerede\u2066",
    "base64": "a2FyZ29tIG5lcmVkZQ==" * 20,
    "a template": "{{ tenant.settings }} {% for x in y %}",
    "html": "<script>alert(1)</script><b>kargom</b>",
    "digits": "1234567890" * 500,
}


@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
async def test_odd_messages_end_in_one_turn(desk: Desk, text: str) -> None:
    phone = f"+90555{abs(hash(text)) % 10_000_000:07d}"
    handled = await desk.say(SHOP, phone, text)
    assert handled.committed.outcome in ("answered", "suggested", "handed_over")
    assert handled.worked.state.handover is None or (
        handled.worked.state.handover.reason is not HandOverReason.UNEXPECTED_ERROR
    )


async def test_a_message_from_the_future_is_dated_now(desk: Desk) -> None:
    from invekto.contracts.messages import InboundMessage
    from invekto.records.conversations import receive

    later = NOW + timedelta(days=400)
    inbound = InboundMessage("whatsapp", "905550005511", "wamid.future", "merhaba", later)
    async with desk.engine.deps.database.tenant(SHOP) as conn:
        received = await receive(conn, inbound, NOW)
        [message] = await conversations.thread(conn, received.conversation_id)
    assert message.sent_at == NOW


async def test_an_unknown_tenant_is_a_clear_error(desk: Desk) -> None:
    with pytest.raises(NotFound, match="tenant"):
        await handle(desk.engine, "nobody", "cv_x")


async def test_every_message_is_in_exactly_one_turn(desk: Desk) -> None:
    loose = "SELECT count(*) FROM messages WHERE author = 'customer' AND turn_id IS NULL"
    waiting = await count(desk, SHOP, loose)
    assert waiting <= 3  # those that tests above stored without answering them
    doubled = """SELECT count(*) FROM messages m JOIN turns t USING (tenant_id, conversation_id)
        WHERE m.author = 'customer' AND m.seq BETWEEN t.first_seq AND t.last_seq
          AND m.turn_id <> t.turn_id"""
    assert await count(desk, SHOP, doubled) == 0


async def test_a_past_turn_explains_itself(desk: Desk) -> None:
    handled = await desk.say(SHOP, "+905550005522", "bugün kaça kadar açıksınız")
    async with desk.engine.deps.database.tenant(SHOP) as conn:
        turn = await turns.get_turn(conn, handled.committed.turn_id)
    assert turn.why["understanding"]["intents"]
    assert turn.why["decision"]["cells"]
    assert [stop[0] for stop in turn.why["stops"]] == [
        "gate", "understand", "retrieve", "act", "compose", "guard", "decide",
    ]  # fmt: skip


async def test_a_source_that_is_quoted_counts_as_used(desk: Desk) -> None:
    handled = await desk.say(SHOP, "+905550001199", "kargo ücreti ne kadar")
    assert [p.document_id for p in handled.draft.passages] == ["kargo-ucreti"]
    used = "SELECT coalesce(sum(uses), 0) FROM source_uses WHERE owner_id = %s AND day = %s"
    assert await count(desk, SHOP, used, "kargo-ucreti", NOW.date()) >= 1
