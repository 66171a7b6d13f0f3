"""Large tenants in the index of nearest neighbours (HNSW; Malkov and Yashunin, 2016).

A scan orders chunks by words + topic + subject, each an inner product. Laid one after the other the
three are one sparse vector, and the question's three, each times its weight, are another: their
inner product is the scan's own order, and the index finds the first of it without looking at all.
`housekeep` puts a tenant's chunks into the index once there are `LARGE` of them; search goes
through it from when all are there, and looks at chunks that came since one by one.
"""

from __future__ import annotations

from typing import Any

from psycopg import AsyncConnection

from invekto.db.pool import Database
from invekto.llm.terms import SPACE

Conn = AsyncConnection[Any]

LARGE = 8_000
"""Chunks from where on the index is quicker than looking at every chunk: `invekto bench --only
knowledge` measures both."""
SMALL = LARGE // 2
"""Chunks below which a tenant leaves it again."""
TOPICS, SUBJECTS = 64, 960
"""Room for topics and subjects after the words."""
DIMENSIONS = SPACE + TOPICS + SUBJECTS
LEAST = 1e-3
BATCH = 200


def placed(
    words: str, topic: str, subject: str, *, topic_weight: float = 1, subject_weight: float = 1
) -> str:
    """The three vectors, in pgvector's text forms, as one sparse vector in its text form."""
    parts = [words[1 : words.index("}")]]
    parts += _shifted(topic, SPACE, topic_weight)
    parts += _shifted(subject, SPACE + TOPICS, subject_weight)
    return f"{{{','.join(filter(None, parts))}}}/{DIMENSIONS}"


def _shifted(dense: str, by: int, weight: float) -> list[str]:
    values = (float(value) * weight for value in dense[1:-1].split(","))
    return [f"{by + at}:{v:.4g}" for at, v in enumerate(values, 1) if abs(v) > LEAST]


async def housekeep(db: Database, tenant_id: str, *, large: int = LARGE) -> int:
    """Put a tenant into the index, or take it out, by its size; returns how many chunks were put
    there."""
    async with db.tenant(tenant_id) as conn:
        count, indexed = await _size(conn)
        if indexed and count < min(SMALL, large):
            await _leave(conn)
    if count < large:
        return 0
    done = 0
    while True:
        async with db.tenant(tenant_id) as conn:
            batch = await _place(conn)
            if not batch:
                await conn.execute(
                    "UPDATE corpus_stats SET indexed = true"
                    " WHERE tenant_id = app.current_tenant() AND NOT indexed"
                )
                return done
        done += batch


async def _size(conn: Conn) -> tuple[int, bool]:
    rows = await conn.execute(
        "SELECT chunks, indexed FROM corpus_stats WHERE tenant_id = app.current_tenant()"
    )
    count, indexed = await rows.fetchone() or (0, False)
    return int(count), bool(indexed)


async def _leave(conn: Conn) -> None:
    await conn.execute(
        "UPDATE corpus_stats SET indexed = false WHERE tenant_id = app.current_tenant()"
    )
    await conn.execute(
        "UPDATE chunk_vectors SET placed = NULL WHERE tenant_id = app.current_tenant()"
        " AND placed IS NOT NULL"
    )


async def _place(conn: Conn) -> int:
    found = await conn.execute(
        "SELECT owner_id, version, chunk_index, words::text, topic::text, subject::text"
        " FROM chunk_vectors WHERE tenant_id = app.current_tenant() AND placed IS NULL"
        " AND subject IS NOT NULL LIMIT %s",
        [BATCH],
    )
    rows = await found.fetchall()
    async with conn.cursor() as cursor:
        await cursor.executemany(
            "UPDATE chunk_vectors SET placed = %s::sparsevec WHERE tenant_id = app.current_tenant()"
            " AND owner_id = %s AND version = %s AND chunk_index = %s",
            [(placed(*row[3:]), *row[:3]) for row in rows],
        )
    return len(rows)
