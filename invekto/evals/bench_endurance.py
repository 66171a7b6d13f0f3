"""Fifty thousand turns in one process: its memory must not grow. By name only, it takes long:
`invekto bench --only endurance` (`--turns N` another number, with --quick two thousand)."""

from __future__ import annotations

import gc
from typing import Any

from invekto.evals.bench_turn import TEXTS, one, shop
from invekto.evals.memory import resident_megabytes

TURNS = 50_000
CUSTOMERS = 2_000
READINGS = 10


async def run(quick: bool, turns: int = TURNS) -> dict[str, Any]:
    """Resident memory after each tenth of the turns, and its growth after the first fifth."""
    turns = 2_000 if quick else turns
    figures: dict[str, Any] = {}
    readings = []
    async with shop() as (_, engine):
        for n in range(turns):
            await one(engine, n % CUSTOMERS, TEXTS[n % len(TEXTS)])
            if (n + 1) % (turns // READINGS) == 0:
                gc.collect()
                readings.append(resident_megabytes())
                figures[f"MB after {n + 1:,} turns"] = readings[-1]
    settled = readings[READINGS // 5 :]
    grown = (settled[-1] - settled[0]) / (len(settled) - 1) * READINGS / turns * 10_000
    return {**figures, "growth MB per 10,000 turns": grown}
