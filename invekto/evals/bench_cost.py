"""What one message costs from receipt to outcome, through the job queue: CPU of ours and of
Postgres, commits, write-ahead log, bytes kept. The inputs of `python -m invekto.evals.capacity`.

CPU time hardly depends on what else the machine does; Postgres's is read from /proc (Linux only).
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, fields
from functools import partial
from pathlib import Path
from typing import Any

from psycopg import AsyncConnection

from invekto.agent.assembly import Engine
from invekto.agent.handling import handle
from invekto.contracts.ids import new_id
from invekto.contracts.messages import InboundMessage
from invekto.db.opening import OpenDatabase
from invekto.db.queue import Task, defer
from invekto.db.worker import drain
from invekto.evals.bench_turn import SHOP, TEXTS, shop
from invekto.records.conversations import receive

TOGETHER = 50
"""Messages that wait before the worker is let at them."""
CUSTOMERS = 400
STATISTICS = """SELECT pg_backend_pid(), xact_commit, pg_database_size(current_database()),
    pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint
    FROM pg_stat_database WHERE datname = current_database()"""


@dataclass(frozen=True, slots=True)
class Spent:
    """So far, since the processes began; seconds and bytes."""

    own_cpu: float
    postgres_cpu: float
    commits: float
    kept: float
    logged: float

    def since(self, before: Spent, turns: int) -> Spent:
        """A turn's share of the difference."""
        return Spent(
            *((getattr(self, f.name) - getattr(before, f.name)) / turns for f in fields(self))
        )


async def run(quick: bool) -> dict[str, Any]:
    """Figures a turn of one message."""
    turns = 300 if quick else 3_000
    async with shop() as (at, engine):
        await work(at, engine, 2 * TOGETHER)
        before = await spent(at)
        await work(at, engine, turns)
        one = (await spent(at)).since(before, turns)
    return {
        "turns": turns,
        "own CPU ms a turn": one.own_cpu * 1000,
        "Postgres CPU ms a turn": one.postgres_cpu * 1000,
        "commits a turn": one.commits,
        "bytes kept a turn": one.kept,
        "write-ahead log bytes a turn": one.logged,
    }


async def work(at: OpenDatabase, engine: Engine, messages: int) -> None:
    """Receive and enqueue as the webhooks do, answer as a worker does."""

    async def turn(tenant_id: str, conversation_id: str) -> None:
        await handle(engine, tenant_id, conversation_id)

    tasks = [Task("turn", turn), *(Task(name, _nothing) for name in ("deliver", "remind"))]
    for n in range(messages):
        await _arrives(engine, n)
        if (n + 1) % TOGETHER == 0:
            await drain(at.jobs_dsn, tasks)


async def _arrives(engine: Engine, n: int) -> None:
    customer = f"90555{n % CUSTOMERS:07d}"
    inbound = InboundMessage(
        "whatsapp", customer, new_id("bench"), TEXTS[n % len(TEXTS)], engine.deps.clock(),
        phone=f"+{customer}", phone_verified=True,
    )  # fmt: skip
    async with engine.deps.database.tenant(SHOP) as conn:
        received = await receive(conn, inbound, engine.deps.clock())
        about = partial(defer, conn, "turn", conversation_id=received.conversation_id)
        await about(lock=received.conversation_id, queueing_lock=received.conversation_id)


async def _nothing(**_: Any) -> None:
    """A channel that costs nothing: sending is the channel's work."""


async def spent(at: OpenDatabase) -> Spent:
    """What has been spent up to now."""
    async with await AsyncConnection.connect(at.owner_dsn, autocommit=True) as conn:
        await conn.execute("CHECKPOINT")
        row = await (await conn.execute(STATISTICS)).fetchone()
    assert row is not None
    backend, commits, kept, logged = row
    return Spent(time.process_time(), _server_cpu(int(backend)), commits, kept, logged)


def _server_cpu(backend: int) -> float:
    """CPU seconds of the whole server that a backend belongs to, ended backends included."""
    stat = _stat(backend)
    if stat is None:
        return 0.0
    postmaster = int(stat[1])
    ticks = 0
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (found := _stat(int(entry.name))):
            if int(entry.name) == postmaster:
                ticks += sum(int(part) for part in found[11:15])
            elif int(found[1]) == postmaster:
                ticks += sum(int(part) for part in found[11:13])
    return ticks / os.sysconf("SC_CLK_TCK")


def _stat(pid: int) -> list[str] | None:
    """Fields of /proc/PID/stat after the program's name: state, parent, …"""
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    except OSError:
        return None
