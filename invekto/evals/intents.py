"""`invekto eval intents`: accuracy, honest confidence, the system's own decision, out of scope."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from invekto.agent.intents.calibration import auroc, expected_calibration_error
from invekto.agent.intents.labelled import LabelledModel
from invekto.agent.intents.understander import OUT_OF_SCOPE, Understander
from invekto.agent.sector import STANDARD
from invekto.errors import BadData
from invekto.evals.report import Report, read_lines
from invekto.settings import Settings, settings

ALTERNATIVES = 5
PACKS = {sector.name: sector.packs for sector in STANDARD}


@dataclass(frozen=True, slots=True)
class Guess:
    """What a classifier made of a line; `outside` is higher the less it belongs to any intent."""

    intent: str
    confidence: float
    answered: bool
    alternatives: tuple[tuple[str, float], ...]
    outside: float
    milliseconds: float


class Classifier(Protocol):
    """Either the product's model or one trained on the file given by `--train`."""

    def guess(self, row: dict[str, Any]) -> Guess: ...


def score(
    files: Sequence[Path],
    train: Path | None = None,
    oos: str | None = None,
    config: Settings | None = None,
) -> Report:
    """Scores files of `text`, `lang`, `pack`, `intent`.

    Args:
        train: train the same code on this file's label set first (public benchmarks).
        oos: its out-of-scope label.

    Raises:
        BadData: no usable line, or a pack that no sector has.
    """
    rows, problems = [], []
    for path in files:
        lines = read_lines(path, ("text", "intent"))
        rows += lines.rows
        problems += lines.problems
    classifier: Classifier
    if train is None:
        classifier = _Product(Understander.load(config or settings()))
        outside = oos or OUT_OF_SCOPE
    else:
        given = read_lines(train, ("text", "intent")).rows
        classifier = _Trained(LabelledModel.train([(r["text"], r["intent"]) for r in given], oos))
        outside = oos or ""
    guesses = [classifier.guess(row) for row in rows]
    report = Report(
        "intents", len(rows), _metrics(rows, guesses, outside, trained=train is not None)
    )
    report.by = {
        name: _groups(rows, guesses, name) for name in ("lang", "pack", "intent", "predicted")
    }
    report.by["confused"] = _confused(rows, guesses)
    report.errors = [*problems, *_errors(rows, guesses)]
    report.predictions = [_prediction(row, guess) for row, guess in zip(rows, guesses, strict=True)]
    return report


class _Product:
    def __init__(self, understander: Understander) -> None:
        self._understander = understander

    def guess(self, row: dict[str, Any]) -> Guess:
        packs = packs_of(row)
        begun = time.perf_counter()
        read = self._understander.read(row["text"], packs=packs, language_hint=row.get("lang"))
        took = (time.perf_counter() - begun) * 1000
        alternatives = tuple((a.name, a.probability) for a in read.alternatives)
        return Guess(
            read.main.name,
            read.main.probability,
            read.answered,
            alternatives,
            read.outside,
            took,
        )


class _Trained:
    def __init__(self, model: LabelledModel) -> None:
        self._model = model

    def guess(self, row: dict[str, Any]) -> Guess:
        begun = time.perf_counter()
        read = self._model.read(row["text"])
        took = (time.perf_counter() - begun) * 1000
        return Guess(
            read.label, read.confidence, read.answered, read.best[:ALTERNATIVES], read.outside, took
        )


def packs_of(row: dict[str, Any]) -> tuple[str, ...]:
    """The packs of a line's sector; a line without one is a shop's.

    Raises:
        BadData: no such sector.
    """
    name = row.get("pack", "ecommerce")
    if name not in PACKS:
        raise BadData(f"no sector runs the pack {name!r}; known are {', '.join(sorted(PACKS))}")
    return PACKS[name]


def _metrics(
    rows: list[dict[str, Any]], guesses: list[Guess], outside: str, *, trained: bool
) -> dict[str, Any]:
    right = np.array([g.intent == r["intent"] for r, g in zip(rows, guesses, strict=True)])
    sure = np.array([g.confidence for g in guesses], dtype=float)
    answered = np.array([g.answered for g in guesses])
    truly_outside = np.array([r["intent"] == outside for r in rows])
    inside = ~truly_outside
    metrics: dict[str, Any] = {
        "accuracy": _mean(right),
        "macro_f1": _macro_f1(rows, guesses),
        "ece": expected_calibration_error(sure, right),
        "answered": _mean(answered),
        "wrong_among_answered": 1 - _mean(right[answered]) if answered.any() else 0.0,
        "milliseconds_p50": float(np.percentile([g.milliseconds for g in guesses], 50)),
        "milliseconds_p95": float(np.percentile([g.milliseconds for g in guesses], 95)),
    }
    if truly_outside.any():
        scores = np.array([g.outside for g in guesses], dtype=float)
        metrics["oos_auroc"] = auroc(scores, truly_outside)
        named = np.array([g.intent == outside for g in guesses])
        metrics["oos_recall"] = _mean(named[truly_outside])
    if inside.any():
        metrics["in_scope_accuracy"] = _mean(right[inside])
    if not trained and any(r["intent"] == "emergency" for r in rows):
        truth = np.array([r["intent"] == "emergency" for r in rows])
        said = np.array([g.intent == "emergency" for g in guesses])
        metrics["emergency_recall"] = _mean(said[truth])
        metrics["called_emergency_wrongly"] = _mean(said[~truth])
    return metrics


def _mean(values: Any) -> float:
    return float(np.mean(values)) if len(values) else 0.0


def _macro_f1(rows: list[dict[str, Any]], guesses: list[Guess]) -> float:
    scores = []
    for intent in sorted({r["intent"] for r in rows}):
        pairs = [
            (r["intent"] == intent, g.intent == intent) for r, g in zip(rows, guesses, strict=True)
        ]
        hits = sum(a and b for a, b in pairs)
        scores.append(2 * hits / (sum(a for a, _ in pairs) + sum(b for _, b in pairs)))
    return float(np.mean(scores))


def _groups(rows: list[dict[str, Any]], guesses: list[Guess], name: str) -> dict[str, Any]:
    groups: dict[str, list[bool]] = defaultdict(list)
    for row, guess in zip(rows, guesses, strict=True):
        key = guess.intent if name == "predicted" else row.get(name)
        if key is not None:
            groups[str(key)].append(guess.intent == row["intent"])
    return {key: {"n": len(v), "accuracy": _mean(v)} for key, v in sorted(groups.items())}


def _confused(rows: list[dict[str, Any]], guesses: list[Guess]) -> list[dict[str, Any]]:
    pairs: dict[tuple[str, str], int] = defaultdict(int)
    for row, guess in zip(rows, guesses, strict=True):
        if row["intent"] != guess.intent:
            pairs[row["intent"], guess.intent] += 1
    ordered = sorted(pairs.items(), key=lambda item: -item[1])[:20]
    return [{"intent": a, "predicted": b, "n": n} for (a, b), n in ordered]


def _errors(rows: list[dict[str, Any]], guesses: list[Guess]) -> list[dict[str, Any]]:
    return [
        {
            "text": r["text"],
            "intent": r["intent"],
            "predicted": g.intent,
            "confidence": g.confidence,
        }
        for r, g in zip(rows, guesses, strict=True)
        if r["intent"] != g.intent
    ]


def _prediction(row: dict[str, Any], guess: Guess) -> dict[str, Any]:
    return {
        **row,
        "predicted": guess.intent,
        "confidence": guess.confidence,
        "answered": guess.answered,
        "alternatives": [[name, p] for name, p in guess.alternatives],
    }
