"""Why a passage was found, for the test bench: a few figures in words, the others as they are."""

from __future__ import annotations

from dataclasses import dataclass

from invekto.contracts.passages import Passage
from invekto.server.console import dress
from invekto.server.console.words import Words

SHARES = ("coverage", "subject", "topic", "grams", "dense")
"""Figures between 0 and 1 that say something to who keeps the knowledge, the plainest first."""
FAULTS = {"foreign": 0.5, "missing": 0.5, "elsewhere": 0.5, "unpriced": 0.5, "untimed": 0.5}
"""Figures that speak against a passage, told from here on."""


@dataclass(frozen=True, slots=True)
class Told:
    """A passage; `reasons` in words, `lost` where it is not among those that answer."""

    passage: Passage
    reasons: list[str]
    lost: str
    figures: dict[str, float]


def told(passage: Passage, w: Words) -> Told:
    """One passage of the bench."""
    figures = {k: float(v) for k, v in passage.why.items() if isinstance(v, int | float)}
    reasons = [
        w(f"know.why.{name}", share=dress.percent(figures[name], w.language))
        for name in SHARES
        if figures.get(name, 0) > 0
    ]
    reasons += [
        w(f"know.against.{name}") for name, least in FAULTS.items() if figures.get(name, 0) >= least
    ]
    return Told(passage, reasons, w.told(str(passage.why.get("lost", ""))), figures)
