"""What a model endpoint was used for and cost, by day and operation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import class_row

Conn = AsyncConnection[Any]


@dataclass(frozen=True, slots=True)
class Usage:
    day: date
    operation: str
    calls: int
    failures: int
    tokens_in: int
    tokens_out: int
    cost: Decimal


async def spent(conn: Conn, day: date) -> tuple[int, Decimal]:
    """Tokens and money of a day, all operations together."""
    row = await (
        await conn.execute(
            """SELECT coalesce(sum(tokens_in + tokens_out), 0), coalesce(sum(cost), 0)
               FROM model_usage WHERE tenant_id = app.current_tenant() AND day = %s""",
            (day,),
        )
    ).fetchone()
    assert row is not None
    return int(row[0]), Decimal(row[1])


async def add_usage(conn: Conn, usage: Usage) -> None:
    """Add one call's or several calls' use to its day."""
    await conn.execute(
        """INSERT INTO model_usage AS u
               (day, operation, calls, failures, tokens_in, tokens_out, cost)
           VALUES (%s, %s, %s, %s, %s, %s, %s)
           ON CONFLICT (tenant_id, day, operation) DO UPDATE SET
               calls = u.calls + excluded.calls, failures = u.failures + excluded.failures,
               tokens_in = u.tokens_in + excluded.tokens_in,
               tokens_out = u.tokens_out + excluded.tokens_out, cost = u.cost + excluded.cost""",
        (
            usage.day, usage.operation, usage.calls, usage.failures, usage.tokens_in,
            usage.tokens_out, usage.cost,
        ),
    )  # fmt: skip


async def usage_since(conn: Conn, day: date) -> list[Usage]:
    """By day and operation, latest first."""
    async with conn.cursor(row_factory=class_row(Usage)) as cur:
        await cur.execute(
            """SELECT day, operation, calls, failures, tokens_in, tokens_out, cost
               FROM model_usage WHERE tenant_id = app.current_tenant() AND day >= %s
               ORDER BY day DESC, operation""",
            (day,),
        )
        return await cur.fetchall()
