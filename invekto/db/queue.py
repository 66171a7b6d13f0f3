"""The job queue: procrastinate on its own schema, entered inside the caller's transaction.

Four lines: `now` (somebody waits for it), `out` (waits for an outside receiver), `later` (heavy
work) and `timed` (due at a set time; for many due at once, such as a day's reminders, let a round
enqueue them when they are due). Within all but `timed` tenants take turns, see
`migrations/0001_jobs.sql`.

A job runs at least once: a worker may die between a job's effect and its end. Handlers make
their effect and a mark of it in one transaction.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from psycopg import AsyncConnection
from psycopg.rows import TupleRow
from psycopg.types.json import Jsonb

Connection = AsyncConnection[TupleRow]
Line = Literal["now", "out", "later", "timed"]
Handler = Callable[..., Awaitable[None]]

LONGEST_ID = 200  # characters


@dataclass(frozen=True)
class Task:
    """What a worker does for jobs of this name; both functions get `tenant_id` and the job's ids.

    After `attempts` failures `gave_up` is called instead, once, so that what the job was for
    still comes to an end (a turn, for one, goes to a person).
    """

    name: str
    run: Handler
    gave_up: Handler | None = None
    attempts: int = 6


async def defer(
    conn: Connection,
    task: str,
    *,
    line: Line = "now",
    lock: str | None = None,
    queueing_lock: str | None = None,
    schedule_in: float = 0.0,
    longest_wait: float | None = None,
    **ids: str | int,
) -> int:
    """Enqueue `task` for the transaction's tenant; it runs after, and only if, `conn` commits.

    Jobs of one `lock` run one at a time, in order. While a job waits under `queueing_lock`,
    another one under it only moves that job to the new time: `schedule_in` seconds from now,
    but at most `longest_wait` seconds after the first. Locks are the tenant's own. Jobs carry
    ids, never content. Returns the job's id.
    """
    for name, value in ids.items():
        if len(str(value)) > LONGEST_ID:
            raise ValueError(f"{name} of job {task} is no id: {len(str(value))} characters")
    wait = None if longest_wait is None else timedelta(seconds=longest_wait)
    delay = timedelta(seconds=schedule_in)
    answer = await conn.execute(
        "SELECT jobs.enqueue(%s, %s, %s, %s, %s, %s, %s)",
        [task, line, lock, queueing_lock, Jsonb(ids), delay, wait],
    )
    row = await answer.fetchone()
    assert row is not None
    return int(row[0])


async def trust_changes(conn: Connection) -> dict[str, int]:
    """How often cells of all tenants were promoted and fell; for metrics."""
    rows = await conn.execute("SELECT kind, changes FROM app.trust_changes")
    return {str(kind): int(count) for kind, count in await rows.fetchall()}


@dataclass(frozen=True)
class Backlog:
    """One line: jobs that are due, seconds that the oldest of them has waited, jobs that failed."""

    line: str
    due: int
    oldest_seconds: float
    failed: int


async def backlog(conn: Connection) -> list[Backlog]:
    """How far behind the workers are, over all tenants; for metrics."""
    rows = await conn.execute("SELECT line, due, oldest_seconds, failed FROM jobs.backlog()")
    return [Backlog(*row) for row in await rows.fetchall()]
