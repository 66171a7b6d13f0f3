"""A model's second look at what a model wrote: is every statement borne out by the facts?

On top of grounding, which knows figures, names and negations, and not what a sentence means.
Whatever goes wrong here is for a person, never sent by itself.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pydantic import BaseModel, Field

from invekto.agent.deps import TurnScope
from invekto.agent.nodes.outgoing import placeholders, purse
from invekto.agent.prompts import as_data, prompt
from invekto.agent.state import Draft, TurnState
from invekto.contracts.evidence import Path
from invekto.contracts.guard import Finding, GuardResult, Outcome
from invekto.errors import ModelUnavailable
from invekto.llm.chat import Calls

MOST_FACTS = 60
RAIL = "entailed"


class Judged(BaseModel):
    """What the facts do not bear out."""

    unsupported: list[str] = Field(max_length=20, description="Statements, word for word.")


async def entailed(
    result: GuardResult, draft: Draft, facts: list[str], state: TurnState, scope: TurnScope
) -> tuple[GuardResult, tuple[dict[str, Any], ...]]:
    """The rails' result with the model's objections added. Only what a model wrote and the rails
    let pass is asked about; built-in texts say what their facts say."""
    passes = result.outcome in (Outcome.PASS, Outcome.FIX)
    if scope.model is None or draft.path is not Path.MODEL or not passes:
        return result, ()
    await scope.reader.pause()
    calls = Calls()
    try:
        findings = await _objections(result.text, facts, state, scope, calls)
    except ModelUnavailable as error:
        findings = [Finding(RAIL, "rail_failed", Outcome.ASK_PERSON, explanation=str(error)[:200])]
    if findings:
        result = replace(result, outcome=Outcome.ASK_PERSON, findings=(*result.findings, *findings))
    return result, calls.as_tuple()


async def _objections(
    text: str, facts: list[str], state: TurnState, scope: TurnScope, calls: Calls
) -> list[Finding]:
    """Raises ModelUnavailable where there is no usable answer."""
    from langchain_core.messages import HumanMessage, SystemMessage

    assert scope.model is not None
    turn = state.turn
    hidden = placeholders(turn)
    system = prompt("entail").safe_substitute(
        business=turn.tenant.name, facts=as_data(hidden.hide("\n".join(facts[:MOST_FACTS])))
    )
    messages = [SystemMessage(system), HumanMessage(as_data(hidden.hide(text)))]
    judged = await scope.model.structured(purse(turn, scope), calls, "entail", messages, Judged)
    said = [hidden.restore(one).strip() for one in judged.unsupported]
    return [
        Finding(RAIL, "ungrounded", Outcome.ASK_PERSON, one[:200], "the facts do not bear this out")
        for one in said
        if one
    ]
