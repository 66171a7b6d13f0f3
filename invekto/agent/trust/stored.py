"""States as JSON and back, for the rows they are kept in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from invekto.agent.trust.cell import CellState, Level, Waiting
from invekto.agent.trust.decision import Override, Standing, Step
from invekto.agent.trust.rules import Rules


def write_state(state: CellState) -> dict[str, Any]:
    """JSON of a state; moments as ISO text."""
    raw: dict[str, Any] = _plain(asdict(state))
    return raw


def read_state(raw: Mapping[str, Any]) -> CellState:
    """The state that `write_state` wrote."""
    levels = tuple(
        Level(**{**one, "capital": tuple(one["capital"]), "began": _moment(one["began"])})
        for one in raw["levels"]
    )
    waiting = tuple(
        Waiting(
            **{
                **one,
                "given": datetime.fromisoformat(one["given"]),
                "due": datetime.fromisoformat(one["due"]),
            }
        )
        for one in raw["waiting"]
    )
    times = {"wrong_at": _moment(raw["wrong_at"]), "clock": _moment(raw["clock"])}
    return CellState(**{**raw, "levels": levels, "waiting": waiting, **times})


def write_standing(standing: Standing) -> dict[str, Any]:
    """JSON of what decisions need."""
    return {
        "steps": [[s.threshold, s.passed, s.share] for s in standing.steps],
        "watch": standing.watch,
        "falls": standing.falls,
        "epsilon": standing.epsilon,
    }


def read_standing(raw: Mapping[str, Any]) -> Standing:
    """The standing that `write_standing` wrote."""
    steps = tuple(Step(*step) for step in raw["steps"])
    return Standing(steps, raw["watch"], raw["falls"], raw["epsilon"])


def read_rules(raw: Mapping[str, Any] | None) -> Rules:
    """A tenant's settings row; None where the tenant keeps the defaults."""
    if raw is None:
        return Rules()
    return Rules(
        epsilon_low=raw["epsilon_low"],
        epsilon_medium=raw["epsilon_medium"],
        delta=raw["delta"],
        audit_share=raw["audit_share"],
        settle=timedelta(hours=raw["settle_hours"]),
    )


def read_override(raw: Mapping[str, Any]) -> Override:
    """An override as the hot path's statement returns it."""
    return Override(
        kind=raw["kind"],
        by=raw["by"],
        reason=raw["reason"],
        intent=raw.get("intent"),
        expires_at=_moment(raw.get("expires_at")),
        system=bool(raw.get("system")),
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value
