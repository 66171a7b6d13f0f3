"""Neighbours and records/deliveries.py."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from invekto.records import conversations, deliveries, outbox
from tests.neighbours import Conn
from tests.neighbours.conversations import inbound

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Ours:
    contact_id: str
    queued: str
    sending: str
    dead: str


async def seed(conn: Conn) -> Ours:
    received = await conversations.receive(conn, inbound("first"), NOW)
    conversation = await conversations.get(conn, received.conversation_id)
    queued, sending, dead = [
        await _queued(conn, conversation.contact_id, key) for key in ("queued", "sending", "dead")
    ]
    await deliveries.begin(conn, sending)
    await deliveries.settle(conn, dead, "dead", "given up")
    failed = deliveries.StatusReport("wamid.9", "failed", NOW, await _uncertain(conn, conversation))
    await deliveries.report(conn, "whatsapp", failed)
    return Ours(conversation.contact_id, queued, sending, dead)


async def _uncertain(conn: Conn, conversation: conversations.Conversation) -> str:
    outbound_id = await _queued(
        conn, conversation.contact_id, "uncertain", conversation.conversation_id
    )
    await deliveries.begin(conn, outbound_id)
    await deliveries.doubt(conn, outbound_id, "timeout")
    return outbound_id


async def _queued(conn: Conn, contact_id: str, key: str, conversation_id: str | None = None) -> str:
    outbound_id = await outbox.enqueue(
        conn, contact_id=contact_id, channel="whatsapp", recipient="90532", text="yolda",
        kind="reply", key=key, now=NOW, conversation_id=conversation_id,
    )  # fmt: skip
    assert outbound_id is not None
    return outbound_id


def said(ours: Ours) -> deliveries.StatusReport:
    return deliveries.StatusReport("wamid.1", "delivered", NOW, ours.sending)


CALLS = {
    "next_of_contact": lambda conn, ours: deliveries.next_of_contact(conn, ours.contact_id, NOW),
    "begin": lambda conn, ours: deliveries.begin(conn, ours.queued),
    "accepted": lambda conn, ours: deliveries.accepted(conn, ours.sending, "wamid.1", NOW),
    "put_back": lambda conn, ours: deliveries.put_back(conn, ours.sending, "busy", NOW),
    "doubt": lambda conn, ours: deliveries.doubt(conn, ours.sending, "timeout"),
    "settle": lambda conn, ours: deliveries.settle(conn, ours.queued, "failed", "refused"),
    "find_failed": lambda conn, ours: deliveries.find_failed(conn, "whatsapp", "wamid.9"),
    "dead_letters": lambda conn, ours: deliveries.dead_letters(conn),
    "replay": lambda conn, ours: deliveries.replay(conn, ours.dead, NOW),
}
EXEMPT = {
    "report": "keeps what the caller's own channel said; see tests/server/test_delivery.py",
    "enqueue_delivery": "adds a job of the caller's own",
}
