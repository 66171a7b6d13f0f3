"""One turn, embedded, without a model: time, CPU, statements, and the floor of the same statements
issued raw on one connection."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from psycopg import AsyncConnection, AsyncCursor

from invekto.agent.assembly import Engine, build_engine
from invekto.agent.handling import handle, store
from invekto.contracts.clock import system_clock
from invekto.contracts.ids import new_id
from invekto.contracts.messages import InboundMessage
from invekto.db.opening import OpenDatabase, open_database
from invekto.intake.tenants import take_in
from invekto.settings import settings

SHOP = "nehir-moda"
TEXTS = (
    "kargom nerede acaba",
    "pazar günü açık mısınız",
    "iade kaç gün içinde yapılıyor",
    "defne keten elbise ne kadar",
    "teşekkürler iyi günler",
)
DEMO = Path(__file__).parents[1] / "demo" / SHOP


@asynccontextmanager
async def shop() -> AsyncIterator[tuple[OpenDatabase, Engine]]:
    """The demo shop on a durable embedded server of its own."""
    with TemporaryDirectory(prefix="invekto-bench-", ignore_cleanup_errors=True) as folder:
        own = settings().model_copy(update={"data_dir": Path(folder), "database_url": None})
        async with await open_database(own) as at, at.pool("app") as database:
            await take_in(database, DEMO, system_clock())
            yield at, build_engine(settings(), database)


async def run(quick: bool) -> dict[str, Any]:
    """Figures of sequential and of concurrent turns; milliseconds."""
    rounds = 40 if quick else 200
    async with shop() as (at, engine):
        for text in TEXTS:
            await one(engine, 0, text)
        cpu, times = time.process_time(), []
        with counted() as counter:
            for n in range(rounds):
                times.append(await one(engine, n % 20, TEXTS[n % len(TEXTS)]))
        spent = (time.process_time() - cpu) * 1000 / rounds
        per_turn = counter.sent / rounds
        floor = await raw(at, rounds, round(per_turn))
        figures: dict[str, Any] = {
            "turns": rounds,
            "turn p50 ms": statistics.median(times),
            "turn p95 ms": statistics.quantiles(times, n=20)[-1],
            "CPU ms a turn": spent,
            "SQL statements a turn": per_turn,
            "floor p50 ms": floor,
            "turn over floor": statistics.median(times) / floor,
        }
        for at_once in (1, 10) if quick else (1, 10, 50):
            figures |= await together(engine, at_once, rounds)
        return figures


async def one(engine: Engine, contact: int, text: str) -> float:
    """Store and handle one message; returns milliseconds."""
    phone = f"+90555777{contact:04d}"
    start = time.perf_counter()
    inbound = InboundMessage(
        "whatsapp", phone.lstrip("+"), new_id("bench"), text, engine.deps.clock(), phone=phone,
        phone_verified=True,
    )  # fmt: skip
    received = await store(engine, SHOP, inbound)
    await handle(engine, SHOP, received.conversation_id)
    return (time.perf_counter() - start) * 1000


async def together(engine: Engine, at_once: int, turns: int) -> dict[str, float]:
    """Turns a second and p95 with so many conversations at once."""
    gate, times = asyncio.Semaphore(at_once), []

    async def limited(n: int) -> None:
        async with gate:
            times.append(await one(engine, 1000 + n % at_once, TEXTS[n % len(TEXTS)]))

    start = time.perf_counter()
    await asyncio.gather(*(limited(n) for n in range(turns)))
    took = time.perf_counter() - start
    return {
        f"turns a second at {at_once}": turns / took,
        f"p95 ms at {at_once}": statistics.quantiles(times, n=20)[-1],
    }


@dataclass
class Counter:
    """Statements sent since it was made."""

    sent: int = 0


@contextmanager
def counted() -> Iterator[Counter]:
    """Count every statement any psycopg cursor sends while the block runs."""
    counter, plain = Counter(), AsyncCursor.execute

    async def execute(self: AsyncCursor[Any], *args: Any, **more: Any) -> AsyncCursor[Any]:
        counter.sent += 1
        return await plain(self, *args, **more)

    AsyncCursor.execute = execute  # type: ignore[method-assign,assignment]
    try:
        yield counter
    finally:
        AsyncCursor.execute = plain  # type: ignore[method-assign]


async def raw(at: OpenDatabase, rounds: int, per_turn: int) -> float:
    """Median milliseconds of as many trivial statements in two transactions."""
    times = []
    async with await AsyncConnection.connect(at.app_dsn, autocommit=True) as conn:
        for _ in range(rounds):
            start = time.perf_counter()
            async with conn.transaction():
                await conn.execute("SELECT set_config('app.tenant_id', %s, true)", (SHOP,))
                for _ in range(per_turn):
                    await conn.execute("SELECT 1 FROM conversations LIMIT 1")
            times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)
