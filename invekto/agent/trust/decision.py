"""Automatic or suggest, for one cell of one message."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from invekto.agent.trust.cell import CellState
from invekto.agent.trust.rules import Rules
from invekto.contracts.evidence import Mode, Risk

DEFAULTS = Rules()


@dataclass(frozen=True, slots=True)
class Step:
    """A threshold as a decision needs it; `share` is the part of its messages that is sent."""

    threshold: float
    passed: bool
    share: float


@dataclass(frozen=True, slots=True)
class Standing:
    """The part of a cell's state that decisions are made on."""

    steps: tuple[Step, ...] = ()
    watch: bool = False
    falls: int = 0
    epsilon: float = 0.0
    """What was tested; a tolerance that has become smaller since is not yet earned."""


@dataclass(frozen=True, slots=True)
class Override:
    """A person's word above the curve. `kind` is kill, pin_suggest or pin_auto; `intent` None
    means all of the tenant, and `system` everybody."""

    kind: str
    by: str
    reason: str
    intent: str | None = None
    expires_at: datetime | None = None
    system: bool = False


@dataclass(frozen=True, slots=True)
class Coins:
    """Two numbers in [0, 1), fixed before the outcome by the turn's id and a stored secret."""

    ramp: float
    audit: float


@dataclass(frozen=True, slots=True)
class TrustDecision:
    """`why` is a stable word first, then what it rests on."""

    mode: Mode
    why: dict[str, object]
    audit: bool = False


def standing(state: CellState) -> Standing:
    """What decisions need of a state."""
    return Standing(
        tuple(
            Step(level.threshold, level.passed, state.ramp[level.step]) for level in state.levels
        ),
        state.watch > 0,
        state.falls,
        state.epsilon,
    )


def draw(turn_id: str, secret: str) -> Coins:
    """The turn's coins: the same whenever they are drawn again."""
    digest = hashlib.sha256(f"{secret}\n{turn_id}".encode()).digest()
    return Coins(
        int.from_bytes(digest[:8], "big") / 2**64, int.from_bytes(digest[8:16], "big") / 2**64
    )


def decide(
    cell: Standing,
    confidence: float,
    risk: Risk,
    overrides: tuple[Override, ...],
    coins: Coins,
    *,
    rules: Rules = DEFAULTS,
    now: datetime | None = None,
) -> TrustDecision:
    """Whether this reply may be sent without a person.

    Args:
        overrides: those in force for the message's intent, tenant and system.
        rules: the tenant's settings of this moment.
        now: an override that expired before it is passed over.
    """
    held = _by_person(risk, _in_force(overrides, now))
    audit = coins.audit < rules.audit_share or cell.watch
    if held is not None:
        auto = held["because"] == "pinned_auto"
        return TrustDecision(Mode.AUTO if auto else Mode.SUGGEST, held, auto and audit)
    step = next((s for s in cell.steps if confidence >= s.threshold), None)
    if step is None:
        return TrustDecision(Mode.SUGGEST, {"because": "low_confidence", "confidence": confidence})
    why: dict[str, object] = {"threshold": step.threshold, "share": step.share}
    if cell.epsilon > rules.epsilon(risk):
        return TrustDecision(Mode.SUGGEST, {"because": "tightened", **why})
    if not step.passed:
        return TrustDecision(Mode.SUGGEST, {"because": "not_earned", **why})
    if coins.ramp >= step.share:
        return TrustDecision(Mode.SUGGEST, {"because": "ramp", **why})
    return TrustDecision(Mode.AUTO, {"because": "earned", **why}, audit)


def _in_force(overrides: tuple[Override, ...], now: datetime | None) -> tuple[Override, ...]:
    return tuple(o for o in overrides if o.expires_at is None or now is None or o.expires_at > now)


def _by_person(risk: Risk, overrides: tuple[Override, ...]) -> dict[str, object] | None:
    """Kill before pin to suggest, both before high risk, and that before pin to auto."""
    for kind, because in (("kill", "killed"), ("pin_suggest", "pinned_suggest")):
        for override in overrides:
            if override.kind == kind:
                return _said(because, override)
    if risk is Risk.HIGH:
        return {"because": "high_risk"}
    for override in overrides:
        if override.kind == "pin_auto":
            return _said("pinned_auto", override)
    return None


def _said(because: str, override: Override) -> dict[str, object]:
    where = "system" if override.system else override.intent or "tenant"
    return {
        "because": because,
        "where": where,
        "by": override.by,
        "reason": override.reason,
        "until": override.expires_at.isoformat() if override.expires_at else None,
    }
