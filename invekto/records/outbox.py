"""Messages on their way out: queued in the transaction that decided them, delivered once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from invekto.contracts.ids import new_id
from invekto.records import audit

Conn = AsyncConnection[Any]


@dataclass(frozen=True, slots=True)
class Outbound:
    outbound_id: str
    conversation_id: str | None
    contact_id: str
    turn_id: str | None
    channel: str
    channel_account_id: str | None
    recipient: str
    kind: str
    message_class: str
    text: str
    template: dict[str, Any] | None
    idempotency_key: str
    status: str
    attempts: int
    due_at: datetime
    provider_message_id: str | None
    failed_reason: str | None
    created_at: datetime


COLUMNS = """outbound_id, conversation_id, contact_id, turn_id, channel, channel_account_id,
    recipient, kind, class AS message_class, text, template, idempotency_key, status, attempts,
    due_at, provider_message_id, failed_reason, created_at"""


async def enqueue(
    conn: Conn,
    *,
    contact_id: str,
    channel: str,
    recipient: str,
    text: str,
    kind: str,
    key: str,
    now: datetime,
    conversation_id: str | None = None,
    channel_account_id: str | None = None,
    turn_id: str | None = None,
    message_class: str = "transactional",
    template: dict[str, Any] | None = None,
    due_at: datetime | None = None,
    author: str | None = None,
    author_id: str | None = None,
) -> str | None:
    """Queue a message and the job that delivers it; None where this idempotency key was queued
    before. With an `author` (ai, person, person_for_ai, system) it also stands in the
    conversation's thread."""
    row = await (
        await conn.execute(
            """WITH queued AS (
                   INSERT INTO outbound_messages (outbound_id, conversation_id, contact_id, turn_id,
                       channel, channel_account_id, recipient, kind, class, text, template,
                       idempotency_key, due_at, created_at)
                   VALUES (%(id)s, %(conversation)s, %(contact)s, %(turn)s, %(channel)s,
                       %(account)s, %(recipient)s, %(kind)s, %(class)s, %(text)s, %(template)s,
                       %(key)s, %(due)s, %(now)s)
                   ON CONFLICT (tenant_id, idempotency_key) DO NOTHING RETURNING outbound_id),
               numbered AS (
                   UPDATE conversations SET last_seq = last_seq + 1, last_message_at = %(now)s
                   WHERE tenant_id = app.current_tenant() AND conversation_id = %(conversation)s
                     AND %(author)s::text IS NOT NULL AND EXISTS (SELECT FROM queued)
                   RETURNING last_seq),
               said AS (
                   INSERT INTO messages (conversation_id, seq, message_id, author, author_id, text,
                       channel, sent_at, received_at, turn_id)
                   SELECT %(conversation)s, last_seq, %(message)s, %(author)s, %(author_id)s,
                       %(text)s, %(channel)s, %(now)s, %(now)s, %(turn)s
                   FROM numbered)
               SELECT outbound_id,
                   app.enqueue_delivery(%(contact)s, greatest(%(due)s - %(now)s, interval '0'))
               FROM queued""",
            {
                "id": new_id("out"),
                "message": new_id("msg"),
                "conversation": conversation_id,
                "contact": contact_id,
                "turn": turn_id,
                "channel": channel,
                "account": channel_account_id,
                "recipient": recipient,
                "kind": kind,
                "class": message_class,
                "text": text,
                "template": Jsonb(template) if template else None,
                "key": key,
                "due": due_at or now,
                "now": now,
                "author": author,
                "author_id": author_id,
            },
        )
    ).fetchone()
    if row is not None and author == "person":
        await audit.record(
            conn, "message.written", actor_kind="user", actor_id=author_id or "",
            resource_type="conversation", resource_id=conversation_id or "",
        )  # fmt: skip
    return str(row[0]) if row else None


async def get(conn: Conn, outbound_id: str, *, lock: bool = False) -> Outbound | None:
    """One message on its way out."""
    async with conn.cursor(row_factory=class_row(Outbound)) as cur:
        await cur.execute(
            f"SELECT {COLUMNS} FROM outbound_messages"
            " WHERE tenant_id = app.current_tenant() AND outbound_id = %s"
            + (" FOR UPDATE" if lock else ""),
            (outbound_id,),
        )
        return await cur.fetchone()
