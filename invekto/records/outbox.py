"""Messages on their way out: queued in the transaction that decided them, delivered once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from invekto.contracts.ids import new_id

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
) -> str | None:
    """Queue a message and the job that delivers it; None where this idempotency key was queued
    before."""
    row = await (
        await conn.execute(
            """WITH queued AS (
               INSERT INTO outbound_messages (outbound_id, conversation_id, contact_id, turn_id,
                   channel, channel_account_id, recipient, kind, class, text, template,
                   idempotency_key, due_at, created_at)
               VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
               ON CONFLICT (tenant_id, idempotency_key) DO NOTHING RETURNING outbound_id)
               SELECT outbound_id, app.enqueue_delivery(%s, greatest(%s - %s, interval '0'))
               FROM queued""",
            (
                new_id("out"),
                conversation_id,
                contact_id,
                turn_id,
                channel,
                channel_account_id,
                recipient,
                kind,
                message_class,
                text,
                Jsonb(template) if template else None,
                key,
                due_at or now,
                now,
                contact_id,
                due_at or now,
                now,
            ),
        )
    ).fetchone()
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
