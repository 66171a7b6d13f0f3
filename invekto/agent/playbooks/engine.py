"""Runs one playbook for one task: reads at once, writes proposed, what is missing asked for.

A playbook is run from its first step every time, with the slots remembered; reads are cheap, and
so the world's present state always wins over what was true when the question was asked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from invekto.agent.foreign import introduced
from invekto.agent.playbooks.choosing import CHOSEN, chosen
from invekto.agent.playbooks.loader import ENTITIES, LoadedPlaybook, made_by
from invekto.agent.playbooks.render import evaluate, render
from invekto.agent.playbooks.run import Run, Setting
from invekto.agent.playbooks.schema import (
    TONES,
    Call,
    Choose,
    Extract,
    Fill,
    Include,
    Pass,
    Phrases,
    Propose,
    Say,
    Tell,
)  # fmt: skip
from invekto.agent.playbooks.slots import slot_value, wishes_otherwise
from invekto.agent.playbooks.topic import NAMED
from invekto.agent.state import Asked, Task, TaskResult
from invekto.contracts.evidence import Path
from invekto.contracts.handover import HandOverReason
from invekto.contracts.passages import Extract as Quoted
from invekto.contracts.passages import Passage
from invekto.errors import Refused
from invekto.tools.contract import ToolContext, ToolResult

MAX_TRIES = 2
"""Questions about one slot before a person takes over."""
MAX_OPTIONS = 5
SENTENCE = re.compile(r"(?<=[.!?؟])\s+|\n")
VARIABLE = re.compile(r"\{[{%].*?[}%]\}")


async def run_playbook(
    loaded: LoadedPlaybook, task: Task, setting: Setting, probability: float
) -> TaskResult:
    """Run a playbook until it replies, asks or hands over.

    Raises:
        BadData: a template or an expression failed; the playbook is broken.
        TryAgain: a provider a read needs is down.
    """
    run = Run(loaded, task, setting, probability, _scope(loaded, task, setting), dict(task.slots))
    for step in loaded.playbook.steps:
        if isinstance(step, Include):
            raise AssertionError("the loader puts the steps of an include in its place")
        if step.when is not None and not evaluate(step.when, run.scope):
            continue
        ended = await _step(step, run)
        if ended is not None:
            return ended
    raise AssertionError("the loader guarantees a last step without a condition")


def _scope(loaded: LoadedPlaybook, task: Task, setting: Setting) -> dict[str, Any]:
    """Every name the playbook may use: None until something provides it."""
    scope: dict[str, Any] = dict.fromkeys(ENTITIES)
    for step in loaded.playbook.steps:
        scope.update(dict.fromkeys(made_by(step)))
    for entity in setting.entities:
        if entity.kind in scope and scope[entity.kind] is None:
            scope[entity.kind] = entity.value
    scope["products"] = [e.value for e in setting.entities if e.kind == "product"]
    scope["treatments"] = [e.value for e in setting.entities if e.kind == "treatment"]
    scope.update(setting.base)
    scope.update(text=setting.text, language=setting.language, answer=setting.answer)
    scope.update(task.slots)
    return scope


async def _step(step: Any, run: Run) -> TaskResult | None:
    match step:
        case Fill():
            return _fill(step, run)
        case Call():
            return await _call(step, run)
        case Choose():
            return _choose(step, run)
        case Propose():
            return await _propose(step, run)
        case Extract():
            return _extract(step, run)
        case Say():
            return _reply(step.reply, run)
        case Pass():
            return _pass(step, run)
        case Tell():
            return _tell(step, run)
    raise AssertionError(f"unknown step {step!r}")


def _fill(step: Fill, run: Run) -> TaskResult | None:
    value = slot_value(step, run)
    if value is not None:
        run.slots[step.fill] = run.scope[step.fill] = value
        if step.kind in NAMED and isinstance(value, str):
            run.named[step.kind] = value
        run.steps.append(f"{step.fill} = {value}")
        return None
    if step.ask is None or step.later:
        return None
    return _ask(step.ask, step.fill, step.kind, run)


async def _call(step: Call, run: Run) -> TaskResult | None:
    args = {name: evaluate(expression, run.scope) for name, expression in step.args.items()}
    run.tools.append(step.call)
    tool = run.setting.tools[step.call]
    try:
        result = await tool.read(_for_intent(run), {k: v for k, v in args.items() if v is not None})
    except Refused as refusal:
        run.steps.append(f"{step.call}: refused, {refusal.reason}")
        return _refused(step.refused, refusal, run)
    run.scope[step.into] = result
    run.facts.extend(result.facts(run.setting.language))
    run.proven.extend(getattr(result, "proven", ()))
    run.named.update(getattr(result, "about", {}))
    run.cards.append({"tool": step.call, "result": result.model_dump(mode="json")})
    run.steps.append(f"{step.call} → {step.into}")
    return None


async def _propose(step: Propose, run: Run) -> TaskResult | None:
    args = {name: evaluate(expression, run.scope) for name, expression in step.args.items()}
    tool = run.setting.tools[step.propose]
    try:
        action = await tool.propose(
            _for_intent(run), {k: v for k, v in args.items() if v is not None}
        )
    except Refused as refusal:
        run.steps.append(f"{step.propose}: refused, {refusal.reason}")
        return _refused(step.refused, refusal, run)
    run.actions.append(action)
    run.scope[step.into] = {**action.args, **action.detail}
    run.facts.extend(action.detail.get("facts", []))
    run.steps.append(f"{step.propose} proposed")
    return None


def _for_intent(run: Run) -> ToolContext:
    return replace(run.setting.context, intent=run.loaded.playbook.intent)


def _refused(targets: Mapping[str, str], refusal: Refused, run: Run) -> TaskResult | None:
    run.scope["refusal"] = {"reason": refusal.reason, "message": refusal.message, **refusal.detail}
    run.facts.append(refusal.message)
    fallback = "hand_over identity_not_proven" if refusal.reason == "identity" else None
    target = targets.get(refusal.reason) or targets.get("other") or fallback
    return _go(target or "hand_over action_refused", run)


def _go(target: str, run: Run) -> TaskResult | None:
    verb, _, name = target.partition(" ")
    if verb == "reply":
        return _reply(name, run)
    if verb == "ask":
        fill = _asked_by(name, run)
        if fill is None:
            return _ask(name, name, "text", run)
        run.slots.pop(fill.fill, None)  # what was refused is not remembered
        return _ask(name, fill.fill, fill.kind, run)
    if verb == "hand_over":
        return _hand_over(HandOverReason(name), run)
    return None


def _asked_by(name: str, run: Run) -> Fill | None:
    """The slot a question asks for; `day_again` asks for what `day` asks for."""
    names = (name, name.removesuffix("_again"))
    return next(
        (s for s in run.loaded.playbook.steps if isinstance(s, Fill) and s.ask in names), None
    )


def _choose(step: Choose, run: Run) -> TaskResult | None:
    options = list(evaluate(step.options, run.scope) or [])
    if not options:
        return _go(step.none, run)
    keyed = [(str(evaluate(step.key, {**run.scope, "option": o})), o) for o in options]
    picked = chosen(step, keyed, run)
    if picked is None:
        return _list(step, keyed, run)
    key, option = picked
    run.slots[f"{step.choose}_key"] = run.scope[f"{step.choose}_key"] = key
    run.scope[step.choose] = option
    if step.choose in CHOSEN:
        run.named[step.choose] = key
    _forget_others(option, run)
    run.steps.append(f"{step.choose} = {key}")
    return None


def _forget_others(option: Any, run: Run) -> None:
    """What is known of the others of its kind is no ground for a reply about this one: the state
    and the tracking number of another order would be taken for its own."""
    if not isinstance(option, ToolResult):
        return
    language = run.setting.language
    alike = [
        other
        for result in run.scope.values()
        if isinstance(result, ToolResult)
        for field in type(result).model_fields
        if isinstance(several := getattr(result, field), list)
        for other in several
        if type(other) is type(option) and other != option
    ]
    foreign = {told for other in alike for told in other.facts(language)}
    foreign -= set(option.facts(language))
    run.facts[:] = [told for told in run.facts if told not in foreign]


def _list(step: Choose, keyed: Sequence[tuple[str, Any]], run: Run) -> TaskResult:
    shown = keyed[:MAX_OPTIONS]
    labels = [
        render(
            step.label.wording(run.setting.language, run.setting.context.tenant.tone),
            {**run.scope, "option": option},
        )
        for _, option in shown
    ]
    options = tuple(
        {"key": key, "label": label} for (key, _), label in zip(shown, labels, strict=True)
    )
    run.scope["options"] = "\n".join(f"{n}. {label}" for n, label in enumerate(labels, 1))
    return _ask(step.ask, step.choose, "choose", run, options)


def _ask(
    name: str, slot: str, kind: str, run: Run, options: tuple[dict[str, Any], ...] = ()
) -> TaskResult:
    before = run.task.asked
    again = before is not None and before.slot == slot and not wishes_otherwise(run)
    tries = before.tries + 1 if before is not None and again else 1
    if tries > MAX_TRIES:
        run.steps.append(f"asked for {slot} {MAX_TRIES} times without an answer")
        return _hand_over(HandOverReason.NOT_UNDERSTOOD_TWICE, run)
    run.steps.append(f"ask for {slot}")
    asked = Asked(slot, kind, options, tries)
    texts = _texts(run.loaded.playbook.asks[name], run)
    return _result(run, "ask", texts, asked=asked, approved=_approved(run, name))


def _extract(step: Extract, run: Run) -> TaskResult | None:
    question = str(evaluate(step.extract, run.scope))
    setting = run.setting
    if step.own_language:
        own = tuple(p for p in setting.passages if p.language == setting.language)
        setting = replace(setting, passages=own)
    found = _quoted(question, setting)
    if found is not None and found.answerability < step.least:
        found = None
    told = replace(found, text=introduced(found, setting.language)) if found else None
    run.scope[step.into] = told
    if found is None:
        run.steps.append("no passage answers")
        return _go(step.otherwise, run)
    run.path = Path.EXTRACT
    run.passages.extend(found.passages)
    run.facts.append(found.text)
    run.facts.extend(p.text for p in found.passages)
    run.steps.append(f"extract from {', '.join(p.citation for p in found.passages)}")
    return None


def _quoted(question: str, setting: Setting) -> Quoted | None:
    """What answers; where that is about another treatment than the one spoken of, what answers
    with its name in the question."""
    found: Quoted | None = setting.extract(question, setting.passages, setting.language)
    topic = setting.topic
    named = topic.named_in(question, setting.language) if topic else None
    if topic is None or named is None:
        return found
    if found is not None and not topic.is_elsewhere(_named_by(found.passages[0]), found.text):
        return found
    passages = tuple(p for p in setting.passages if not topic.is_elsewhere(_named_by(p), p.text))
    again: Quoted | None = setting.extract(f"{question} {named}", passages, setting.language)
    return again


def _named_by(passage: Passage) -> str:
    """What stands above a passage: its title and its headings."""
    return " ".join((passage.title, *passage.heading))


def _reply(name: str, run: Run) -> TaskResult:
    run.steps.append(f"reply {name}")
    texts = _texts(run.loaded.playbook.replies[name], run)
    offered = run.loaded.playbook.offers.get(name)
    return _result(run, "reply", texts, approved=_approved(run, name), follow=offered)


def _pass(step: Pass, run: Run) -> TaskResult:
    texts = _texts(run.loaded.playbook.replies[step.draft], run) if step.draft else {}
    run.steps.append(f"hand over: {step.hand_over.value}")
    approved = _approved(run, step.draft) if step.draft else ()
    offered = run.loaded.playbook.offers.get(step.draft) if step.draft else None
    return _result(
        run, "hand_over", texts,
        reason=step.hand_over, notice=step.notice, approved=approved, follow=offered,
    )  # fmt: skip


def _tell(step: Tell, run: Run) -> TaskResult:
    run.steps.append(f"notice {step.notice}")
    return _result(run, "notice", {}, notice=step.notice, mark=step.mark)


def _hand_over(reason: HandOverReason, run: Run) -> TaskResult:
    return _result(run, "hand_over", {}, reason=reason)


def _texts(phrases: Phrases, run: Run) -> dict[str, str]:
    language = run.setting.language
    return {
        tone: capital(render(phrases.wording(language, tone), run.scope), language)
        for tone in TONES
    }


def capital(text: str, language: str) -> str:
    """A reply begins with a capital letter, also where its salutation was left out."""
    first = text[:1]
    return ("İ" if first == "i" and language == "tr" else first.upper()) + text[1:]


def _approved(run: Run, name: str) -> tuple[str, ...]:
    """The sentences of a reply that hold no variable: a person approved them as they stand."""
    phrases = run.loaded.playbook.replies.get(name) or run.loaded.playbook.asks.get(name)
    if phrases is None:
        return ()
    wordings = [phrases.wording(run.setting.language, tone) for tone in TONES]
    parts = [part.strip() for w in wordings for part in SENTENCE.split(VARIABLE.sub("\n", w))]
    return tuple(dict.fromkeys(p for p in parts if len(p.split()) > 1))


def _result(run: Run, kind: str, texts: dict[str, str], **more: Any) -> TaskResult:
    playbook = run.loaded.playbook
    return TaskResult(
        intent=playbook.intent,
        probability=run.probability,
        kind=kind,
        texts=texts,
        facts=tuple(run.facts),
        actions=tuple(run.actions) if kind == "reply" else (),
        cards=tuple(run.cards),
        passages=tuple(run.passages),
        slots=run.slots,
        path=run.path,
        risk=playbook.risk,
        version=run.loaded.version,
        tools=tuple(run.tools),
        steps=tuple(run.steps),
        proven=tuple(run.proven),
        named=run.named,
        **more,
    )
