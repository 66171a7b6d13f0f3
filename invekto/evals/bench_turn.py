"""One turn, embedded, without a model: time, CPU, statements, CPU by node, and the floor: the very
statements of the turn, issued raw on one connection."""

from __future__ import annotations

import re
import statistics
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from psycopg import AsyncConnection, AsyncCursor

from invekto.agent.assembly import Engine, build_engine
from invekto.agent.handling import Handled, handle, store
from invekto.contracts.clock import system_clock
from invekto.contracts.ids import new_id
from invekto.contracts.messages import InboundMessage
from invekto.db.opening import OpenDatabase, open_database
from invekto.db.pool import adapted
from invekto.intake.tenants import take_in
from invekto.settings import Settings, settings

SHOP = "nehir-moda"
TEXTS = (
    "kargom nerede acaba",
    "pazar günü açık mısınız",
    "iade kaç gün içinde yapılıyor",
    "defne keten elbise ne kadar",
    "teşekkürler iyi günler",
)
DEMO = Path(__file__).parents[1] / "demo" / SHOP
FRESH = re.compile(r"(?:msg|turn|out|sg|ho|te|aud|act|bench)_[0-9a-f]+")
"""Ids made during a turn."""
TRANSACTIONS = 3
"""Of one turn: receipt, reading, commit."""


@asynccontextmanager
async def shop() -> AsyncIterator[tuple[OpenDatabase, Engine]]:
    """The demo shop on a durable embedded server of its own."""
    with TemporaryDirectory(prefix="invekto-bench-", ignore_cleanup_errors=True) as folder:
        async with await open_database(own_settings(folder)) as at, at.pool("app") as database:
            await take_in(database, DEMO, system_clock())
            yield at, build_engine(settings(), database)


def own_settings(folder: str) -> Settings:
    """The process's settings with a database of the benchmark's own."""
    return settings().model_copy(update={"data_dir": Path(folder), "database_url": None})


async def run(quick: bool) -> dict[str, Any]:
    """Figures of turns one after the other; milliseconds."""
    rounds = 40 if quick else 200
    async with shop() as (at, engine):
        for n, text in enumerate(TEXTS * 2):
            await one(engine, n % 2, text)
        nodes: dict[str, list[float]] = defaultdict(list)
        cpu, times = time.process_time(), []
        for n in range(rounds):
            took, handled = await timed(engine, n % 20, TEXTS[n % len(TEXTS)])
            times.append(took)
            for stop in handled.worked.state.stops if handled else ():
                nodes[stop.node].append(stop.milliseconds)
        spent = (time.process_time() - cpu) * 1000 / rounds
        with recorded() as recording:
            for n in range(len(TEXTS) * 4):
                await one(engine, n % 20, TEXTS[n % len(TEXTS)])
        floor = await raw(at, recording.sent)
        median = statistics.median(times)
        return {
            "turns": rounds,
            "turn p50 ms": median,
            "turn p95 ms": statistics.quantiles(times, n=20)[-1],
            "spread ms (p25 to p75)": "{:.1f} to {:.1f}".format(
                *statistics.quantiles(times, n=4)[::2]
            ),
            "CPU ms a turn": spent,
            "SQL statements a turn": len(recording.sent) / (len(TEXTS) * 4),
            "floor p50 ms": floor,
            "turn over floor": median / floor,
            **{f"… {node} ms": statistics.mean(spans) for node, spans in nodes.items()},
        }


async def one(engine: Engine, contact: int, text: str, *, tenant: str = SHOP) -> float:
    """Store and handle one message; returns milliseconds."""
    return (await timed(engine, contact, text, tenant=tenant))[0]


async def timed(
    engine: Engine, contact: int, text: str, *, tenant: str = SHOP
) -> tuple[float, Handled | None]:
    """As `one`, with what came of it."""
    phone = f"+90555{contact:07d}"
    start = time.perf_counter()
    inbound = InboundMessage(
        "whatsapp", phone.lstrip("+"), new_id("bench"), text, engine.deps.clock(), phone=phone,
        phone_verified=True,
    )  # fmt: skip
    received = await store(engine, tenant, inbound)
    handled = await handle(engine, tenant, received.conversation_id)
    return (time.perf_counter() - start) * 1000, handled


@dataclass
class Recording:
    """Statements with their parameters, in the order in which they were sent."""

    sent: list[tuple[Any, Any]] = field(default_factory=list)


@contextmanager
def recorded() -> Iterator[Recording]:
    """Keep every statement any psycopg cursor sends while the block runs."""
    recording, plain = Recording(), AsyncCursor.execute

    async def execute(
        self: AsyncCursor[Any], query: Any, params: Any = None, **more: Any
    ) -> AsyncCursor[Any]:
        recording.sent.append((query, params))
        return await plain(self, query, params, **more)

    AsyncCursor.execute = execute  # type: ignore[method-assign,assignment]
    try:
        yield recording
    finally:
        AsyncCursor.execute = plain  # type: ignore[method-assign]


async def raw(at: OpenDatabase, sent: list[tuple[Any, Any]], rounds: int = 5) -> float:
    """Median milliseconds of a turn's statements on one connection, by themselves. Ids that a
    turn makes are made anew for every round."""
    times = []
    async with await AsyncConnection.connect(at.app_dsn, autocommit=True) as conn:
        await adapted(conn)
        for _ in range(rounds):
            names: dict[str, str] = {}
            start, begun = time.perf_counter(), 0
            for query, params in sent:
                cursor = await conn.execute(query, _anew(params, names))
                if cursor.description is not None:
                    await cursor.fetchall()
                begun += str(query).find("BEGIN") >= 0
            turns = begun / TRANSACTIONS
            times.append((time.perf_counter() - start) * 1000 / turns)
    return statistics.median(times)


def _anew(params: Any, names: dict[str, str]) -> Any:
    """The parameters with fresh ids for those that the turn had made."""
    if isinstance(params, dict):
        return {key: _anew(value, names) for key, value in params.items()}
    if isinstance(params, list | tuple):
        return [_anew(value, names) for value in params]
    if isinstance(params, str):
        return FRESH.sub(
            lambda found: names.setdefault(found[0], new_id(found[0].split("_")[0])), params
        )
    return params
