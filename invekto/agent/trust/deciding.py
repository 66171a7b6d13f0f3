"""The decision of one turn, out of the database: one statement, then arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from psycopg import AsyncConnection

from invekto.agent.trust.decision import Override, Standing, Step, TrustDecision, decide, draw
from invekto.agent.trust.rules import Rules
from invekto.agent.trust.stored import read_override, read_rules, read_standing
from invekto.contracts.evidence import Cell, Mode, Risk
from invekto.records.trust import load_cells


@dataclass(frozen=True, slots=True)
class Decided:
    """`why` holds the reason of the first cell that says no (or of the first), every cell's own
    under `trust`, and the coins."""

    mode: Mode
    why: dict[str, Any] = field(default_factory=dict)
    audit: bool = False


async def decide_cells(
    conn: AsyncConnection[Any],
    cells: Sequence[Cell],
    *,
    confidence: float,
    risks: Sequence[Risk],
    turn_id: str,
    now: datetime,
) -> Decided:
    """Automatic only if every cell of the message says so.

    Args:
        confidence: the lowest among the message's intents.
        risks: one for each cell.
        turn_id: the coins are drawn from it and a stored secret, before anything is known of the
            outcome; they are logged with the turn's why.
    """
    if not cells:
        return Decided(Mode.SUGGEST, {"because": "no_intent"})
    loaded = await load_cells(conn, cells)
    rules = read_rules(loaded.settings)
    overrides = tuple(read_override(raw) for raw in loaded.overrides)
    coins = draw(turn_id, loaded.secret)
    unknown = Standing(tuple(Step(threshold, False, 0.0) for threshold in rules.thresholds))
    decisions = [
        decide(
            read_standing(loaded.standings[cell]) if cell in loaded.standings else unknown,
            confidence,
            risk,
            _for_intent(overrides, cell.intent),
            coins,
            rules=rules,
            now=now,
        )
        for cell, risk in zip(cells, risks, strict=True)
    ]
    return _together(cells, decisions, risks, rules, coins=asdict(coins))


def _for_intent(overrides: tuple[Override, ...], intent: str) -> tuple[Override, ...]:
    return tuple(o for o in overrides if o.intent is None or o.intent == intent)


def _together(
    cells: Sequence[Cell],
    decisions: Sequence[TrustDecision],
    risks: Sequence[Risk],
    rules: Rules,
    *,
    coins: dict[str, float],
) -> Decided:
    against = next((d for d in decisions if d.mode is not Mode.AUTO), None)
    deciding = against or decisions[0]
    each = [
        {"intent": cell.intent, "epsilon": rules.epsilon(risk), **decision.why}
        for cell, decision, risk in zip(cells, decisions, risks, strict=True)
    ]
    why = {
        "because": deciding.why["because"],
        "trust": each,
        "coins": {name: round(value, 6) for name, value in coins.items()},
        "audit_share": rules.audit_share,
    }
    if against is not None:
        return Decided(Mode.SUGGEST, why)
    return Decided(Mode.AUTO, why, any(d.audit for d in decisions))
