"""Where the local model is unsure, a model endpoint chooses among the tenant's own intents."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pydantic import BaseModel, Field

from invekto.agent.deps import TurnScope
from invekto.agent.nodes.outgoing import placeholders, purse
from invekto.agent.prompts import as_data, prompt
from invekto.agent.state import TurnInput
from invekto.contracts.understanding import IntentGuess, Understanding
from invekto.errors import ModelUnavailable
from invekto.llm.chat import Calls

SURE = 0.7
"""Below this the model is as unsure as we were."""


class Chosen(BaseModel):
    """One or two intents by name, in order of mention."""

    intents: list[str] = Field(min_length=1, max_length=2)
    confidence: float = Field(ge=0, le=1)


async def ask_model(
    understanding: Understanding, scope: TurnScope, turn: TurnInput
) -> tuple[Understanding, tuple[dict[str, Any], ...]]:
    """The understanding with the model's choice in it; unchanged where the model is unusable."""
    from langchain_core.messages import HumanMessage, SystemMessage

    calls = Calls()
    hidden = placeholders(turn)
    known = {n: a for n, a in scope.kit.taxonomy.items() if n not in scope.kit.disabled}
    system = prompt("understand").safe_substitute(
        business=turn.tenant.name,
        intents="\n".join(f"- {name}: {about['means']}" for name, about in known.items()),
    )
    messages = [SystemMessage(system), HumanMessage(as_data(hidden.hide(understanding.text)))]
    try:
        chosen = await scope.model.structured(
            purse(turn, scope), calls, "classify", messages, Chosen
        )
    except ModelUnavailable:
        return understanding, calls.as_tuple()
    if chosen.confidence < SURE or any(name not in known for name in chosen.intents):
        return understanding, calls.as_tuple()
    guesses = tuple(IntentGuess(name, chosen.confidence) for name in dict.fromkeys(chosen.intents))
    return (
        replace(
            understanding,
            intents=guesses,
            answered=True,
            source="model",
            model_version=f"{understanding.model_version}+{scope.model.name}",
        ),
        calls.as_tuple(),
    )
