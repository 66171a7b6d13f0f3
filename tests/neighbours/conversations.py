"""Neighbours and records/conversations.py."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from invekto.contracts.messages import InboundMessage
from invekto.records import conversations
from tests.neighbours import Conn

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Ours:
    conversation_id: str
    contact_id: str


async def seed(conn: Conn) -> Ours:
    received = await conversations.receive(conn, inbound("first"), NOW)
    conversation = await conversations.get(conn, received.conversation_id)
    return Ours(conversation.conversation_id, conversation.contact_id)


def inbound(provider_id: str) -> InboundMessage:
    return InboundMessage("whatsapp", "905321112233", provider_id, "kargom nerede", NOW)


CALLS = {
    "get": lambda conn, ours: conversations.get(conn, ours.conversation_id),
    "get_contact": lambda conn, ours: conversations.get_contact(conn, ours.contact_id),
    "find_contact": lambda conn, ours: conversations.find_contact(conn, "whatsapp", "905321112233"),
    "thread": lambda conn, ours: conversations.thread(conn, ours.conversation_id),
    "close": lambda conn, ours: conversations.close(conn, ours.contact_id, NOW),
}
EXEMPT = {"receive": "opens a conversation of the caller's own; see tests/agent/test_receipt.py"}
