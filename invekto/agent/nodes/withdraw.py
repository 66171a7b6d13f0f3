"""The customer takes a request back. What only waited for an answer is dropped; what a person may
already be working on goes to that person."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from invekto.agent.nodes.clarify import worded
from invekto.agent.playbooks.run import Setting
from invekto.agent.state import Dialogue, TaskResult, TurnState
from invekto.contracts.handover import HandOverReason


def withdrawn(state: TurnState, setting: Setting) -> dict[str, Any]:
    """The result, and a dialogue in which nothing waits."""
    before = state.turn.dialogue
    open_task = before.task or before.parked
    understanding = state.understanding
    assert understanding is not None
    result = TaskResult(
        intent=open_task.intent if open_task else understanding.main.name,
        probability=1.0 if open_task else understanding.main.probability,
        kind="reply",
        texts=worded("withdrawn", setting, dict(setting.base)),
        version="withdrawn",
        steps=("taken back by the customer",),
    )
    if open_task is None:
        result = replace(result, kind="hand_over", texts={}, reason=HandOverReason.TAKEN_BACK)
    return {"results": (result,), "dialogue": Dialogue(notices=before.notices)}
