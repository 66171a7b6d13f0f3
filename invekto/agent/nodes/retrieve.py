"""Retrieve: passages of the tenant's knowledge, where a playbook or an open question wants them."""

from __future__ import annotations

from typing import Any

from invekto.agent.deps import TurnScope
from invekto.agent.playbooks.schema import Extract
from invekto.agent.playbooks.topic import Topic
from invekto.agent.state import TurnState
from invekto.contracts.passages import Passage
from invekto.knowledge.search import search


async def retrieve(state: TurnState, scope: TurnScope) -> dict[str, Any]:
    """Search once for the whole message; skipped where no playbook in question quotes."""
    understanding = state.understanding
    assert understanding is not None
    if understanding.answered and not _quotes(state, scope):
        return {}
    passages = await _found(state.text, state, scope)
    named = Topic(state.turn.dialogue.named, scope.kit.words).named_in(state.text)
    if named is not None:
        known = {p.chunk_id for p in passages}
        more = await _found(f"{state.text} {named}", state, scope)
        passages += [p for p in more if p.chunk_id not in known]
    return {"passages": tuple(passages)}


async def _found(question: str, state: TurnState, scope: TurnScope) -> list[Passage]:
    assert state.understanding is not None
    return await search(
        await scope.reader.conn(),
        question,
        language=state.understanding.language,
        today=state.turn.now.date(),
    )


def _quotes(state: TurnState, scope: TurnScope) -> bool:
    understanding = state.understanding
    assert understanding is not None
    names = {guess.name for guess in understanding.intents}
    if state.turn.dialogue.task is not None:
        names.add(state.turn.dialogue.task.intent)
    books = (scope.kit.playbooks.get(name) for name in names)
    return any(isinstance(s, Extract) for b in books if b for s in b.playbook.steps)
