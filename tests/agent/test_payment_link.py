"""A customer asks for a payment link, gets one that works, pays, and is told so."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from invekto.agent.assembly import Engine
from invekto.agent.verdicts import Person, send
from invekto.contracts.clock import fixed_clock
from invekto.contracts.evidence import Risk
from invekto.errors import BadRequest
from invekto.records import orders, overrides, payments, turns
from invekto.tools.contract import ToolContext
from invekto.tools.dispatch import send_due
from invekto.tools.gateways import SandboxGateways
from invekto.tools.paid import note_paid
from tests.agent.conftest import NOW, Desk
from tests.tools.test_links import Provider, Till

SHOP = "nehir-moda"
AGENT = Person("emre", "agent", "Emre")


@pytest.fixture
def till(engine: Engine) -> Desk:
    """The desk with the sandbox behind it."""
    deps = replace(engine.deps, gateways=SandboxGateways("http://127.0.0.1:8010"))
    return Desk(replace(engine, deps=deps))


async def unpaid(desk: Desk, number: str) -> tuple[orders.Order, str]:
    """An unpaid order of the demo and its customer's phone."""
    async with desk.engine.deps.database.tenant(SHOP) as conn:
        [order] = await orders.by_number(conn, number)
    assert order.customer_phone is not None
    assert not order.paid
    return order, order.customer_phone


async def test_the_draft_keeps_a_place_and_the_message_holds_the_link(till: Desk) -> None:
    order, phone = await unpaid(till, "NM-10470")
    handled = await till.say(SHOP, phone, "nm10470 icin odeme linki atarmısınz")
    assert handled.committed.outcome == "suggested"
    draft = handled.committed.reply or ""
    assert "[[link:order:" in draft
    assert "http" not in draft
    suggestion = handled.committed.suggestion_id
    assert suggestion is not None
    deps, shelf = till.engine.deps, till.engine.shelf
    with pytest.raises(BadRequest, match="place for a link"):
        await send(deps, shelf, SHOP, suggestion, AGENT, actions=False)
    await send(deps, shelf, SHOP, suggestion, AGENT)
    async with deps.database.tenant(SHOP) as conn:
        [link] = await payments.links_for(conn, "order", order.order_id)
        row = await (
            await conn.execute(
                "SELECT text FROM outbound_messages WHERE tenant_id = app.current_tenant()"
                " AND turn_id = %s",
                [handled.committed.turn_id],
            )
        ).fetchone()
        stored = await turns.get_suggestion(conn, suggestion)
    assert row is not None
    assert link.url is not None
    assert link.url.startswith("http://127.0.0.1:8010/pay/")
    assert link.url in row[0]
    assert "[[" not in row[0]
    assert stored.status == "sent"

    later = NOW + timedelta(minutes=5)
    async with deps.database.tenant(SHOP) as conn:
        assert await note_paid(conn, link, "cb-1", later)
        tenant, _ = await shelf.kit(conn, SHOP)
        ctx = ToolContext(
            conn=conn, tenant_id=SHOP, tenant=tenant, contact=None, conversation_id=None,
            turn_id=None, clock=fixed_clock(later),
        )  # fmt: skip
        assert (await send_due(ctx))["queued"] == 1
        told = await (
            await conn.execute(
                "SELECT text, class FROM outbound_messages WHERE tenant_id = app.current_tenant()"
                " AND conversation_id = %s ORDER BY created_at DESC LIMIT 1",
                [link.conversation_id],
            )
        ).fetchone()
    assert told is not None
    assert "ödemenizi aldık" in told[0]
    assert told[1] == "transactional"


async def test_an_automatic_reply_holds_the_link_too(till: Desk) -> None:
    order, phone = await unpaid(till, "NM-10486")
    async with till.engine.deps.database.tenant(SHOP) as conn:
        await overrides.pin_auto(
            conn, "payment_link_request", Risk.MEDIUM, by="deniz", reason="deneme",
            expires_at=NOW + timedelta(days=1), now=NOW,
        )  # fmt: skip
    handled = await till.say(SHOP, phone, "nm10486 icin odeme linki yollar mısın")
    reply = handled.committed.reply or ""
    assert handled.committed.outcome == "answered"
    async with till.engine.deps.database.tenant(SHOP) as conn:
        [link] = await payments.links_for(conn, "order", order.order_id)
    assert link.url is not None
    assert link.url in reply
    assert "[[" not in reply


async def test_a_stopped_provider_goes_to_a_person_and_nothing_is_said(till: Desk) -> None:
    order, phone = await unpaid(till, "NM-10484")
    async with till.engine.deps.database.tenant(SHOP) as conn:
        await overrides.pin_auto(
            conn, "payment_link_request", Risk.MEDIUM, by="deniz", reason="deneme",
            expires_at=NOW + timedelta(days=1), now=NOW,
        )  # fmt: skip
    provider = Provider()
    provider.down = True
    deps = replace(till.engine.deps, gateways=Till(provider))
    desk = Desk(replace(till.engine, deps=deps))
    handled = await desk.say(SHOP, phone, "nm10484 icin odeme linki yollar mısın")
    assert handled.committed.outcome == "handed_over"
    assert handled.committed.reply is None
    assert handled.committed.notices == ("handover",)
    async with deps.database.tenant(SHOP) as conn:
        [link] = await payments.links_for(conn, "order", order.order_id)
        waiting = {h.conversation_id: h for h in await turns.open_handovers(conn)}
    conversation = handled.worked.state.turn.conversation.conversation_id
    assert (waiting[conversation].reason, link.status) == ("provider_down", "asked")
    assert waiting[conversation].next_step
