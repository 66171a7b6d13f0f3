"""Neighbours and records/listings.py."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from invekto.contracts.handover import HandOver, HandOverReason
from invekto.records import conversations, listings, turns
from tests.neighbours import Conn
from tests.neighbours.conversations import inbound

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Ours:
    conversation_id: str
    contact_id: str
    handover_id: str


async def seed(conn: Conn) -> Ours:
    received = await conversations.receive(conn, inbound("first"), NOW)
    handover = HandOver(HandOverReason.WANTS_PERSON, summary="kargo")
    handover_id = await turns.add_handover(conn, handover, received.conversation_id, None, NOW)
    conversation = await conversations.get(conn, received.conversation_id)
    return Ours(received.conversation_id, conversation.contact_id, handover_id)


CALLS = {
    "messages": lambda conn, ours: listings.messages(conn, ours.conversation_id, limit=10),
    "messages_of_contact": lambda conn, ours: listings.messages_of_contact(
        conn, ours.contact_id, after=0, limit=10
    ),
    "get_message": lambda conn, ours: listings.get_message(conn, ours.conversation_id, 1),
    "get_handover": lambda conn, ours: listings.get_handover(conn, ours.handover_id),
    "handovers": lambda conn, ours: listings.handovers(conn, limit=10),
}
EXEMPT: dict[str, str] = {}
