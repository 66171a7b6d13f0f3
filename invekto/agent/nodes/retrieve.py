"""Retrieve: passages of the tenant's knowledge, where a playbook or an open question wants them."""

from __future__ import annotations

from typing import Any

from invekto.agent.deps import TurnScope
from invekto.agent.playbooks.schema import Extract
from invekto.agent.state import TurnState
from invekto.knowledge.search import search


async def retrieve(state: TurnState, scope: TurnScope) -> dict[str, Any]:
    """Search once for the whole message; skipped where no playbook in question quotes."""
    understanding = state.understanding
    assert understanding is not None
    if understanding.answered and not _quotes(state, scope):
        return {}
    passages = await search(
        await scope.reader.conn(),
        state.text,
        language=understanding.language,
        today=state.turn.now.date(),
    )
    return {"passages": tuple(passages)}


def _quotes(state: TurnState, scope: TurnScope) -> bool:
    understanding = state.understanding
    assert understanding is not None
    names = {guess.name for guess in understanding.intents}
    if state.turn.dialogue.task is not None:
        names.add(state.turn.dialogue.task.intent)
    books = (scope.kit.playbooks.get(name) for name in names)
    return any(isinstance(s, Extract) for b in books if b for s in b.playbook.steps)
