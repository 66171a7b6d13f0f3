"""Every write committed twice under one key changes the world once."""

from __future__ import annotations

from decimal import Decimal

import pytest

from invekto.contracts.messages import InboundMessage
from invekto.records import conversations, orders
from invekto.tools.contract import ContactView, Effect
from invekto.tools.toolbox import Toolbox, standard_tools
from tests.conftest import TestDatabase
from tests.test_tenancy import rows_of
from tests.tools import houses
from tests.tools.houses import NOW, SCARF, House, contact, context, order

box = Toolbox(standard_tools())
SHOP: dict[str, dict[str, object]] = {
    "orders.request_cancel": {"number": "10451"},
    "orders.request_change": {"number": "10451", "value": "Yeni Mah. No 5"},
    "orders.request_invoice": {"number": "10452", "email": "a@b.example"},
    "orders.report_problem": {"number": "10453", "problem": "missing_item", "items": ["2"]},
    "orders.request_return": {"number": "10453", "reason": "quality", "items": ["gömlek"]},
    "orders.request_exchange": {"number": "10453", "items": ["1"], "size": "L"},
    "orders.accept_coupon": {"number": "10453"},
    "pricing.quote": {"items": [{"kind": "product", "name": "sal"}]},
    "payments.create_link": {"purpose": "order", "reference": "NM-10470"},
    "leads.capture": {"interest": "toptan şal", "quantity": 50},
    "handoff.request": {"summary": "arayın"},
}
CLINIC: dict[str, dict[str, object]] = {
    "slots.book": {"service": "implant", "starts_at": "2026-11-26T10:00+03:00"},
    "slots.move": {"starts_at": "2026-11-27T10:00+03:00"},
    "slots.confirm": {},
    "slots.cancel": {},
    "slots.join_waitlist": {"service": "temizlik"},
}


def test_no_write_is_left_out() -> None:
    assert {t.name for t in box if t.effect is Effect.WRITE} == {*SHOP, *CLINIC}


async def _twice(
    house: House,
    database: TestDatabase,
    tool: str,
    args: dict[str, object],
    who: ContactView,
    conversation: str,
) -> None:
    async with house.db.tenant(house.id) as conn:
        ctx = context(house, conn, who, conversation_id=conversation, turn_id=None)
        action = await box.get(tool).propose(ctx, args)
    before = rows_of(database, house.id)
    answers = []
    for _ in range(2):
        made = await houses.commit(
            house, box.get(tool), action, who, conversation_id=conversation, turn_id=None
        )
        answers.append(made)
        if len(answers) == 1:
            once = rows_of(database, house.id)
    assert once != before, "the first commit does something"
    assert rows_of(database, house.id) == once, "the second changes nothing"
    assert answers[0] == answers[1]


async def _conversation(house: House, who: ContactView) -> str:
    assert who.phone is not None
    async with house.db.tenant(house.id) as conn:
        received = await conversations.receive(
            conn,
            InboundMessage("whatsapp", who.phone, "m-once", "merhaba", NOW, phone=who.phone),
            NOW,
        )
    return received.conversation_id


@pytest.mark.parametrize("tool", SHOP)
async def test_a_shops_write(shop: House, database: TestDatabase, tool: str) -> None:
    who = await contact(shop, "+905321112233")
    async with shop.db.tenant(shop.id) as conn:
        unpaid = order("NM-10470", "new", paid=False, total=Decimal(459))
        await orders.save_order(conn, unpaid, [SCARF])
    await _twice(shop, database, tool, SHOP[tool], who, await _conversation(shop, who))


@pytest.mark.parametrize("tool", CLINIC)
async def test_a_clinics_write(clinic: House, database: TestDatabase, tool: str) -> None:
    who = await contact(clinic, "+905321112233")
    conversation = await _conversation(clinic, who)
    if tool in ("slots.move", "slots.confirm", "slots.cancel"):
        async with clinic.db.tenant(clinic.id) as conn:
            ctx = context(clinic, conn, who, key="first")
            first = await box.get("slots.book").propose(ctx, CLINIC["slots.book"])
            await box.get("slots.book").commit(ctx, first)
    await _twice(clinic, database, tool, CLINIC[tool], who, conversation)
