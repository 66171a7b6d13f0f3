"""Which playbooks are to be run: the requests of a message, put right by what playbooks say of one
another."""

from __future__ import annotations

from collections.abc import Sequence

from invekto.agent.deps import TurnScope
from invekto.agent.nodes.requests import known, requested
from invekto.agent.state import Dialogue, Task, TurnState
from invekto.contracts.understanding import Entity, Understanding


def tasks_of(state: TurnState, entities: Sequence[Entity], scope: TurnScope) -> list[Task]:
    """The tasks of this turn, in order; empty where nothing was understood well enough.

    Args:
        entities: what the message names, with what only playbooks ask for.
    """
    understanding, before = state.understanding, state.turn.dialogue
    assert understanding is not None
    tasks = requested(understanding, before, begun=bool(state.turn.history))
    tasks = tasks or _either(understanding, before, scope)
    tasks = _named_alone(understanding, before, scope) or tasks
    return _uncovered(_claimed(tasks, before, entities, scope), scope)


def _either(understanding: Understanding, before: Dialogue, scope: TurnScope) -> list[Task]:
    """Of two likely meanings the one whose reply answers the other too: there is nothing to ask."""
    for name in understanding.unsure_between:
        book = scope.kit.playbooks.get(name)
        others = set(understanding.unsure_between) - {name}
        if book is not None and others <= set(book.playbook.covers):
            return [known(name, before)]
    return []


def _named_alone(understanding: Understanding, before: Dialogue, scope: TurnScope) -> list[Task]:
    """A message that is nothing but the name of a thing, said unasked and not understood better."""
    asked = before.task is not None and before.task.asked is not None
    if understanding.answered or asked:
        return []
    for intent, loaded in scope.kit.playbooks.items():
        for kind in loaded.playbook.named_alone:
            if scope.kit.words.is_a_name(understanding.text, kind):
                return [known(intent, before)]
    return []


def _claimed(
    tasks: list[Task], before: Dialogue, entities: Sequence[Entity], scope: TurnScope
) -> list[Task]:
    """With the request that an entity stands for whatever else was understood: "biri iptal ederse
    haber verin" is no cancellation."""
    kinds = {entity.kind for entity in entities}
    for intent, loaded in scope.kit.playbooks.items():
        for kind, mistaken in loaded.playbook.claims.items():
            if kind in kinds:
                kept = [] if "*" in mistaken else tasks
                rest = [t for t in kept if t.intent not in (intent, *mistaken)]
                tasks = [known(intent, before), *rest]
    return tasks


def _uncovered(tasks: list[Task], scope: TurnScope) -> list[Task]:
    """Without those that the reply to another of them answers as well."""
    books = [book for task in tasks if (book := scope.kit.playbooks.get(task.intent))]
    covered = {name for book in books for name in book.playbook.covers}
    return [task for task in tasks if task.intent not in covered]
