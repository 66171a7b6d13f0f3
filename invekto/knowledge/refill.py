"""Subjects for chunks that were indexed before there were any: search finds them meanwhile by their
words alone."""

from __future__ import annotations

from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import namedtuple_row

from invekto.db.binary import Binary
from invekto.db.pool import Database
from invekto.knowledge.chunks import Chunk, told
from invekto.knowledge.subjects import subject_vector

Conn = AsyncConnection[Any]
BATCH = 200


async def fill_subjects(db: Database, tenant_id: str) -> int:
    """Give every chunk of a tenant its subjects; returns how many had none."""
    done = 0
    while True:
        async with db.tenant(tenant_id) as conn:
            batch = await _fill(conn)
        if not batch:
            return done
        done += batch


async def _fill(conn: Conn) -> int:
    async with conn.cursor(row_factory=namedtuple_row) as cursor:
        await cursor.execute(
            "SELECT c.owner_id, c.version, c.chunk_index, c.kind, c.content, c.language, c.heading,"
            " c.asked FROM chunk_vectors v"
            " JOIN chunks c USING (tenant_id, owner_id, version, chunk_index)"
            " WHERE v.tenant_id = app.current_tenant() AND v.subject IS NULL LIMIT %s",
            [BATCH],
        )
        rows: list[Any] = await cursor.fetchall()
        await cursor.executemany(
            "UPDATE chunk_vectors SET subject = %s::halfvec WHERE tenant_id = app.current_tenant()"
            " AND owner_id = %s AND version = %s AND chunk_index = %s",
            [(_subjects(row), row.owner_id, row.version, row.chunk_index) for row in rows],
        )
    return len(rows)


def _subjects(row: Any) -> Binary:
    chunk = Chunk(row.kind, row.content, row.language, tuple(row.heading), asked=row.asked)
    return subject_vector(told(chunk), row.language)
