"""`invekto eval all`: the project's own suites with thresholds, from `suites.yaml`.

A threshold is the floor under a figure. With an earlier run to compare with, a suite also fails
where it got worse beyond noise, and the lines that broke are named.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError
from rich.console import Console
from rich.table import Table

from invekto.errors import BadData
from invekto.evals.compare import Comparison, case, paired
from invekto.evals.datasets import digests
from invekto.evals.kinds import digest, right, score
from invekto.evals.report import Report

SUITES = Path(__file__).with_name("suites.yaml")
ROOT = Path(__file__).resolve().parents[2]
"""File names in suites.yaml start here."""


class Bound(BaseModel):
    """What a figure must keep."""

    model_config = ConfigDict(extra="forbid")

    at_least: float | None = None
    at_most: float | None = None

    def holds(self, value: float) -> bool:
        """Whether `value` is inside."""
        return (self.at_least is None or value >= self.at_least) and (
            self.at_most is None or value <= self.at_most
        )

    def __str__(self) -> str:
        parts = [("≥", self.at_least), ("≤", self.at_most)]
        return " ".join(f"{sign} {value:g}" for sign, value in parts if value is not None)


class Suite(BaseModel):
    """One kind of file, scored, with its bounds. `files` may hold patterns."""

    model_config = ConfigDict(extra="forbid")

    name: str
    kind: Literal[
        "intents",
        "held_out",
        "multi",
        "pii",
        "attacks",
        "replies",
        "retrieval",
        "knowledge",
        "scenarios",
        "personas",
    ]
    files: list[str]
    fast: bool = False
    """Part of the subset that runs with every change."""
    bounds: dict[str, Bound]


@dataclass(frozen=True, slots=True)
class Scored:
    """A suite's report, the bounds it broke, and how it stands to an earlier run."""

    suite: Suite
    report: Report
    seconds: float
    missed: tuple[str, ...]
    comparison: Comparison | None = None

    @property
    def passed(self) -> bool:
        """Within bounds and not worse beyond noise."""
        worse = self.comparison is not None and self.comparison.verdict == "worse"
        return not self.missed and not worse


@dataclass
class Gate:
    """All suites that ran."""

    suites: list[Scored] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        """Whether every suite did."""
        return all(suite.passed for suite in self.suites)

    def as_dict(self) -> dict[str, Any]:
        """As `--json` writes it; `--compare` reads it."""
        return {
            "kind": "all",
            "passed": self.passed,
            "suites": {
                s.suite.name: s.report.as_dict()
                | {"passed": s.passed, "missed": list(s.missed), "seconds": round(s.seconds, 2)}
                | {"lines": {"digest": digest(s.report), "right": right(s.report)}}
                | {"data": digests(list(_files(s.suite)))}
                | {"comparison": s.comparison.as_dict() if s.comparison else None}
                for s in self.suites
            },
        }

    def lines(self) -> list[str]:
        """A line a suite: its gate, its figures, what was missed."""
        return [
            f"{s.suite.name}: {'open' if s.passed else 'closed'} · {_figures(s)}"
            + "".join(f" · {missed}" for missed in s.missed)
            for s in self.suites
        ]


def read_suites(path: Path) -> list[Suite]:
    """Raises BadData where the file is not what it should be."""
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
        return [Suite.model_validate(entry) for entry in raw["suites"]]
    except (OSError, yaml.YAMLError, ValidationError, KeyError, TypeError) as error:
        raise BadData(f"{path} is no list of suites: {error}", file=str(path)) from error


def open_gate(*, fast: bool = False, compare: Path | None = None, path: Path | None = None) -> Gate:
    """Run the suites, with `fast` only those marked so.

    Raises:
        BadData: suites.yaml, a file of a suite or the earlier run cannot be read.
    """
    earlier = _earlier(compare) if compare else {}
    gate = Gate()
    for suite in read_suites(path or SUITES):
        if suite.fast or not fast:
            gate.suites.append(_run(suite, earlier.get(suite.name)))
    return gate


def _run(suite: Suite, earlier: dict[str, Any] | None) -> Scored:
    begun = time.perf_counter()
    report = score(suite.kind, list(_files(suite)))
    seconds = time.perf_counter() - begun
    missed = tuple(_missed(suite, report))
    return Scored(suite, report, seconds, missed, _compared(report, earlier))


def _files(suite: Suite) -> Iterator[Path]:
    for pattern in suite.files:
        found = sorted(ROOT.glob(pattern))
        if not found:
            raise BadData(f"suite {suite.name!r}: no file matches {pattern}")
        yield from found


def _missed(suite: Suite, report: Report) -> Iterator[str]:
    for name, bound in suite.bounds.items():
        value = report.metrics.get(name)
        if value is None:
            yield f"{name} was not measured"
        elif not bound.holds(float(value)):
            yield f"{name} {value:.4g} is not {bound}"


def _compared(report: Report, earlier: dict[str, Any] | None) -> Comparison | None:
    lines = (earlier or {}).get("lines") or {}
    if not lines.get("right") or lines.get("digest") != digest(report):
        return None
    return paired(lines["right"], right(report))


def _earlier(path: Path) -> dict[str, Any]:
    try:
        suites = json.loads(path.read_text(encoding="utf-8"))["suites"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadData(f"{path} is no earlier run of `invekto eval all`: {error!r}") from error
    if not isinstance(suites, dict):
        raise BadData(f"{path} is no earlier run of `invekto eval all`")
    return suites


def print_gate(gate: Gate, console: Console) -> None:
    """A line a suite, then what was missed."""
    table = Table("suite", "lines", "figures", "s", "gate")
    for scored in gate.suites:
        told = "[green]open[/green]" if scored.passed else "[red]closed[/red]"
        table.add_row(
            scored.suite.name, str(scored.report.n), _figures(scored), f"{scored.seconds:.1f}", told
        )
    console.print(table)
    for scored in gate.suites:
        _explain(scored, console)


def _explain(scored: Scored, console: Console) -> None:
    for missed in scored.missed:
        console.print(f"{scored.suite.name}: {missed}", style="red", soft_wrap=True)
    if scored.comparison is not None:
        console.print(f"{scored.suite.name}: {scored.comparison.line()}", soft_wrap=True)
        for at in scored.comparison.broken[:10]:
            said = case(scored.report.predictions[at])
            console.print(f"  broken, line {at + 1}: {said}", markup=False, soft_wrap=True)
    if scored.missed:
        for error in scored.report.errors[:10]:
            told = json.dumps(error, ensure_ascii=False, default=str)
            console.print(f"  {told[:300]}", markup=False, highlight=False, soft_wrap=True)


def _figures(scored: Scored) -> str:
    return "  ".join(
        f"{name} {_said(scored.report.metrics.get(name))} ({bound})"
        for name, bound in scored.suite.bounds.items()
    )


def _said(value: Any) -> str:
    return f"{value:.3f}" if isinstance(value, float) else str(value)
