"""Act: run the playbooks of what was asked. Reads run now, writes become proposals, what is
missing becomes a question; a subject the customer left is taken up again at the end."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

from invekto.agent.deps import TurnScope
from invekto.agent.intents.dialogue.withdrawal import withdraws
from invekto.agent.intents.entities.baskets import UNSURE
from invekto.agent.intents.entities.find import find_entities
from invekto.agent.nodes.clarify import clarify
from invekto.agent.nodes.remember import remembered, still_about
from invekto.agent.nodes.setting import playbook_setting
from invekto.agent.nodes.tasks import tasks_of
from invekto.agent.nodes.withdraw import withdrawn
from invekto.agent.playbooks.engine import run_playbook
from invekto.agent.playbooks.run import Setting
from invekto.agent.playbooks.topic import Topic
from invekto.agent.state import Task, TaskResult, TurnState
from invekto.contracts.handover import HandOverReason
from invekto.contracts.understanding import Entity, Understanding


async def act(state: TurnState, scope: TurnScope) -> dict[str, Any]:
    """From requests to results, and what to remember for the next turn."""
    understanding = state.understanding
    assert understanding is not None
    before = state.turn.dialogue
    setting = await playbook_setting(state, scope)
    setting = replace(setting, topic=Topic(before.named, scope.kit.words))
    if state.turn.history and withdraws(state.text):
        return withdrawn(state, setting)
    tasks = tasks_of(state, setting.entities, scope)
    if not tasks:
        found = await clarify(state, scope, setting)
        return {**found, "dialogue": still_about(found["dialogue"], before, understanding)}
    setting = replace(
        setting, base={**setting.base, "together": tuple(task.intent for task in tasks)}
    )
    results = []
    for place, task in enumerate(tasks):
        own = replace(
            setting,
            entities=(
                *_share(setting.entities, place, len(tasks)), *_named_first(task, setting, scope)
            ),
        )  # fmt: skip
        results.append(await _run(task, own, scope, understanding))
        setting = _ungreeted(setting)
    dialogue = remembered(before, tasks, results, understanding, scope.kit.words)
    parked = dialogue.parked
    if parked is not None and dialogue.task is None and _all_replied(results):
        bare = _without_answer(setting)
        again = await _run(replace(parked, asked=None), bare, scope, understanding)
        if again.kind == "ask":
            if not parked.reminded:
                results.append(replace(again, repeated=True))
            waiting = Task(again.intent, again.slots, again.asked, reminded=True)
            dialogue = replace(dialogue, task=waiting, parked=None)
    return {"results": tuple(results), "dialogue": dialogue}


async def _run(
    task: Task, setting: Setting, scope: TurnScope, understanding: Understanding
) -> TaskResult:
    loaded = scope.kit.playbooks.get(task.intent)
    probability = next(
        (g.probability for g in understanding.intents if g.name == task.intent),
        understanding.main.probability if understanding.intents else 1.0,
    )
    if loaded is None or task.intent in scope.kit.disabled:
        return TaskResult(
            task.intent, probability, "hand_over", {}, reason=HandOverReason.NO_PLAYBOOK
        )
    return await run_playbook(loaded, task, setting, probability)


def _share(entities: tuple[Entity, ...], place: int, tasks: int) -> tuple[Entity, ...]:
    """Of what a message with several requests names once for each of them ("botoks ne kadar,
    dolgu için randevu"), each request gets its own; all else is for all."""
    if tasks == 1:
        return entities
    kinds = Counter(entity.kind for entity in entities)
    seen: Counter[str] = Counter()
    kept = []
    for entity in sorted(entities, key=lambda e: e.start):
        if entity.kind == "basket" and entity.confidence <= UNSURE:
            continue
        if kinds[entity.kind] != tasks or seen[entity.kind] == place:
            kept.append(entity)
        seen[entity.kind] += 1
    return tuple(kept)


def _named_first(task: Task, setting: Setting, scope: TurnScope) -> tuple[Entity, ...]:
    """What the message named that we had to ask about: "10222381096 gelmedi", "which did you
    mean", "the second"."""
    text = task.slots.get("first_text")
    if not isinstance(text, str):
        return ()
    now = setting.context.now
    return tuple(find_entities(text, setting.language, now, scope.kit.words))


def _all_replied(results: list[TaskResult]) -> bool:
    return all(result.kind == "reply" for result in results)


def _ungreeted(setting: Setting) -> Setting:
    """One salutation a message is enough."""
    return replace(setting, base={**setting.base, "selam": "", "first_turn": False})


def _without_answer(setting: Setting) -> Setting:
    return replace(setting, answer=None, entities=())
