"""`invekto eval personas FILES…`: every persona talks k times, each time on a fresh copy of the
demo businesses, in another style of typing and with other words. Right is what leaves the records
as the persona's file says."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

from invekto.agent.assembly import Engine
from invekto.db.pool import Database
from invekto.evals.personas.persona import Persona, read_personas
from invekto.evals.personas.talks import talk
from invekto.evals.report import Report
from invekto.settings import Settings, settings

RUNS = 4
"""Conversations of each persona."""

Copies = Callable[[int], AbstractAsyncContextManager[Database]]


def score_personas(
    files: Sequence[Path], *, runs: int = RUNS, config: Settings | None = None
) -> Report:
    """Play and score all personas of the files. Raises BadData for unusable files."""
    personas, problems = read_personas(files)
    report = asyncio.run(_on_scratch(personas, runs, config or settings()))
    report.errors = [*problems, *report.errors]
    return report


async def _on_scratch(personas: Sequence[Persona], runs: int, config: Settings) -> Report:
    from invekto.evals.scenarios import demo_engine
    from invekto.evals.scratch import copied_database, scratch_dsn

    async with scratch_dsn(config, "personas") as dsn:
        async with Database(dsn) as database:
            engine = await demo_engine(database, config)
        return await run_personas(
            engine, personas, runs, lambda number: copied_database(config, "personas", number)
        )


async def run_personas(
    engine: Engine, personas: Sequence[Persona], runs: int, copies: Copies
) -> Report:
    """One report, a prediction for each persona in order.

    Args:
        copies: opens the n-th fresh copy of the demo businesses' database.
    """
    talks: dict[str, list[dict[str, Any]]] = {persona.name: [] for persona in personas}
    for seed in range(runs):
        async with copies(seed) as database:
            fresh = replace(engine, deps=replace(engine.deps, database=database))
            for persona in personas:
                told = await talk(fresh, persona, seed)
                talks[persona.name].append(
                    {
                        "seed": seed,
                        "typing": persona.typing[seed % len(persona.typing)],
                        "passed": not told.problems,
                        "problems": told.problems,
                        "said": told.said,
                        "milliseconds": round(told.milliseconds, 1),
                    }
                )
    return report_of(personas, talks, engine.deps.model)


def report_of(
    personas: Sequence[Persona], talks: dict[str, list[dict[str, Any]]], model: Any
) -> Report:
    """Figures over all talks; pass^k is the chance that k talks of a persona all pass."""
    rows = [_row(persona, talks[persona.name]) for persona in personas]
    runs = len(rows[0]["talks"])
    messages = [len(t["said"]) for row in rows for t in row["talks"]]
    metrics: dict[str, Any] = {
        "customer": model.name if model is not None else "by rules",
        "runs": runs,
        **{f"pass^{k}": _mean([pass_k(row["passes"], runs, k) for row in rows])
           for k in range(1, runs + 1)},
        "talks": len(messages),
        "messages_per_talk": _mean(messages),
    }  # fmt: skip
    report = Report("personas", len(rows), metrics, predictions=rows)
    report.by = {
        "kind": _by(rows, lambda row, _: row["kind"]),
        "tenant": _by(rows, lambda row, _: row["tenant"]),
        "typing": _by(rows, lambda _, told: told["typing"]),
    }
    report.errors = [
        {"name": row["name"], **told} for row in rows for told in row["talks"] if not told["passed"]
    ]
    return report


def pass_k(passed: int, runs: int, k: int) -> float:
    """Unbiased estimate of the chance that k independent tries all pass, from `passed` of `runs`
    (Yao et al. 2024, tau-bench)."""
    return math.comb(passed, k) / math.comb(runs, k)


def _row(persona: Persona, told: list[dict[str, Any]]) -> dict[str, Any]:
    passes = sum(t["passed"] for t in told)
    return {
        "name": persona.name,
        "tenant": persona.tenant,
        "kind": persona.kind,
        "lang": persona.language,
        "passes": passes,
        "passed": passes == len(told),
        "talks": told,
        "milliseconds": max(t["milliseconds"] for t in told),
    }


def _by(rows: Sequence[dict[str, Any]], key: Callable[[Any, Any], str]) -> dict[str, Any]:
    groups: dict[str, list[float]] = {}
    for row in rows:
        for told in row["talks"]:
            groups.setdefault(key(row, told), []).append(float(told["passed"]))
    return {name: {"n": len(v), "passed": _mean(v)} for name, v in sorted(groups.items())}


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
