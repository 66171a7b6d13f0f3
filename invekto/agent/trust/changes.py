"""What a verdict changed about a cell, as people are told it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from invekto.agent.trust.cell import CellState, Level


@dataclass(frozen=True, slots=True)
class Change:
    """`kind` is promoted, climbed, fell, watched, restarted or began."""

    kind: str
    detail: dict[str, Any] = field(default_factory=dict)


def changes(before: CellState, after: CellState) -> tuple[Change, ...]:
    """From one state to the next; a fall is told once, not for each threshold."""
    found: list[Change] = []
    if after.epsilon < before.epsilon:
        found.append(Change("began", {"epsilon": after.epsilon}))
    if after.falls > before.falls:
        found.append(Change("fell", {"confirmed": after.wrong_at != before.wrong_at}))
    elif after.watch > before.watch:
        found.append(Change("watched", {"audits": after.watch}))
    for old, new in zip(before.levels, after.levels, strict=True):
        found += _of_level(old, new, after)
    return tuple(found)


def _of_level(old: Level, new: Level, after: CellState) -> list[Change]:
    detail = {
        "threshold": new.threshold,
        "share": after.ramp[new.step],
        "right": new.right,
        "wrong": new.wrong,
    }
    if new.passed and not old.passed:
        return [Change("promoted", detail)]
    if new.passed and new.step > old.step:
        return [Change("climbed", detail)]
    if new.restarts > old.restarts:
        return [Change("restarted", {**detail, "restarts": new.restarts})]
    return []
