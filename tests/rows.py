"""Asking the database in a test, and filling it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from psycopg import AsyncConnection

from invekto.contracts.ids import new_id


async def one_row(
    conn: AsyncConnection[tuple[Any, ...]], query: str, values: tuple[object, ...] = ()
) -> tuple[Any, ...]:
    """The one row that there must be."""
    [row] = await (await conn.execute(query, values)).fetchall()
    return row


async def said(
    conn: AsyncConnection[Any],
    conversation_id: str,
    *,
    author: str,
    text: str,
    now: datetime,
    turn_id: str | None = None,
) -> None:
    """Put a message that went out into a conversation's thread, without sending it."""
    done = await conn.execute(
        """WITH numbered AS (
               UPDATE conversations SET last_seq = last_seq + 1, last_message_at = %(now)s
               WHERE tenant_id = app.current_tenant() AND conversation_id = %(conversation)s
               RETURNING last_seq, channel)
           INSERT INTO messages (conversation_id, seq, message_id, author, text, channel, sent_at,
               received_at, turn_id)
           SELECT %(conversation)s, last_seq, %(id)s, %(author)s, %(text)s, channel, %(now)s,
               %(now)s, %(turn)s
           FROM numbered""",
        {
            "now": now, "conversation": conversation_id, "id": new_id("msg"), "author": author,
            "text": text, "turn": turn_id,
        },
    )  # fmt: skip
    assert done.rowcount == 1
