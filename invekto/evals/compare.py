"""Better, worse, or noise: this run against an earlier one on the same lines."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from invekto.errors import BadData
from invekto.evals.kinds import digest, right
from invekto.evals.report import Report

RESAMPLES = 4_000
SEED = 20_261_125


@dataclass(frozen=True, slots=True)
class Comparison:
    """Share of right lines before and now, with a 95 % interval of the difference."""

    before: float
    now: float
    low: float
    high: float
    verdict: str
    """better, worse, or noise (the interval holds zero)."""
    broken: tuple[int, ...]
    """Lines (from 0) that were right and are wrong."""
    mended: tuple[int, ...]

    def line(self) -> str:
        """In one sentence."""
        return (
            f"{self.verdict}: {self.before:.2%} → {self.now:.2%} right, difference"
            f" {self.now - self.before:+.2%} (95 %: {self.low:+.2%} … {self.high:+.2%}),"
            f" {len(self.mended)} lines mended, {len(self.broken)} broken"
        )

    def as_dict(self) -> dict[str, Any]:
        """As `--json` writes it."""
        return {
            "verdict": self.verdict,
            "before": self.before,
            "now": self.now,
            "interval": [self.low, self.high],
            "broken": list(self.broken),
            "mended": list(self.mended),
        }


def case(row: dict[str, Any]) -> str:
    """A line of a report as a person knows it again."""
    named = ("text", "question", "reply", "name")
    return str(next((row[name] for name in named if row.get(name)), row))


def paired(before: Sequence[bool], now: Sequence[bool]) -> Comparison:
    """Paired bootstrap over lines (Efron and Tibshirani 1993, percentile interval).

    Args:
        before, now: right or wrong by line, the same lines in the same order, at least one.
    """
    was, is_now = np.array(before, dtype=float), np.array(now, dtype=float)
    change = is_now - was
    draws = np.random.default_rng(SEED).integers(0, len(change), (RESAMPLES, len(change)))
    low, high = np.quantile(change[draws].mean(axis=1), (0.025, 0.975))
    verdict = "better" if low > 0 else "worse" if high < 0 else "noise"
    return Comparison(
        float(was.mean()), float(is_now.mean()), float(low), float(high), verdict,
        tuple(int(i) for i in np.flatnonzero(change < 0)),
        tuple(int(i) for i in np.flatnonzero(change > 0)),
    )  # fmt: skip


def compare_with(path: Path, report: Report) -> Comparison:
    """Against the `--json` file of an earlier run.

    Raises:
        BadData: the file cannot be read, is of another kind, or saw other lines.
    """
    earlier = _read(path)
    lines = earlier.get("lines") or {}
    if earlier.get("kind") != report.kind:
        raise BadData(f"{path} is a report of {earlier.get('kind')!r}, this is {report.kind!r}")
    if not lines.get("right") or lines.get("digest") != digest(report):
        raise BadData(f"{path} scored other lines: a comparison needs the same files in both runs")
    return paired(lines["right"], right(report))


def _read(path: Path) -> dict[str, Any]:
    try:
        earlier = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadData(f"{path} cannot be read as an earlier report: {error}") from error
    if not isinstance(earlier, dict):
        raise BadData(f"{path} is not a report that `--json` wrote")
    return earlier
