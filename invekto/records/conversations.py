"""Contacts, conversations and messages: receipt is idempotent, order is per conversation."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from invekto.contracts.ids import new_id
from invekto.contracts.messages import MAX_TEXT, Attachment, InboundMessage
from invekto.errors import NotFound

Conn = AsyncConnection[Any]

REOPEN_AFTER = timedelta(days=3)
"""A message later than this after the last one opens a new conversation."""


@dataclass(frozen=True, slots=True)
class Contact:
    contact_id: str
    channel: str
    channel_user_id: str
    name: str | None = None
    phone: str | None = None
    phone_verified: bool = False
    language: str | None = None
    consent: str | None = None
    opted_out_at: datetime | None = None
    attributes: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Conversation:
    conversation_id: str
    contact_id: str
    channel: str
    channel_account_id: str | None
    status: str
    assigned_to: str | None
    language: str | None
    priority: str
    tags: list[str]
    last_seq: int
    last_inbound_seq: int
    answered_seq: int
    last_inbound_at: datetime | None
    dialogue: dict[str, Any]
    proven: list[str]


@dataclass(frozen=True, slots=True)
class Message:
    conversation_id: str
    seq: int
    message_id: str
    author: str
    text: str
    sent_at: datetime
    author_id: str | None = None
    attachments: list[dict[str, Any]] = field(default_factory=list)
    turn_id: str | None = None


@dataclass(frozen=True, slots=True)
class Received:
    """`fresh` is false where this provider message id had been stored before."""

    conversation_id: str
    message_id: str
    seq: int
    fresh: bool


CONVERSATION_COLUMNS = """conversation_id, contact_id, channel, channel_account_id, status,
    assigned_to, language, priority, tags, last_seq, last_inbound_seq, answered_seq,
    last_inbound_at, dialogue, proven"""
CONTACT_COLUMNS = """contact_id, channel, channel_user_id, name, phone, phone_verified, language,
    consent, opted_out_at, attributes"""
MESSAGE_COLUMNS = """conversation_id, seq, message_id, author, text, sent_at, author_id,
    attachments, turn_id"""


async def receive(conn: Conn, inbound: InboundMessage, now: datetime) -> Received:
    """Store a message once and find or open its conversation.

    A message from the future is stored at `now`. Null bytes are dropped, text over `MAX_TEXT`
    is cut. Of what a health tenant's patients attach only the kind is kept: no name of a file,
    nothing it could be fetched by.
    """
    contact_id, named = await _keep_contact(conn, inbound), inbound.conversation_id
    stored = await _store(conn, inbound, now, conversation_id=named, contact_id=contact_id)
    if stored is None:
        opened = await _open_conversation(conn, inbound, contact_id)
        stored = await _store(conn, inbound, now, conversation_id=opened, contact_id=contact_id)
    if stored is None:
        raise NotFound(f"conversation {opened} does not exist for this tenant")
    return stored


async def _keep_contact(conn: Conn, inbound: InboundMessage) -> str:
    row = await (
        await conn.execute(
            """INSERT INTO contacts AS c (contact_id, channel, channel_user_id, name, phone,
                   phone_verified, attributes)
               VALUES (%s, %s, %s, %s, %s, %s, %s)
               ON CONFLICT (tenant_id, channel, channel_user_id) DO UPDATE SET
                   name = coalesce(c.name, excluded.name),
                   phone = coalesce(c.phone, excluded.phone),
                   phone_verified = c.phone_verified OR excluded.phone_verified,
                   attributes = excluded.attributes || c.attributes
               RETURNING contact_id""",
            (
                new_id("ct"),
                inbound.channel,
                inbound.channel_user_id,
                inbound.name,
                inbound.phone,
                inbound.phone_verified,
                Jsonb({"referral": inbound.referral} if inbound.referral else {}),
            ),
        )
    ).fetchone()
    return str(row[0])  # type: ignore[index]


async def _open_conversation(conn: Conn, inbound: InboundMessage, contact_id: str) -> str:
    """A new conversation, or the one that the message names."""
    if inbound.conversation_id is not None:
        await conn.execute(
            """INSERT INTO conversations (conversation_id, contact_id, channel, channel_account_id)
               VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING""",
            (
                inbound.conversation_id,
                contact_id,
                inbound.channel,
                inbound.channel_account_id,
            ),
        )
        return inbound.conversation_id
    conversation_id = new_id("cv")
    await conn.execute(
        """INSERT INTO conversations (conversation_id, contact_id, channel, channel_account_id)
           VALUES (%s, %s, %s, %s)""",
        (conversation_id, contact_id, inbound.channel, inbound.channel_account_id),
    )
    return conversation_id


async def _store(
    conn: Conn,
    inbound: InboundMessage,
    now: datetime,
    *,
    contact_id: str,
    conversation_id: str | None,
) -> Received | None:
    """The message, stored now or before, in the conversation given, else in the contact's running
    one; None where that is still to be opened. The contact's row is locked by the upsert before,
    so two first messages at once cannot open two."""
    row = await (
        await conn.execute(
            """WITH seen AS (
                   SELECT conversation_id, message_id, seq FROM messages
                   WHERE tenant_id = app.current_tenant() AND channel = %(channel)s
                     AND provider_message_id = %(provider)s),
               numbered AS (
                   UPDATE conversations SET last_seq = last_seq + 1,
                       last_inbound_seq = last_seq + 1, last_inbound_at = %(now)s,
                       last_message_at = %(now)s,
                       status = CASE WHEN status = 'closed' THEN 'open' ELSE status END
                   WHERE tenant_id = app.current_tenant()
                     AND conversation_id = coalesce(%(conversation)s, (
                         SELECT conversation_id FROM conversations
                         WHERE tenant_id = app.current_tenant() AND contact_id = %(contact)s
                           AND status <> 'closed'
                           AND (last_message_at IS NULL OR last_message_at > %(reopen)s)
                         ORDER BY created_at DESC LIMIT 1))
                     AND NOT EXISTS (SELECT FROM seen)
                   RETURNING conversation_id, last_seq),
               stored AS (
                   INSERT INTO messages (conversation_id, seq, message_id, author, text,
                       attachments, channel, provider_message_id, sent_at, received_at)
                   SELECT conversation_id, last_seq, %(id)s, 'customer', %(text)s,
                       CASE WHEN (SELECT health FROM tenants
                                  WHERE tenant_id = app.current_tenant())
                            THEN %(kinds)s ELSE %(attachments)s END,
                       %(channel)s, %(provider)s, least(%(sent)s, %(now)s),
                       %(now)s
                   FROM numbered RETURNING conversation_id, message_id, seq)
               SELECT conversation_id, message_id, seq, false FROM seen
               UNION ALL SELECT conversation_id, message_id, seq, true FROM stored""",
            {
                "now": now,
                "reopen": now - REOPEN_AFTER,
                "contact": contact_id,
                "conversation": conversation_id,
                "id": new_id("msg"),
                "text": inbound.text.replace("\x00", "")[:MAX_TEXT],
                "attachments": Jsonb([asdict(a) for a in inbound.attachments]),
                "kinds": Jsonb([asdict(Attachment(a.kind, "")) for a in inbound.attachments]),
                "channel": inbound.channel,
                "provider": inbound.provider_message_id,
                "sent": inbound.sent_at,
            },
        )
    ).fetchone()
    return Received(str(row[0]), str(row[1]), int(row[2]), fresh=row[3]) if row else None


async def get(conn: Conn, conversation_id: str, *, lock: bool = False) -> Conversation:
    """One conversation; `lock` holds its row until the transaction ends.

    Raises:
        NotFound: no such conversation for this tenant.
    """
    async with conn.cursor(row_factory=class_row(Conversation)) as cur:
        await cur.execute(
            f"SELECT {CONVERSATION_COLUMNS} FROM conversations"
            " WHERE tenant_id = app.current_tenant() AND conversation_id = %s"
            + (" FOR UPDATE" if lock else ""),
            (conversation_id,),
        )
        found = await cur.fetchone()
    if found is None:
        raise NotFound(f"conversation {conversation_id} does not exist for this tenant")
    return found


async def get_contact(conn: Conn, contact_id: str, *, lock: bool = False) -> Contact:
    """One contact; `lock` holds what they said of consent until the transaction ends.

    Raises:
        NotFound: no such contact for this tenant.
    """
    async with conn.cursor(row_factory=class_row(Contact)) as cur:
        await cur.execute(
            f"SELECT {CONTACT_COLUMNS} FROM contacts"
            " WHERE tenant_id = app.current_tenant() AND contact_id = %s"
            + (" FOR NO KEY UPDATE" if lock else ""),
            (contact_id,),
        )
        found = await cur.fetchone()
    if found is None:
        raise NotFound(f"contact {contact_id} does not exist for this tenant")
    return found


async def find_contact(conn: Conn, channel: str, channel_user_id: str) -> Contact | None:
    """The contact behind a channel's user id."""
    async with conn.cursor(row_factory=class_row(Contact)) as cur:
        await cur.execute(
            f"SELECT {CONTACT_COLUMNS} FROM contacts"
            " WHERE tenant_id = app.current_tenant() AND channel = %s AND channel_user_id = %s",
            (channel, channel_user_id),
        )
        return await cur.fetchone()


async def thread(conn: Conn, conversation_id: str, *, last: int = 200) -> list[Message]:
    """The last messages of a conversation, oldest first."""
    async with conn.cursor(row_factory=class_row(Message)) as cur:
        await cur.execute(
            f"""SELECT * FROM (SELECT {MESSAGE_COLUMNS} FROM messages
                WHERE tenant_id = app.current_tenant() AND conversation_id = %s
                ORDER BY seq DESC LIMIT %s) recent ORDER BY seq""",
            (conversation_id, last),
        )
        return await cur.fetchall()


async def close(conn: Conn, contact_id: str, now: datetime) -> int:
    """Close a contact's running conversations; their next message opens a new one."""
    done = await conn.execute(
        """UPDATE conversations SET status = 'closed', closed_at = %s
           WHERE tenant_id = app.current_tenant() AND contact_id = %s AND status <> 'closed'""",
        (now, contact_id),
    )
    return done.rowcount
