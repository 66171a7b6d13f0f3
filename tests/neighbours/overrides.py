"""Neighbours and records/overrides.py."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from invekto.contracts.evidence import Risk
from invekto.records import overrides
from tests.neighbours import Conn

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


async def seed(conn: Conn) -> str:
    pin = await overrides.pin_auto(
        conn, "stock_query", Risk.LOW, by="Elif", reason="season",
        expires_at=NOW + timedelta(days=3), now=NOW,
    )  # fmt: skip
    return pin.override_id


CALLS = {
    "end_override": lambda conn, ours: overrides.end_override(conn, ours, by="x", now=NOW),
    "end_auto_pins": lambda conn, ours: overrides.end_auto_pins(
        conn, "stock_query", by="x", now=NOW, reason="wrong"
    ),
    "list_overrides": lambda conn, ours: overrides.list_overrides(conn, NOW),
    "rename_intent": lambda conn, ours: overrides.rename_intent(
        conn, "stock_query", "stock", "x", NOW
    ),
}

OWN = "writes a row of the caller's own, reads none"
EXEMPT = {
    "pin_auto": OWN,
    "pin_suggest": OWN,
    "kill": OWN,
    "kill_system": "the operator's switch for every tenant, refused to the API's role",
    "revive_system": "the operator's switch for every tenant, refused to the API's role",
}
