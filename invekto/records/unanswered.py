"""What waits for an answer in a conversation, as a turn needs it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import class_row, dict_row

from invekto.errors import NotFound
from invekto.records.conversations import (
    CONVERSATION_COLUMNS,
    MESSAGE_COLUMNS,
    Contact,
    Conversation,
    Message,
)

Conn = AsyncConnection[Any]

MOST = 50
"""Messages that one turn answers; what waits beyond them is the next turn's."""
HISTORY = 12
"""Messages before them that a turn may look at."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A conversation with the first of its unanswered messages and the thread before them."""

    conversation: Conversation
    contact: Contact
    messages: list[Message]
    history: list[Message]
    config_version: int
    """Of the tenant."""


async def waiting(conn: Conn, conversation_id: str) -> Waiting:
    """Conversation, contact, unanswered inbound messages and the thread before them, in two
    statements.

    Raises:
        NotFound: no such conversation for this tenant.
    """
    async with conn.cursor(row_factory=dict_row) as cur:
        await cur.execute(
            f"""SELECT {", ".join("v." + c.strip() for c in CONVERSATION_COLUMNS.split(","))},
                   to_jsonb(c) AS contact,
                   (SELECT config_version FROM tenants) AS config_version
                FROM conversations v JOIN contacts c USING (tenant_id, contact_id)
                WHERE v.tenant_id = app.current_tenant() AND v.conversation_id = %s""",
            (conversation_id,),
        )
        row = await cur.fetchone()
    if row is None:
        raise NotFound(f"conversation {conversation_id} does not exist for this tenant")
    contact, version = row.pop("contact"), int(row.pop("config_version"))
    conversation = Conversation(**row)
    thread = await _thread(conn, conversation)
    fresh = [m for m in thread if m.author == "customer" and m.seq > conversation.answered_seq]
    return Waiting(
        conversation,
        Contact(**{k: contact[k] for k in Contact.__slots__ if k in contact}),
        fresh,
        thread[: len(thread) - len(fresh)],
        version,
    )


async def _thread(conn: Conn, conversation: Conversation) -> list[Message]:
    """The messages that wait, and those before the first of them, in order."""
    async with conn.cursor(row_factory=class_row(Message)) as cur:
        await cur.execute(
            f"""WITH due AS (
                    SELECT {MESSAGE_COLUMNS} FROM messages
                    WHERE tenant_id = app.current_tenant() AND conversation_id = %(conversation)s
                      AND seq > %(answered)s AND author = 'customer'
                    ORDER BY seq LIMIT %(most)s)
                (SELECT {MESSAGE_COLUMNS} FROM messages
                 WHERE tenant_id = app.current_tenant() AND conversation_id = %(conversation)s
                   AND seq < (SELECT min(seq) FROM due) ORDER BY seq DESC LIMIT %(history)s)
                UNION ALL SELECT * FROM due ORDER BY seq""",
            {
                "conversation": conversation.conversation_id,
                "answered": conversation.answered_seq,
                "most": MOST,
                "history": HISTORY,
            },
        )
        return await cur.fetchall()
