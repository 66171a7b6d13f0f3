"""Intents on a batch of messages that the model has not seen: for the gate. The model is trained on
the other writers' batches (some minutes, once; kept under the hash of its data)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from invekto.agent.intents.crossing import TESTED, WORLDS, folds, judged
from invekto.errors import BadRequest
from invekto.evals.report import Report
from invekto.settings import Settings, settings

EVERY = 3
"""Each third message: some 2,900 of a batch, half a percent of standard error."""
LANGUAGES = ("tr", "en", "ar")
SECTORS = {"ecommerce": "ecommerce", "clinic": "dental"}
"""World → the pack that its lines are told under."""


def score_held_out(batches: Sequence[Path], config: Settings | None = None) -> Report:
    """Accuracy by language and world on each batch.

    Raises:
        BadRequest: a batch that is always trained on.
    """
    names = [path.name for path in batches]
    unknown = [name for name in names if name not in TESTED]
    if unknown or not names:
        raise BadRequest(f"held-out batches are {', '.join(TESTED)}, not {unknown}")
    rows: list[dict[str, Any]] = []
    by: dict[str, Any] = {}
    for fold in folds((config or settings()).data_dir / "models", wanted=names, every=EVERY):
        for world in WORLDS:
            for language in LANGUAGES:
                told = judged(fold, language, world)
                guesses = np.where(told.mask, told.odds, -1).argmax(1)
                found = [
                    {
                        "text": example.text, "lang": language, "pack": SECTORS[world],
                        "intent": example.intent, "predicted": fold.model.labels[guess],
                    }
                    for example, guess in zip(told.rows, guesses, strict=True)
                ]  # fmt: skip
                by[f"{fold.batch} {world} {language}"] = {
                    "n": len(found), "accuracy": told.accuracy(),
                }  # fmt: skip
                rows += found
    return _report(rows, by)


def _report(rows: list[dict[str, Any]], by: dict[str, Any]) -> Report:
    metrics: dict[str, Any] = {"accuracy": _accuracy(rows)}
    for world, pack in SECTORS.items():
        for language in LANGUAGES:
            some = [r for r in rows if r["lang"] == language and r["pack"] == pack]
            metrics[f"{world}_{language}"] = _accuracy(some)
    errors = [row for row in rows if row["predicted"] != row["intent"]]
    return Report("held_out", len(rows), metrics, by, errors, rows)


def _accuracy(rows: Sequence[dict[str, Any]]) -> float:
    return sum(r["predicted"] == r["intent"] for r in rows) / len(rows) if rows else 0.0
