"""Time of a turn as tenants and history grow. The further tenants and messages are rows as the
product writes them, made in SQL."""

from __future__ import annotations

import statistics
from typing import Any

from psycopg import AsyncConnection

from invekto.agent.assembly import Engine
from invekto.db.opening import OpenDatabase
from invekto.evals.bench_turn import SHOP, TEXTS, one, shop

HISTORY = """
    INSERT INTO contacts (tenant_id, contact_id, channel, channel_user_id)
        SELECT %(tenant)s::text, 'ct_old_' || n, 'whatsapp', 'old' || n
        FROM generate_series(%(from)s::int, %(to)s::int) n WHERE n %% 10 = 0 ON CONFLICT DO NOTHING;
    INSERT INTO conversations (tenant_id, conversation_id, contact_id, channel, last_seq,
            last_inbound_seq, answered_seq, last_message_at)
        SELECT %(tenant)s::text, 'cv_old_' || n, 'ct_old_' || n, 'whatsapp', 10, 9, 9, now()
        FROM generate_series(%(from)s::int, %(to)s::int) n WHERE n %% 10 = 0 ON CONFLICT DO NOTHING;
    INSERT INTO messages (tenant_id, conversation_id, seq, message_id, author, text, channel,
            provider_message_id, sent_at, received_at)
        SELECT %(tenant)s::text, 'cv_old_' || n / 10 * 10, n %% 10 + 1, 'msg_old_' || n,
            CASE WHEN n %% 2 = 0 THEN 'customer' ELSE 'ai' END,
            'kargom nerede acaba, sipariş numaram ' || n, 'whatsapp', 'old.' || n, now(), now()
        FROM generate_series(%(from)s::int, %(to)s::int) n ON CONFLICT DO NOTHING;
    INSERT INTO turns (tenant_id, turn_id, conversation_id, first_seq, last_seq, outcome,
            created_at)
        SELECT %(tenant)s::text, 'turn_old_' || n, 'cv_old_' || n / 10 * 10, n %% 10 + 1,
            n %% 10 + 1, 'answered', now()
        FROM generate_series(%(from)s::int, %(to)s::int) n WHERE n %% 2 = 0 ON CONFLICT DO NOTHING;
"""
TENANTS = """
    INSERT INTO tenants (tenant_id, name, sector, packs)
        SELECT 'grown-' || n, 'Grown ' || n, 'ecommerce', '{ecommerce}'
        FROM generate_series(1, %(count)s::int) n ON CONFLICT DO NOTHING
"""


async def run(quick: bool) -> dict[str, Any]:
    """p50 of a turn on the small database and on grown ones, and their ratios."""
    rounds, figures = 60 if quick else 200, {}
    sizes = ((1, 1_000), (30, 10_000)) if quick else ((1, 1_000), (30, 10_000), (300, 100_000))
    async with shop() as (at, engine):
        first, before = 0.0, 0
        for tenants, messages in sizes:
            await grow(at, tenants, before, messages)
            before = messages
            median = await typical(engine, rounds)
            first = first or median
            name = f"{tenants} tenants, {messages:,} messages"
            figures[f"turn p50 ms, {name}"] = median
            figures[f"… over the smallest, {name}"] = median / first
    return figures


async def grow(at: OpenDatabase, tenants: int, before: int, messages: int) -> None:
    """Add tenants, and messages: half of them the shop's own, the others a neighbour's each."""
    async with await AsyncConnection.connect(at.owner_dsn, autocommit=True) as conn:
        await conn.execute(TENANTS, {"count": tenants})
        shares = [(SHOP, before // 2, messages // 2)]
        if tenants > 1:
            each = messages // 2 // (tenants - 1)
            shares += [(f"grown-{n}", 0, each) for n in range(1, tenants)]
        for tenant, start, end in shares:
            for statement in HISTORY.split(";"):
                if statement.strip():
                    given = {"tenant": tenant, "from": start + 1, "to": end}
                    await conn.execute(statement.encode(), given)
        await conn.execute("ANALYZE")


async def typical(engine: Engine, rounds: int) -> float:
    """Median milliseconds of turns of twenty customers."""
    for n, text in enumerate(TEXTS * 2):
        await one(engine, n % 20, text)
    times = [await one(engine, n % 20, TEXTS[n % len(TEXTS)]) for n in range(rounds)]
    return statistics.median(times)
