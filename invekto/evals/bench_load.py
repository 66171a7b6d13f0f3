"""Turns a second and their times with many conversations at once: two processes, as one would
start two workers on two cores, and Postgres beside them with durable commits."""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import time
from dataclasses import replace
from typing import Any

from invekto.agent.assembly import Engine
from invekto.db.opening import OpenDatabase
from invekto.db.worker import SLOTS
from invekto.evals.bench_turn import TEXTS, one, shop
from invekto.evals.memory import resident_megabytes

PROCESSES = 2
POOL = 24


async def run(quick: bool) -> dict[str, Any]:
    """Turns a second and p95 at 1, 10, 50 and 200 conversations."""
    figures: dict[str, Any] = {}
    async with shop() as (at, engine):
        for n, text in enumerate(TEXTS * 2):
            await one(engine, n % 2, text)
        for at_once in (1, 10, 50) if quick else (1, 10, 50, 200):
            figures |= await asyncio.to_thread(together, at, engine, at_once, 100 if quick else 600)
    return figures


def together(at: OpenDatabase, engine: Engine, at_once: int, turns: int) -> dict[str, Any]:
    """So many conversations at once, shared out to forked processes."""
    processes = min(PROCESSES, at_once)
    pipes = []
    start = time.perf_counter()
    for share in range(processes):
        read, write = os.pipe()
        pid = os.fork()
        if pid == 0:
            _child(at, engine, share, at_once // processes, turns // processes, write)
        os.close(write)
        pipes.append((pid, read))
    said = []
    for pid, read in pipes:
        with os.fdopen(read) as heard:
            said.append(json.loads(heard.read()))
        os.waitpid(pid, 0)
    took = time.perf_counter() - start
    times = [ms for part in said for ms in part["times"]]
    return {
        f"turns a second at {at_once}": len(times) / took,
        f"p50 ms at {at_once}": statistics.median(times),
        f"p95 ms at {at_once}": statistics.quantiles(times, n=20)[-1],
        f"largest process MB at {at_once}": max(part["megabytes"] for part in said),
    }


def _child(
    at: OpenDatabase, engine: Engine, share: int, at_once: int, turns: int, write: int
) -> None:
    """In a process of its own; never returns."""
    status = 1
    try:
        times = asyncio.run(_work(at, engine, share, at_once, turns))
        answer = {"times": times, "megabytes": resident_megabytes()}
        os.write(write, json.dumps(answer).encode())
        status = 0
    finally:
        os._exit(status)


async def _work(
    at: OpenDatabase, engine: Engine, share: int, at_once: int, turns: int
) -> list[float]:
    """Milliseconds of turns, the wait for one of a worker's slots included."""
    times: list[float] = []
    left = iter(range(turns))
    async with at.pool("app", size=POOL) as database:
        slots = asyncio.Semaphore(SLOTS[("now",)])
        own = Engine(replace(engine.deps, database=database), engine.shelf)

        async def customer(number: int) -> None:
            for n in left:
                start = time.perf_counter()
                async with slots:
                    await one(own, number, TEXTS[n % len(TEXTS)])
                times.append((time.perf_counter() - start) * 1000)

        await asyncio.gather(*(customer(10_000 * (share + 1) + n) for n in range(at_once)))
    return times
