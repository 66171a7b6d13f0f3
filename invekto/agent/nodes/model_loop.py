"""A bounded tool-calling loop for messages no playbook covers.

The model sees only tools the tenant and this customer may use; each call runs through the same
checks as a playbook's, in a transaction of its own; writes are proposed and never done here.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import Any

from invekto.agent.deps import TurnScope
from invekto.agent.nodes.outgoing import placeholders, purse
from invekto.agent.playbooks.run import Setting
from invekto.agent.playbooks.schema import TONES
from invekto.agent.prompts import as_data, prompt, prompt_version
from invekto.agent.state import TaskResult, TurnState
from invekto.contracts.action import ProposedAction
from invekto.contracts.evidence import Path
from invekto.contracts.passages import Passage
from invekto.errors import BadRequest, InvektoError, ModelUnavailable, NotAllowed, Refused
from invekto.guardrails.pseudonyms import Pseudonyms
from invekto.knowledge.screening import steering
from invekto.llm.chat import Calls
from invekto.text.normalise import fold
from invekto.tools.contract import Effect, Tool
from invekto.tools.toolbox import Toolbox

MAX_ROUNDS = 4
LONG = 3
"""Letters up to which a word says nothing about where a reply comes from."""
MAX_RESULT = 4000
"""Characters of one tool result that go to the model."""
NAMES = {"tr": "Turkish", "en": "English", "ar": "Arabic"}


@dataclass
class Gathered:
    """What the loop has found so far."""

    facts: list[str] = field(default_factory=list)
    actions: list[ProposedAction] = field(default_factory=list)
    cards: list[dict[str, Any]] = field(default_factory=list)
    tools: list[str] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)


async def answer_with_tools(
    state: TurnState, scope: TurnScope, setting: Setting
) -> tuple[TaskResult | None, tuple[dict[str, Any], ...]]:
    """A reply from the model and the tools' results, or None where there is none to be had."""
    calls, hidden, gathered = Calls(), placeholders(state.turn), Gathered()
    offered = {
        _wire(tool.name): tool
        for tool in Toolbox(scope.kit.tools.values()).offered(setting.context)
        if not tool.outside
    }
    await scope.reader.pause()
    try:
        text = await _converse(state, scope, setting, calls, hidden, gathered, offered)
    except ModelUnavailable:
        return None, calls.as_tuple()
    if text is None or not (gathered.facts or _rests_on(text, state.passages)):
        return None, calls.as_tuple()  # no source, no answer
    understanding = state.understanding
    assert understanding is not None
    return TaskResult(
        intent=understanding.main.name,
        probability=understanding.main.probability,
        kind="reply",
        texts=dict.fromkeys(TONES, text),
        facts=(*gathered.facts, *(p.text for p in state.passages)),
        actions=tuple(gathered.actions),
        cards=tuple(gathered.cards),
        passages=state.passages,
        path=Path.MODEL,
        risk="medium",
        version=f"{scope.model.name}:{prompt_version('tools')}",
        tools=tuple(gathered.tools),
        steps=tuple(gathered.steps),
    ), calls.as_tuple()


async def _converse(
    state: TurnState,
    scope: TurnScope,
    setting: Setting,
    calls: Calls,
    hidden: Pseudonyms,
    gathered: Gathered,
    offered: dict[str, Tool[Any, Any]],
) -> str | None:
    from langchain_core.messages import HumanMessage, SystemMessage, ToolMessage

    system = prompt("tools").safe_substitute(
        business=state.turn.tenant.name,
        language=NAMES.get(setting.language, "English"),
        passages=as_data(hidden.hide("\n".join(p.text for p in state.passages[:5]))),
    )
    messages: list[Any] = [SystemMessage(system), HumanMessage(as_data(hidden.hide(state.text)))]
    schemas = [_schema(wire, tool) for wire, tool in offered.items()]
    for _ in range(MAX_ROUNDS):
        answer = await scope.model.converse(
            purse(state.turn, scope), calls, "tools", messages, schemas
        )
        if not answer.tool_calls and not answer.invalid_tool_calls:
            text = hidden.restore(str(answer.text)).strip()
            return None if not text or "HANDOVER" in text else text
        messages.append(answer)
        for call in answer.tool_calls:
            said = await _run(call, scope, setting, hidden, gathered, offered)
            if steering([said]):
                gathered.steps.append("a tool's result tries to steer the assistant: not shown")
                return None
            messages.append(ToolMessage(hidden.hide(said)[:MAX_RESULT], tool_call_id=call["id"]))
        for call in answer.invalid_tool_calls:
            said = "error: the arguments are not valid JSON"
            messages.append(ToolMessage(said, tool_call_id=call["id"] or "-"))
    gathered.steps.append(f"the model wanted more than {MAX_ROUNDS} rounds")
    return None


async def _run(
    call: Any,
    scope: TurnScope,
    setting: Setting,
    hidden: Pseudonyms,
    gathered: Gathered,
    offered: dict[str, Tool[Any, Any]],
) -> str:
    tool = offered.get(call["name"])
    if tool is None:
        gathered.steps.append(f"the model called {call['name']}, which it was not given")
        return f"error: there is no tool {call['name']}"
    gathered.tools.append(tool.name)
    try:
        args = json.loads(hidden.restore(json.dumps(call["args"], ensure_ascii=False)))
        tenant = setting.context.tenant_id
        async with scope.deps.database.tenant(tenant) as conn:
            return await _used(tool, args, replace(setting.context, conn=conn), gathered)
    except (Refused, NotAllowed, BadRequest) as error:
        gathered.steps.append(f"{tool.name}: {error.message}")
        return f"refused: {error.message}"
    except ModelUnavailable:
        raise
    except InvektoError as error:
        gathered.steps.append(f"{tool.name}: {error.message}")
        return "error: not available at the moment"


async def _used(
    tool: Tool[Any, Any], args: dict[str, Any], context: Any, gathered: Gathered
) -> str:
    if tool.effect is Effect.WRITE:
        action = await tool.propose(context, args)
        gathered.actions.append(action)
        gathered.facts.extend(action.detail.get("facts", []))
        gathered.steps.append(f"{tool.name} proposed")
        return json.dumps({"proposed": action.summary}, ensure_ascii=False)
    result = await tool.read(context, args)
    facts = result.facts(context.contact.language if context.contact else "tr")
    gathered.facts.extend(facts)
    gathered.cards.append({"tool": tool.name, "result": result.model_dump(mode="json")})
    gathered.steps.append(tool.name)
    return "\n".join(facts)


def _rests_on(text: str, passages: tuple[Passage, ...]) -> bool:
    """Whether at least half of a reply's longer words stand in the passages."""
    said = {word for word in fold(text).split() if len(word) > LONG}
    known = set(fold(" ".join(p.text for p in passages)).split())
    return bool(said) and len(said & known) * 2 >= len(said)


def _wire(name: str) -> str:
    """Function names of the protocol hold no dots."""
    return name.replace(".", "_")


def _schema(wire: str, tool: Tool[Any, Any]) -> dict[str, Any]:
    return {
        "type": "function",
        "function": {
            "name": wire,
            "description": tool.description,
            "parameters": tool.args.model_json_schema(),
        },
    }
