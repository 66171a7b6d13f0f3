"""A tenant's own embedding endpoint beside the built-in embedding.

The model's name and dimension are kept per tenant. Changing it embeds every chunk anew in the
background, batch by batch, beside the vectors in use; those serve until the new ones are whole,
and one transaction puts the new ones in their place. Where a chunk has no vector yet, and whenever
the endpoint fails, search uses the built-in embedding alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, LiteralString

import numpy as np
from numpy.typing import NDArray
from psycopg import AsyncConnection

from invekto.contracts.clock import system_clock
from invekto.db.pool import Database
from invekto.errors import BadData, ModelUnavailable
from invekto.guardrails.pseudonyms import Pseudonyms
from invekto.llm.embeddings import BUCKETS, DenseEmbedding
from invekto.llm.endpoint_embedding import EndpointEmbedding
from invekto.llm.purse import Limits, Purse

Conn = AsyncConnection[Any]
Column = Literal["dense", "dense_next"]

BATCH = 64
BUILT_IN = "builtin"


@dataclass(frozen=True, slots=True)
class Dense:
    """A question's vector, and the embedding it is of: chunks whose vectors are of another one by
    the time it is compared are searched without."""

    embedding: str
    vector: NDArray[np.float32]


async def serving(conn: Conn) -> str | None:
    """The embedding whose vectors search may use, None for the built-in one: every chunk that
    shows has its vector."""
    rows = await conn.execute(
        "SELECT embedding FROM corpus_stats s WHERE tenant_id = app.current_tenant()"
        " AND embedding <> %s AND NOT EXISTS (SELECT 1 FROM chunk_vectors v"
        " WHERE v.tenant_id = s.tenant_id AND v.live AND v.dense IS NULL)",
        [BUILT_IN],
    )
    row = await rows.fetchone()
    return str(row[0]) if row else None


async def question_vector(
    db: Database, tenant_id: str, embedding: EndpointEmbedding | None, question: str
) -> Dense | None:
    """A question outside a turn as the serving embedding sees it, pseudonymised; None where the
    built-in one serves, and when the endpoint fails."""
    if embedding is None:
        return None
    async with db.tenant(tenant_id) as conn:
        name = await serving(conn)
    if name is None:
        return None
    purse = Purse(db, tenant_id, system_clock().date(), Limits())
    try:
        vector = await embedding.named(name).query(Pseudonyms().hide(question), purse)
    except ModelUnavailable:
        return None
    return Dense(name, vector)


async def fill(
    db: Database,
    tenant_id: str,
    embedding: DenseEmbedding,
    hide: Callable[[str], str] = lambda text: text,
) -> int:
    """Make this embedding the tenant's and embed what has no vector of it; returns how many chunks
    were. `hide` takes personal data out of what is sent. No transaction stays open while the
    endpoint is waited for. Raises BadData where vectors of one model differ in dimension, and what
    the endpoint raises."""
    done, whole = 0, False
    while not whole:
        async with db.tenant(tenant_id) as conn:
            column = await _aimed(conn, embedding.name)
        done += await _fill(db, tenant_id, embedding, column, hide)
        async with db.tenant(tenant_id) as conn:
            whole = column == "dense" or await _switched(conn, embedding.name)
    return done


async def _aimed(conn: Conn, name: str) -> Column:
    """Where vectors of this embedding belong; those half made of a third one are dropped."""
    empty = np.zeros(BUCKETS, dtype="<i4").tobytes()
    await conn.execute(
        "INSERT INTO corpus_stats (buckets) VALUES (%s) ON CONFLICT DO NOTHING", [empty]
    )
    rows = await conn.execute(
        "SELECT embedding, next_embedding FROM corpus_stats"
        " WHERE tenant_id = app.current_tenant() FOR UPDATE"
    )
    now, aim = await rows.fetchone() or (BUILT_IN, None)
    if now == name:
        return "dense"
    if aim != name:
        await conn.execute(
            "UPDATE chunk_vectors SET dense_next = NULL WHERE tenant_id = app.current_tenant()"
            " AND dense_next IS NOT NULL"
        )
        await conn.execute(
            "UPDATE corpus_stats SET next_embedding = %s WHERE tenant_id = app.current_tenant()",
            [name],
        )
    return "dense_next"


_UNFILLED: dict[Column, LiteralString] = {
    "dense": "v.dense IS NULL",
    "dense_next": "v.dense_next IS NULL",
}
_SET: dict[Column, LiteralString] = {
    "dense": "UPDATE chunk_vectors SET dense = %s::halfvec",
    "dense_next": "UPDATE chunk_vectors SET dense_next = %s::halfvec",
}


async def _fill(
    db: Database,
    tenant_id: str,
    embedding: DenseEmbedding,
    column: Column,
    hide: Callable[[str], str],
) -> int:
    done, dimension = 0, None
    while batch := await _unfilled(db, tenant_id, column):
        vectors = await embedding.documents([hide(text) for *_, text in batch])
        dimension = dimension or vectors.shape[1]
        if vectors.shape != (len(batch), dimension):
            raise BadData(
                f"the embedding {embedding.name} gave vectors of shape {vectors.shape},"
                f" {(len(batch), dimension)} was expected: ask for one dimension always"
            )
        async with db.tenant(tenant_id) as conn, conn.cursor() as cursor:
            await cursor.executemany(
                _SET[column] + " WHERE tenant_id = app.current_tenant() AND owner_id = %s"
                " AND version = %s AND chunk_index = %s",
                [(dense_literal(v), *row[:3]) for v, row in zip(vectors, batch, strict=True)],
            )
        done += len(batch)
    return done


async def _unfilled(
    db: Database, tenant_id: str, column: Column
) -> list[tuple[str, int, int, str]]:
    async with db.tenant(tenant_id) as conn:
        rows = await conn.execute(
            "SELECT c.owner_id, c.version, c.chunk_index,"
            " concat_ws(E'\\n', nullif(c.asked, ''), array_to_string(c.heading, ' › '),"
            " c.content) FROM chunk_vectors v"
            " JOIN chunks c USING (tenant_id, owner_id, version, chunk_index)"
            " WHERE v.tenant_id = app.current_tenant() AND " + _UNFILLED[column] + " LIMIT %s",
            [BATCH],
        )
        return await rows.fetchall()


async def _switched(conn: Conn, name: str) -> bool:
    """Put the new vectors in place of the old, all at once; False where a chunk that shows has
    none yet, or another embedding was chosen meanwhile."""
    rows = await conn.execute(
        "SELECT 1 FROM corpus_stats s WHERE tenant_id = app.current_tenant()"
        " AND next_embedding = %s FOR UPDATE",
        [name],
    )
    lacking = await conn.execute(
        "SELECT 1 FROM chunk_vectors WHERE tenant_id = app.current_tenant() AND live"
        " AND dense_next IS NULL LIMIT 1"
    )
    if await rows.fetchone() is None or await lacking.fetchone() is not None:
        return False
    await conn.execute(
        "UPDATE chunk_vectors SET dense = dense_next, dense_next = NULL"
        " WHERE tenant_id = app.current_tenant()"
    )
    await conn.execute(
        "UPDATE corpus_stats SET embedding = %s, next_embedding = NULL, dimension ="
        " (SELECT vector_dims(dense) FROM chunk_vectors WHERE tenant_id = app.current_tenant()"
        " AND dense IS NOT NULL LIMIT 1) WHERE tenant_id = app.current_tenant()",
        [name],
    )
    return True


def dense_literal(vector: NDArray[np.float32]) -> str:
    """pgvector's text form."""
    return "[" + ",".join(f"{value:.5g}" for value in vector.tolist()) + "]"
