"""Neighbours and records/history.py."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from invekto.records import history, orders

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
CONTACT = {
    "contact_id": "hp-1", "channel": "whatsapp", "channel_user_id": "905050000001",
    "phone": "+905050000001", "phone_verified": True, "attributes": {}, "created_at": NOW,
}  # fmt: skip
TURN = {
    "turn_id": "ht-1", "conversation_id": "hc-1", "first_seq": 1, "last_seq": 1,
    "outcome": "answered", "intents": ["location"], "resolving": True, "inputs": {}, "why": {},
    "created_at": NOW,
}  # fmt: skip


async def seed(conn: Any) -> None:
    await history.put_rows(conn, "contacts", [CONTACT])
    await history.put_rows(conn, "turns", [TURN])
    order = orders.Order("ord-1", "NM-1", "own", "shipped", NOW, Decimal(10), contact_id="hp-1")
    await orders.save_order(conn, order, [])


CALLS = {
    "has_history": lambda conn, ours: history.has_history(conn),
    "customers_with_orders": lambda conn, ours: history.customers_with_orders(conn, limit=5),
}
EXEMPT = {"put_rows": "writes rows of the caller's own; what is there already stays"}
