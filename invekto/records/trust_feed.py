"""What people look at: the feed of what changed, the errors found, the queue of audits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import class_row, dict_row
from psycopg.types.json import Jsonb

from invekto.contracts.evidence import Cell
from invekto.contracts.ids import new_id
from invekto.records.trust import CELL, Json, StoredVerdict, read_verdict

Conn = AsyncConnection[Any]


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """Something that changed what may be sent: the feed for people."""

    event_id: str
    at: datetime
    kind: str
    intent: str | None
    language: str | None
    path: str | None
    behaviour: str | None
    verdict_id: str | None
    detail: Json


@dataclass(frozen=True, slots=True)
class ToAudit:
    """An automatic reply that waits for a person's check."""

    turn_id: str
    conversation_id: str
    intents: list[str]
    language: str | None
    question: str | None
    reply: str | None
    sent_at: datetime


async def add_event(
    conn: Conn,
    kind: str,
    at: datetime,
    *,
    cell: Cell | None = None,
    intent: str | None = None,
    verdict_id: str | None = None,
    detail: Json | None = None,
) -> None:
    """Tell people what changed."""
    await conn.execute(
        f"""INSERT INTO trust_events (event_id, at, kind, {CELL}, verdict_id, detail)
            VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)""",
        [
            new_id("te"),
            at,
            kind,
            cell.intent if cell else intent,
            cell.language if cell else None,
            cell.path.value if cell else None,
            cell.behaviour if cell else None,
            verdict_id,
            Jsonb(detail or {}),
        ],
    )


async def list_events(
    conn: Conn, *, intent: str | None = None, limit: int = 50
) -> list[StoredEvent]:
    """Promotions, falls, pins and kills, the latest first."""
    async with conn.cursor(row_factory=class_row(StoredEvent)) as cur:
        await cur.execute(
            f"""SELECT event_id, at, kind, {CELL}, verdict_id, detail FROM trust_events
                WHERE tenant_id = app.current_tenant()
                  AND (%(intent)s::text IS NULL OR intent = %(intent)s)
                ORDER BY at DESC, event_id DESC LIMIT %(limit)s""",
            {"intent": intent, "limit": limit},
        )
        return await cur.fetchall()


async def list_errors(conn: Conn, *, limit: int = 50) -> list[StoredVerdict]:
    """What was found wrong, the latest first."""
    async with conn.cursor(row_factory=dict_row) as cur:
        await cur.execute(
            """SELECT * FROM trust_verdicts
               WHERE tenant_id = app.current_tenant() AND counted = 'wrong'
               ORDER BY at DESC, seq DESC LIMIT %s""",
            [limit],
        )
        return [read_verdict(row) for row in await cur.fetchall()]


async def audit_queue(conn: Conn, *, limit: int = 100) -> list[ToAudit]:
    """Automatic replies that drew the audit coin and were not judged yet, oldest first."""
    async with conn.cursor(row_factory=class_row(ToAudit)) as cur:
        await cur.execute(
            """SELECT turn_id, conversation_id, intents, language, inputs ->> 'text' AS question,
                      why ->> 'reply' AS reply, created_at AS sent_at
               FROM turns t
               WHERE tenant_id = app.current_tenant() AND outcome = 'answered'
                 AND (why -> 'decision' ->> 'audit') = 'true'
                 AND NOT EXISTS (SELECT FROM trust_verdicts v
                     WHERE v.tenant_id = app.current_tenant() AND v.turn_id = t.turn_id
                       AND v.kind IN ('audit_right', 'audit_wrong', 'auto_wrong_agent',
                                      'auto_wrong_customer'))
               ORDER BY created_at LIMIT %s""",
            [limit],
        )
        return await cur.fetchall()
