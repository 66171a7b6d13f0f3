"""Consent that ends while a turn runs ends the turn: nothing of it is sent or suggested."""

from __future__ import annotations

import pytest

from invekto.agent.commit import commit_turn
from invekto.agent.handling import handle
from invekto.agent.turn import work_turn
from invekto.agent.verdicts import Person, send
from invekto.contracts.handover import HandOverReason
from invekto.errors import Conflict
from invekto.records import consents
from tests.agent.conftest import NOW, Desk
from tests.agent.test_turns import CLINIC, SHOP, count

QUEUED = "SELECT count(*) FROM outbound_messages WHERE contact_id = %s AND status = 'queued'"
OPEN = "SELECT count(*) FROM suggested_replies WHERE conversation_id = %s AND status = 'open'"


async def stops(desk: Desk, tenant: str, contact: str, how: str) -> None:
    async with desk.engine.deps.database.tenant(tenant) as conn:
        if how == "opted_out":
            await consents.opt_out(conn, contact, NOW, recorded_by="emre")
        else:
            await consents.withdraw_consent(conn, contact, recorded_by="emre")


@pytest.mark.parametrize(
    ("tenant", "how", "reason"),
    [
        (SHOP, "opted_out", HandOverReason.OPTED_OUT),
        (CLINIC, "opted_out", HandOverReason.OPTED_OUT),
        (CLINIC, "withdrawn", HandOverReason.NO_CONSENT),
    ],
)
async def test_a_turn_that_was_running_is_not_sent(
    desk: Desk, tenant: str, how: str, reason: HandOverReason
) -> None:
    phone = f"+905550007{ord(tenant[0])}{ord(how[0])}"
    if tenant == CLINIC:
        await desk.say(tenant, phone, "merhaba")
        await desk.say(tenant, phone, "evet onaylıyorum")
    conversation = await desk.put(tenant, phone, "kaçta açıyorsunuz")
    deps, shelf = desk.engine.deps, desk.engine.shelf
    worked = await work_turn(deps, shelf, tenant, conversation)
    assert worked is not None
    assert worked.state.draft is not None
    contact = worked.state.turn.contact.contact_id
    await stops(desk, tenant, contact, how)
    before = await count(desk, tenant, QUEUED, contact)
    assert (await commit_turn(deps, worked)).outcome == "superseded"
    assert await count(desk, tenant, QUEUED, contact) == before
    assert await count(desk, tenant, OPEN, conversation) == 0
    handled = await handle(desk.engine, tenant, conversation)
    assert handled is not None
    assert handled.worked.state.handover is not None
    assert handled.worked.state.handover.reason is reason
    assert handled.worked.state.understanding is None


async def test_a_draft_of_before_cannot_be_sent_after_it(desk: Desk) -> None:
    made = await desk.say(SHOP, "+905550007791", "bana toptan fiyat verir misiniz 300 adet")
    if made.committed.suggestion_id is None:
        pytest.fail("this message has a draft")
    contact = made.worked.state.turn.contact.contact_id
    await stops(desk, SHOP, contact, "opted_out")
    with pytest.raises(Conflict, match="stale"):
        await send(
            desk.engine.deps, desk.engine.shelf, SHOP, made.suggestion_id, Person("emre", "agent")
        )
