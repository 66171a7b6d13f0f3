"""A person's word above the trust curve: pins and kill switches, in force from the next message."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import class_row

from invekto.contracts.evidence import Risk
from invekto.contracts.ids import new_id
from invekto.errors import BadRequest, NotFound, Refused
from invekto.records.trust_feed import add_event

Conn = AsyncConnection[Any]
COLUMNS = (
    "override_id, kind, intent, by, reason, created_at, expires_at, ended_at, ended_by, end_reason"
)


@dataclass(frozen=True, slots=True)
class StoredOverride:
    """A pin or a kill switch; `intent` None is all of the tenant."""

    override_id: str
    kind: str
    intent: str | None
    by: str
    reason: str
    created_at: datetime
    expires_at: datetime | None
    ended_at: datetime | None = None
    ended_by: str | None = None
    end_reason: str | None = None


async def pin_auto(
    conn: Conn,
    intent: str,
    risk: Risk,
    *,
    by: str,
    reason: str,
    expires_at: datetime,
    now: datetime,
) -> StoredOverride:
    """Let an intent answer by itself until `expires_at`, on a person's word instead of evidence.

    One confirmed wrong automatic reply ends it.

    Raises:
        Refused: the intent is of high risk.
        BadRequest: no name, no reason, or an expiry that has passed.
    """
    if risk is Risk.HIGH:
        raise Refused(
            "high_risk", f"{intent} is of high risk: its replies always wait for a person"
        )
    if expires_at <= now:
        raise BadRequest("a pin to automatic needs an expiry in the future", field="expires_at")
    return await _put(conn, "pin_auto", intent, by, reason, now, expires_at)


async def pin_suggest(
    conn: Conn,
    intent: str | None,
    *,
    by: str,
    reason: str,
    now: datetime,
    expires_at: datetime | None = None,
) -> StoredOverride:
    """Keep an intent (None: every intent) on suggestions, whatever it has earned."""
    return await _put(conn, "pin_suggest", intent, by, reason, now, expires_at)


async def kill(
    conn: Conn, intent: str | None, *, by: str, reason: str, now: datetime
) -> StoredOverride:
    """Stop automatic replies of an intent (None: of the tenant) from the next message on."""
    return await _put(conn, "kill", intent, by, reason, now, None)


async def end_override(
    conn: Conn, override_id: str, *, by: str, now: datetime, reason: str = ""
) -> None:
    """Take a pin or a kill switch back.

    Raises:
        NotFound: there is none in force with this id.
    """
    cursor = await conn.execute(
        """UPDATE trust_overrides SET ended_at = %s, ended_by = %s, end_reason = %s
           WHERE tenant_id = app.current_tenant() AND override_id = %s AND ended_at IS NULL
           RETURNING kind, intent""",
        [now, by, reason, override_id],
    )
    row = await cursor.fetchone()
    if row is None:
        raise NotFound(f"no pin or kill switch {override_id} is in force")
    detail = {"override": row[0], "by": by, "reason": reason}
    await add_event(conn, "ended", now, intent=row[1], detail=detail)


async def end_auto_pins(conn: Conn, intent: str, *, by: str, now: datetime, reason: str) -> int:
    """End every pin to automatic of an intent; returns how many."""
    cursor = await conn.execute(
        """UPDATE trust_overrides SET ended_at = %s, ended_by = %s, end_reason = %s
           WHERE tenant_id = app.current_tenant() AND intent = %s AND kind = 'pin_auto'
             AND ended_at IS NULL""",
        [now, by, reason, intent],
    )
    return cursor.rowcount


async def list_overrides(conn: Conn, now: datetime, *, ended: bool = False) -> list[StoredOverride]:
    """Those in force at `now`; with `ended` the past ones too, the latest first."""
    async with conn.cursor(row_factory=class_row(StoredOverride)) as cur:
        await cur.execute(
            f"""SELECT {COLUMNS} FROM trust_overrides
                WHERE tenant_id = app.current_tenant() AND (%(ended)s OR (ended_at IS NULL
                    AND (expires_at IS NULL OR expires_at > %(now)s)))
                ORDER BY created_at DESC, override_id DESC""",
            {"ended": ended, "now": now},
        )
        return await cur.fetchall()


async def rename_intent(conn: Conn, old: str, new: str, by: str, now: datetime) -> int:
    """Pins and kills in force follow an intent to its new name; returns how many.

    Evidence does not: the new name is a new cell, and starts with what is known as a hint only.
    """
    cursor = await conn.execute(
        """WITH ended AS (
               UPDATE trust_overrides SET ended_at = %(now)s, ended_by = %(by)s,
                      end_reason = 'renamed to ' || %(new)s
               WHERE tenant_id = app.current_tenant() AND intent = %(old)s AND ended_at IS NULL
               RETURNING override_id, kind, by, reason, expires_at)
           INSERT INTO trust_overrides
               (override_id, kind, intent, by, reason, created_at, expires_at)
           SELECT override_id || '>' || %(new)s, kind, %(new)s, by, reason, %(now)s, expires_at
           FROM ended""",
        {"old": old, "new": new, "by": by, "now": now},
    )
    return cursor.rowcount


async def kill_system(conn: Conn, by: str, reason: str, now: datetime) -> None:
    """Stop every automatic reply of every tenant from the next message on. Worker's role only."""
    cursor = await conn.execute(
        "UPDATE trust_system SET killed_at = %s, killed_by = %s, reason = %s", [now, by, reason]
    )
    if cursor.rowcount != 1:
        raise NotFound("the system's trust row is missing: run `invekto migrate`")


async def revive_system(conn: Conn) -> None:
    """Take `kill_system` back. Worker's role only."""
    await conn.execute("UPDATE trust_system SET killed_at = NULL, killed_by = NULL, reason = NULL")


async def _put(
    conn: Conn,
    kind: str,
    intent: str | None,
    by: str,
    reason: str,
    now: datetime,
    expires_at: datetime | None,
) -> StoredOverride:
    if not by.strip() or not reason.strip():
        raise BadRequest("an override needs the name of a person and a reason")
    made = StoredOverride(new_id("ov"), kind, intent, by, reason.strip(), now, expires_at)
    await conn.execute(
        """INSERT INTO trust_overrides
               (override_id, kind, intent, by, reason, created_at, expires_at)
           VALUES (%s, %s, %s, %s, %s, %s, %s)""",
        [made.override_id, kind, intent, by, made.reason, now, expires_at],
    )
    until = expires_at.isoformat() if expires_at else None
    detail = {"override": kind, "by": by, "reason": made.reason, "until": until}
    await add_event(
        conn, "killed" if kind == "kill" else "pinned", now, intent=intent, detail=detail
    )
    return made
