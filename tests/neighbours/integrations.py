"""Neighbours and records/integrations.py."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import NamedTuple

from invekto.records import catalog, integrations, orders
from tests.neighbours import Conn
from tests.tools.houses import NOW


class Ours(NamedTuple):
    account: str
    cursor: integrations.Cursor


def _claim(status: str = "Created") -> integrations.Claim:
    return integrations.Claim("trendyol", "c1", status, NOW, NOW, "N-1001")


def _question(answer: str | None = None) -> integrations.Question:
    return integrations.Question(
        "trendyol", "q1", "acc_ours", "Gömlek", "Pamuk mu?", "WAITING", NOW, NOW, answer
    )


async def seed(conn: Conn) -> Ours:
    account = await integrations.save_account(
        conn, "trendyol", "201", account_id="acc_ours", credentials=b"sealed"
    )
    before = await integrations.cursor(conn, account, "orders")
    await integrations.move_cursor(conn, before, {"at": 1}, rows=1)
    order = orders.Order(
        "ord_ours", "N-1001", "trendyol", "new", NOW - timedelta(days=1), Decimal(10)
    )
    await orders.save_order(conn, order, [])
    product = catalog.Product("p1", "P1", "Gömlek", Decimal(10))
    await catalog.save_product(conn, product, [catalog.Variant("v1", "p1", "SKU-1", stock_qty=3)])
    await integrations.save_question(conn, _question())
    return Ours(account, await integrations.cursor(conn, account, "orders"))


CALLS = {
    "list_accounts": lambda conn, ours: integrations.list_accounts(conn),
    "get_account": lambda conn, ours: integrations.get_account(conn, ours.account),
    "account_of": lambda conn, ours: integrations.account_of(conn, "trendyol", "201"),
    "set_credentials": lambda conn, ours: integrations.set_credentials(conn, ours.account, b"new"),
    "note_check": lambda conn, ours: integrations.note_check(conn, ours.account, "no", NOW),
    "disconnect": lambda conn, ours: integrations.disconnect(conn, ours.account),
    "cursors": lambda conn, ours: integrations.cursors(conn),
    "move_cursor": lambda conn, ours: integrations.move_cursor(
        conn, ours.cursor, {"at": 2}, rows=1
    ),
    "marketplace_orders": lambda conn, ours: integrations.marketplace_orders(
        conn, "trendyol", ["N-1001"]
    ),
    "questions": lambda conn, ours: integrations.questions(conn),
    "set_stocks": lambda conn, ours: integrations.set_stocks(conn, [("SKU-1", "", 9)]),
}
EXEMPT = {
    "save_account": "writes a row of the caller's own; its upsert is keyed by the tenant",
    "cursor": "gives an empty position to who has none",
    "save_claim": "writes a row of the caller's own; its upsert is keyed by the tenant",
    "save_question": "writes a row of the caller's own; its upsert is keyed by the tenant",
    "note_event": "writes a row of the caller's own; its account is a foreign key of the tenant",
}
