"""How much a tenant may ask for: one bucket a purpose, filled at a steady rate.

The generic cell rate algorithm (ITU-T I.371): a bucket is one moment, the one at which it will be
full again. Times are the database's own, so that all processes share one clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from psycopg import AsyncConnection

Conn = AsyncConnection[Any]


@dataclass(frozen=True, slots=True)
class Allowance:
    """`remaining` requests may follow at once; `reset` seconds until the bucket is full again;
    `retry_after` seconds until one more is allowed, 0 where this one was."""

    allowed: bool
    limit: int
    remaining: int
    reset: float
    retry_after: float = 0.0


async def take(conn: Conn, bucket: str, *, burst: int, per_second: float) -> Allowance:
    """Take one from a bucket that holds `burst` and gains `per_second`."""
    each, depth = 1.0 / per_second, burst / per_second
    row = await (
        await conn.execute(
            """INSERT INTO rate_limits AS b (bucket, full_at)
               VALUES (%(bucket)s, clock_timestamp() + make_interval(secs => %(each)s))
               ON CONFLICT (tenant_id, bucket) DO UPDATE SET full_at =
                   greatest(b.full_at, clock_timestamp()) + make_interval(secs => %(each)s)
               WHERE greatest(b.full_at, clock_timestamp()) + make_interval(secs => %(each)s)
                   <= clock_timestamp() + make_interval(secs => %(depth)s)
               RETURNING extract(epoch FROM full_at - clock_timestamp())::float8""",
            {"bucket": bucket, "each": each, "depth": depth},
        )
    ).fetchone()
    if row is not None:
        filled = max(0.0, float(row[0]))
        return Allowance(True, burst, max(0, int((depth - filled) / each)), filled)
    found = await (
        await conn.execute(
            """SELECT extract(epoch FROM full_at - clock_timestamp())::float8 FROM rate_limits
               WHERE tenant_id = app.current_tenant() AND bucket = %s""",
            (bucket,),
        )
    ).fetchone()
    filled = max(0.0, float(found[0])) if found else 0.0
    return Allowance(False, burst, 0, filled, max(each, filled + each - depth))
