"""Replays of past conversations that people start and come back to: how far, and what was said."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import class_row

from invekto.contracts.ids import new_id
from invekto.errors import NotFound

Conn = AsyncConnection[Any]
KEPT = timedelta(days=30)
"""A report quotes customers: it is looked at, and then it goes."""


@dataclass(frozen=True, slots=True)
class KeptReplay:
    """`status`: waiting, running, done, failed; `problem` says why one failed. `done` and `total`
    count conversations; `report` is sealed for `purpose`, None until it is there."""

    replay_id: str
    status: str
    name: str
    version: str
    done: int
    total: int
    report: bytes | None = field(repr=False)
    problem: str
    created_by: str
    created_at: datetime
    changed_at: datetime
    expires_at: datetime

    @property
    def over(self) -> bool:
        """Whether nothing more will come of it."""
        return self.status in ("done", "failed")


REPLAY = ", ".join(KeptReplay.__dataclass_fields__)


def purpose(tenant_id: str, replay_id: str) -> str:
    """What a replay's conversations and report are sealed for."""
    return f"{tenant_id}/replay/{replay_id}"


def new_replay_id() -> str:
    """An id, needed before anything can be sealed under it."""
    return new_id("rep")


async def add(
    conn: Conn, replay_id: str, name: str, version: str, source: bytes, total: int, by: str,
    now: datetime,
) -> None:  # fmt: skip
    """Keep what is to be replayed; `source` is sealed, `total` counts its conversations."""
    await conn.execute(
        """INSERT INTO replays (replay_id, name, version, source, total, created_by, created_at,
               changed_at, expires_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)""",
        (replay_id, name, version, source, total, by, now, now, now + KEPT),
    )


async def get(conn: Conn, replay_id: str) -> KeptReplay:
    """One replay. Raises NotFound: unknown, or kept no longer."""
    async with conn.cursor(row_factory=class_row(KeptReplay)) as cur:
        await cur.execute(
            f"""SELECT {REPLAY} FROM replays
                WHERE tenant_id = app.current_tenant() AND replay_id = %s""",
            (replay_id,),
        )
        found = await cur.fetchone()
    if found is None:
        raise NotFound(f"no replay {replay_id}: one is kept for {KEPT.days} days")
    return found


async def recent(conn: Conn, *, limit: int = 20) -> list[KeptReplay]:
    """The replays that are kept, newest first."""
    async with conn.cursor(row_factory=class_row(KeptReplay)) as cur:
        await cur.execute(
            f"""SELECT {REPLAY} FROM replays WHERE tenant_id = app.current_tenant()
                ORDER BY created_at DESC, replay_id LIMIT %s""",
            (limit,),
        )
        return await cur.fetchall()


async def begin(conn: Conn, replay_id: str, now: datetime) -> bytes | None:
    """Note that it runs, from the beginning; its sealed conversations, or None where it has ended
    or is gone."""
    row = await (
        await conn.execute(
            """UPDATE replays SET status = 'running', done = 0, changed_at = %s
               WHERE tenant_id = app.current_tenant() AND replay_id = %s
                 AND status IN ('waiting', 'running') RETURNING source""",
            (now, replay_id),
        )
    ).fetchone()
    return bytes(row[0]) if row else None


async def advance(conn: Conn, replay_id: str, done: int, now: datetime) -> None:
    """Note how many of its conversations are done."""
    await conn.execute(
        """UPDATE replays SET done = %s, changed_at = %s
           WHERE tenant_id = app.current_tenant() AND replay_id = %s AND status = 'running'""",
        (done, now, replay_id),
    )


async def end(
    conn: Conn, replay_id: str, report: bytes | None, now: datetime, *, problem: str = ""
) -> None:
    """It is over: with its sealed report, or failed with what went wrong. Its conversations go."""
    await conn.execute(
        """UPDATE replays SET status = %s, report = %s, problem = %s, source = NULL,
               done = CASE WHEN %s::bytea IS NULL THEN done ELSE total END, changed_at = %s
           WHERE tenant_id = app.current_tenant() AND replay_id = %s""",
        ("failed" if report is None else "done", report, problem, report, now, replay_id),
    )


async def discard(conn: Conn, replay_id: str) -> bool:
    """Throw a replay away; False: there is none."""
    done = await conn.execute(
        "DELETE FROM replays WHERE tenant_id = app.current_tenant() AND replay_id = %s",
        (replay_id,),
    )
    return done.rowcount == 1


async def forget_old(conn: Conn, now: datetime) -> int:
    """Delete what is kept no longer; returns how many."""
    done = await conn.execute(
        "DELETE FROM replays WHERE tenant_id = app.current_tenant() AND expires_at < %s", (now,)
    )
    return done.rowcount
