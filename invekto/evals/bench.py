"""`invekto bench`: measured on this machine, in this run; ratios are what travels."""

from __future__ import annotations

import asyncio
import inspect
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from invekto.errors import NotFound

HISTORY = Path("bench-history.jsonl")
BY_NAME_ONLY = frozenset({"endurance"})
"""Not part of a whole run: they take an hour."""


def benchmarks() -> dict[str, Callable[..., Any]]:
    """Name → `run(quick)`, each returning figures by name."""
    from invekto.evals import (
        bench_cost,
        bench_endurance,
        bench_growth,
        bench_knowledge,
        bench_load,
        bench_plain,
        bench_rails,
        bench_start,
        bench_turn,
    )

    return {
        "turn": bench_turn.run,
        "load": bench_load.run,
        "cost": bench_cost.run,
        "growth": bench_growth.run,
        "start": bench_start.run,
        "plain": bench_plain.run,
        "knowledge": bench_knowledge.run,
        "rails": bench_rails.run,
        "endurance": bench_endurance.run,
    }


def run_bench(
    *,
    quick: bool,
    only: str | None,
    json_out: Path | None,
    chunks: int | None = None,
    turns: int | None = None,
) -> None:
    """Run one or all, print a table each, and keep a line of history. `chunks` is for the
    benchmark of knowledge (how many all tenants have together), `turns` for that of endurance.

    Raises:
        NotFound: there is no benchmark of this name.
    """
    sizes = {"knowledge": {"chunks": chunks}, "endurance": {"turns": turns}}
    known = benchmarks()
    if only is not None and only not in known:
        raise NotFound(f"no benchmark {only!r}; known are {', '.join(known)}")
    console, results = Console(), {}
    for name, run in known.items():
        if only == name or (only is None and name not in BY_NAME_ONLY):
            started = time.perf_counter()
            more = {key: size for key, size in sizes.get(name, {}).items() if size}
            results[name] = _finished(run(quick, **more))
            _show(console, name, results[name], time.perf_counter() - started)
    line = {"at": datetime.now(UTC).isoformat(), "quick": quick, **results}
    with HISTORY.open("a", encoding="utf-8") as history:
        history.write(json.dumps(line, ensure_ascii=False, default=str) + "\n")
    if json_out is not None:
        json_out.write_text(json.dumps(line, indent=2, ensure_ascii=False, default=str), "utf-8")


def _finished(result: Any) -> dict[str, Any]:
    figures: dict[str, Any] = asyncio.run(result) if inspect.iscoroutine(result) else result
    return figures


def _show(console: Console, name: str, figures: dict[str, Any], seconds: float) -> None:
    table = Table(title=f"{name} ({seconds:.0f} s)", show_header=False)
    for key, value in figures.items():
        shown = f"{value:.3f}" if isinstance(value, float) else str(value)
        table.add_row(key, shown)
    console.print(table)
