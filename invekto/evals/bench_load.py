"""Turns a second and their times with many conversations at once: two processes, as one would
start two workers on two cores, and Postgres beside them with durable commits. Every process has
its connections and has worked on them before the clock starts."""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from invekto.agent.assembly import Engine
from invekto.db.opening import OpenDatabase
from invekto.db.worker import SLOTS
from invekto.evals.bench_turn import TEXTS, one, shop
from invekto.evals.memory import resident_megabytes

PROCESSES = 2
POOL = 24
WARM = 100
"""Turns of a process before the clock starts."""


async def run(quick: bool) -> dict[str, Any]:
    """Turns a second and p95 at 1, 10, 50 and 200 conversations."""
    figures: dict[str, Any] = {}
    async with shop() as (at, engine):
        for n, text in enumerate(TEXTS * 2):
            await one(engine, n % 2, text)
        for at_once in (1, 10, 50) if quick else (1, 10, 50, 200):
            figures |= await asyncio.to_thread(together, at, engine, at_once, 400 if quick else 600)
    return figures


def together(at: OpenDatabase, engine: Engine, at_once: int, turns: int) -> dict[str, Any]:
    """So many conversations at once, shared out to forked processes."""
    processes = min(PROCESSES, at_once)
    go_read, go_write = os.pipe()
    pipes = []
    for share in range(processes):
        read, write = os.pipe()
        pid = os.fork()
        if pid == 0:
            _child(at, engine, share, at_once // processes, turns // processes, go_read, write)
        os.close(write)
        pipes.append((pid, os.fdopen(read)))
    for _, heard in pipes:
        heard.readline()
    start = time.perf_counter()
    os.write(go_write, b"!" * processes)
    said = []
    for pid, heard in pipes:
        said.append(json.loads(heard.readline()))
        heard.close()
        os.waitpid(pid, 0)
    took = time.perf_counter() - start
    for end in (go_read, go_write):
        os.close(end)
    times = [ms for part in said for ms in part["times"]]
    return {
        f"turns a second at {at_once}": len(times) / took,
        f"p50 ms at {at_once}": statistics.median(times),
        f"p95 ms at {at_once}": statistics.quantiles(times, n=20)[-1],
        f"largest process MB at {at_once}": max(part["megabytes"] for part in said),
    }


def _child(
    at: OpenDatabase, engine: Engine, share: int, at_once: int, turns: int, go: int, write: int
) -> None:
    """In a process of its own; never returns."""
    status = 1
    try:
        times = asyncio.run(_work(at, engine, share, at_once, turns, go, write))
        answer = {"times": times, "megabytes": resident_megabytes()}
        os.write(write, json.dumps(answer).encode())
        status = 0
    finally:
        os._exit(status)


async def _work(
    at: OpenDatabase, engine: Engine, share: int, at_once: int, turns: int, go: int, write: int
) -> list[float]:
    """Milliseconds of turns, the wait for one of a worker's slots included. Says when it is warm,
    and begins when told."""
    times: list[float] = []
    async with at.pool("app", size=POOL) as database:
        slots = asyncio.Semaphore(SLOTS[("now",)])
        own = Engine(replace(engine.deps, database=database), engine.shelf)

        async def customer(number: int, left: Iterator[int]) -> None:
            for n in left:
                start = time.perf_counter()
                async with slots:
                    await one(own, number, TEXTS[n % len(TEXTS)])
                times.append((time.perf_counter() - start) * 1000)

        async def customers(turns: int) -> None:
            left = iter(range(turns))
            first = 10_000 * (share + 1)
            await asyncio.gather(*(customer(first + n, left) for n in range(at_once)))

        await customers(WARM)
        times.clear()
        os.write(write, b"warm\n")
        await asyncio.to_thread(os.read, go, 1)
        await customers(turns)
    return times
