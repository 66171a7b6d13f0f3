"""What the trust page shows of an intent: standing, sentence, and the path of its evidence."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import AsyncConnection

from invekto.agent.trust.decision import Override
from invekto.agent.trust.explain import Missing, explain, missing
from invekto.agent.trust.stored import read_override, read_state
from invekto.contracts.evidence import Cell, Risk
from invekto.records import trust

LATEST = 500


@dataclass(frozen=True, slots=True)
class Point:
    """After one verdict: evidence by threshold, 0 at the start and 1 where it passes (a share of
    log capital; negative where it speaks against)."""

    at: datetime
    kind: str
    counted: str
    why: str
    evidence: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Curve:
    """One cell of the intent, and its latest points."""

    cell: Cell
    risk: Risk
    thresholds: tuple[float, ...]
    passed: tuple[bool, ...]
    share: tuple[float, ...]
    """Share of its messages sent without a person, by threshold."""
    falls: int
    missing: Missing | None
    sentence: str
    points: tuple[Point, ...]


async def curve(
    conn: AsyncConnection[Any], intent: str, language: str, now: datetime
) -> list[Curve]:
    """Every cell of an intent, the latest versions first; sentences in `language`."""
    stored = await trust.list_cells(conn, intent)
    loaded = await trust.load_cells(conn, [one.cell for one in stored])
    overrides = tuple(
        override
        for override in map(read_override, loaded.overrides)
        if override.intent in (None, intent)
    )
    return [await _curve(conn, one, overrides, language, now) for one in stored]


async def _curve(
    conn: AsyncConnection[Any],
    stored: trust.StoredCell,
    overrides: tuple[Override, ...],
    language: str,
    now: datetime,
) -> Curve:
    state = read_state(stored.state)
    needed = [level.needed(state.delta) for level in state.levels]
    rows = await trust.list_verdicts(conn, stored.cell, limit=LATEST)
    return Curve(
        cell=stored.cell,
        risk=stored.risk,
        thresholds=tuple(level.threshold for level in state.levels),
        passed=tuple(level.passed for level in state.levels),
        share=tuple(state.ramp[level.step] if level.passed else 0.0 for level in state.levels),
        falls=state.falls,
        missing=missing(state),
        sentence=explain(state, language, risk=stored.risk, overrides=overrides, now=now),
        points=tuple(
            Point(
                row.verdict.at,
                row.verdict.kind.value,
                row.counted,
                row.why,
                tuple(
                    round(logs / most, 4) if math.isfinite(logs) else 0.0
                    for logs, most in zip(row.capital, needed, strict=False)
                ),
            )
            for row in rows
        ),
    )
