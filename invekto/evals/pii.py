"""`invekto eval pii FILE…`: are personal values found, exactly, and nothing else?

Strict F1 (type, start and end the same) for the six kinds with a fixed shape; F1 by overlap for
PERSON, ADDRESS and PASSPORT; false alarms: the share of lines without spans on which anything was
found. Run by itself: `python -m invekto.evals.pii FILE…`.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from invekto.evals.report import Report, read_lines
from invekto.guardrails.pii import IDENTIFYING, find

Span = tuple[int, int, str]
Finder = Callable[[str, frozenset[str], str | None], Iterable[Span]]

STRICT = ("TR_ID", "IBAN", "CREDIT_CARD", "EMAIL", "PHONE", "TAX_ID")
LOOSE = ("PERSON", "ADDRESS", "PASSPORT")


def our_finder(text: str, own: frozenset[str], language: str | None) -> list[Span]:
    """What the product finds."""
    return [(s.start, s.end, s.type) for s in find(text, own=own, language=language)]


def score_pii(files: Sequence[Path], finder: Finder = our_finder) -> Report:
    """Score files of the kind `pii`. Raises BadData for unusable files."""
    rows: list[dict[str, Any]] = []
    problems: list[dict[str, Any]] = []
    for file in files:
        lines = read_lines(file, ("text", "spans"))
        rows += lines.rows
        problems += lines.problems
    finder("Isınma: Ayşe, 0532 111 22 33", frozenset(), "tr")
    predictions, spent = _predict(rows, finder)
    report = _report(rows, predictions, sorted(spent))
    report.errors = problems + report.errors
    return report


def _predict(
    rows: Sequence[dict[str, Any]], finder: Finder
) -> tuple[list[list[Span]], list[float]]:
    predictions, spent = [], []
    for row in rows:
        own = frozenset(str(o) for o in row.get("own") or ())
        begun = time.perf_counter()
        found = [s for s in finder(row["text"], own, row.get("lang")) if s[2] in IDENTIFYING]
        spent.append((time.perf_counter() - begun) * 1_000)
        predictions.append(found)
    return predictions, spent


def _report(
    rows: Sequence[dict[str, Any]], predictions: Sequence[list[Span]], spent: list[float]
) -> Report:
    right, missed, wrong = Counter[str](), Counter[str](), Counter[str]()
    alarms = quiet = 0
    errors: list[dict[str, Any]] = []
    for row, found in zip(rows, predictions, strict=True):
        gold = [(s["start"], s["end"], s["type"]) for s in row["spans"]]
        misses = [g for g in gold if not any(same(g, p) for p in found)]
        extras = [p for p in found if not any(same(g, p) for g in gold)]
        right.update(g[2] for g in gold if g not in misses)
        missed.update(g[2] for g in misses)
        wrong.update(p[2] for p in extras)
        quiet += not gold
        alarms += not gold and bool(found)
        if misses or extras:
            errors.append(_error(row, misses, extras))
    by = {kind: f1(right[kind], wrong[kind], missed[kind]) for kind in (*STRICT, *LOOSE)}
    present = [k for k in by if right[k] + missed[k]]
    metrics = {
        "strict_f1_micro": f1(*(sum(c[k] for k in STRICT) for c in (right, wrong, missed))),
        "strict_f1_worst": min((by[k] for k in STRICT if k in present), default=1.0),
        "overlap_f1_worst": min((by[k] for k in LOOSE if k in present), default=1.0),
        "false_alarms": alarms / max(1, quiet),
        "milliseconds_p50": spent[len(spent) // 2],
        "milliseconds_p95": spent[int(len(spent) * 0.95)],
    }
    out = [
        {**row, "predicted": [{"start": a, "end": b, "type": k} for a, b, k in found]}
        for row, found in zip(rows, predictions, strict=True)
    ]
    return Report("pii", len(rows), metrics, by, errors, out)


def same(gold: Span, found: Span) -> bool:
    """Exactly the same for shaped kinds, any overlap for the others."""
    if gold[2] != found[2]:
        return False
    if gold[2] in LOOSE:
        return found[0] < gold[1] and gold[0] < found[1]
    return gold[:2] == found[:2]


def f1(right: int, wrong: int, missed: int) -> float:
    """F1 from counts; 1.0 where there was nothing to find and nothing found."""
    total = 2 * right + wrong + missed
    return 2 * right / total if total else 1.0


def _error(row: dict[str, Any], misses: list[Span], extras: list[Span]) -> dict[str, Any]:
    def say(spans: list[Span]) -> list[str]:
        return [f"{k}: {row['text'][a:b]}" for a, b, k in spans]

    return {"text": row["text"], "missed": say(misses), "wrong": say(extras)}


if __name__ == "__main__":
    from invekto.evals.printing import print_report

    print_report(score_pii([Path(name) for name in sys.argv[1:]]))
