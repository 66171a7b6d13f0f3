"""Many tenants in one database: the demo's sentences, mixed anew, over tenants of very different
sizes. A small tenant must not notice the large ones, and what the index of the large ones finds is
held against looking at every chunk."""

from __future__ import annotations

import asyncio
import random
import statistics
import time
from collections.abc import Iterator
from datetime import date
from typing import Any

import yaml

from invekto.db.pool import Database
from invekto.evals.demo_knowledge import DEMO
from invekto.knowledge import chunks, placing
from invekto.knowledge.about import about
from invekto.knowledge.chunks import Chunk, Indexed, Owner
from invekto.knowledge.search import (
    SEARCH,
    WIDELY,
    near_values,
    scan,
    scan_values,
    search,
    vocabulary,
)
from invekto.llm.embeddings import embed_query
from invekto.records.tenants import create_tenant

TENANTS = 300
POOL = 16_000
"""Different chunks; tenants draw theirs from them."""
TITLE = "bilgi.txt"
BATCH = 500
TODAY = date(2026, 1, 1)
LIMIT = "LIMIT %(candidates)s"
QUESTIONS = (
    "kargo ücreti ne kadar", "implant fiyatı kaç para", "iade süresi kaç gün", "taksit var mı",
    "otopark ücretli mi", "randevumu nasıl iptal ederim", "beden tablosu nerede",
    "kapıda ödeme kabul ediyor musunuz", "saç ekimi sonrası ne zaman duş alırım",
    "is there free shipping to germany",
)  # fmt: skip


def passages(count: int, seed: int) -> list[Indexed]:
    """Chunks of two to four sentences on one matter and one on another, with a number of their
    own, ready to be written."""
    dice, matters = random.Random(seed), list(_matters())
    made = []
    for number in range(count):
        matter, other = dice.sample(matters, 2)
        parts = [*dice.sample(matter, min(len(matter), dice.randint(2, 4))), dice.choice(other)]
        made.append(chunks.indexed(Chunk("text", f"{' '.join(parts)} No {number}.", "tr"), TITLE))
        if number % 2_000 == 1_999:
            print(f"  {number + 1} of {count} chunks indexed", flush=True)
    return made


def _matters() -> Iterator[list[str]]:
    for path in sorted(DEMO.glob("*/faqs.yaml")):
        for entry in yaml.safe_load(path.read_text("utf-8")):
            yield [*entry["questions"]["tr"], entry["answers"]["tr"]]


async def fill(database: Database, tenant_id: str, count: int, pool: list[Indexed]) -> None:
    """A tenant with `count` chunks of the pool, drawn by its name, over and over where it is
    larger."""
    dice = random.Random(tenant_id)
    drawn = dice.sample(pool, min(count, len(pool)))
    async with database.tenant(tenant_id) as conn:
        await create_tenant(conn, name=tenant_id, sector="ecommerce")
        for first in range(0, count, BATCH):
            part = [drawn[at % len(drawn)] for at in range(first, min(first + BATCH, count))]
            await chunks.write(conn, Owner("doc", 1, "txt", TITLE), part, first=first)
        await chunks.show_all(conn)


async def run(database: Database, total: int, alone: str, size: int) -> dict[str, Any]:
    """`alone` is a tenant of `size` chunks that is there already."""
    rounds = 200
    before = await timed(database, alone, rounds)
    names = await _filled(database, total - size)
    await timed(database, alone, len(QUESTIONS))
    among = await timed(database, alone, rounds)
    large = await timed(database, names[0], 60)
    exact = [await _milliseconds(database, names[0]) for _ in range(3)]
    return {
        "tenants": TENANTS, "chunks": total, "p95_alone_ms": _p95(before),
        "p95_among_ms": _p95(among), "ratio": round(_p95(among) / _p95(before), 2),
        "largest_tenant": await _count(database, names[0]),
        "largest_p50_ms": round(statistics.median(large), 2),
        "largest_every_chunk_p50_ms": round(statistics.median(exact), 2),
        "recall@10_worst_tenant": await worst_recall(database, [*names, alone]),
    }  # fmt: skip


async def _filled(database: Database, total: int) -> list[str]:
    """Power law: the second has half of the first, the third a third. Large ones are put into the
    index; two at a time, as two workers would."""
    weights = [1 / rank for rank in range(1, TENANTS)]
    scale = total / sum(weights)
    pool = passages(min(POOL, int(scale)), seed=1)
    counts = {f"many-{at}": max(3, int(scale * weight)) for at, weight in enumerate(weights)}
    waiting, began, done = iter(counts.items()), time.perf_counter(), 0

    async def work() -> None:
        nonlocal done
        for name, count in waiting:
            await fill(database, name, count, pool)
            placed = await placing.housekeep(database, name)
            done += count
            if placed or name.endswith("0"):
                seconds = time.perf_counter() - began
                print(f"  {done} of {total} chunks written, {seconds:.0f} s", flush=True)

    await asyncio.gather(work(), work())
    return list(counts)


async def timed(database: Database, tenant_id: str, rounds: int) -> list[float]:
    """Milliseconds of a search."""
    found = []
    async with database.tenant(tenant_id) as conn:
        for number in range(rounds):
            began = time.perf_counter()
            await search(conn, QUESTIONS[number % len(QUESTIONS)], language="tr", today=TODAY)
            found.append((time.perf_counter() - began) * 1000)
    return found


async def _milliseconds(database: Database, tenant_id: str) -> float:
    """Of the statement that looks at every chunk."""
    async with database.tenant(tenant_id) as conn:
        values = await _values(conn, QUESTIONS[0])
        began = time.perf_counter()
        await (await conn.execute(SEARCH, values, binary=True)).fetchall()
        return (time.perf_counter() - began) * 1000


async def _values(conn: Any, question: str) -> dict[str, Any]:
    rarity, own, _ = await vocabulary(conn)
    query = embed_query(question, "tr", rarity, related=own.related(question, "tr"))
    where = about(question, "tr")
    return near_values(query, where, scan_values(query, where, (), TODAY, None))


async def worst_recall(database: Database, names: list[str]) -> float:
    """Of the ten best by the scan's own score over every chunk, the share that search scans, in
    the worst tenant. What scores as well as the tenth counts."""
    shares = []
    for tenant_id in names:
        async with database.tenant(tenant_id) as conn:
            near = (await vocabulary(conn))[2]
            await conn.execute(WIDELY)
            found = [await _share(conn, question, near=near) for question in QUESTIONS]
        shares.append(statistics.mean(found))
    return round(min(shares), 3)


async def _share(conn: Any, question: str, *, near: bool) -> float:
    values = await _values(conn, question) | {"candidates": 10}
    best, seen = await _worths(conn, scan(), values), await _worths(conn, scan(near=near), values)
    return sum(worth >= min(best) - 1e-4 for worth in seen) / len(best) if best else 1.0


async def _worths(conn: Any, scanned: str, values: dict[str, Any]) -> list[float]:
    rows = await conn.execute(f"{scanned} SELECT worth FROM best", values)
    return [float(worth) for (worth,) in await rows.fetchall()]


async def _count(database: Database, tenant_id: str) -> int:
    async with database.tenant(tenant_id) as conn:
        row = await (await conn.execute("SELECT chunks FROM corpus_stats")).fetchone()
    return int(row[0]) if row else 0


def _p95(milliseconds: list[float]) -> float:
    return round(sorted(milliseconds)[int(len(milliseconds) * 0.95)], 2)
