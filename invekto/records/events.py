"""What happened, in the order it was committed: for live pages and for webhooks.

Rows are written by `app.emit`, from triggers and from `emit`. A reader stops before the oldest
transaction that is still open, so that nothing is skipped when a slow one commits late.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from psycopg import AsyncConnection
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

Conn = AsyncConnection[Any]

KEPT = timedelta(days=7)
SETTLED = "tx < pg_snapshot_xmin(pg_current_snapshot())::text::bigint"


class Place(NamedTuple):
    """A place in the stream of a tenant's events."""

    tx: int
    seq: int


@dataclass(frozen=True, slots=True)
class Event:
    tx: int
    seq: int
    type: str
    subject: dict[str, Any]
    created_at: datetime

    @property
    def place(self) -> Place:
        return Place(self.tx, self.seq)


async def emit(conn: Conn, event_type: str, subject: dict[str, Any]) -> None:
    """Tell that something happened, in the transaction in which it did. `subject` holds ids."""
    await conn.execute(
        "SELECT app.emit(app.current_tenant(), %s, %s)", (event_type, Jsonb(subject))
    )


async def last_place(conn: Conn) -> Place:
    """The end of the stream as it may be read now."""
    row = await (
        await conn.execute(
            f"""SELECT tx, seq FROM events WHERE tenant_id = app.current_tenant() AND {SETTLED}
                ORDER BY tx DESC, seq DESC LIMIT 1"""
        )
    ).fetchone()
    return Place(*row) if row else Place(0, 0)


async def after(conn: Conn, place: Place, *, limit: int = 200) -> list[Event]:
    """The events after a place, oldest first."""
    async with conn.cursor(row_factory=class_row(Event)) as cur:
        await cur.execute(
            f"""SELECT tx, seq, type, subject, created_at FROM events
                WHERE tenant_id = app.current_tenant() AND (tx, seq) > (%s, %s) AND {SETTLED}
                ORDER BY tx, seq LIMIT %s""",
            (*place, limit),
        )
        return await cur.fetchall()


async def forget_old(conn: Conn, now: datetime) -> int:
    """Delete what is kept no longer; returns how many."""
    done = await conn.execute(
        "DELETE FROM events WHERE tenant_id = app.current_tenant() AND created_at < %s",
        (now - KEPT,),
    )
    return done.rowcount
