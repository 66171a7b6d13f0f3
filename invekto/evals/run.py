"""`invekto eval KIND FILES…`: score, print, write, compare.

A low figure is a result, not a failure: the exit code of a kind is 0 whenever it could be scored.
Only the gate, `invekto eval all`, ends with `GATE_CLOSED` where a threshold is missed.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from invekto.errors import BadRequest, OperatorNeeded
from invekto.evals.compare import Comparison, case, compare_with
from invekto.evals.datasets import digests
from invekto.evals.kinds import digest, right, score
from invekto.evals.printing import print_report
from invekto.evals.report import Report

GATE_CLOSED = 3
"""Exit code of `invekto eval all` where a suite fell short; 1 is "could not run"."""


def run_eval(
    kind: str,
    files: list[Path],
    *,
    train: Path | None = None,
    oos: str | None = None,
    json_out: Path | None = None,
    predictions: Path | None = None,
    html: Path | None = None,
    compare: Path | None = None,
    fast: bool = False,
) -> None:
    """What the command line calls.

    Raises:
        BadRequest: no such kind, or options that do not belong to it.
        BadData: a file holds no usable line, or `compare` is no report of the same lines.
        OperatorNeeded: an output file cannot be written.
    """
    _quiet_logs()
    if kind == "all":
        _run_all(files, json_out=json_out, html=html, compare=compare, fast=fast)
        return
    report = score(kind, files, train=train, oos=oos)
    comparison = compare_with(compare, report) if compare else None
    print_report(report)
    if comparison is not None:
        show_comparison(comparison, report, Console())
    if json_out is not None:
        write(json_out, as_json(report, comparison, files=files))
    if predictions is not None:
        write(predictions, "".join(_dump(row) + "\n" for row in report.predictions))
    if html is not None:
        from invekto.evals.page import page

        write(html, page([report], [comparison]))


def _quiet_logs() -> None:
    """The report says what failed; the engine's own log would bury it."""
    import logging

    import structlog

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


def _run_all(
    files: list[Path],
    *,
    json_out: Path | None,
    html: Path | None,
    compare: Path | None,
    fast: bool,
) -> None:
    from invekto.evals.gate import open_gate, print_gate
    from invekto.evals.page import page

    if files:
        raise BadRequest("`invekto eval all` runs the project's own suites: it takes no files")
    gate = open_gate(fast=fast, compare=compare)
    print_gate(gate, Console())
    if json_out is not None:
        write(json_out, _dump(gate.as_dict(), indent=2))
    if html is not None:
        write(
            html,
            page(
                [s.report for s in gate.suites], [s.comparison for s in gate.suites], gate.lines()
            ),
        )
    if not gate.passed:
        sys.exit(GATE_CLOSED)


def as_json(
    report: Report,
    comparison: Comparison | None = None,
    *,
    files: Sequence[Path] = (),
    predictions: bool = False,
) -> str:
    """The report; `lines` is what a later `--compare` needs, `data` the hashes of the files."""
    told = report.as_dict() | {"lines": {"digest": digest(report), "right": right(report)}}
    told["data"] = digests(files)
    if predictions:
        told["predictions"] = report.predictions
    if comparison is not None:
        told["comparison"] = comparison.as_dict()
    return _dump(told, indent=2)


def show_comparison(comparison: Comparison, report: Report, console: Console) -> None:
    """The verdict and the lines that broke."""
    console.print(comparison.line(), style="bold")
    for at in comparison.broken[:10]:
        said = case(report.predictions[at])
        console.print(f"  broken, line {at + 1}: {said}", markup=False, soft_wrap=True)


def write(path: Path, text: str) -> None:
    """Raises OperatorNeeded where the file cannot be written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise OperatorNeeded(f"{path} cannot be written: {error.strerror}") from error


def _dump(value: Any, indent: int | None = None) -> str:
    return json.dumps(_plain(value), ensure_ascii=False, indent=indent, default=str)


def _plain(value: Any) -> Any:
    """JSON knows no NaN; numpy's numbers are numbers."""
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if hasattr(value, "item"):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value
