"""Who works on the turn of a conversation, so that a job and a waiting request never overlap."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from psycopg import AsyncConnection

Conn = AsyncConnection[Any]

JOB = "job"
"""Jobs of one conversation exclude each other by their queue lock: one that finds this holder
knows that it is dead."""
LEASE = timedelta(seconds=60)


async def claim(conn: Conn, conversation_id: str, holder: str) -> bool:
    """Take the lease; False while somebody else holds it. Times are the database's own."""
    done = await conn.execute(
        """INSERT INTO conversation_leases AS l (conversation_id, holder, expires_at)
           VALUES (%(conversation)s, %(holder)s, clock_timestamp() + %(lease)s)
           ON CONFLICT (tenant_id, conversation_id) DO UPDATE SET
               holder = excluded.holder, expires_at = excluded.expires_at
           WHERE l.expires_at < clock_timestamp() OR l.holder = excluded.holder""",
        {"conversation": conversation_id, "holder": holder, "lease": LEASE},
    )
    return done.rowcount == 1


async def release(conn: Conn, conversation_id: str, holder: str) -> bool:
    """Give the lease back; False where it was lost meanwhile."""
    done = await conn.execute(
        """DELETE FROM conversation_leases WHERE tenant_id = app.current_tenant()
           AND conversation_id = %s AND holder = %s""",
        (conversation_id, holder),
    )
    return done.rowcount == 1
