"""A fragment read together with the question before it: "kaç gün içinde" after "iade şartlarınız
ne"."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from invekto.agent.intents.dialogue.naming import only_agrees
from invekto.agent.state import TurnState
from invekto.contracts.understanding import Understanding

SHORT = 4
"""Words of a fragment."""
TOGETHER = "context"
"""`source` of an understanding that rests on the message before as well."""


def read_on(state: TurnState, hear: Callable[[str], Understanding]) -> tuple[Understanding, str]:
    """The understanding, and the text it is of: of the message alone where that is clear, else
    of the one before and this one where the fragment may well belong to it."""
    alone = hear(state.text)
    before = said_before(state)
    if alone.answered or alone.answer is not None or before is None:
        return alone, state.text
    if not alone.normal or len(alone.normal.split()) > SHORT or only_agrees(state.text):
        return alone, state.text
    text = f"{state.text}\n{before}"  # what is named now comes first
    together = hear(text)
    likely = {guess.name for guess in alone.alternatives}
    if not together.answered or len(together.intents) != 1 or together.main.name not in likely:
        return alone, state.text
    return replace(together, source=TOGETHER), text


def said_before(state: TurnState) -> str | None:
    """What the customer wrote last before this turn, where no question of ours is open."""
    task = state.turn.dialogue.task
    if task is not None and task.asked is not None:
        return None
    said = [m.text for m in state.turn.history if m.author == "customer" and m.text.strip()]
    return said[-1] if said else None
