"""The dialogue memory as JSON of the conversation's row, and back."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from invekto.agent.intents.dialogue.amending import Good
from invekto.agent.state import Asked, Dialogue, Task


def to_json(dialogue: Dialogue) -> dict[str, Any]:
    """For the conversation's `dialogue` column."""
    return asdict(dialogue)


def from_json(raw: dict[str, Any]) -> Dialogue:
    """From the column; a shape of an older version is forgotten rather than misread."""
    try:
        return Dialogue(
            task=_task(raw.get("task")),
            parked=_task(raw.get("parked")),
            unclear=int(raw.get("unclear", 0)),
            notices=tuple(raw.get("notices", ())),
            named={kind: tuple(ids) for kind, ids in raw.get("named", {}).items()},
            goods=tuple(_good(good) for good in raw.get("goods", ())),
            named_ago=int(raw.get("named_ago", 0)),
        )
    except (TypeError, ValueError, KeyError):
        return Dialogue()


def _good(raw: dict[str, Any]) -> Good:
    return Good(**{**raw, "names": tuple(raw["names"])})


def _task(raw: dict[str, Any] | None) -> Task | None:
    if raw is None:
        return None
    asked = raw.get("asked")
    return Task(
        raw["intent"],
        dict(raw.get("slots", {})),
        Asked(asked["slot"], asked["kind"], tuple(asked.get("options", ())), int(asked["tries"]))
        if asked
        else None,
        bool(raw.get("reminded", False)),
    )
