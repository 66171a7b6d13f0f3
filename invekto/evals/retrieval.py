"""`invekto eval retrieval PASSAGES QUESTIONS`: does search find the passage that answers?

The passages become one tenant's chunks in a database of the evaluation's own, and every question
takes the way a customer's would: the same statement, the same reranking.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from invekto.db.pool import Database
from invekto.evals.ragas_measures import contexts
from invekto.evals.report import Report, read_lines
from invekto.evals.scratch import scratch_database
from invekto.knowledge import chunks
from invekto.knowledge.chunks import Chunk, Owner
from invekto.knowledge.search import search
from invekto.records.tenants import create_tenant
from invekto.settings import Settings, settings
from invekto.text.language import detect

TENANT = "retrieval-eval"
DEPTH = 10
BATCH = 500


def score_retrieval(passages: Path, questions: Path, config: Settings | None = None) -> Report:
    """Recall@1 and @5, MRR@10 and milliseconds a query. Raises BadData for unusable files."""
    return asyncio.run(score(passages, questions, config or settings()))


async def score(passages: Path, questions: Path, config: Settings) -> Report:
    """As `score_retrieval`, for callers that already run a loop."""
    texts = read_lines(passages, ("pid", "text"))
    asked = read_lines(questions, ("question", "pid"))
    async with scratch_database(config, "retrieval") as database:
        await _index(database, texts.rows)
        ranked, milliseconds = await _ask(database, asked.rows)
    report = _report(asked.rows, ranked, milliseconds)
    report.errors = [*texts.problems, *asked.problems, *report.errors]
    return report


async def _index(database: Database, rows: Sequence[dict[str, Any]]) -> None:
    usual = _language(rows, "text")
    async with database.tenant(TENANT) as conn:
        await create_tenant(conn, name=TENANT, sector="ecommerce")
        for at in range(0, len(rows), BATCH):
            for row in rows[at : at + BATCH]:
                owner = Owner(f"p{row['pid']}", 1, "txt", "")
                await chunks.add(conn, owner, [Chunk("text", row["text"], row.get("lang", usual))])
        await chunks.show_all(conn)


def _language(rows: Sequence[dict[str, Any]], field: str) -> str:
    """The language most of the file is in."""
    guesses = Counter(detect(str(row[field])[:600]).language for row in rows)
    return guesses.most_common(1)[0][0]


async def _ask(
    database: Database, rows: Sequence[dict[str, Any]]
) -> tuple[list[list[str]], list[float]]:
    usual = _language(rows, "question")
    ranked, milliseconds = [], []
    async with database.tenant(TENANT) as conn:
        for row in rows:
            began = time.perf_counter()
            found = await search(
                conn, row["question"], language=row.get("lang", usual), k=DEPTH,
                today=date(2026, 1, 1),
            )  # fmt: skip
            milliseconds.append((time.perf_counter() - began) * 1000)
            ranked.append([passage.document_id[1:] for passage in found])
    return ranked, milliseconds


def _report(
    rows: Sequence[dict[str, Any]], ranked: Sequence[list[str]], milliseconds: list[float]
) -> Report:
    places = [_place(found, str(row["pid"])) for row, found in zip(rows, ranked, strict=True)]
    predictions = [
        {**row, "ranked": [_as_given(pid, row["pid"]) for pid in found]}
        for row, found in zip(rows, ranked, strict=True)
    ]
    errors = [
        {"line": at, "question": row["question"], "pid": row["pid"], "place": place}
        for at, (row, place) in enumerate(zip(rows, places, strict=True), 1)
        if place != 1
    ]
    n = len(rows)
    quick = sorted(milliseconds)
    metrics = {
        "recall@1": sum(place == 1 for place in places) / n,
        "recall@5": sum(0 < place <= 5 for place in places) / n,
        "mrr@10": sum(1 / place for place in places if place) / n,
        "milliseconds": sum(quick) / n,
        "milliseconds_p50": quick[n // 2],
        "milliseconds_p95": quick[int(n * 0.95)],
        **contexts(
            [(found[:5], [str(row["pid"])]) for row, found in zip(rows, ranked, strict=True)]
        ),
    }
    return Report("retrieval", n, metrics, errors=errors, predictions=predictions)


def _place(found: Sequence[str], wanted: str) -> int:
    """1 for the first; 0 where it was not found."""
    return found.index(wanted) + 1 if wanted in found else 0


def _as_given(pid: str, like: object) -> object:
    return int(pid) if isinstance(like, int) else pid
