"""The audit log: appended in the transaction of what it tells of, sealed into one chain a tenant.

An event holds references, names and keyed hashes, never a person's values, so that erasing a
person does not have to touch it and its proof stays whole.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from psycopg import AsyncConnection, errors
from psycopg.rows import class_row, dict_row
from psycopg.types.json import Jsonb

from invekto.contracts.ids import new_id
from invekto.db.roles import root_key
from invekto.errors import BadRequest, Conflict
from invekto.settings import Settings

Conn = AsyncConnection[Any]

SETTLED = timedelta(seconds=90)
"""Longer than any transaction may idle: no older event appears behind a sealed one."""
LOOK = timedelta(minutes=15)
BATCH = 1_000
START = "0" * 64
ACTORS = frozenset({"user", "api_key", "ai", "customer", "system"})
EVENT = (
    "created_at, event_id, event_type, actor_kind, actor_id, resource_type, resource_id,"
    " correlation_id, origin_hash, before_hash, after_hash, detail"
)


@dataclass(frozen=True, slots=True)
class AuditEvent:
    created_at: datetime
    event_id: str
    event_type: str
    actor_kind: str
    actor_id: str
    resource_type: str
    resource_id: str
    correlation_id: str
    origin_hash: str
    before_hash: str
    after_hash: str
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ChainReport:
    """What verifying found: `broken` says what does not fit; `unsealed` wait their turn."""

    sealed: int
    unsealed: int
    broken: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """Whether nothing was changed, taken out or put in."""
        return not self.broken


def audit_key(settings: Settings) -> bytes:
    """The key of hashes, seals and checkpoints, derived from the secret key."""
    return hmac.new(root_key(settings), b"audit", hashlib.sha256).digest()


def keyed_hash(key: bytes, value: Any) -> str:
    """A value that can be compared with but not read: HMAC-SHA256, in hex."""
    canonical = json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)
    return hmac.new(key, canonical.encode(), hashlib.sha256).hexdigest()


async def record(
    conn: Conn,
    event_type: str,
    *,
    actor_kind: str,
    actor_id: str = "",
    resource_type: str,
    resource_id: str = "",
    correlation_id: str = "",
    origin_hash: str = "",
    before_hash: str = "",
    after_hash: str = "",
    detail: dict[str, Any] | None = None,
) -> str:
    """Append an event; returns its id. `detail` holds names, counts and versions only.

    Raises:
        BadRequest: unknown kind of actor.
    """
    if actor_kind not in ACTORS:
        raise BadRequest(f"unknown actor {actor_kind!r}: use {', '.join(sorted(ACTORS))}")
    event_id = new_id("aud")
    await conn.execute(
        "INSERT INTO audit_events (event_id, event_type, actor_kind, actor_id, resource_type,"
        " resource_id, correlation_id, origin_hash, before_hash, after_hash, detail)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [
            event_id, event_type, actor_kind, actor_id, resource_type, resource_id,
            correlation_id, origin_hash, before_hash, after_hash, Jsonb(detail or {}),
        ],
    )  # fmt: skip
    return event_id


async def viewed(
    conn: Conn,
    resource_type: str,
    resource_id: str,
    *,
    actor_kind: str,
    actor_id: str,
    correlation_id: str = "",
) -> None:
    """Append that somebody looked at personal data: once for looks of the same person at the same
    thing within `LOOK`, as pages that keep themselves up to date read again and again."""
    await conn.execute(
        """INSERT INTO audit_events (event_id, event_type, actor_kind, actor_id, resource_type,
               resource_id, correlation_id)
           SELECT %(event)s, %(type)s, %(kind)s, %(actor)s, %(thing)s, %(id)s, %(request)s
           WHERE NOT EXISTS (SELECT FROM audit_events
               WHERE tenant_id = app.current_tenant() AND resource_type = %(thing)s
                 AND resource_id = %(id)s AND created_at > clock_timestamp() - %(look)s
                 AND event_type = %(type)s AND actor_id = %(actor)s)""",
        {
            "event": new_id("aud"), "type": f"{resource_type}.viewed", "kind": actor_kind,
            "actor": actor_id, "thing": resource_type, "id": resource_id,
            "request": correlation_id, "look": LOOK,
        },
    )  # fmt: skip


async def search(
    conn: Conn,
    *,
    event_type: str | None = None,
    actor_id: str | None = None,
    resource_type: str | None = None,
    resource_id: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    before: tuple[datetime, str] | None = None,
    limit: int = 100,
) -> list[AuditEvent]:
    """Events, newest first. `before` is the last (created_at, event_id) of the page before."""
    async with conn.cursor(row_factory=class_row(AuditEvent)) as cur:
        await cur.execute(
            f"""SELECT {EVENT} FROM audit_events
                WHERE tenant_id = app.current_tenant()
                  AND (%(type)s::text IS NULL OR event_type = %(type)s)
                  AND (%(actor)s::text IS NULL OR actor_id = %(actor)s)
                  AND (%(kind)s::text IS NULL OR resource_type = %(kind)s)
                  AND (%(id)s::text IS NULL OR resource_id = %(id)s)
                  AND (%(since)s::timestamptz IS NULL OR created_at >= %(since)s)
                  AND (%(until)s::timestamptz IS NULL OR created_at < %(until)s)
                  AND (%(at)s::timestamptz IS NULL OR (created_at, event_id) < (%(at)s, %(last)s))
                ORDER BY created_at DESC, event_id DESC LIMIT %(limit)s""",
            {
                "type": event_type, "actor": actor_id, "kind": resource_type, "id": resource_id,
                "since": since, "until": until, "at": before[0] if before else None,
                "last": before[1] if before else None, "limit": min(max(limit, 1), 1_000),
            },
        )  # fmt: skip
        return await cur.fetchall()


async def event_types(conn: Conn) -> list[str]:
    """The kinds of events there are, for choosing among them."""
    done = await conn.execute(
        "SELECT DISTINCT event_type FROM audit_events WHERE tenant_id = app.current_tenant()"
        " ORDER BY 1"
    )
    return [str(row[0]) for row in await done.fetchall()]


async def seal(conn: Conn, key: bytes, now: datetime, *, settled: timedelta = SETTLED) -> int:
    """Chain the events that are old enough; returns how many. Run it until it returns 0."""
    await conn.execute("SELECT pg_advisory_xact_lock(hashtext('audit ' || app.current_tenant()))")
    seq, last = await _head(conn)
    async with conn.cursor(row_factory=class_row(AuditEvent)) as cur:
        await cur.execute(
            f"""SELECT {EVENT} FROM audit_events e
                WHERE tenant_id = app.current_tenant() AND created_at <= %s
                  AND NOT EXISTS (SELECT FROM audit_seals s WHERE s.tenant_id = e.tenant_id
                                  AND s.created_at = e.created_at AND s.event_id = e.event_id)
                ORDER BY created_at, event_id LIMIT %s""",
            (now - settled, BATCH),
        )
        events = await cur.fetchall()
    rows: list[tuple[Any, ...]] = []
    for number, event in enumerate(events, seq + 1):
        last = _chained(key, last, event)
        rows.append((number, event.created_at, event.event_id, last))
    async with conn.cursor() as cur:
        await cur.executemany(
            "INSERT INTO audit_seals (seq, created_at, event_id, hash) VALUES (%s, %s, %s, %s)",
            rows,
        )
    return len(rows)


def _chained(key: bytes, previous: str, event: AuditEvent) -> str:
    told = {name: getattr(event, name) for name in EVENT.split(", ")}
    told["created_at"] = event.created_at.timestamp()
    return keyed_hash(key, [previous, told])


async def _head(conn: Conn) -> tuple[int, str]:
    row = await (
        await conn.execute(
            """SELECT seq, hash FROM audit_seals WHERE tenant_id = app.current_tenant()
               UNION ALL
               SELECT last_seq, last_hash FROM audit_checkpoints
               WHERE tenant_id = app.current_tenant()
               ORDER BY 1 DESC LIMIT 1"""
        )
    ).fetchone()
    return (int(row[0]), str(row[1])) if row else (0, START)


async def verify(conn: Conn, key: bytes) -> ChainReport:
    """Walk the tenant's chain from its start or its last checkpoint."""
    broken: list[str] = []
    expected, previous = await _start(conn, key, broken)
    sealed = 0
    async with conn.cursor(row_factory=dict_row) as cur:
        await cur.execute(
            f"""SELECT s.seq, s.hash, s.event_id AS sealed_id, {
                EVENT.replace(", ", ", e.").replace("created_at", "e.created_at", 1)
            }
                FROM audit_seals s
                LEFT JOIN audit_events e USING (tenant_id, created_at, event_id)
                WHERE s.tenant_id = app.current_tenant() AND s.seq >= %s ORDER BY s.seq""",
            (expected,),
        )
        async for row in cur:
            sealed += 1
            broken += _fault(row, expected, previous, key)
            expected, previous = row["seq"] + 1, row["hash"]
    return ChainReport(sealed, await _unsealed(conn), tuple(broken[:50]))


def _fault(row: dict[str, Any], expected: int, previous: str, key: bytes) -> list[str]:
    if row["seq"] != expected:
        return [f"seals {expected} to {row['seq'] - 1} are missing"]
    if row["event_id"] is None:
        return [f"event {row['sealed_id']} (seal {row['seq']}) is missing"]
    event = AuditEvent(**{name: row[name] for name in EVENT.split(", ")})
    if not hmac.compare_digest(_chained(key, previous, event), row["hash"]):
        return [f"event {event.event_id} (seal {row['seq']}) was changed"]
    return []


async def _start(conn: Conn, key: bytes, broken: list[str]) -> tuple[int, str]:
    """Where the chain that is still there begins, checkpoints of dropped months proved."""
    async with conn.cursor(row_factory=dict_row) as cur:
        await cur.execute(
            """SELECT month, last_seq, last_hash, events, signature FROM audit_checkpoints c
               WHERE tenant_id = app.current_tenant() AND NOT EXISTS (
                   SELECT FROM audit_seals s WHERE s.tenant_id = c.tenant_id
                   AND s.seq <= c.last_seq)
               ORDER BY last_seq"""
        )
        dropped = await cur.fetchall()
    for row in dropped:
        if not hmac.compare_digest(row["signature"], _signature(key, row)):
            broken.append(f"the checkpoint of {row['month']} was changed")
    if not dropped:
        return 1, START
    return dropped[-1]["last_seq"] + 1, dropped[-1]["last_hash"]


def _signature(key: bytes, row: dict[str, Any]) -> str:
    return keyed_hash(
        key, ["checkpoint", str(row["month"]), row["last_seq"], row["last_hash"], row["events"]]
    )


async def _unsealed(conn: Conn) -> int:
    row = await (
        await conn.execute(
            """SELECT count(*) FROM audit_events e WHERE tenant_id = app.current_tenant()
               AND NOT EXISTS (SELECT FROM audit_seals s WHERE s.tenant_id = e.tenant_id
                               AND s.created_at = e.created_at AND s.event_id = e.event_id)"""
        )
    ).fetchone()
    return int(row[0]) if row else 0


async def checkpoint(conn: Conn, key: bytes, month: date) -> bool:
    """Sign the end of a sealed month, after which its partitions may be dropped; False where the
    tenant has nothing in that month or signed it before.

    Raises:
        Conflict: an event of the month is not sealed yet.
    """
    first = month.replace(day=1)
    async with conn.cursor(row_factory=dict_row) as cur:
        await cur.execute(
            """SELECT count(*) AS events, count(s.seq) AS sealed, max(s.seq) AS last_seq
               FROM audit_events e LEFT JOIN audit_seals s USING (tenant_id, created_at, event_id)
               WHERE e.tenant_id = app.current_tenant()
                 AND e.created_at >= %s::date AND e.created_at < %s::date + interval '1 month'""",
            (first, first),
        )
        counted = await cur.fetchone()
        assert counted is not None
        if not counted["events"]:
            return False
        if counted["events"] != counted["sealed"]:
            raise Conflict(f"{first:%Y-%m} has events that are not sealed: seal them first")
        await cur.execute(
            "SELECT hash FROM audit_seals WHERE tenant_id = app.current_tenant() AND seq = %s",
            (counted["last_seq"],),
        )
        head = await cur.fetchone()
        assert head is not None
        row = {
            "month": first,
            "last_seq": counted["last_seq"],
            "last_hash": head["hash"],
            "events": counted["events"],
        }
        await cur.execute(
            "INSERT INTO audit_checkpoints (month, last_seq, last_hash, events, signature)"
            " VALUES (%(month)s, %(last_seq)s, %(last_hash)s, %(events)s, %(signature)s)"
            " ON CONFLICT DO NOTHING",
            {**row, "signature": _signature(key, row)},
        )
        return cur.rowcount > 0


async def months_to_sign(conn: Conn, before: date) -> list[date]:
    """First days of the tenant's months before `before` that have events and no checkpoint."""
    done = await conn.execute(
        """SELECT DISTINCT date_trunc('month', e.created_at)::date FROM audit_events e
           WHERE e.tenant_id = app.current_tenant() AND e.created_at < date_trunc('month', %s::date)
             AND NOT EXISTS (SELECT FROM audit_checkpoints c WHERE c.tenant_id = e.tenant_id
                             AND c.month = date_trunc('month', e.created_at)::date)
           ORDER BY 1""",
        (before,),
    )
    return [row[0] for row in await done.fetchall()]


async def open_month(conn: Conn, day: date) -> bool:
    """Make the partitions of a month ahead of time; True where they were not there."""
    row = await (await conn.execute("SELECT app.open_audit_month(%s)", (day,))).fetchone()
    return bool(row and row[0])


async def drop_month(conn: Conn, day: date) -> bool:
    """Drop a whole month of every tenant; False where it is not there. For the worker's role only.

    Raises:
        Conflict: the month is still running, or an event of any tenant in it is not sealed behind
            a signed checkpoint.
    """
    try:
        row = await (await conn.execute("SELECT app.drop_audit_month(%s)", (day,))).fetchone()
    except errors.RaiseException as error:
        raise Conflict(str(error.diag.message_primary)) from error
    return bool(row and row[0])
