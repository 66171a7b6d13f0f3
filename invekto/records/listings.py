"""Lists in pages: newest first, continued after the last row that was seen."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import class_row

from invekto.errors import NotFound
from invekto.records.conversations import MESSAGE_COLUMNS, Message
from invekto.records.turns import HANDOVER_COLUMNS, StoredHandOver

Conn = AsyncConnection[Any]


async def messages(
    conn: Conn, conversation_id: str, *, limit: int, before: int | None = None
) -> list[Message]:
    """Messages of a conversation, newest first, before a number."""
    async with conn.cursor(row_factory=class_row(Message)) as cur:
        await cur.execute(
            f"""SELECT {MESSAGE_COLUMNS} FROM messages
                WHERE tenant_id = app.current_tenant() AND conversation_id = %s
                  AND (%s::bigint IS NULL OR seq < %s) ORDER BY seq DESC LIMIT %s""",
            (conversation_id, before, before, limit),
        )
        return await cur.fetchall()


async def messages_of_contact(
    conn: Conn, contact_id: str, *, after: int, limit: int
) -> list[Message]:
    """The newest messages of a contact's latest conversation after a number, oldest first."""
    async with conn.cursor(row_factory=class_row(Message)) as cur:
        await cur.execute(
            f"""SELECT * FROM (
                    SELECT {MESSAGE_COLUMNS} FROM messages
                    WHERE tenant_id = app.current_tenant() AND conversation_id = (
                        SELECT conversation_id FROM conversations
                        WHERE tenant_id = app.current_tenant() AND contact_id = %s
                        ORDER BY created_at DESC LIMIT 1)
                      AND seq > %s ORDER BY seq DESC LIMIT %s) newest
                ORDER BY seq""",
            (contact_id, after, limit),
        )
        return await cur.fetchall()


async def handovers(
    conn: Conn,
    *,
    limit: int,
    status: str | None = None,
    after: tuple[int, datetime, str] | None = None,
) -> list[StoredHandOver]:
    """The queue, most urgent and oldest first, after (rank, moment, id) of the last seen; of no
    status in particular: those that are not resolved."""
    async with conn.cursor(row_factory=class_row(StoredHandOver)) as cur:
        await cur.execute(
            f"""SELECT {HANDOVER_COLUMNS} FROM handovers
                WHERE tenant_id = app.current_tenant()
                  AND CASE WHEN %(status)s::text IS NULL THEN status <> 'resolved'
                      ELSE status = %(status)s END
                  AND (%(rank)s::int IS NULL
                       OR ({RANK}, created_at, handover_id) > (%(rank)s, %(at)s, %(id)s))
                ORDER BY {RANK}, created_at, handover_id LIMIT %(limit)s""",
            {
                "status": status,
                "rank": after[0] if after else None,
                "at": after[1] if after else None,
                "id": after[2] if after else None,
                "limit": limit,
            },
        )
        return await cur.fetchall()


async def get_message(conn: Conn, conversation_id: str, seq: int) -> Message:
    """One message by its number.

    Raises:
        NotFound: no such message for this tenant.
    """
    async with conn.cursor(row_factory=class_row(Message)) as cur:
        await cur.execute(
            f"""SELECT {MESSAGE_COLUMNS} FROM messages
                WHERE tenant_id = app.current_tenant() AND conversation_id = %s AND seq = %s""",
            (conversation_id, seq),
        )
        found = await cur.fetchone()
    if found is None:
        raise NotFound(f"no message {seq} in conversation {conversation_id}")
    return found


async def get_handover(conn: Conn, handover_id: str) -> StoredHandOver:
    """One entry of the queue.

    Raises:
        NotFound: no such entry for this tenant.
    """
    async with conn.cursor(row_factory=class_row(StoredHandOver)) as cur:
        await cur.execute(
            f"""SELECT {HANDOVER_COLUMNS} FROM handovers
                WHERE tenant_id = app.current_tenant() AND handover_id = %s""",
            (handover_id,),
        )
        found = await cur.fetchone()
    if found is None:
        raise NotFound(f"no hand-over {handover_id}")
    return found


PRIORITIES = ("urgent", "high", "normal", "low")
RANK = "array_position(ARRAY['urgent', 'high', 'normal', 'low'], priority)"


def rank(priority: str) -> int:
    """Where a priority stands in the queue, from 1."""
    return PRIORITIES.index(priority) + 1
