"""Requests that were made before, with what they were answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from psycopg import AsyncConnection

Conn = AsyncConnection[Any]

KEPT = timedelta(hours=24)
ABANDONED = timedelta(seconds=60)
"""A first request that gave no answer for so long died with its process."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier request under the same key. `status` is None while it still runs."""

    request_hash: bytes
    status: int | None
    body: bytes | None
    content_type: str | None


async def claim(
    conn: Conn, caller: str, key: str, request_hash: bytes, now: datetime
) -> Earlier | None:
    """Claim a key for a request; None: it is ours to do. Keys are a caller's own."""
    row = await (
        await conn.execute(
            """INSERT INTO idempotency_keys AS k (caller, key, request_hash, created_at)
               VALUES (%(caller)s, %(key)s, %(hash)s, %(now)s)
               ON CONFLICT (tenant_id, caller, key) DO UPDATE SET
                   request_hash = excluded.request_hash, created_at = excluded.created_at,
                   status = NULL, body = NULL
               WHERE k.created_at < %(old)s OR (k.status IS NULL AND k.created_at < %(dead)s)
               RETURNING key""",
            {
                "caller": caller,
                "key": key,
                "hash": request_hash,
                "now": now,
                "old": now - KEPT,
                "dead": now - ABANDONED,
            },
        )
    ).fetchone()
    if row is not None:
        return None
    found = await (
        await conn.execute(
            """SELECT request_hash, status, body, content_type FROM idempotency_keys
               WHERE tenant_id = app.current_tenant() AND caller = %s AND key = %s""",
            (caller, key),
        )
    ).fetchone()
    return Earlier(*found) if found else None


async def answered(
    conn: Conn, caller: str, key: str, status: int, body: bytes, content_type: str | None
) -> None:
    """Keep the answer for those who ask again."""
    await conn.execute(
        """UPDATE idempotency_keys SET status = %s, body = %s, content_type = %s
           WHERE tenant_id = app.current_tenant() AND caller = %s AND key = %s""",
        (status, body, content_type, caller, key),
    )


async def forget(conn: Conn, caller: str, key: str) -> None:
    """The request failed in passing: the next one under this key is a first one."""
    await conn.execute(
        """DELETE FROM idempotency_keys
           WHERE tenant_id = app.current_tenant() AND caller = %s AND key = %s""",
        (caller, key),
    )


async def forget_old(conn: Conn, now: datetime) -> int:
    """Delete what is kept no longer; returns how many."""
    done = await conn.execute(
        "DELETE FROM idempotency_keys WHERE tenant_id = app.current_tenant() AND created_at < %s",
        (now - KEPT,),
    )
    return done.rowcount
