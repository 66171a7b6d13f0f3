"""Retrieve: passages of the tenant's knowledge, where a playbook or an open question wants them."""

from __future__ import annotations

import re
from typing import Any

from invekto.agent.deps import TurnScope
from invekto.agent.nodes.follow_up import said_before
from invekto.agent.nodes.outgoing import placeholders, purse
from invekto.agent.playbooks.schema import Extract
from invekto.agent.playbooks.topic import Topic
from invekto.agent.state import TurnState
from invekto.contracts.passages import Passage
from invekto.errors import ModelUnavailable
from invekto.knowledge.dense import Dense, serving
from invekto.knowledge.following import carried, followed, leans
from invekto.knowledge.search import search

BETWEEN = re.compile(r"[.?!؟;\n]+|,|\s(?:and|also|ve|ayrıca|bir de|bide|و)\s", re.IGNORECASE)
LEAST_WORDS, MOST_CLAUSES = 2, 3


async def retrieve(state: TurnState, scope: TurnScope) -> dict[str, Any]:
    """Search once for the whole message; skipped where no playbook in question quotes."""
    understanding = state.understanding
    assert understanding is not None
    if understanding.answered and not _quotes(state, scope):
        return {}
    passages = await _followed(await _found(state.text, state, scope), state, scope)
    if len(understanding.intents) > 1:
        for clause in clauses(state.text):
            passages = _best(passages, await _found(clause, state, scope))
    named = Topic(state.turn.dialogue.named, scope.kit.words).named_in(
        state.text, understanding.language
    )
    if named is not None:
        known = {p.chunk_id for p in passages}
        more = await _found(f"{state.text} {named}", state, scope)
        passages += [p for p in more if p.chunk_id not in known]
    return {"passages": tuple(passages)}


async def _followed(alone: list[Passage], state: TurnState, scope: TurnScope) -> list[Passage]:
    """What is found for a question that leans on the customer's last one, read with it."""
    assert state.understanding is not None
    text, language, before = state.turn.text, state.understanding.language, said_before(state)
    if before is None or not leans(text, language):
        return alone
    together = await _found(followed(text, before, language), state, scope)
    return carried(text, language, alone, together)


def clauses(text: str) -> list[str]:
    """The parts of a message with several requests: each is looked up by itself as well."""
    parts = [part.strip() for part in BETWEEN.split(text)]
    return [part for part in parts if len(part.split()) >= LEAST_WORDS][:MOST_CLAUSES]


def _best(some: list[Passage], more: list[Passage]) -> list[Passage]:
    """Both, each passage once with its better score, best first."""
    best: dict[str, Passage] = {}
    for passage in (*some, *more):
        if passage.chunk_id not in best or best[passage.chunk_id].score < passage.score:
            best[passage.chunk_id] = passage
    return sorted(best.values(), key=lambda passage: -passage.score)


async def _found(question: str, state: TurnState, scope: TurnScope) -> list[Passage]:
    assert state.understanding is not None
    vector = await _vector(question, state, scope)
    return await search(
        await scope.reader.conn(),
        question,
        language=state.understanding.language,
        today=state.turn.now.date(),
        dense=vector,
    )


async def _vector(question: str, state: TurnState, scope: TurnScope) -> Dense | None:
    """The question's vector where the tenant's chunks have vectors of an endpoint; None where not,
    and when the endpoint fails."""
    if scope.deps.embedding is None:
        return None
    name = await serving(await scope.reader.conn())
    if name is None:
        return None
    await scope.reader.pause()
    hidden = placeholders(state.turn).hide(question)
    try:
        embedding = scope.deps.embedding.named(name)
        return Dense(name, await embedding.query(hidden, purse(state.turn, scope)))
    except ModelUnavailable:
        return None


def _quotes(state: TurnState, scope: TurnScope) -> bool:
    understanding = state.understanding
    assert understanding is not None
    names = {guess.name for guess in understanding.intents}
    if state.turn.dialogue.task is not None:
        names.add(state.turn.dialogue.task.intent)
    books = (scope.kit.playbooks.get(name) for name in names)
    return any(isinstance(s, Extract) for b in books if b for s in b.playbook.steps)
