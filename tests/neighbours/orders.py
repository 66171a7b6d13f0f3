"""Neighbours and records/orders.py."""

from __future__ import annotations

from datetime import timedelta

from invekto.records import orders
from tests.neighbours import Conn
from tests.tools.houses import NOW, fill_shop

PHONE = "+905321112233"


async def seed(conn: Conn) -> None:
    await fill_shop(conn)
    await orders.note_failed_proof(conn, "ct_ours", "NM10451", NOW)


CALLS = {
    "by_number": lambda conn, ours: orders.by_number(conn, "NM-10451"),
    "get_order": lambda conn, ours: orders.get_order(conn, "ord-NM-10451"),
    "recent": lambda conn, ours: orders.recent(conn, contact_id="ct_ours", phone=PHONE),
    "by_tracking": lambda conn, ours: orders.by_tracking(conn, "7340112233445"),
    "items": lambda conn, ours: _lines(conn),
    "set_status": lambda conn, ours: orders.set_status(conn, "ord-NM-10451", "shipped", NOW),
    "failed_proofs": lambda conn, ours: orders.failed_proofs(
        conn, "ct_ours", "NM10451", NOW - timedelta(days=1)
    ),
}
EXEMPT = {
    "save_order": "writes rows of the caller's own; its upsert is keyed by the tenant",
    "note_failed_proof": "writes a row of the caller's own, reads none",
}


async def _lines(conn: Conn) -> list[orders.Item]:
    return (await orders.items(conn, ["ord-NM-10451"]))["ord-NM-10451"]
