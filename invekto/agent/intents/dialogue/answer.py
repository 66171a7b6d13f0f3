"""The message as an answer to what we asked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from invekto.agent.intents.dialogue.confirm import read_confirmation
from invekto.agent.intents.dialogue.options import OTHER, read_choice
from invekto.agent.intents.dialogue.reading import Reading
from invekto.agent.intents.dialogue.slots import read_slot
from invekto.agent.intents.dialogue.values import read_value
from invekto.agent.intents.words import TenantWords
from invekto.contracts.understanding import DialogueAnswer

LONGEST = 300
"""Characters of an answer; whoever writes more is telling something else."""


class Question(Protocol):
    """What was asked: `invekto.agent.state.Asked` fits."""

    @property
    def kind(self) -> str: ...
    @property
    def options(self) -> Sequence[Any]: ...


def read_answer(
    asked: Question,
    text: str,
    language: str,
    now: datetime,
    words: TenantWords | None = None,
) -> DialogueAnswer:
    """What the message answers; type `other` where it does not.

    Several picked options have no `index`; their places are the `value`.
    """
    if not text.strip() or (len(text) > LONGEST and asked.kind != "text"):
        return OTHER
    reading = Reading.of(text)
    labels = tuple(_label(option) for option in asked.options)
    if asked.kind in ("confirm", "yes_no"):
        return read_confirmation(reading, labels)
    if asked.kind in ("choose", "slot"):
        slots = [_moment(option) for option in asked.options]
        local = tuple(slot for slot in slots if slot is not None)
        if slots and len(local) == len(slots):
            return read_slot(text, reading, local, language, now)
        return read_choice(reading, labels)
    return read_value(asked.kind, text, reading, language, now, words)


def _label(option: object) -> str:
    return (
        str(option.get("label") or option.get("key")) if isinstance(option, dict) else str(option)
    )


def _moment(option: object) -> datetime | None:
    """The local time an option stands for: its key up to a bar, or itself, in ISO 8601."""
    keys = [option.get("key"), option.get("start")] if isinstance(option, dict) else [option]
    for key in keys:
        try:
            return datetime.fromisoformat(str(key).partition("|")[0]).replace(tzinfo=None)
        except ValueError:
            continue
    return None
