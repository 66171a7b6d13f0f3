"""`invekto eval answers FILE…`: what the demo businesses' knowledge quotes for a question, against
the words that a right extract must hold; what has no answer must be refused."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from invekto.db.pool import Database
from invekto.evals.demo_knowledge import SETS, load
from invekto.evals.report import Report, read_lines
from invekto.evals.scratch import scratch_database
from invekto.knowledge.answer import extract
from invekto.knowledge.following import carried, followed, leans
from invekto.knowledge.search import search
from invekto.settings import Settings, settings
from invekto.text.normalise import fold


@dataclass(frozen=True, slots=True)
class Answered:
    """One line of a set: what was quoted for it (None: refused), and whether that is right."""

    line: dict[str, Any]
    text: str | None
    citation: str
    right: bool


def score_answers(files: Sequence[Path], config: Settings | None = None) -> Report:
    """Shares answered right, of what has an answer and of what must be refused, and by kind of
    question. Raises BadData for unusable files."""
    return asyncio.run(_score([str(path.absolute()) for path in files], config or settings()))


async def _score(paths: Sequence[str], config: Settings) -> Report:
    async with scratch_database(config, "answers") as database:
        await load(database)
        return report_of([one for path in paths for one in await ask(database, path)])


async def ask(database: Database, name: str) -> list[Answered]:
    """Ask every line of a set. A line with `after` leans on what the customer wrote before."""
    lines = read_lines(SETS / name, ("tenant", "text", "lang", "answer_in")).rows
    return [await _answered(database, line) for line in lines]


async def _answered(database: Database, line: dict[str, Any]) -> Answered:
    text, language, before = line["text"], line["lang"], line.get("after")
    async with database.tenant(line["tenant"]) as conn:
        found = await search(conn, text, language=language)
        if before and leans(text, language):
            read = followed(text, before, language)
            found = carried(text, language, found, await search(conn, read, language=language))
    said = extract(text, found, language)
    if said is None:
        return Answered(line, None, "", not line["answer_in"])
    told = fold(said.text)
    right = bool(line["answer_in"]) and all(fold(word) in told for word in line["says"])
    return Answered(line, said.text, said.passages[0].citation, right)


def report_of(asked: Sequence[Answered]) -> Report:
    """One prediction a question."""
    rows = [
        {**one.line, "said": one.text, "citation": one.citation, "passed": one.right}
        for one in asked
    ]
    answerable = [row["passed"] for row in rows if row["answer_in"]]
    others = [row["passed"] for row in rows if not row["answer_in"]]
    metrics = {"right": _share([one.right for one in asked])}
    metrics |= {"answered_right": _share(answerable), "refused": _share(others)}
    kinds = sorted({str(row.get("kind", "")) for row in rows})
    by = {kind: [row["passed"] for row in rows if row.get("kind", "") == kind] for kind in kinds}
    told = {kind: {"n": len(passed), "right": _share(passed)} for kind, passed in by.items()}
    errors = [row for row in rows if not row["passed"]]
    return Report("answers", len(rows), metrics, {"kind": told}, errors, rows)


def _share(passed: Sequence[bool]) -> float:
    return sum(passed) / len(passed) if passed else 1.0
