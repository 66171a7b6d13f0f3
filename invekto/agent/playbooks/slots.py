"""Where the value of a slot comes from: the answer to our question, what was remembered, what the
message names, and at last what was spoken of a moment ago."""

from __future__ import annotations

from typing import Any

from invekto.agent.intents.dialogue.aside import without_times
from invekto.agent.intents.dialogue.lacking import lacks_it
from invekto.agent.intents.dialogue.naming import name_in
from invekto.agent.intents.dialogue.reading import Reading
from invekto.agent.playbooks.render import evaluate
from invekto.agent.playbooks.run import Run, Setting
from invekto.agent.playbooks.schema import Fill
from invekto.agent.playbooks.topic import NAMED, TYPED
from invekto.contracts.understanding import DialogueAnswer, Entity
from invekto.text.times import find_times, is_dayless


def slot_value(step: Fill, run: Run) -> Any:
    """The value of a slot; None where nothing gives one."""
    asked, answer = run.task.asked, run.setting.answer
    if asked is not None and asked.slot == step.fill and answer is not None:
        value = _answer_value(step, answer, run.setting)
        if value is None and step.unsure is not None and _goes_by(run):
            value = evaluate(step.unsure, run.scope)
        if value is not None:
            return value
    remembered = run.slots.get(step.fill)
    if remembered is not None and answer is not None and not wishes_otherwise(run):
        return remembered  # the message answers another question: its digits are not ours
    named = _named_value(step, run)
    if named is not None:
        return named
    topic = run.setting.topic
    if remembered is None and topic is not None and step.kind in (*NAMED, *TYPED):
        return topic.meant(step.kind, run.setting.text)
    return remembered


def wishes_otherwise(run: Run) -> bool:
    """Whether the customer names something else than the options we offered."""
    asked, answer = run.task.asked, run.setting.answer
    return (
        asked is not None
        and asked.kind == "choose"
        and answer is not None
        and answer.type == "value"
    )


def _named_value(step: Fill, run: Run) -> Any:
    """The value of the first fitting entity; "yarın öğleden sonra" names a day as well."""
    for kind in step.entity:
        for entity in run.setting.entities:
            if entity.kind == kind and not _skipped(step, entity.value, run):
                return entity.value
    if step.kind != "date":
        return None
    days = (e.value for e in run.setting.entities if _names_day(e, run.setting))
    return next((value for value in days if not _skipped(step, value, run)), None)


def _skipped(step: Fill, value: Any, run: Run) -> bool:
    return step.skip is not None and bool(evaluate(step.skip, {**run.scope, "value": value}))


def _names_day(entity: Entity, setting: Setting) -> bool:
    if entity.kind != "time":
        return False
    language, now = setting.language, setting.context.now
    mentions = find_times(entity.text, language, now)
    return any(not is_dayless(mention, language, now) for mention in mentions)


def _answer_value(step: Fill, answer: DialogueAnswer, setting: Setting) -> Any:
    if step.kind == "yes_no" and answer.type in ("yes", "no"):
        return answer.type
    if answer.type == "value":
        return answer.value
    if answer.type == "any":
        return "any"
    if step.kind in ("text", "name", "reason") and answer.type != "other":
        return setting.text.strip() or None
    if step.kind in NAMED and answer.type == "other" and not Reading.of(setting.text).has("called"):
        # the catalogue knows more spellings than we do
        return name_in(without_times(setting.text, setting.language, setting.context.now))
    return None


def _goes_by(run: Run) -> bool:
    """Whether the customer passes over what we asked: does not know it, or says when instead."""
    timed = any(entity.kind in ("date", "time") for entity in run.setting.entities)
    return timed or lacks_it(run.setting.text)
