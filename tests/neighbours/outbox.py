"""Neighbours and records/outbox.py."""

from __future__ import annotations

from datetime import UTC, datetime

from invekto.records import conversations, outbox
from tests.neighbours import Conn
from tests.neighbours.conversations import inbound

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)


async def seed(conn: Conn) -> str:
    received = await conversations.receive(conn, inbound("first"), NOW)
    conversation = await conversations.get(conn, received.conversation_id)
    queued = await outbox.enqueue(
        conn, contact_id=conversation.contact_id, channel="whatsapp", recipient="905321112233",
        text="yolda", kind="reply", key="turn_ours:reply", now=NOW,
    )  # fmt: skip
    assert queued is not None
    return queued


CALLS = {"get": lambda conn, ours: outbox.get(conn, ours)}
EXEMPT = {"enqueue": "writes a row of the caller's own, reads none"}
