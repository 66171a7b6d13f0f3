"""`invekto eval knowledge QUESTIONS UNANSWERABLE`: the demo businesses' own documents and answers
against questions that others wrote: is the source found, is what has no answer refused, and, with
a model configured, is what is said faithful to its source."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from invekto.contracts.clock import system_clock
from invekto.db.pool import Database
from invekto.evals.demo_knowledge import Asked, ask, figures, load
from invekto.evals.judging import MOST, Answer, judged
from invekto.evals.ragas_measures import contexts
from invekto.evals.report import Report
from invekto.evals.scratch import scratch_database
from invekto.knowledge.answer import extract
from invekto.knowledge.search import search
from invekto.llm.chat import ChatModel
from invekto.llm.purse import Limits, Purse
from invekto.settings import Settings, settings

TOP = 3


def score_knowledge(questions: Path, unanswerable: Path, config: Settings | None = None) -> Report:
    """Figures over both files. Raises BadData for unusable files."""
    return asyncio.run(score(questions.absolute(), unanswerable.absolute(), config or settings()))


async def score(questions: Path, unanswerable: Path, config: Settings) -> Report:
    """As `score_knowledge`, for callers that already run a loop; absolute paths."""
    model = ChatModel.from_settings(config)
    try:
        async with scratch_database(config, "knowledge") as database:
            await load(database)
            known = await ask(database, str(questions))
            unknown = await ask(database, str(unanswerable))
            told = figures(known, unknown)
            told |= await judge(database, known, model)
    finally:
        if model is not None:
            await model.aclose()
    return report_of(known, unknown, told)


async def judge(
    database: Database, known: Sequence[Asked], model: ChatModel | None
) -> dict[str, Any]:
    """The judged figures over what was answered; nothing without a model."""
    if model is None:
        return {}
    answers = [await _answer(database, one.line) for one in known if one.answered][:MOST]
    tenant = str(known[0].line["tenant"])
    purse = Purse(database, tenant, system_clock().date(), Limits())
    return await judged([a for a in answers if a is not None], model, purse)


async def _answer(database: Database, line: dict[str, Any]) -> Answer | None:
    async with database.tenant(line["tenant"]) as conn:
        found = await search(conn, line["question"], language=line["lang"], k=10)
    said = extract(line["question"], found, line["lang"])
    if said is None:
        return None
    return Answer(line["question"], said.text, tuple(p.text for p in said.passages))


def report_of(known: Sequence[Asked], unknown: Sequence[Asked], told: dict[str, Any]) -> Report:
    """One prediction a question, those without an answer last."""
    rows = [
        {**one.line, "place": one.place, "answered": one.answered, "chance": one.chance,
         "found": list(one.found), "passed": one.place == 1}
        for one in known
    ] + [
        {**one.line, "answered": one.answered, "chance": one.chance, "found": list(one.found),
         "passed": not one.answered}
        for one in unknown
    ]  # fmt: skip
    metrics = {name: value for name, value in told.items() if name != "questions"}
    metrics |= contexts([(_found(one), ["wanted"]) for one in known])
    by = {"lang": _by(rows[: len(known)], "lang"), "tenant": _by(rows[: len(known)], "tenant")}
    errors = [row for row in rows if not row["passed"]]
    return Report("knowledge", len(rows), metrics, by, errors, rows)


def _found(one: Asked) -> list[str]:
    return ["wanted" if at == one.place else f"other{at}" for at in range(1, TOP + 1)]


def _by(rows: Sequence[dict[str, Any]], name: str) -> dict[str, Any]:
    groups: dict[str, list[bool]] = {}
    for row in rows:
        groups.setdefault(str(row[name]), []).append(row["passed"])
    return {k: {"n": len(v), "recall@1": sum(v) / len(v)} for k, v in sorted(groups.items())}
