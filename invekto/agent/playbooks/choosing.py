"""Which of several options is meant, where the customer has said so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from invekto.agent.playbooks.render import evaluate
from invekto.agent.playbooks.run import Run
from invekto.agent.playbooks.schema import Choose

CHOSEN = ("order",)
"""Choices that stay what is spoken of."""


def chosen(step: Choose, keyed: Sequence[tuple[str, Any]], run: Run) -> tuple[str, Any] | None:
    """The option picked, named, remembered or spoken of, or the only one; None: ask."""
    asked, answer = run.task.asked, run.setting.answer
    if asked is not None and asked.slot == step.choose and answer is not None:
        if answer.type == "option" and answer.index is not None:
            wanted = asked.options[answer.index]["key"]
            return next((pair for pair in keyed if pair[0] == wanted), None)
        if answer.type == "yes" and len(asked.options) == 1:
            return next((p for p in keyed if p[0] == asked.options[0]["key"]), None)
        if answer.type == "any" and step.confirm:  # any time will do; any order will not
            return keyed[0]
    remembered = run.slots.get(f"{step.choose}_key")
    again = next((pair for pair in keyed if pair[0] == remembered), None)
    if again is not None:
        return again
    if step.match is not None:
        fitting = [p for p in keyed if evaluate(step.match, {**run.scope, "option": p[1]})]
        if len(fitting) == 1:
            return fitting[0]
    spoken_of = _spoken_of(step, run)
    if spoken_of is not None and asked is None:
        return next((pair for pair in keyed if pair[0] == spoken_of), None) or _sole(step, keyed)
    return _sole(step, keyed)


def _spoken_of(step: Choose, run: Run) -> str | None:
    topic = run.setting.topic
    if step.choose not in CHOSEN or topic is None or step.confirm:
        return None
    return topic.meant(step.choose, run.setting.text)


def _sole(step: Choose, keyed: Sequence[tuple[str, Any]]) -> tuple[str, Any] | None:
    return keyed[0] if len(keyed) == 1 and not step.confirm else None
