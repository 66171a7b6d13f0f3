"""Neighbours and records/executed.py."""

from __future__ import annotations

from datetime import UTC, datetime

from invekto.records import executed
from tests.neighbours import Conn

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)


async def seed(conn: Conn) -> str:
    await executed.begin_action(
        conn, "key_ours", tool="orders.request_cancel", args={}, turn_id=None,
        conversation_id=None, by=executed.ASSISTANT, now=NOW,
    )  # fmt: skip
    return "key_ours"


CALLS = {"end_action": lambda conn, ours: executed.end_action(conn, ours, "done", {})}
EXEMPT = {
    "begin_action": "claims a key of the caller's own; a neighbour may use the same key",
}
