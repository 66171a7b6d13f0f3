"""A tenant's own embedding endpoint beside the built-in embedding.

The model's name and dimension are kept per tenant. Choosing one embeds every chunk in the
background, batch by batch; search uses it as soon as all live chunks have a vector of it, and the
built-in embedding until then and whenever the endpoint fails.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from psycopg import AsyncConnection

from invekto.db.pool import Database
from invekto.errors import BadData
from invekto.llm.embeddings import BUCKETS, DenseEmbedding

Conn = AsyncConnection[Any]

BATCH = 64
BUILT_IN = "builtin"


async def choose(conn: Conn, name: str, dimension: int | None) -> None:
    """Set a tenant's embedding; vectors of another one are dropped, `fill` makes the new ones."""
    empty = np.zeros(BUCKETS, dtype="<i4").tobytes()
    await conn.execute(
        "INSERT INTO corpus_stats (buckets, embedding, dimension) VALUES (%s, %s, %s)"
        " ON CONFLICT (tenant_id) DO UPDATE SET embedding = EXCLUDED.embedding,"
        " dimension = EXCLUDED.dimension",
        [empty, name, dimension],
    )
    await conn.execute(
        "UPDATE chunk_vectors SET dense = NULL WHERE tenant_id = app.current_tenant()"
        " AND dense IS NOT NULL"
    )


async def chosen(conn: Conn) -> str:
    """The name of the tenant's embedding, `builtin` unless another was chosen."""
    rows = await conn.execute(
        "SELECT embedding FROM corpus_stats WHERE tenant_id = app.current_tenant()"
    )
    row = await rows.fetchone()
    return str(row[0]) if row else BUILT_IN


async def ready(conn: Conn, name: str) -> bool:
    """Whether search may be given question vectors of this embedding: it is the chosen one and
    every chunk that shows has its vector."""
    rows = await conn.execute(
        "SELECT embedding = %s AND NOT EXISTS (SELECT 1 FROM chunk_vectors v WHERE v.live"
        " AND v.tenant_id = s.tenant_id AND v.dense IS NULL)"
        " FROM corpus_stats s WHERE tenant_id = app.current_tenant()",
        [name],
    )
    row = await rows.fetchone()
    return bool(row and row[0])


async def fill(db: Database, tenant_id: str, embedding: DenseEmbedding) -> int:
    """Embed what has no vector yet; returns how many chunks were. No transaction stays open while
    the endpoint is waited for. Raises BadData when the endpoint's vectors have another dimension
    than was chosen, and what the endpoint raises."""
    done = 0
    while True:
        async with db.tenant(tenant_id) as conn:
            rows = await conn.execute(
                "SELECT c.owner_id, c.version, c.chunk_index,"
                " concat_ws(E'\\n', nullif(c.asked, ''), array_to_string(c.heading, ' › '),"
                " c.content) FROM chunk_vectors v"
                " JOIN chunks c USING (tenant_id, owner_id, version, chunk_index)"
                " WHERE v.tenant_id = app.current_tenant() AND v.dense IS NULL LIMIT %s",
                [BATCH],
            )
            batch = await rows.fetchall()
        if not batch:
            return done
        vectors = await embedding.documents([str(row[3]) for row in batch])
        if vectors.shape != (len(batch), embedding.dimension):
            raise BadData(
                f"the embedding {embedding.name} gave vectors of shape {vectors.shape},"
                f" {(len(batch), embedding.dimension)} was expected: set its dimension"
            )
        async with db.tenant(tenant_id) as conn, conn.cursor() as cursor:
            await cursor.executemany(
                "UPDATE chunk_vectors SET dense = %s::halfvec"
                " WHERE tenant_id = app.current_tenant() AND owner_id = %s AND version = %s"
                " AND chunk_index = %s",
                [
                    (dense_literal(vector), *row[:3])
                    for vector, row in zip(vectors, batch, strict=True)
                ],
            )
        done += len(batch)


def dense_literal(vector: NDArray[np.float32]) -> str:
    """pgvector's text form."""
    return "[" + ",".join(f"{value:.5g}" for value in vector.tolist()) + "]"
