"""The built-in reply in a model's words: the same facts, nothing more; else it stays as it was."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pydantic import BaseModel, Field

from invekto.agent.deps import TurnScope
from invekto.agent.nodes.outgoing import placeholders, purse
from invekto.agent.prompts import as_data, prompt, prompt_version
from invekto.agent.state import Draft, TurnState
from invekto.contracts.evidence import Path
from invekto.errors import ModelUnavailable
from invekto.llm.chat import Calls

NAMES = {"tr": "Turkish", "en": "English", "ar": "Arabic"}


class Written(BaseModel):
    """The reply, ready to send."""

    reply: str = Field(min_length=1, max_length=2000)


async def write_with_model(
    draft: Draft, state: TurnState, scope: TurnScope, language: str
) -> tuple[Draft | None, tuple[dict[str, Any], ...]]:
    """The draft in the model's words, or None where it is unusable or not wanted."""
    from langchain_core.messages import HumanMessage, SystemMessage

    turn = state.turn
    if not turn.tenant.settings.get("fluent", True) or draft.path is Path.MODEL:
        return None, ()
    calls, hidden = Calls(), placeholders(turn)
    system = prompt("compose").safe_substitute(
        business=turn.tenant.name,
        language=NAMES.get(language, "English"),
        tone=turn.tenant.tone,
        facts=as_data(hidden.hide("\n".join(draft.facts[:60]))),
        draft=as_data(hidden.hide(draft.text)),
    )
    messages = [SystemMessage(system), HumanMessage(as_data(hidden.hide(state.text)))]
    try:
        written = await scope.model.structured(
            purse(turn, scope), calls, "compose", messages, Written
        )
        text = hidden.restore(written.reply).strip()
    except ModelUnavailable:
        return None, calls.as_tuple()
    if not text:
        return None, calls.as_tuple()
    source = f"{scope.model.name}:{prompt_version('compose')}"
    tones = {**draft.tones, turn.tenant.tone: text}
    return replace(draft, text=text, tones=tones, path=Path.MODEL, source=source), calls.as_tuple()
