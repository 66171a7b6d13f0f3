"""The inbox as people see it: lists with filters and counts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import class_row, dict_row

Conn = AsyncConnection[Any]

VIEWS = {
    "all": "true",
    "mine": "v.assigned_to = %(user)s",
    "unassigned": "v.assigned_to IS NULL AND (s.suggestion_id IS NOT NULL OR h.reason IS NOT NULL)",
    "waiting": "s.suggestion_id IS NOT NULL",
    "handed_over": "h.reason IS NOT NULL OR v.status = 'handed_over'",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A conversation in the list. `outcome` and `intents` are those of its last turn; `reason`
    that of its open hand-over; `suggestion_id` its open draft."""

    conversation_id: str
    contact_id: str
    name: str | None
    channel: str
    status: str
    assigned_to: str | None
    priority: str
    tags: list[str]
    last_at: datetime
    last_seq: int
    author: str | None
    text: str | None
    language: str | None
    suggestion_id: str | None
    outcome: str | None
    intents: list[str] | None
    reason: str | None
    urgency: str | None


@dataclass(frozen=True, slots=True)
class Filter:
    """What the list shows. `query` is looked for in names and messages."""

    view: str = "all"
    channel: str | None = None
    tag: str | None = None
    intent: str | None = None
    query: str | None = None
    status: str | None = None
    assigned_to: str | None = None


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be filtered by."""

    channels: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    intents: list[str] = field(default_factory=list)


JOINED = """
FROM conversations v
JOIN contacts c USING (tenant_id, contact_id)
LEFT JOIN LATERAL (SELECT suggestion_id FROM suggested_replies s
    WHERE s.tenant_id = app.current_tenant() AND s.conversation_id = v.conversation_id
      AND s.status = 'open' ORDER BY s.created_at DESC LIMIT 1) s ON true
LEFT JOIN LATERAL (SELECT reason, priority FROM handovers h
    WHERE h.tenant_id = app.current_tenant() AND h.conversation_id = v.conversation_id
      AND h.status <> 'resolved' ORDER BY h.created_at DESC LIMIT 1) h ON true
"""
LAST = """
LEFT JOIN LATERAL (SELECT author, text FROM messages m
    WHERE m.tenant_id = app.current_tenant() AND m.conversation_id = v.conversation_id
    ORDER BY seq DESC LIMIT 1) m ON true
LEFT JOIN LATERAL (SELECT outcome, intents FROM turns t
    WHERE t.tenant_id = app.current_tenant() AND t.conversation_id = v.conversation_id
    ORDER BY created_at DESC LIMIT 1) t ON true
"""


async def rows(
    conn: Conn,
    wanted: Filter,
    user_id: str,
    *,
    limit: int = 50,
    offset: int = 0,
    before: tuple[datetime, str] | None = None,
) -> list[Row]:
    """Conversations with a message, the latest first; `before` is (moment, id) of the last seen."""
    where, values = _where(wanted, user_id)
    if before is not None:
        where += " AND (v.last_message_at, v.conversation_id) < (%(at)s, %(last)s)"
        values |= {"at": before[0], "last": before[1]}
    async with conn.cursor(row_factory=class_row(Row)) as cur:
        await cur.execute(
            f"""SELECT v.conversation_id, v.contact_id, c.name, v.channel, v.status, v.assigned_to,
                    v.priority, v.tags, v.last_message_at AS last_at, v.last_seq, m.author,
                    m.text, v.language, s.suggestion_id, t.outcome, t.intents, h.reason,
                    h.priority AS urgency
                {JOINED} {LAST}
                WHERE {where} ORDER BY v.last_message_at DESC, v.conversation_id DESC
                LIMIT %(limit)s OFFSET %(offset)s""",
            {**values, "limit": limit, "offset": offset},
        )
        return await cur.fetchall()


async def counts(conn: Conn, user_id: str) -> dict[str, int]:
    """How many conversations each view holds."""
    columns = ", ".join(f"count(*) FILTER (WHERE {w}) AS {name}" for name, w in VIEWS.items())
    async with conn.cursor(row_factory=dict_row) as cur:
        await cur.execute(
            f"SELECT {columns} {JOINED} WHERE v.tenant_id = app.current_tenant()"
            " AND v.last_message_at IS NOT NULL",
            {"user": user_id},
        )
        row = await cur.fetchone()
    return dict(row or {})


async def choices(conn: Conn) -> Choices:
    """Channels, tags and intents that conversations of the tenant have."""
    async with conn.cursor(row_factory=class_row(Choices)) as cur:
        await cur.execute(
            """SELECT
                ARRAY(SELECT DISTINCT channel FROM conversations
                      WHERE tenant_id = app.current_tenant() AND last_message_at IS NOT NULL
                      ORDER BY 1) AS channels,
                ARRAY(SELECT DISTINCT unnest(tags) FROM conversations
                      WHERE tenant_id = app.current_tenant() ORDER BY 1) AS tags,
                ARRAY(SELECT DISTINCT unnest(intents) FROM turns
                      WHERE tenant_id = app.current_tenant() ORDER BY 1) AS intents"""
        )
        found = await cur.fetchone()
    return found or Choices()


async def pulse(conn: Conn, *, limit: int = 50) -> dict[str, str]:
    """A short mark of each recent conversation that moves whenever what people see of it does."""
    done = await conn.execute(
        """SELECT v.conversation_id, concat_ws('.', v.last_seq, v.answered_seq, v.status,
                  v.assigned_to, cardinality(v.tags),
                  (SELECT string_agg(s.suggestion_id || s.status, ',') FROM (
                       SELECT suggestion_id, status FROM suggested_replies s
                       WHERE s.tenant_id = app.current_tenant()
                         AND s.conversation_id = v.conversation_id
                       ORDER BY created_at DESC LIMIT 1) s),
                  (SELECT count(*) FROM conversation_notes n
                   WHERE n.tenant_id = app.current_tenant()
                     AND n.conversation_id = v.conversation_id))
           FROM conversations v
           WHERE v.tenant_id = app.current_tenant() AND v.last_message_at IS NOT NULL
           ORDER BY v.last_message_at DESC LIMIT %s""",
        [limit],
    )
    return {str(row[0]): str(row[1]) for row in await done.fetchall()}


async def set_tags(conn: Conn, conversation_id: str, tags: list[str]) -> None:
    """Replace a conversation's tags."""
    await conn.execute(
        "UPDATE conversations SET tags = %s"
        " WHERE tenant_id = app.current_tenant() AND conversation_id = %s",
        [sorted(set(tags)), conversation_id],
    )


@dataclass(frozen=True, slots=True)
class Thread:
    """A past conversation: `messages` are [moment, author, text, author's id] in order."""

    conversation_id: str
    phone: str | None
    name: str | None
    channel: str
    consent: str | None
    messages: list[list[str | None]]


async def threads_since(conn: Conn, since: datetime, *, limit: int) -> list[Thread]:
    """Conversations in which a person answered, the latest first."""
    async with conn.cursor(row_factory=class_row(Thread)) as cur:
        await cur.execute(
            """SELECT v.conversation_id, c.phone, c.name, v.channel, c.consent,
                    (SELECT jsonb_agg(jsonb_build_array(m.sent_at, m.author, m.text, m.author_id)
                            ORDER BY m.seq) FROM messages m
                     WHERE m.tenant_id = app.current_tenant()
                       AND m.conversation_id = v.conversation_id) AS messages
                FROM conversations v JOIN contacts c USING (tenant_id, contact_id)
                WHERE v.tenant_id = app.current_tenant() AND v.last_message_at >= %s
                  AND EXISTS (SELECT FROM messages p WHERE p.tenant_id = app.current_tenant()
                      AND p.conversation_id = v.conversation_id
                      AND p.author IN ('person', 'person_for_ai'))
                ORDER BY v.last_message_at DESC LIMIT %s""",
            [since, limit],
        )
        return await cur.fetchall()


def _where(wanted: Filter, user_id: str) -> tuple[str, dict[str, Any]]:
    parts = [
        "v.tenant_id = app.current_tenant()",
        "v.last_message_at IS NOT NULL",
        f"({VIEWS.get(wanted.view, 'true')})",
    ]
    if wanted.channel:
        parts.append("v.channel = %(channel)s")
    if wanted.status:
        parts.append("v.status = %(status)s")
    if wanted.assigned_to:
        parts.append("v.assigned_to = %(assigned)s")
    if wanted.tag:
        parts.append("%(tag)s = ANY (v.tags)")
    if wanted.intent:
        parts.append("%(intent)s = ANY (t.intents)")
    if wanted.query:
        parts.append(
            """(strpos(lower(c.name), lower(%(query)s)) > 0 OR EXISTS (SELECT FROM messages q
                WHERE q.tenant_id = app.current_tenant()
                  AND q.conversation_id = v.conversation_id
                  AND strpos(lower(q.text), lower(%(query)s)) > 0))"""
        )
    return " AND ".join(parts), {
        "user": user_id,
        "channel": wanted.channel,
        "tag": wanted.tag,
        "intent": wanted.intent,
        "query": wanted.query,
        "status": wanted.status,
        "assigned": wanted.assigned_to,
    }
