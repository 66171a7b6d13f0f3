"""Understand: what the customer wants, from the local model; from a model endpoint only where
the local one is unsure."""

from __future__ import annotations

from typing import Any

from invekto.agent.deps import TurnScope
from invekto.agent.nodes.follow_up import read_on
from invekto.agent.nodes.model_understanding import ask_model
from invekto.agent.state import TurnState
from invekto.contracts.understanding import Understanding
from invekto.guardrails.injection import screen


async def understand(state: TurnState, scope: TurnScope) -> dict[str, Any]:
    """Language, normalised text, intents with calibrated confidence, entities, and whether the
    message answers what we asked."""
    turn = state.turn
    screening = screen(state.text)
    flagged = tuple(screening.kinds) if screening.flagged else ()
    understanding, text = read_on(state, lambda text: heard(text, state, scope))
    calls: tuple[dict[str, Any], ...] = ()
    if scope.model is not None and not understanding.answered and not flagged:
        await scope.reader.pause()
        understanding, calls = await ask_model(understanding, scope, turn)
    return {
        "understanding": understanding, "text": text, "flagged": flagged, "model_calls": calls,
    }  # fmt: skip


def heard(text: str, state: TurnState, scope: TurnScope) -> Understanding:
    """A text as the local model understands it in this conversation."""
    turn = state.turn
    task = turn.dialogue.task
    return scope.deps.understander.understand(
        text,
        packs=scope.kit.packs,
        now=turn.now,
        default_language=turn.tenant.default_language,
        language_hint=turn.contact.language or turn.conversation.language,
        asked=task.asked if task else None,
        words=scope.kit.words,
        overlay=scope.kit.overlay,
    )
