"""LlamaIndex's PGVectorStore, hybrid, beside our search: the same chunks of the demo tenants, the
same dense vectors, the same questions. Needs the development extras."""

from __future__ import annotations

import statistics
import time
import warnings
from typing import Any
from urllib.parse import quote

from psycopg.conninfo import conninfo_to_dict

from invekto.db.pool import Database
from invekto.evals import demo_knowledge
from invekto.evals.report import read_lines
from invekto.evals.scratch import empty_database
from invekto.knowledge.chunks import Chunk, said
from invekto.knowledge.search import search
from invekto.llm.topics import topics
from invekto.settings import Settings

DEPTH = 10


async def compare(database: Database, config: Settings) -> dict[str, Any]:
    """Recall@1, @3 and milliseconds a question of both; the store keeps its rows in a database of
    its own."""
    async with empty_database(config, "pgvectorstore") as dsn:
        return await _compared(database, dsn)


async def _compared(database: Database, dsn: str) -> dict[str, Any]:
    lines = read_lines(demo_knowledge.SETS / "demo_questions.jsonl", ("tenant", "question")).rows
    ours, theirs = _Tally(), _Tally()
    for tenant_id in demo_knowledge.TENANTS:
        asked = [line for line in lines if line["tenant"] == tenant_id]
        rows = await _rows(database, tenant_id)
        store = await _store(dsn, tenant_id, rows)
        by_id = {row["id"]: row for row in rows}
        for line in asked:
            began = time.perf_counter()
            async with database.tenant(tenant_id) as conn:
                found = await search(conn, line["question"], language=line["lang"], k=DEPTH)
            ours.add(began, [demo_knowledge.is_expected(p, line) for p in found])
            began = time.perf_counter()
            ids = await _query(store, line["question"], line["lang"])
            hits = [demo_knowledge.is_expected(by_id[i]["passage"], line) for i in ids]
            theirs.add(began, hits)
        await store.close()
    return {"ours": ours.figures(), "pgvectorstore_hybrid": theirs.figures()}


class _Tally:
    """Places and times of one side."""

    def __init__(self) -> None:
        self.places: list[int] = []
        self.milliseconds: list[float] = []

    def add(self, began: float, hits: list[bool]) -> None:
        self.milliseconds.append((time.perf_counter() - began) * 1000)
        self.places.append(hits.index(True) + 1 if True in hits else 0)

    def figures(self) -> dict[str, float]:
        n = len(self.places)
        return {
            "recall@1": round(sum(place == 1 for place in self.places) / n, 3),
            "recall@3": round(sum(0 < place <= 3 for place in self.places) / n, 3),
            "p50_ms": round(statistics.median(self.milliseconds), 2),
        }


async def _rows(database: Database, tenant_id: str) -> list[dict[str, Any]]:
    """Every chunk of a tenant with its dense vector."""
    from invekto.contracts.passages import Passage

    async with database.tenant(tenant_id) as conn:
        found = await conn.execute(
            "SELECT owner_id, version, chunk_index, kind, title, heading, page, language, content,"
            " asked FROM chunks WHERE tenant_id = app.current_tenant()"
        )
        rows = await found.fetchall()
    made = []
    for owner, version, index, kind, title, heading, page, language, content, asked in rows:
        chunk = Chunk(kind, content, language, tuple(heading), page, asked=asked)
        ident = f"{owner}.{version}.{index}"
        passage = Passage(ident, owner, title, kind, content, language, page=page)
        vector = topics().vector(said(chunk), language).tolist()
        text = "\n".join(filter(None, [asked, " ".join(heading), content]))
        made.append({"id": ident, "passage": passage, "text": text, "vector": vector})
    return made


def _table(tenant_id: str) -> str:
    return f"bench_{tenant_id.replace('-', '_')}"


async def _store(dsn: str, tenant_id: str, rows: list[dict[str, Any]]) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from llama_index.core.schema import TextNode
        from llama_index.vector_stores.postgres import PGVectorStore

    parts = conninfo_to_dict(dsn)
    secret, place = quote(str(parts.get("password", ""))), quote(str(parts["host"]), safe="")
    rest = f"{parts['user']}:{secret}@/{parts['dbname']}?host={place}"
    store = PGVectorStore.from_params(
        connection_string=f"postgresql+psycopg2://{rest}",
        async_connection_string=f"postgresql+asyncpg://{rest}",
        table_name=_table(tenant_id),
        embed_dim=topics().dimension,
        hybrid_search=True,
        text_search_config="turkish",
    )
    await store.async_add(
        [TextNode(id_=row["id"], text=row["text"], embedding=row["vector"]) for row in rows]
    )
    return store


async def _query(store: Any, question: str, language: str) -> list[str]:
    from llama_index.core.vector_stores.types import VectorStoreQuery, VectorStoreQueryMode

    answer = await store.aquery(
        VectorStoreQuery(
            query_embedding=topics().vector([question], language).tolist(),
            query_str=question,
            similarity_top_k=DEPTH,
            sparse_top_k=DEPTH,
            mode=VectorStoreQueryMode.HYBRID,
        )
    )
    return list(answer.ids or [])
