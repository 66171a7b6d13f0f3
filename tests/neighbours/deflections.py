"""Neighbours and records/deflections.py."""

from __future__ import annotations

from datetime import timedelta

from invekto.records import deflections
from tests.neighbours import Conn
from tests.tools.houses import NOW


async def seed(conn: Conn) -> None:
    row = deflections.Deflection(
        "dfl_ours", "size", "exchange_offered", order_id="ord_ours", was_deflected=True
    )
    await deflections.note(conn, row, NOW)


CALLS = {
    "of_order": lambda conn, ours: deflections.of_order(conn, "ord_ours"),
    "saved": lambda conn, ours: deflections.saved(
        conn, NOW - timedelta(days=1), NOW + timedelta(days=1)
    ),
}
EXEMPT = {"note": "writes a row of the caller's own; its upsert is keyed by the tenant"}
