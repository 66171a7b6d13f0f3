"""Messages the business will send of its own accord: each planned once, settled once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from invekto.contracts.ids import new_id

Conn = AsyncConnection[Any]


@dataclass(frozen=True, slots=True)
class Planned:
    """`dedupe_key` makes a second plan of the same message harmless; `not_after`: too late to be
    of use."""

    contact_id: str
    kind: str
    subject_kind: str
    subject_id: str
    due_at: datetime
    dedupe_key: str
    message_class: str = "transactional"
    language: str = "tr"
    data: dict[str, Any] = field(default_factory=dict)
    not_after: datetime | None = None
    conversation_id: str | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """A planned message whose time has come, with what its contact allows."""

    scheduled_id: str
    contact_id: str
    kind: str
    message_class: str
    subject_kind: str
    subject_id: str
    language: str
    data: dict[str, Any]
    due_at: datetime
    not_after: datetime | None
    channel: str
    channel_user_id: str
    contact_name: str | None
    consent: str | None
    opted_out_at: datetime | None
    conversation_id: str | None
    channel_account_id: str | None
    last_inbound_at: datetime | None


PLANNED = ", ".join(Planned.__dataclass_fields__)


async def plan(conn: Conn, message: Planned, now: datetime) -> bool:
    """Plan a message; False where it was planned before. One that was called off and is planned
    anew waits again, for its new time."""
    values = {name: getattr(message, name) for name in Planned.__dataclass_fields__}
    values["data"] = Jsonb(message.data)
    done = await conn.execute(
        f"""INSERT INTO scheduled_messages AS s (scheduled_id, {PLANNED}, created_at)
            VALUES (%(id)s, {", ".join(f"%({n})s" for n in values)}, %(now)s)
            ON CONFLICT (tenant_id, dedupe_key) DO UPDATE SET due_at = excluded.due_at,
                not_after = excluded.not_after, data = excluded.data, status = 'waiting',
                reason = NULL, settled_at = NULL
            WHERE s.status = 'cancelled'""",
        {**values, "id": new_id("sch"), "now": now},
    )
    return done.rowcount == 1


async def call_off(conn: Conn, subject_kind: str, subject_id: str, now: datetime) -> int:
    """Take back what waits about a subject; returns how many."""
    done = await conn.execute(
        """UPDATE scheduled_messages SET status = 'cancelled', settled_at = %s
           WHERE tenant_id = app.current_tenant() AND subject_kind = %s AND subject_id = %s
             AND status = 'waiting'""",
        (now, subject_kind, subject_id),
    )
    return done.rowcount


async def waiting(conn: Conn, subject_kind: str, subject_id: str) -> list[tuple[str, datetime]]:
    """(kind, due) of what waits about a subject, earliest first."""
    rows = await conn.execute(
        """SELECT kind, due_at FROM scheduled_messages
           WHERE tenant_id = app.current_tenant() AND subject_kind = %s AND subject_id = %s
             AND status = 'waiting' ORDER BY due_at""",
        (subject_kind, subject_id),
    )
    return [(str(kind), due) for kind, due in await rows.fetchall()]


async def subjects(
    conn: Conn, subject_kind: str, subject_ids: Iterable[str]
) -> set[tuple[str, datetime]]:
    """(subject, its own moment) of what was ever planned and not called off, where the message's
    data names a moment."""
    rows = await conn.execute(
        """SELECT DISTINCT subject_id, data ->> 'moment' FROM scheduled_messages
           WHERE tenant_id = app.current_tenant() AND subject_kind = %s
             AND subject_id = ANY (%s) AND status <> 'cancelled' AND data ? 'moment'""",
        (subject_kind, sorted(set(subject_ids))),
    )
    return {(str(who), datetime.fromisoformat(moment)) for who, moment in await rows.fetchall()}


async def take_due(conn: Conn, now: datetime, *, limit: int = 100) -> list[Due]:
    """Messages whose time has come, locked until the transaction ends; others take the rest."""
    async with conn.cursor(row_factory=class_row(Due)) as cur:
        await cur.execute(
            """SELECT s.scheduled_id, s.contact_id, s.kind, s.message_class, s.subject_kind,
                   s.subject_id, coalesce(c.language, s.language) AS language, s.data, s.due_at,
                   s.not_after, c.channel,
                   c.channel_user_id, c.name AS contact_name, c.consent, c.opted_out_at,
                   v.conversation_id, v.channel_account_id, v.last_inbound_at
               FROM scheduled_messages s
               JOIN contacts c USING (tenant_id, contact_id)
               LEFT JOIN LATERAL (
                   SELECT conversation_id, channel_account_id, last_inbound_at
                   FROM conversations
                   WHERE tenant_id = app.current_tenant() AND contact_id = s.contact_id
                   ORDER BY created_at DESC LIMIT 1) v ON true
               WHERE s.tenant_id = app.current_tenant() AND s.status = 'waiting' AND s.due_at <= %s
               ORDER BY s.due_at LIMIT %s FOR UPDATE OF s SKIP LOCKED""",
            (now, limit),
        )
        return await cur.fetchall()


async def postpone(conn: Conn, scheduled_id: str, due_at: datetime) -> None:
    """Wait until a better hour."""
    await conn.execute(
        """UPDATE scheduled_messages SET due_at = %s
           WHERE tenant_id = app.current_tenant() AND scheduled_id = %s""",
        (due_at, scheduled_id),
    )


async def settle(
    conn: Conn,
    scheduled_id: str,
    status: str,
    now: datetime,
    *,
    reason: str | None = None,
    outbound_id: str | None = None,
) -> None:
    """How it ended: queued, suppressed (with the reason) or expired."""
    await conn.execute(
        """UPDATE scheduled_messages SET status = %s, reason = %s, outbound_id = %s, settled_at = %s
           WHERE tenant_id = app.current_tenant() AND scheduled_id = %s""",
        (status, reason, outbound_id, now, scheduled_id),
    )
