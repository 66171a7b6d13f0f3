"""Neighbours and records/listings.py."""

from __future__ import annotations

from datetime import UTC, datetime

from invekto.contracts.handover import HandOver, HandOverReason
from invekto.records import conversations, listings, turns
from tests.neighbours.conversations import inbound

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)


async def seed(conn) -> str:
    received = await conversations.receive(conn, inbound("first"), NOW)
    handover = HandOver(HandOverReason.WANTS_PERSON, summary="kargo")
    await turns.add_handover(conn, handover, received.conversation_id, None, NOW)
    return received.conversation_id


CALLS = {
    "conversations": lambda conn, ours: listings.conversations(conn, limit=10),
    "messages": lambda conn, ours: listings.messages(conn, ours, limit=10),
    "handovers": lambda conn, ours: listings.handovers(conn, limit=10),
}
EXEMPT: dict[str, str] = {}
