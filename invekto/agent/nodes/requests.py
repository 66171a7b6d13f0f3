"""Which tasks a message stands for: the answer to our question, new requests, or neither."""

from __future__ import annotations

from invekto.agent.intents.dialogue.aside import NO_MATTER
from invekto.agent.intents.dialogue.lacking import lacks_it
from invekto.agent.intents.dialogue.naming import name_in
from invekto.agent.intents.dialogue.reading import Reading
from invekto.agent.playbooks.topic import NAMED, TYPED
from invekto.agent.state import Asked, Dialogue, Task
from invekto.contracts.understanding import Sentiment, Understanding
from invekto.knowledge.asking import asking

MAX_TASKS = 3
"""Requests answered in one turn; people rarely put more into one message."""
NO_REQUEST = NO_MATTER
CLOSING = "thanks_goodbye"
COMPLAINT = "complaint"
LOOKED_UP = ("order_number", "proof", "treatment")
"""Kinds of questions whose answer a customer may not have at hand."""
SHORTEST = 3
"""Words of a message that may be nothing but a name."""
SOCIAL = 0.75
"""Probability of greeting and goodbye together from which it is one of them."""
LEANING = 0.6
"""Probability from which a draft by the likeliest reading helps an agent more than a question."""
CLEAR = 0.9
"""Probability from which words that the catalogue does not know are a request and no name."""
UPSET = 0.5
"""Probability of a complaint from which a message that is nothing else for sure is one."""
FAR_BEHIND = 0.3
"""Share of the first that the second reading may have at most for that."""


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
    elif _complains(understanding):
        tasks.append(Task(COMPLAINT))
    elif understanding.answered or leans(understanding):
        names = [guess.name for guess in understanding.intents]
        tasks += [known(name, before) for name in names if name not in {t.intent for t in tasks}]
    return tasks[:MAX_TASKS]


def _social(understanding: Understanding, *, begun: bool) -> str | None:
    """A greeting that may as well be a goodbye ("iyi günler", a smile) is answered as what fits
    the place in the conversation."""
    chances = {g.name: g.probability for g in understanding.alternatives}
    if understanding.answered:
        return None
    if chances.get("greeting", 0.0) + chances.get(CLOSING, 0.0) < SOCIAL:
        return None
    return CLOSING if begun else "greeting"


def _complains(understanding: Understanding) -> bool:
    """Nobody who is angry, or rather complains than not, is asked to say it differently."""
    chances = {g.name: g.probability for g in understanding.alternatives}
    upset = chances.get(COMPLAINT, 0.0) >= UPSET or understanding.sentiment is Sentiment.ANGRY
    return upset and not understanding.answered


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
    if task.asked is None or _closes(understanding):
        return False
    if task.asked.is_offer and asking(understanding.text, understanding.language).attribute:
        return False  # "garantisi ne kadar" passes over it
    if task.asked.slot == "intent":
        return _only_typed(understanding)
    if _only_typed(understanding) or _only_names(understanding, task.asked):
        return True
    if task.asked.kind in LOOKED_UP and lacks_it(understanding.text):
        return True
    if _says_when(understanding, task):
        return True
    clear = understanding.answered or leans(understanding)
    asks_else = clear and understanding.main.name not in NO_REQUEST
    if task.asked.is_offer and not _names_a_time(understanding):
        return understanding.main.name == task.intent  # what is not understood is no yes to it
    return not asks_else or understanding.main.name == task.intent


def _says_when(understanding: Understanding, task: Task) -> bool:
    """A time said to the offer of an appointment takes it up, whatever else of appointments it
    sounds like: "haftaya olur mu"."""
    offered = task.asked is not None and task.asked.kind == "yes_no"
    about = understanding.main.name
    return (
        offered
        and _names_a_time(understanding)
        and about.partition("_")[0] == task.intent.partition("_")[0]
    )


def _names_a_time(understanding: Understanding) -> bool:
    return any(entity.kind in ("date", "time") for entity in understanding.entities)


def _only_typed(understanding: Understanding) -> bool:
    """A bare order number says which order is meant, and asks for nothing by itself."""
    rest = understanding.text
    for entity in understanding.entities:
        if entity.kind in TYPED:
            rest = rest.replace(entity.text, "")
    return rest != understanding.text and not any(char.isalnum() for char in rest)


def _only_names(understanding: Understanding, asked: Asked) -> bool:
    """A few words without a question, said to "which product", are its name."""
    short = len(Reading.of(understanding.text).words) <= SHORTEST
    if asked.kind not in NAMED or not short or name_in(understanding.text) is None:
        return False
    main = understanding.main
    known_name = any(entity.kind in NAMED for entity in understanding.entities)
    return known_name or main.name in NO_REQUEST or main.probability < CLEAR


def _closes(understanding: Understanding) -> bool:
    """Thanks and a goodbye instead of an answer: the matter is left."""
    return understanding.answered and understanding.main.name == CLOSING


def _settled(task: Task, understanding: Understanding) -> Task:
    """An answer to "did you mean A or B" is not a slot: it names the task. A bare order number,
    which both would ask for, leaves the likelier one."""
    answer, asked = understanding.answer, task.asked
    if asked is None or asked.slot != "intent":
        return task
    place = answer.index if answer is not None else None
    if place is None and _only_typed(understanding):
        place = 0
    if place is None:
        return task
    return Task(asked.options[place]["key"], {"first_text": task.slots.get("first_text")})


def known(name: str, before: Dialogue) -> Task:
    """A task with the slots gathered for it before, if it was in work or left aside."""
    for old in (before.task, before.parked):
        if old is not None and old.intent == name:
            return old
    unclear = before.task if before.task and before.task.asked else None
    if unclear is not None and unclear.asked is not None and unclear.asked.slot == "intent":
        return Task(name, {"first_text": unclear.slots.get("first_text")})
    return Task(name)
