"""`invekto eval reading FOLDER…`: every file through the reading process with its limits, as an
upload takes it. Each gives text, or a reason that a person can act on; the process never dies."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from invekto.errors import BadData
from invekto.evals.report import Report
from invekto.knowledge.blocks import Unreadable
from invekto.knowledge.ingest import Limits
from invekto.knowledge.opening import Opened, read_pages
from invekto.knowledge.problems import explained

NO_REASON = frozenset({"crashed"})
"""What says nothing that a person could act on but to try another program."""


def score_reading(paths: Sequence[Path]) -> Report:
    """Shares of files with text and with a clear reason, and pages a second. Raises BadData where
    there is no file."""
    files = list(_files(paths))
    if not files:
        raise BadData(f"no file to read in {', '.join(map(str, paths))}")
    began = time.perf_counter()
    rows = asyncio.run(_read_all(files))
    seconds = time.perf_counter() - began
    told = Counter(row["problem"] for row in rows if row["problem"])
    n, text = len(rows), sum(row["problem"] is None for row in rows)
    clear = sum(count for problem, count in told.items() if problem not in NO_REASON)
    return Report(
        "reading",
        n,
        {
            "text_or_clear_reason": (text + clear) / n,
            "text": text / n,
            "clear_reason": clear / n,
            "process_died": sum(told[problem] for problem in NO_REASON) / n,
            "pages": sum(row["pages"] for row in rows),
            "seconds": round(seconds, 1),
            "slowest_seconds": max(row["seconds"] for row in rows),
        },
        by={problem: {"files": count} for problem, count in sorted(told.items())},
        errors=[row for row in rows if row["problem"] in NO_REASON],
        predictions=rows,
    )


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        yield from sorted(p for p in path.rglob("*.*") if p.is_file()) if path.is_dir() else [path]


async def _read_all(files: Sequence[Path]) -> list[dict[str, Any]]:
    return [await _read(file) for file in files]


async def _read(file: Path) -> dict[str, Any]:
    """How one file fared."""
    began, pages, letters, pictures = time.perf_counter(), 0, 0, 0
    problem: str | None = None
    message: dict[str, str] = {}
    try:
        data = await asyncio.to_thread(file.read_bytes)
        async for page in read_pages(data, file.name, most_pages=Limits().pages):
            if isinstance(page, Opened):
                continue
            pages, pictures = pages + 1, pictures + page.image_only
            letters += sum(len(block.text) for block in page.blocks)
        if letters == 0:
            problem = "scanned" if pictures else "no_text"
            message = explained(problem)
    except Unreadable as error:
        problem, message = error.problem, explained(error.problem, error.detail)
    seconds = round(time.perf_counter() - began, 2)
    return {"file": str(file), "problem": problem, "message": message, "pages": pages,
            "letters": letters, "seconds": seconds}  # fmt: skip
