"""Workers of their own process, started from a warm one and killed at will."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path

import psycopg

from invekto.db.worker import keep_house_once

ROOT = Path(__file__).resolve().parent.parent.parent
LEFT = """SELECT count(*) FROM jobs.procrastinate_jobs
    WHERE status IN ('todo', 'doing')
        AND (queue_name <> 'timed' OR task_name IN ('deliver_due', 'undelivered'))"""
"""What is of messages: the rounds' jobs of later aside."""


@dataclass(frozen=True)
class Order:
    """What a worker is to be: `die_at` is the step at which it kills itself, 0 for never."""

    dsn: str
    graph_url: str
    model_url: str = ""
    die_at: int = 0
    connections: int = 10
    port: int = 0
    """Of an API instead of a worker."""
    beside: bool = False
    """One of several at once: its end is not said."""


class Workers:
    """Starts workers, one at a time."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.pid = 0

    async def start(self, order: Order) -> None:
        """A worker that runs; with `die_at` it may be dead already."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(asdict(order)).encode() + b"\n")
        await self._process.stdin.drain()
        if not order.die_at:
            self.pid = int((await self._said("ready")).split()[1])

    async def end(self, number: signal.Signals) -> int:
        """Send a signal; returns the exit code, negative for a signal."""
        os.kill(self.pid, number)
        return await self.ended()

    async def ended(self) -> int:
        """Wait for the worker's own end."""
        said = await self._heard()
        if said.startswith("ready"):
            self.pid = int(said.split()[1])
            said = await self._heard()
        assert said.startswith("ended"), said
        return int(said.split()[1])

    async def _said(self, word: str) -> str:
        line = await self._heard()
        assert line.startswith(word), line
        return line

    async def _heard(self) -> str:
        assert self._process.stdout is not None
        async with asyncio.timeout(90):
            return (await self._process.stdout.readline()).decode()


@contextlib.asynccontextmanager
async def warm() -> AsyncIterator[Workers]:
    """A warm process; it ends with the block, and its worker with it."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.server.worker_process",
        cwd=ROOT, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        yield Workers(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()


async def left(dsn: str) -> int:
    """Jobs that are not done."""
    async with await psycopg.AsyncConnection.connect(dsn) as conn:
        row = await (await conn.execute(LEFT)).fetchone()
        assert row is not None
        return int(row[0])


async def bury(dsn: str) -> None:
    """Another worker notices that one is dead."""
    await keep_house_once(dsn, silence=timedelta(0))


async def all_done(dsn: str, seconds: float = 90) -> None:
    """Wait until every job is."""
    async with asyncio.timeout(seconds):
        while await left(dsn):  # noqa: ASYNC110 - another process works
            await asyncio.sleep(0.05)
