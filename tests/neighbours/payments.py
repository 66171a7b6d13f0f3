"""Neighbours and records/payments.py."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from invekto.records import payments
from tests.neighbours import Conn
from tests.tools.houses import NOW


async def seed(conn: Conn) -> None:
    link = payments.PaymentLink(
        "pay_ours", "sandbox", Decimal(10), "TRY", "order", "ord_ours", "sipariş",
        NOW + timedelta(days=1), "key_ours",
    )  # fmt: skip
    await payments.ask(conn, link, NOW)
    asked = replace(link, payment_id="pay_asked", idempotency_key="key_asked")
    await payments.ask(conn, asked, NOW)
    await payments.set_created(conn, "pay_ours", external_id="ext_ours", url="http://x", now=NOW)


CALLS = {
    "get_link": lambda conn, ours: payments.get_link(conn, "pay_ours"),
    "link_of_key": lambda conn, ours: payments.link_of_key(conn, "key_ours"),
    "claim": lambda conn, ours: payments.claim(conn, "pay_asked", seconds=30),
    "link_by_external": lambda conn, ours: payments.link_by_external(conn, "sandbox", "ext_ours"),
    "links_for": lambda conn, ours: payments.links_for(conn, "order", "ord_ours"),
    "set_created": lambda conn, ours: payments.set_created(
        conn, "pay_ours", external_id="ext_other", url="http://y", now=NOW
    ),
    "change": lambda conn, ours: payments.change(conn, "pay_ours", "paid", NOW),
}
EXEMPT = {
    "ask": "writes a row of the caller's own; its upsert is keyed by the tenant",
    "note_event": "writes a row of the caller's own; a neighbour's payment is no foreign key of it",
}
