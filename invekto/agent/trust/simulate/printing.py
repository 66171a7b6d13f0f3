"""The proof as text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def print_report(report: dict[str, Any]) -> None:
    """Print every table of a report."""
    print(
        f"{report['intents']} simulated cells each, seed {report['seed']},"
        f" ε = {report['epsilon']:.0%}, δ = {report['delta']:.0%}\n"
    )
    for title, rows, shapes in _tables(report):
        print(title)
        print(_table(rows, shapes))
        print()


def _tables(report: dict[str, Any]) -> list[tuple[str, list[dict[str, Any]], dict[str, str]]]:
    policies = [key for key in report["bad_ever_automatic"][0] if key != "adversity"]
    share = dict.fromkeys(policies, "{:.2%}")
    return [
        (
            "Bad cells ever automatic (the claim: at most δ)",
            report["bad_ever_automatic"],
            {"adversity": "{}", **share},
        ),
        (
            "Negative controls (must exceed δ)",
            report["negative_controls"],
            {"control": "{}", "bad_ever_automatic": "{:.2%}"},
        ),
        (
            "Counted verdicts until automatic",
            report["promotion"],
            {
                "epsilon": "{:.0%}",
                "error": "{:.2%}",
                "median": "{:.0f}",
                "p90": "{:.0f}",
                "messages_median": "{:.0f}",
                "ever": "{:.1%}",
            },
        ),
        (
            "Coverage over a shop's intents, 1,500 messages (30 % err at 0.2 %, 15 % at 4 %)",
            report["coverage"],
            {
                "policy": "{}",
                "coverage": "{:.1%}",
                "coverage_of_good": "{:.1%}",
                "wrong_sent_per_1000": "{:.2f}",
                "wrong_among_sent": "{:.2%}",
                "audits_per_1000": "{:.0f}",
            },
        ),
        (
            "Wrong replies sent after a jump from 0.2 % to 10 % errors",
            report["change_point"],
            {
                "audited": "{:.0%}",
                "complaints": "{:.0%}",
                "audit_lag": "{:.0f}",
                "reviewed_share": "{:.1%}",
                "wrong_sent_mean": "{:.2f}",
                "wrong_sent_median": "{:.0f}",
                "wrong_sent_p90": "{:.0f}",
            },
        ),
        (
            "Recovery after a bad spell",
            report["recovery"],
            {
                "bad_for": "{:.0f}",
                "fallen": "{:.1%}",
                "messages_until_automatic_median": "{:.0f}",
                "messages_until_automatic_p90": "{:.0f}",
                "back_within_1500": "{:.1%}",
            },
        ),
    ]


def _table(rows: Sequence[dict[str, Any]], shapes: dict[str, str]) -> str:
    lines = [[name.replace("_", " ") for name in shapes]]
    for row in rows:
        lines.append(
            [
                "never" if row[key] is None else shape.format(row[key])
                for key, shape in shapes.items()
            ]
        )
    widths = [max(len(line[i]) for line in lines) for i in range(len(shapes))]
    return "\n".join(
        "  "
        + "  ".join(
            cell.ljust(width) if i == 0 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in lines
    )
