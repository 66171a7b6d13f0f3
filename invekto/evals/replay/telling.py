"""A replay for a person: the sentence an owner wants, the table behind it, and where to look."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from invekto.evals.report import Report

SHOWN = 10
NOTE = (
    "Replayed with the records of today: where an order or a diary has changed since, a draft may"
    " rightly differ from what was written then. Nothing was sent or written."
)


def headline(report: Report) -> str:
    """ "Before you switch on: 62 % of these 412 messages …" """
    told = report.metrics
    low, high = (
        f"{told[f'automatic_at_the_end_{reading}']:.0%}" for reading in ("careful", "generous")
    )
    share = low if low == high else f"{low} to {high}"
    return (
        f"Before you switch on: {share} of these {told['messages']} messages would be answered by"
        f" themselves with the trust that these conversations earn; for {told['drafted']:.0%} of"
        " the exchanges there would be a draft."
    )


def show(report: Report, console: Console) -> None:
    """Headline, figures, intents, and the drafts that differ."""
    console.print(headline(report), style="bold", soft_wrap=True)
    table = Table("figure", "value")
    for name, value in report.metrics.items():
        table.add_row(name.replace("_", " "), _said(value))
    console.print(table)
    _intents(report.by["intent"], console)
    if report.by["handed_over"]:
        reasons = ", ".join(f"{name} {n}" for name, n in report.by["handed_over"].items())
        console.print(f"handed over: {reasons}", soft_wrap=True)
    _differing(report.errors, console)
    console.print(NOTE, style="dim", soft_wrap=True)


def _intents(by: dict[str, Any], console: Console) -> None:
    names = ("n", "drafted", "same", "agrees", "unclear", "differs")
    table = Table("intent", *names)
    for intent, counts in by.items():
        table.add_row(intent, *(str(counts.get(name, 0)) for name in names))
    console.print(table)


def _differing(errors: Sequence[dict[str, Any]], console: Console) -> None:
    for error in errors[:SHOWN]:
        if "problem" in error:
            line = f"line {error['line']}: {error['problem']}"
        else:
            line = (
                f"{error['conversation']}: {error['text']}\n  draft: {error['draft']}\n"
                f"  written: {error['reply']}\n  {'; '.join(error['differences'])}"
            )
        console.print(line, markup=False, soft_wrap=True)
    if len(errors) > SHOWN:
        console.print(f"… and {len(errors) - SHOWN} more: --json has them all")


def _said(value: Any) -> str:
    return f"{value:.1%}" if isinstance(value, float) else str(value)
