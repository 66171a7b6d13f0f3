"""The outbox on its way out: claimed, sent, uncertain, settled.

A message is `sending` only while a worker speaks to the channel. One that is found `sending` by
the next job was left behind by a dead worker: the channel may or may not have it, so it becomes
`uncertain`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from psycopg import AsyncConnection
from psycopg.rows import class_row, dict_row

from invekto.db.queue import defer
from invekto.records.outbox import COLUMNS, Outbound

Conn = AsyncConnection[Any]

Reported = Literal["sent", "delivered", "read", "failed"]


@dataclass(frozen=True, slots=True)
class Ready:
    """A message and what its delivery depends on."""

    outbound: Outbound
    opted_out_at: datetime | None
    language: str | None
    name: str | None
    phone: str | None
    last_inbound_at: datetime | None
    doubtful_for: float | None
    """Seconds since its fate became unknown."""
    uncertain_times: int


@dataclass(frozen=True, slots=True)
class StatusReport:
    """What a channel said about a message, in whatever order and however often."""

    provider_message_id: str
    status: Reported
    at: datetime
    outbound_id: str | None = None
    """Our own id, which some channels give back: it finds messages of unknown fate."""
    reason: str | None = None


async def next_of_contact(conn: Conn, contact_id: str, now: datetime) -> Ready | None:
    """The oldest message to a contact that is not settled, its row locked; None: all are. One that
    waits for another attempt keeps its place; one that was never due yet does not stop others. One
    that was due when it was queued is due on any clock."""
    columns = ", ".join(f"o.{c.strip()}" for c in COLUMNS.split(","))
    async with conn.cursor(row_factory=dict_row) as cur:
        await cur.execute(
            f"""SELECT {columns}, o.uncertain_times,
                    extract(epoch FROM clock_timestamp() - o.uncertain_at)::float8 AS doubtful_for,
                    c.opted_out_at, c.language,
                    c.name, c.phone, v.last_inbound_at
                FROM outbound_messages o
                JOIN contacts c USING (tenant_id, contact_id)
                LEFT JOIN LATERAL (
                    SELECT max(last_inbound_at) AS last_inbound_at FROM conversations
                    WHERE tenant_id = app.current_tenant() AND contact_id = o.contact_id) v ON true
                WHERE o.tenant_id = app.current_tenant() AND o.contact_id = %s
                  AND o.status IN ('queued', 'sending', 'uncertain')
                ORDER BY o.attempts = 0 AND o.due_at > greatest(%s, o.created_at), o.created_at,
                    o.outbound_id
                LIMIT 1 FOR UPDATE OF o""",
            (contact_id, now),
        )
        row = await cur.fetchone()
    if row is None:
        return None
    beside = {name: row.pop(name) for name in Ready.__slots__ if name in row}
    return Ready(Outbound(**row), **beside)


async def begin(conn: Conn, outbound_id: str) -> None:
    """The channel is about to be spoken to."""
    await conn.execute(
        """UPDATE outbound_messages SET status = 'sending', attempts = attempts + 1
           WHERE tenant_id = app.current_tenant() AND outbound_id = %s""",
        (outbound_id,),
    )


async def accepted(
    conn: Conn, outbound_id: str, provider_message_id: str, now: datetime, *, final: bool = False
) -> None:
    """The channel has it; statuses that were quicker than its answer are applied. `final`: the
    channel reports nothing further, so this is delivery."""
    await conn.execute(
        """UPDATE outbound_messages SET status = %s, provider_message_id = %s, sent_at = %s,
               delivered_at = CASE WHEN %s THEN %s::timestamptz END, failed_reason = NULL,
               uncertain_at = NULL
           WHERE tenant_id = app.current_tenant() AND outbound_id = %s
             AND status IN ('sending', 'uncertain')""",
        ("delivered" if final else "sent", provider_message_id, now, final, now, outbound_id),
    )
    await _apply_statuses(conn, provider_message_id)


async def put_back(conn: Conn, outbound_id: str, reason: str, due_at: datetime) -> None:
    """The channel certainly does not have it: another attempt at `due_at`."""
    await conn.execute(
        """UPDATE outbound_messages SET status = 'queued', failed_reason = %s, due_at = %s
           WHERE tenant_id = app.current_tenant() AND outbound_id = %s
             AND status IN ('queued', 'sending', 'uncertain')""",
        (reason[:500], due_at, outbound_id),
    )


async def doubt(conn: Conn, outbound_id: str, reason: str) -> None:
    """The channel may or may not have it; counted, and waited for. Times are the database's."""
    await conn.execute(
        """UPDATE outbound_messages SET status = 'uncertain', failed_reason = %s,
               uncertain_at = clock_timestamp(), uncertain_times = uncertain_times + 1
           WHERE tenant_id = app.current_tenant() AND outbound_id = %s AND status = 'sending'""",
        (reason[:500], outbound_id),
    )


async def settle(
    conn: Conn, outbound_id: str, status: Literal["failed", "dead", "cancelled"], reason: str
) -> None:
    """It will not be sent: refused for good, given up, or not wanted any more."""
    await conn.execute(
        """UPDATE outbound_messages SET status = %s, failed_reason = %s
           WHERE tenant_id = app.current_tenant() AND outbound_id = %s
             AND status IN ('queued', 'sending', 'uncertain')""",
        (status, reason[:500], outbound_id),
    )


async def report(conn: Conn, channel: str, said: StatusReport) -> bool:
    """Keep a status and apply it; False where it was known before.

    Statuses arrive out of order: the furthest one stands, and `failed` gives way to a later
    `delivered`. One that arrives before our own note of the provider's id is kept for it.
    """
    done = await conn.execute(
        """INSERT INTO channel_statuses (channel, provider_message_id, status, at, outbound_id,
               reason)
           VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING""",
        (channel, said.provider_message_id, said.status, said.at, said.outbound_id, said.reason),
    )
    if done.rowcount == 0:
        return False
    if said.outbound_id is not None:
        await _settle_doubt(conn, channel, said)
    await _apply_statuses(conn, said.provider_message_id)
    return True


async def _settle_doubt(conn: Conn, channel: str, said: StatusReport) -> None:
    """The channel speaks of a message of unknown fate: it has it. What waits behind it may go."""
    row = await (
        await conn.execute(
            """UPDATE outbound_messages SET provider_message_id = %s, status = 'sent',
                   sent_at = coalesce(sent_at, %s), uncertain_at = NULL
               WHERE tenant_id = app.current_tenant() AND outbound_id = %s AND channel = %s
                 AND status IN ('sending', 'uncertain') RETURNING contact_id""",
            (said.provider_message_id, said.at, said.outbound_id, channel),
        )
    ).fetchone()
    if row is not None:
        await enqueue_delivery(conn, str(row[0]))


async def _apply_statuses(conn: Conn, provider_message_id: str) -> None:
    await conn.execute(
        """WITH said AS (
               SELECT channel, max(at) FILTER (WHERE status = 'delivered') AS delivered,
                   max(at) FILTER (WHERE status = 'read') AS read,
                   bool_or(status = 'failed') AS failed,
                   max(reason) FILTER (WHERE status = 'failed') AS reason
               FROM channel_statuses
               WHERE tenant_id = app.current_tenant() AND provider_message_id = %(id)s
               GROUP BY channel)
           UPDATE outbound_messages o SET
               delivered_at = coalesce(said.delivered, said.read, o.delivered_at),
               read_at = coalesce(said.read, o.read_at),
               failed_reason = CASE WHEN said.delivered IS NULL AND said.read IS NULL
                   AND said.failed THEN said.reason ELSE o.failed_reason END,
               status = CASE WHEN said.read IS NOT NULL THEN 'read'
                   WHEN said.delivered IS NOT NULL THEN 'delivered'
                   WHEN said.failed THEN 'failed' ELSE o.status END
           FROM said
           WHERE o.tenant_id = app.current_tenant() AND o.channel = said.channel
             AND o.provider_message_id = %(id)s
             AND o.status IN ('sent', 'delivered', 'read', 'failed')""",
        {"id": provider_message_id},
    )


async def find_failed(conn: Conn, channel: str, provider_message_id: str) -> Outbound | None:
    """The message that a channel took and could not deliver; None where it stands otherwise, or
    a hand-over tells of it already."""
    async with conn.cursor(row_factory=class_row(Outbound)) as cur:
        await cur.execute(
            f"""SELECT {COLUMNS} FROM outbound_messages o
                WHERE tenant_id = app.current_tenant() AND channel = %s
                  AND provider_message_id = %s AND status = 'failed'
                  AND NOT EXISTS (SELECT FROM handovers h
                      WHERE h.tenant_id = app.current_tenant()
                        AND h.conversation_id = o.conversation_id
                        AND h.detail ->> 'outbound_id' = o.outbound_id)""",
            (channel, provider_message_id),
        )
        return await cur.fetchone()


async def dead_letters(conn: Conn, *, limit: int = 100) -> list[Outbound]:
    """Messages that were given up or refused, newest first."""
    async with conn.cursor(row_factory=class_row(Outbound)) as cur:
        await cur.execute(
            f"""SELECT {COLUMNS} FROM outbound_messages
                WHERE tenant_id = app.current_tenant() AND status IN ('dead', 'failed')
                ORDER BY created_at DESC LIMIT %s""",
            (limit,),
        )
        return await cur.fetchall()


async def replay(conn: Conn, outbound_id: str, now: datetime) -> bool:
    """Queue a dead letter again; False where there is no such one."""
    row = await (
        await conn.execute(
            """WITH again AS (
                   UPDATE outbound_messages SET status = 'queued', attempts = 0, due_at = %s,
                       uncertain_times = 0, uncertain_at = NULL
                   WHERE tenant_id = app.current_tenant() AND outbound_id = %s
                     AND status IN ('dead', 'failed') RETURNING contact_id)
               SELECT app.enqueue_delivery(contact_id, interval '0') FROM again""",
            (now, outbound_id),
        )
    ).fetchone()
    return row is not None


async def enqueue_delivery(conn: Conn, contact_id: str, *, after: float = 0.0) -> None:
    """Have what waits for a contact looked at in `after` seconds; a job that waits already is
    moved there."""
    name = f"deliver:{contact_id}"
    await defer(
        conn, "deliver", line="out", lock=name, queueing_lock=name, schedule_in=after,
        contact_id=contact_id,
    )  # fmt: skip
