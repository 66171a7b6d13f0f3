"""A report on the terminal."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.table import Table

from invekto.evals.report import Report

SHOWN = 25
"""Errors printed; `--json` has them all."""


def print_report(report: Report, *, errors: int = SHOWN) -> None:
    """Figures, figures by group, and the first errors."""
    console = Console()
    console.print(f"[bold]{report.kind}[/bold]  {report.n} lines")
    table = Table("figure", "value")
    for name, value in report.metrics.items():
        table.add_row(name, _said(value))
    for group, value in report.by.items():
        table.add_row(f"  {group}", _said(value))
    console.print(table)
    for error in report.errors[:errors]:
        console.print(error, soft_wrap=True, markup=False)
    if len(report.errors) > errors:
        console.print(f"… and {len(report.errors) - errors} more")


def _said(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.3f}"
    if isinstance(value, dict):
        return "  ".join(f"{key} {_said(inner)}" for key, inner in value.items())
    return str(value)
