"""Large tenants in the index of nearest neighbours (HNSW; Malkov and Yashunin, 2016).

A scan orders chunks by words + topic + subject, each an inner product. Laid one after the other the
three are one sparse vector, and the question's three, each times its weight, are another: their
inner product is the scan's own order, and the index finds the first of it without looking at all.
`housekeep` puts a tenant's chunks into the index once there are `LARGE` of them; search goes
through it from when all are there, and looks at chunks that came since one by one.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from psycopg import AsyncConnection

from invekto.db.binary import Binary
from invekto.db.pool import Database
from invekto.llm.embeddings import Dimensions, entries, halved, sparse
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
LENGTHS = (256, 384, 512, 768, 1024, 1536, 3072)
"""Of an endpoint's vectors that have an index of their own."""
LEAST = 1e-3
BATCH = 200


def placed(
    words: tuple[Dimensions, NDArray[Any]], topic: NDArray[Any], subject: NDArray[Any]
) -> Binary:
    """The three vectors as one sparse vector; `words` are dimensions and what each counts."""
    at, counts = words
    broad, fine = (np.flatnonzero(np.abs(dense) > LEAST) for dense in (topic, subject))
    return sparse(
        np.concatenate([at, SPACE + broad, SPACE + TOPICS + fine]),
        np.concatenate([counts, topic[broad], subject[fine]]),
        DIMENSIONS,
    )


def _read(words: bytes, topic: bytes, subject: bytes) -> Binary:
    """The same of a chunk, from pgvector's binary forms."""
    return placed(entries(words), halved(topic), halved(subject))


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
        "SELECT owner_id, version, chunk_index, words, topic, subject"
        " FROM chunk_vectors WHERE tenant_id = app.current_tenant() AND placed IS NULL"
        " AND subject IS NOT NULL LIMIT %s",
        [BATCH],
        binary=True,
    )
    rows = await found.fetchall()
    async with conn.cursor() as cursor:
        await cursor.executemany(
            "UPDATE chunk_vectors SET placed = %s::sparsevec WHERE tenant_id = app.current_tenant()"
            " AND owner_id = %s AND version = %s AND chunk_index = %s",
            [(_read(*row[3:]), *row[:3]) for row in rows],
        )
    return len(rows)
