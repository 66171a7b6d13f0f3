"""Act: run the playbooks of what was asked. Reads run now, writes become proposals, what is
missing becomes a question; a subject the customer left is taken up again at the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from invekto.agent.deps import TurnScope
from invekto.agent.intents.dialogue.reading import Reading
from invekto.agent.intents.dialogue.withdrawal import withdraws
from invekto.agent.intents.entities.find import find_entities
from invekto.agent.nodes.clarify import clarify
from invekto.agent.nodes.setting import playbook_setting
from invekto.agent.nodes.withdraw import withdrawn
from invekto.agent.playbooks.engine import run_playbook
from invekto.agent.playbooks.run import Setting
from invekto.agent.playbooks.topic import NAMED, TYPED, Topic
from invekto.agent.state import Asked, Dialogue, Task, TaskResult, TurnState
from invekto.contracts.handover import HandOverReason
from invekto.contracts.understanding import Entity, Understanding

MAX_TASKS = 3
"""Requests answered in one turn; people rarely put more into one message."""


async def act(state: TurnState, scope: TurnScope) -> dict[str, Any]:
    """From requests to results, and what to remember for the next turn."""
    understanding = state.understanding
    assert understanding is not None
    before = state.turn.dialogue
    setting = await playbook_setting(state, scope)
    setting = replace(setting, topic=Topic(before.named, scope.kit.words))
    if state.turn.history and withdraws(state.text):
        return withdrawn(state, setting)
    tasks = _uncovered(requested(understanding, before, begun=bool(state.turn.history)), scope)
    if not tasks:
        return await clarify(state, scope, setting)
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


def requested(understanding: Understanding, before: Dialogue, *, begun: bool = False) -> list[Task]:
    """The tasks of this message: the one in work if our question was answered, then the new
    ones. Empty where the message was not understood well enough to act on."""
    tasks: list[Task] = []
    if before.task is not None and _goes_on(understanding, before.task):
        tasks.append(_settled(before.task, understanding))
        if understanding.answer is None or understanding.answer.type == "other":
            return tasks
    social = _social(understanding, begun=begun)
    if social is not None:
        tasks.append(Task(social))
    elif understanding.answered or leans(understanding):
        names = [guess.name for guess in understanding.intents]
        tasks += [_known(name, before) for name in names if name not in {t.intent for t in tasks}]
    return tasks[:MAX_TASKS]


def _uncovered(tasks: list[Task], scope: TurnScope) -> list[Task]:
    """Without those that the reply to another of them answers as well."""
    books = [book for task in tasks if (book := scope.kit.playbooks.get(task.intent))]
    covered = {name for book in books for name in book.playbook.covers}
    return [task for task in tasks if task.intent not in covered]


def _social(understanding: Understanding, *, begun: bool) -> str | None:
    """A greeting that may as well be a goodbye ("iyi günler", a smile) is answered as what fits
    the place in the conversation."""
    chances = {g.name: g.probability for g in understanding.alternatives}
    if understanding.answered:
        return None
    if chances.get("greeting", 0.0) + chances.get(CLOSING, 0.0) < SOCIAL:
        return None
    return CLOSING if begun else "greeting"


NO_REQUEST = frozenset({"out_of_scope", "greeting", "thanks_goodbye"})
CLOSING = "thanks_goodbye"
SHORTEST = 3
"""Words of a message that may be nothing but a name."""
SOCIAL = 0.75
"""Probability of greeting and goodbye together from which it is one of them."""
LEANING = 0.6
"""Probability from which a draft by the likeliest reading helps an agent more than a question."""
FAR_BEHIND = 0.3
"""Share of the first that the second reading may have at most for that."""


FRESH = 2
"""Turns for which a product or treatment counts as the one spoken of."""


def leans(understanding: Understanding) -> bool:
    """Not sure enough to be sent, and yet one reading stands far above the others."""
    guesses = understanding.alternatives
    if understanding.unsure_between or not guesses or len(understanding.intents) != 1:
        return False
    first = understanding.main
    second = max((g.probability for g in guesses if g.name != first.name), default=0.0)
    return (
        first.name not in NO_REQUEST
        and first.probability >= LEANING
        and second <= FAR_BEHIND * first.probability
    )


def _goes_on(understanding: Understanding, task: Task) -> bool:
    """Whether the message answers what was asked, or at least asks for nothing else: then it is
    taken as a try at an answer, and the playbook looks for it in what the message names."""
    answer = understanding.answer
    if answer is not None and answer.type != "other":
        return True
    if task.asked is None or task.asked.slot == "intent" or _closes(understanding):
        return False
    if _only_typed(understanding) or _only_names(understanding, task.asked):
        return True
    clear = understanding.answered or leans(understanding)
    asks_else = clear and understanding.main.name not in NO_REQUEST
    return not asks_else or understanding.main.name == task.intent


def _only_typed(understanding: Understanding) -> bool:
    """A bare order number says which order is meant, and asks for nothing by itself."""
    rest = understanding.text
    for entity in understanding.entities:
        if entity.kind in TYPED:
            rest = rest.replace(entity.text, "")
    return rest != understanding.text and not any(char.isalnum() for char in rest)


def _only_names(understanding: Understanding, asked: Asked) -> bool:
    """A few words without a question, said to "which product", are its name."""
    reading = Reading.of(understanding.text)
    return (
        asked.kind in NAMED
        and 0 < len(reading.words) <= SHORTEST
        and not reading.has("question")
        and "?" not in understanding.text
    )


def _closes(understanding: Understanding) -> bool:
    """Thanks and a goodbye instead of an answer: the matter is left."""
    return understanding.answered and understanding.main.name == CLOSING


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


def _typed(understanding: Understanding) -> dict[str, str]:
    """By kind, what the customer has typed and need not type again."""
    typed = [e for e in understanding.entities if e.kind in TYPED]
    return {e.kind: str(e.value) for e in reversed(typed)}


def after(
    before: Dialogue,
    tasks: list[Task],
    results: list[TaskResult],
    typed: Mapping[str, str] = MappingProxyType({}),
) -> Dialogue:
    """What to remember: the question that now waits, and a task that was interrupted."""
    asking = next((r for r in results if r.kind == "ask"), None)
    task = Task(asking.intent, asking.slots, asking.asked) if asking else None
    worked = {t.intent for t in tasks}
    if worked == {CLOSING}:
        return Dialogue(notices=before.notices)
    left = [t for t in (before.task, before.parked) if t is not None and t.intent not in worked]
    parked = next((t for t in left if t.asked is not None and t.asked.slot != "intent"), None)
    named = {kind: name for result in results for kind, name in result.named.items()}
    left_over = Dialogue(task=task, parked=parked, notices=before.notices)
    return _remembering(left_over, before, {**typed, **named})


def _remembering(now: Dialogue, before: Dialogue, named: dict[str, str]) -> Dialogue:
    """With what was spoken of last, as long as it is fresh."""
    if named:
        return replace(now, named=named)
    if not before.named or before.named_ago + 1 > FRESH:
        return now
    return replace(now, named=before.named, named_ago=before.named_ago + 1)


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
