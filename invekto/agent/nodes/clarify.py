"""Not understood well enough to act on: offer the two likely meanings, try the tenant's
knowledge, ask once to say it differently, and then give it to a person."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import TypeAdapter

from invekto.agent.deps import TurnScope
from invekto.agent.foreign import introduced
from invekto.agent.nodes.model_loop import answer_with_tools
from invekto.agent.playbooks.engine import capital
from invekto.agent.playbooks.render import render
from invekto.agent.playbooks.run import Setting
from invekto.agent.playbooks.schema import TONES, Extract, Phrases
from invekto.agent.state import Asked, Dialogue, Task, TaskResult, TurnState
from invekto.contracts import evidence
from invekto.contracts.handover import HandOverReason
from invekto.contracts.understanding import Understanding

SURE = 0.8
"""Answerability from which an extract may answer a message whose intent is unsure."""
NO_CHOICE = frozenset({"greeting", "thanks_goodbye", "out_of_scope", "complaint", "human_request"})
"""Nobody is asked whether they meant to greet or to complain."""
CLARIFY = Path(__file__).parent.parent / "playbooks" / "clarify.yaml"


@lru_cache(maxsize=1)
def wordings() -> dict[str, Phrases]:
    """`which`, `rephrase` and one short description per intent."""
    raw = yaml.safe_load(CLARIFY.read_text(encoding="utf-8"))
    return TypeAdapter(dict[str, Phrases]).validate_python(raw)


async def clarify(state: TurnState, scope: TurnScope, setting: Setting) -> dict[str, Any]:
    """The result for a message no playbook was run for."""
    understanding = state.understanding
    assert understanding is not None
    before = state.turn.dialogue
    quoted = _from_knowledge(setting, understanding, scope)
    if quoted is not None:
        return {"results": (quoted,), "dialogue": replace(before, unclear=0)}
    if scope.model is not None and not state.flagged:
        found, calls = await answer_with_tools(state, scope, setting)
        if found is not None:
            return {
                "results": (found,), "dialogue": replace(before, unclear=0), "model_calls": calls,
            }  # fmt: skip
    if state.turn.conversation.status == "handed_over" and state.text == state.turn.text:
        return _person(understanding, before, HandOverReason.HELD_BY_PERSON)
    if before.unclear >= 1:
        return _person(understanding, before, HandOverReason.LOW_CONFIDENCE)
    if len(understanding.unsure_between) >= 2:
        asking = _which(understanding, setting)
    else:
        asking = _rephrase(understanding, setting)
    task = Task(asking.intent, asking.slots, asking.asked) if asking.asked else before.task
    parked = before.task if asking.asked and before.task is not None else before.parked
    dialogue = replace(before, task=task, parked=parked, unclear=before.unclear + 1)
    return {"results": (asking,), "dialogue": dialogue}


def _from_knowledge(
    setting: Setting, understanding: Understanding, scope: TurnScope
) -> TaskResult | None:
    """A sure extract, where one of the likeliest meanings is a question such texts answer."""
    if len(understanding.normal.split()) < 2:
        return None  # one word asks nothing
    likely = [scope.kit.playbooks.get(g.name) for g in understanding.alternatives[:3]]
    if not any(isinstance(s, Extract) for book in likely if book for s in book.playbook.steps):
        return None
    found = setting.extract(setting.text, setting.passages, setting.language)
    if found is None or found.answerability < SURE:
        return None
    return TaskResult(
        intent="general_question",
        probability=found.answerability,
        kind="reply",
        texts=dict.fromkeys(TONES, introduced(found, setting.language)),
        facts=(found.text, *(p.text for p in found.passages)),
        passages=found.passages,
        path=evidence.Path.EXTRACT,
        version="extract",
        steps=("no intent was sure; the tenant's knowledge answers",),
    )


def _person(
    understanding: Understanding, before: Dialogue, reason: HandOverReason
) -> dict[str, Any]:
    result = TaskResult(
        intent=understanding.main.name,
        probability=understanding.main.probability,
        kind="hand_over",
        texts={},
        reason=reason,
        steps=("not understood; a person goes on",),
    )
    return {"results": (result,), "dialogue": replace(before, unclear=0)}


def _which(understanding: Understanding, setting: Setting) -> TaskResult:
    known = wordings()
    labels = [
        (name, render(known[name].wording(setting.language, "friendly"), setting.base))
        for name in understanding.unsure_between[:2]
        if name in known and name not in NO_CHOICE
    ]
    if len(labels) < 2:
        return _rephrase(understanding, setting)
    options = tuple({"key": name, "label": label} for name, label in labels)
    scope = {**setting.base, "first": labels[0][1], "second": labels[1][1]}
    return TaskResult(
        intent=understanding.main.name,
        probability=understanding.main.probability,
        kind="ask",
        texts=worded("which", setting, scope),
        asked=Asked("intent", "choose", options),
        slots={"first_text": setting.text},
        version="clarify",
        steps=(f"unsure between {' and '.join(understanding.unsure_between[:2])}",),
    )


def _rephrase(understanding: Understanding, setting: Setting) -> TaskResult:
    return TaskResult(
        intent=understanding.main.name,
        probability=understanding.main.probability,
        kind="ask",
        texts=worded("rephrase", setting, dict(setting.base)),
        version="clarify",
        steps=("not understood: ask to say it differently",),
    )


def worded(name: str, setting: Setting, scope: dict[str, Any]) -> dict[str, str]:
    """One of the wordings in the three tones."""
    phrases, language = wordings()[name], setting.language
    return {
        tone: capital(render(phrases.wording(language, tone), scope), language) for tone in TONES
    }
