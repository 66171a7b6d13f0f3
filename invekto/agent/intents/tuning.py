"""What was fitted on messages of batches the model had not seen; `calibrate` writes it anew."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

PATH = Path(__file__).parent / "tuning.yaml"


@dataclass(frozen=True, slots=True)
class Tuning:
    """`sharpness` and `answer_from` by language; `two_requests` weighs the features of a cut;
    `watch_from` are the probabilities from which a watched intent wins over all others."""

    sharpness: dict[str, float]
    answer_from: dict[str, float]
    two_requests: tuple[float, ...]
    two_from: float
    watch_from: dict[str, float]


@cache
def tuning() -> Tuning:
    """The fitted values."""
    raw = yaml.safe_load(PATH.read_text(encoding="utf-8"))
    return Tuning(
        raw["sharpness"],
        raw["answer_from"],
        tuple(raw["two_requests"]),
        raw["two_from"],
        raw["watch_from"],
    )
