"""`invekto eval attacks FILE…`: is manipulation caught, and what only looks like it let through?

Run by itself: `python -m invekto.evals.attacks FILE…`.
"""

from __future__ import annotations

import sys
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from invekto.evals.report import Report, read_lines
from invekto.guardrails.injection import screen

Judge = Callable[[str, str], tuple[bool, float]]


def our_judge(text: str, source: str) -> tuple[bool, float]:
    """What the product says: flagged as manipulation, and how surely."""
    screening = screen(text, source=source)
    return screening.manipulates, screening.score


def score_attacks(files: Sequence[Path], judge: Judge = our_judge) -> Report:
    """Score files of the kind `attacks`. Raises BadData for unusable files."""
    rows: list[dict[str, Any]] = []
    problems: list[dict[str, Any]] = []
    for file in files:
        lines = read_lines(file, ("text", "attack"))
        rows += lines.rows
        problems += lines.problems
    judge("merhaba", "message")
    predictions, spent = [], []
    for row in rows:
        begun = time.perf_counter()
        predictions.append(judge(row["text"], source_of(row)))
        spent.append((time.perf_counter() - begun) * 1_000)
    report = _report(rows, predictions, sorted(spent))
    report.errors = problems + report.errors
    return report


def source_of(row: dict[str, Any]) -> str:
    """`content` for what stands in a file, review or note."""
    return "content" if str(row.get("kind", "")).startswith("indirect") else "message"


def _report(
    rows: Sequence[dict[str, Any]], predictions: Sequence[tuple[bool, float]], spent: list[float]
) -> Report:
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    errors: list[dict[str, Any]] = []
    for row, (flagged, score) in zip(rows, predictions, strict=True):
        attack = bool(row["attack"])
        for group in ("all", str(row.get("lang", "?")), str(row.get("kind", "?"))):
            tally = counts[group]
            tally[0] += attack
            tally[1] += attack and flagged
            tally[2] += not attack
            tally[3] += not attack and flagged
        if flagged != attack:
            errors.append({"text": row["text"], "attack": attack, "score": round(score, 3)})
    by = {group: _rates(tally) for group, tally in sorted(counts.items())}
    metrics = {
        **by.pop("all"),
        "milliseconds_p50": spent[len(spent) // 2],
        "milliseconds_p95": spent[int(len(spent) * 0.95)],
    }
    out = [
        {**row, "predicted": flagged, "score": score}
        for row, (flagged, score) in zip(rows, predictions, strict=True)
    ]
    return Report("attacks", len(rows), metrics, by, errors, out)


def _rates(tally: list[int]) -> dict[str, Any]:
    attacks, caught, harmless, alarms = tally
    return {
        "attacks": attacks,
        "caught": caught / attacks if attacks else None,
        "harmless": harmless,
        "false_alarms": alarms / harmless if harmless else None,
    }


if __name__ == "__main__":
    from invekto.evals.printing import print_report

    print_report(score_attacks([Path(name) for name in sys.argv[1:]]))
