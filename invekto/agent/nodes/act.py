"""Act: run the playbooks of what was asked. Reads run now, writes become proposals, what is
missing becomes a question; a subject the customer left is taken up again at the end."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from invekto.agent.deps import TurnScope
from invekto.agent.nodes.clarify import clarify
from invekto.agent.nodes.setting import playbook_setting
from invekto.agent.playbooks.engine import Setting, run_playbook
from invekto.agent.state import Dialogue, Task, TaskResult, TurnState
from invekto.contracts.handover import HandOverReason
from invekto.contracts.understanding import Understanding

MAX_TASKS = 3
"""Requests answered in one turn; people rarely put more into one message."""


async def act(state: TurnState, scope: TurnScope) -> dict[str, Any]:
    """From requests to results, and what to remember for the next turn."""
    understanding = state.understanding
    assert understanding is not None
    before = state.turn.dialogue
    setting = await playbook_setting(state, scope)
    tasks = requested(understanding, before)
    if not tasks:
        return await clarify(state, scope, setting)
    results = []
    for task in tasks:
        results.append(await _run(task, setting, scope, understanding))
        setting = _ungreeted(setting)
    dialogue = after(before, tasks, results)
    if dialogue.parked is not None and dialogue.task is None and _all_replied(results):
        resumed = await _run(
            replace(dialogue.parked, asked=None), _without_answer(setting), scope, understanding
        )
        if resumed.kind == "ask":
            results.append(resumed)
            dialogue = replace(
                dialogue, task=Task(resumed.intent, resumed.slots, resumed.asked), parked=None
            )
    return {"results": tuple(results), "dialogue": dialogue}


def requested(understanding: Understanding, before: Dialogue) -> list[Task]:
    """The tasks of this message: the one in work if our question was answered, then the new
    ones. Empty where the message was not understood well enough to act on."""
    tasks: list[Task] = []
    if before.task is not None and _goes_on(understanding, before.task):
        tasks.append(_settled(before.task, understanding))
        if understanding.answer is None or understanding.answer.type == "other":
            return tasks
    if understanding.answered:
        names = [guess.name for guess in understanding.intents]
        tasks += [_known(name, before) for name in names if name not in {t.intent for t in tasks}]
    return tasks[:MAX_TASKS]


NO_REQUEST = frozenset({"out_of_scope", "greeting", "thanks_goodbye"})


def _goes_on(understanding: Understanding, task: Task) -> bool:
    """Whether the message answers what was asked, or at least asks for nothing else: then it is
    taken as a try at an answer, and the playbook looks for it in what the message names."""
    answer = understanding.answer
    if answer is not None and answer.type != "other":
        return True
    if task.asked is None or task.asked.slot == "intent":
        return False
    asks_else = understanding.answered and understanding.main.name not in NO_REQUEST
    return not asks_else or understanding.main.name == task.intent


def _settled(task: Task, understanding: Understanding) -> Task:
    """An answer to "did you mean A or B" is not a slot: it names the task."""
    answer, asked = understanding.answer, task.asked
    if asked is None or asked.slot != "intent" or answer is None or answer.index is None:
        return task
    return Task(asked.options[answer.index]["key"], {"first_text": task.slots.get("first_text")})


def _known(name: str, before: Dialogue) -> Task:
    """A task with the slots gathered for it before, if it was in work or left aside."""
    for old in (before.task, before.parked):
        if old is not None and old.intent == name:
            return old
    return Task(name)


def after(before: Dialogue, tasks: list[Task], results: list[TaskResult]) -> Dialogue:
    """What to remember: the question that now waits, and a task that was interrupted."""
    asking = next((r for r in results if r.kind == "ask"), None)
    task = Task(asking.intent, asking.slots, asking.asked) if asking else None
    worked = {t.intent for t in tasks}
    left = [t for t in (before.task, before.parked) if t is not None and t.intent not in worked]
    parked = next((t for t in left if t.asked is not None and t.asked.slot != "intent"), None)
    return Dialogue(task=task, parked=parked, unclear=0, notices=before.notices)


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


def _all_replied(results: list[TaskResult]) -> bool:
    return all(result.kind == "reply" for result in results)


def _ungreeted(setting: Setting) -> Setting:
    """One salutation a message is enough."""
    return replace(setting, base={**setting.base, "selam": "", "first_turn": False})


def _without_answer(setting: Setting) -> Setting:
    return replace(setting, answer=None, entities=())
