"""`invekto eval multi`: one or two requests in a message, found exactly."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from invekto.agent.intents.understander import Understander
from invekto.evals.intents import packs_of
from invekto.evals.report import Report, read_lines
from invekto.settings import Settings, settings


def score(files: Sequence[Path], config: Settings | None = None) -> Report:
    """Scores files of `text`, `lang`, `pack`, `intents`.

    Raises:
        BadData: no usable line, or a pack that no sector has.
    """
    rows, problems = [], []
    for path in files:
        lines = read_lines(path, ("text", "intents"))
        rows += lines.rows
        problems += lines.problems
    understander = Understander.load(config or settings())
    predicted = []
    for row in rows:
        read = understander.read(row["text"], packs=packs_of(row), language_hint=row.get("lang"))
        predicted.append([guess.name for guess in read.intents])
    exact = [set(p) == set(r["intents"]) for p, r in zip(predicted, rows, strict=True)]
    ordered = [p == r["intents"] for p, r in zip(predicted, rows, strict=True)]
    found = sum(len(set(p) & set(r["intents"])) for p, r in zip(predicted, rows, strict=True))
    report = Report(
        "multi",
        len(rows),
        {
            "exact": sum(exact) / len(rows),
            "exact_in_order": sum(ordered) / len(rows),
            "recall": found / max(1, sum(len(set(r["intents"])) for r in rows)),
        },
    )
    report.by = {
        "count": _by(exact, [str(len(r["intents"])) for r in rows]),
        "lang": _by(exact, [str(r.get("lang")) for r in rows]),
    }
    report.errors = problems + [
        {"text": r["text"], "intents": r["intents"], "predicted": p}
        for r, p, good in zip(rows, predicted, exact, strict=True)
        if not good
    ]
    report.predictions = [{**r, "predicted": p} for r, p in zip(rows, predicted, strict=True)]
    return report


def _by(exact: list[bool], keys: list[str]) -> dict[str, Any]:
    groups: dict[str, list[bool]] = defaultdict(list)
    for key, good in zip(keys, exact, strict=True):
        groups[key].append(good)
    return {key: {"n": len(v), "exact": sum(v) / len(v)} for key, v in sorted(groups.items())}
