"""A fragment read together with the question before it: "kaç gün içinde" after "iade şartlarınız
ne"."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from invekto.agent.intents.dialogue.naming import only_agrees
from invekto.agent.state import TurnState
from invekto.contracts.understanding import Understanding
from invekto.knowledge.asking import asking
from invekto.knowledge.following import marked

SHORT = 4
"""Words of a fragment."""
TOGETHER = "context"
"""`source` of an understanding that rests on the message before as well."""


def read_on(state: TurnState, hear: Callable[[str], Understanding]) -> tuple[Understanding, str]:
    """The understanding, and the text it is of: of the message alone where that is clear, else
    of the one before and this one where the fragment may well belong to it."""
    alone = _heard(state, hear)
    before = said_before(state)
    if alone.answered or alone.answer is not None or before is None:
        return alone, state.text
    if not alone.normal or len(alone.normal.split()) > SHORT or only_agrees(state.text):
        return alone, state.text
    on = marked(state.text, alone.language)
    if _offered(state) and (not on or any(e.kind in ("date", "time") for e in alone.entities)):
        return alone, state.text
    text = f"{state.text}\n{before}"  # what is named now comes first
    together = hear(text)
    likely = together.main.name in {guess.name for guess in alone.alternatives}
    if not together.answered or len(together.intents) != 1 or not (likely or on):
        return alone, state.text
    return replace(together, source=TOGETHER), text


def _heard(state: TurnState, hear: Callable[[str], Understanding]) -> Understanding:
    """The message alone. "Peki" is a yes to an offer of ours, but not where what follows asks for
    something: "peki garantisi ne kadar"."""
    heard = hear(state.text)
    if heard.answer is None or not _offered(state):
        return heard
    first, _, rest = state.text.strip().partition(" ")
    asks = asking(rest, heard.language).attribute is not None
    return hear(rest) if asks and marked(first, heard.language) else heard


def _offered(state: TurnState) -> bool:
    """Whether an offer of ours is open: who passes over it goes on with what was spoken of."""
    task = state.turn.dialogue.task
    return task is not None and task.asked is not None and task.asked.is_offer


def said_before(state: TurnState) -> str | None:
    """What the customer wrote last before this turn, where no question of ours is open."""
    task = state.turn.dialogue.task
    if task is not None and task.asked is not None and not task.asked.is_offer:
        return None
    said = [m.text for m in state.turn.history if m.author == "customer" and m.text.strip()]
    return said[-1] if said else None
