"""Drafts that wait for a person while the customer goes on writing."""

from __future__ import annotations

import pytest

from invekto.agent.verdicts import send, write
from invekto.errors import Conflict
from invekto.records import conversations, turns
from tests.agent.conftest import AYSE, Answer, Desk
from tests.agent.test_turns import AGENT, SHOP


async def test_a_question_that_waits_for_a_person_is_not_lost_to_the_next(desk: Desk) -> None:
    phone = "+905550009901"
    first = await desk.say(SHOP, phone, "kapıda ödeme var mı")
    second = await desk.say(SHOP, phone, "bir de mağazanız nerede acaba")
    assert first.committed.outcome == second.committed.outcome == "suggested"
    deps, shelf = desk.engine.deps, desk.engine.shelf
    async with deps.database.tenant(SHOP) as conn:
        waiting = await turns.open_suggestions(conn, conversation_of(second))
    assert [one.suggestion_id for one in waiting] == [second.suggestion_id, first.suggestion_id]

    await send(deps, shelf, SHOP, second.suggestion_id, AGENT)
    async with deps.database.tenant(SHOP) as conn:
        assert (await conversations.get(conn, conversation_of(second))).status == "waiting"
    await send(deps, shelf, SHOP, first.suggestion_id, AGENT)
    async with deps.database.tenant(SHOP) as conn:
        said = [m.text for m in await conversations.thread(conn, conversation_of(second))]
        assert (await conversations.get(conn, conversation_of(second))).status == "open"
    assert said[-2:] == [second.reply, first.reply]


async def test_asked_again_the_newer_draft_takes_the_place_of_the_older(desk: Desk) -> None:
    phone = "+905550009902"
    first = await desk.say(SHOP, phone, "kapıda ödeme var mı")
    second = await desk.say(SHOP, phone, "kapıda nakit ödeyebiliyor muyum yani")
    with pytest.raises(Conflict, match="stale"):
        await send(desk.engine.deps, desk.engine.shelf, SHOP, first.suggestion_id, AGENT)
    assert second.committed.outcome == "suggested"


async def test_what_would_be_done_does_not_wait_behind_another_message(desk: Desk) -> None:
    phone = AYSE
    first = await desk.say(SHOP, phone, "NM-10452 için fatura gönderir misiniz, ayse@posta.example")
    assert first.draft.actions
    second = await desk.say(SHOP, phone, "mağazanız nerede")
    async with desk.engine.deps.database.tenant(SHOP) as conn:
        waiting = await turns.open_suggestions(conn, conversation_of(second))
    assert first.suggestion_id not in [one.suggestion_id for one in waiting]


async def test_own_words_answer_all_that_waited(desk: Desk) -> None:
    phone = "+905550009903"
    await desk.say(SHOP, phone, "taksit yapıyor musunuz")
    last = await desk.say(SHOP, phone, "mağazanız nerede")
    await write(desk.engine.deps, SHOP, conversation_of(last), AGENT, "Hepsini yazdım.", "k1")
    async with desk.engine.deps.database.tenant(SHOP) as conn:
        assert await turns.open_suggestions(conn, conversation_of(last)) == []


def conversation_of(told: Answer) -> str:
    return told.worked.state.turn.conversation.conversation_id
