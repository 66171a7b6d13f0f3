"""A message comes in: stored once, its turn enqueued in the same transaction."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from typing import Any

from psycopg import AsyncConnection

from invekto.contracts.messages import Attachment, InboundMessage
from invekto.db.queue import defer
from invekto.records.conversations import Received, receive
from invekto.server import metrics
from invekto.server.shapes import storable

TURN = "turn"
LONGEST_ID = 300  # characters
LONGEST_WAIT = 10.0
"""Seconds after which a customer who keeps writing is answered all the same."""


async def store_and_enqueue(
    conn: AsyncConnection[Any], inbound: InboundMessage, now: datetime, *, quiet_seconds: float
) -> Received:
    """Store a message and have its turn run when the conversation has been quiet for a while. A
    message that was stored before changes nothing."""
    received = await receive(conn, inbound, now)
    metrics.RECEIVED.labels(inbound.channel, str(received.fresh).lower()).inc()
    if received.fresh:
        await enqueue_turn(conn, received.conversation_id, after=quiet_seconds)
    return received


def storable_message(inbound: InboundMessage) -> InboundMessage:
    """The message with every text in it fit for the database and its ids of bounded length."""
    fields = {f.name: getattr(inbound, f.name) for f in dataclasses.fields(inbound)}
    fields["attachments"] = tuple(
        Attachment(**storable(dataclasses.asdict(a))) for a in inbound.attachments
    )
    for name in ("channel_user_id", "provider_message_id"):
        fields[name] = fields[name][:LONGEST_ID]
    return InboundMessage(**storable(fields))


async def enqueue_turn(
    conn: AsyncConnection[Any], conversation_id: str, *, after: float = 0.0
) -> None:
    """Run the conversation's turn in `after` seconds; one that waits already is moved there, but
    never further than `LONGEST_WAIT` from when it was first asked for."""
    name = f"turn:{conversation_id}"
    await defer(
        conn,
        TURN,
        lock=name,
        queueing_lock=name,
        schedule_in=after,
        longest_wait=LONGEST_WAIT,
        conversation_id=conversation_id,
    )
