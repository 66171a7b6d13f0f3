"""Act: run the playbooks of what was asked. Reads run now, writes become proposals, what is
missing becomes a question; a subject the customer left is taken up again at the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from invekto.agent.deps import TurnScope
from invekto.agent.goods import goods_of
from invekto.agent.intents.dialogue.withdrawal import withdraws
from invekto.agent.intents.entities.baskets import UNSURE
from invekto.agent.intents.entities.find import find_entities
from invekto.agent.nodes.clarify import clarify
from invekto.agent.nodes.requests import CLOSING, known, requested
from invekto.agent.nodes.setting import playbook_setting
from invekto.agent.nodes.withdraw import withdrawn
from invekto.agent.playbooks.engine import run_playbook
from invekto.agent.playbooks.run import Setting
from invekto.agent.playbooks.topic import NAMED, TYPED, Topic
from invekto.agent.state import WISH, Asked, Dialogue, Task, TaskResult, TurnState
from invekto.contracts.handover import HandOverReason
from invekto.contracts.understanding import Entity, Understanding

FRESH = 2
"""Turns for which a product or treatment counts as the one spoken of."""


async def act(state: TurnState, scope: TurnScope) -> dict[str, Any]:
    """From requests to results, and what to remember for the next turn."""
    understanding = state.understanding
    assert understanding is not None
    before = state.turn.dialogue
    setting = await playbook_setting(state, scope)
    setting = replace(setting, topic=Topic(before.named, scope.kit.words))
    if state.turn.history and withdraws(state.text):
        return withdrawn(state, setting)
    asked_for = requested(understanding, before, begun=bool(state.turn.history))
    if not asked_for:
        asked_for = _either(understanding, before, scope)
    asked_for = _named_alone(understanding, before, scope) or asked_for
    tasks = _uncovered(_claimed(asked_for, before, setting.entities, scope), scope)
    if not tasks:
        found = await clarify(state, scope, setting)
        remembered = _remembering(found["dialogue"], before, _typed(understanding))
        return {**found, "dialogue": remembered}
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
    dialogue = after(before, tasks, results, _typed(understanding))
    dialogue = replace(
        dialogue, goods=goods_of(results, understanding, scope.kit.words) or dialogue.goods
    )
    if dialogue.parked is not None and dialogue.task is None and _all_replied(results):
        resumed = await _run(
            replace(dialogue.parked, asked=None), _without_answer(setting), scope, understanding
        )
        if resumed.kind == "ask":
            results.append(replace(resumed, repeated=True))
            dialogue = replace(
                dialogue, task=Task(resumed.intent, resumed.slots, resumed.asked), parked=None
            )
    return {"results": tuple(results), "dialogue": dialogue}


def _claimed(
    tasks: list[Task], before: Dialogue, entities: tuple[Entity, ...], scope: TurnScope
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


def _typed(understanding: Understanding) -> dict[str, tuple[str, ...]]:
    """By kind, what the customer has typed and need not type again, and the products or
    treatments they named, whatever it was that they asked about them."""
    typed: dict[str, tuple[str, ...]] = {
        e.kind: (str(e.value),) for e in reversed(understanding.entities) if e.kind in TYPED
    }
    for kind in NAMED:
        named = dict.fromkeys(str(e.value) for e in understanding.entities if e.kind == kind)
        if named:
            typed[kind] = tuple(named)
    return typed


def after(
    before: Dialogue,
    tasks: list[Task],
    results: list[TaskResult],
    typed: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
) -> Dialogue:
    """What to remember: the question that now waits, and a task that was interrupted."""
    asking = next((r for r in results if r.kind == "ask"), None)
    worked = {t.intent for t in tasks}
    task = Task(asking.intent, asking.slots, asking.asked) if asking else _offered(results, worked)
    if worked == {CLOSING}:
        return Dialogue(notices=before.notices)
    left = [t for t in (before.task, before.parked) if t is not None and t.intent not in worked]
    parked = next((t for t in left if t.asked is not None and t.asked.slot != "intent"), None)
    named = {kind: (name,) for result in results for kind, name in result.named.items()}
    left_over = Dialogue(task=task, parked=parked, notices=before.notices)
    return _remembering(left_over, before, {**typed, **named})


def _offered(results: list[TaskResult], worked: set[str]) -> Task | None:
    """What a reply offers and was not asked for already: a yes or no to it is waited for."""
    for result in results:
        if result.follow is not None and result.follow not in worked:
            return Task(result.follow, {}, Asked(WISH, "yes_no"))
    return None


def _remembering(now: Dialogue, before: Dialogue, named: dict[str, tuple[str, ...]]) -> Dialogue:
    """With what was spoken of last, as long as it is fresh."""
    if named:
        return replace(now, named=named, goods=before.goods if named == before.named else ())
    if not before.named or before.named_ago + 1 > FRESH:
        return now
    return replace(now, named=before.named, goods=before.goods, named_ago=before.named_ago + 1)


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
