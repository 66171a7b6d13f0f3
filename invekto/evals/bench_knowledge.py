"""`invekto bench --only knowledge`: recall, refusal, speed and isolation of the knowledge room.

The long parts (a hundred thousand chunks over three hundred tenants, LlamaIndex's PGVectorStore
side by side) run without `--quick`.
"""

from __future__ import annotations

import io
import statistics
import time
from collections.abc import Iterator, Sequence
from typing import Any

from invekto.db.pool import Database
from invekto.evals import bench_tenants, demo_knowledge
from invekto.evals.bench_tenants import TODAY
from invekto.evals.demo_knowledge import DEMO, SETS, Asked
from invekto.evals.report import read_lines
from invekto.evals.scratch import scratch_database
from invekto.knowledge.about import about
from invekto.knowledge.ingest import ingest
from invekto.knowledge.search import SEARCH, STATS, scan_values, search, vocabulary, warm
from invekto.llm.embeddings import embed_query
from invekto.records.tenants import create_tenant
from invekto.settings import Settings, settings

CHUNKS = 1_000
TOTAL = 100_000
ROUNDS = 200


async def run(
    quick: bool, config: Settings | None = None, chunks: int | None = None
) -> dict[str, Any]:
    """All figures by name; `chunks` in all of many tenants where it is not the usual number."""
    warm()
    async with scratch_database(config or settings(), "bench_knowledge") as database:
        await demo_knowledge.load(database)
        found: dict[str, Any] = {"colloquial": await _colloquial(database)}
        found["ingest"] = await _ingest(database, pages=48 if quick else 240)
        found["query"] = await _query(database)
        if not quick:
            found["pgvectorstore"] = await _side_by_side(database, config or settings())
            found["many_tenants"] = await bench_tenants.run(
                database, chunks or TOTAL, "bench-query", CHUNKS
            )
    return dict(_flat("", found))


def _flat(prefix: str, figures: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """`query.p50_ms` and the like."""
    for name, value in figures.items():
        if isinstance(value, dict):
            yield from _flat(f"{prefix}{name}.", value)
        else:
            yield f"{prefix}{name}", value


async def _colloquial(database: Database) -> dict[str, Any]:
    """The demo's questions, by half of the set."""
    answerable, unanswerable = [
        await demo_knowledge.ask(database, f"{name}.jsonl")
        + await demo_knowledge.ask(database, f"{name}_second.jsonl")
        for name in ("demo_questions", "unanswerable")
    ]
    return {
        half: {
            name: round(value, 3)
            for name, value in demo_knowledge.figures(
                _half(answerable, half), _half(unanswerable, half)
            ).items()
        }
        for half in ("dev", "test", "second")
    }


def _half(asked: Sequence[Asked], half: str) -> list[Asked]:
    return [one for one in asked if one.line["split"] == half]


async def _ingest(database: Database, pages: int) -> dict[str, float]:
    """Pages a second of one file, from bytes to searchable."""
    data, count = _long_pdf(pages)
    async with database.tenant("bench-ingest") as conn:
        await create_tenant(conn, name="Bench", sector="dental")
    began = time.perf_counter()
    report = await ingest(database, "bench-ingest", name="long.pdf", data=data)
    seconds = time.perf_counter() - began
    assert report.status == "live", report
    return {"pages": count, "chunks": report.chunks, "pages_per_second": round(count / seconds, 1)}


def _long_pdf(pages: int) -> tuple[bytes, int]:
    """The demo's documents over and over."""
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter()
    readers = [PdfReader(path) for path in sorted(DEMO.glob("*/documents/*.pdf"))]
    while len(writer.pages) < pages:
        for reader in readers:
            for page in reader.pages:
                writer.add_page(page)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue(), len(writer.pages)


def _questions() -> list[str]:
    """As many different ones as there are rounds."""
    lines = read_lines(SETS / "demo_questions.jsonl", ("question", "lang", "split")).rows
    return [q["question"] for q in lines if q["lang"] == "tr" and q["split"] == "dev"][:ROUNDS]


async def _query(database: Database) -> dict[str, float]:
    """Milliseconds of `search` on 1,000 chunks against the very statements it sends, each round
    with another question."""
    await bench_tenants.fill(database, "bench-query", CHUNKS, bench_tenants.passages(CHUNKS, 7))
    questions = _questions()
    await _timed(database, "bench-query", questions[::4])
    whole, raw = await _timed(database, "bench-query", questions)
    return _figures(whole, raw)


async def _timed(
    database: Database, tenant_id: str, questions: Sequence[str]
) -> tuple[list[float], list[float]]:
    """Search and raw statements in turn, so that both meet the same load of the machine."""
    whole, raw = [], []
    async with database.tenant(tenant_id) as conn:
        rarity, own, _ = await vocabulary(conn)
        for question in questions:
            began = time.perf_counter()
            await search(conn, question, language="tr", today=TODAY)
            whole.append((time.perf_counter() - began) * 1000)
            query = embed_query(question, "tr", rarity, related=own.related(question, "tr"))
            values = scan_values(query, about(question, "tr"), (), TODAY, None)
            began = time.perf_counter()
            await (await conn.execute(STATS, binary=True)).fetchone()
            await (await conn.execute(SEARCH, values, binary=True)).fetchall()
            raw.append((time.perf_counter() - began) * 1000)
    return whole, raw


def _figures(whole: list[float], raw: list[float]) -> dict[str, float]:
    p50, raw50 = statistics.median(whole), statistics.median(raw)
    return {
        "p50_ms": round(p50, 2),
        "p95_ms": round(sorted(whole)[int(len(whole) * 0.95)], 2),
        "raw_sql_p50_ms": round(raw50, 2),
        "ratio": round(p50 / raw50, 2),
    }


async def _side_by_side(database: Database, config: Settings) -> dict[str, Any]:
    """LlamaIndex's PGVectorStore, hybrid, on the same chunks and the same dense embedding."""
    from invekto.evals.bench_pgvectorstore import compare

    return await compare(database, config)
