"""Guard: no reply leaves, sent or suggested, that the rails did not see."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from invekto.agent.deps import TurnScope
from invekto.agent.nodes.entailment import entailed
from invekto.agent.nodes.published import own_contacts, tenant_facts
from invekto.agent.nodes.setting import reply_language
from invekto.agent.state import TurnState
from invekto.contracts.evidence import Path
from invekto.guardrails.rails import ReplyUnderCheck


async def guard(state: TurnState, scope: TurnScope) -> dict[str, Any]:
    """Check the draft; a fix replaces its text in every tone that was the same."""
    draft = state.draft
    assert draft is not None
    published = tenant_facts(state)
    facts = [*draft.facts, *published]
    result = scope.kit.guard.check(
        ReplyUnderCheck(
            text=draft.text,
            language=reply_language(state),
            intent=state.results[0].intent,
            sector=state.turn.tenant.sector,
            facts=facts,
            own=own_contacts(published),
            worded=_worded(state),
            disclaimer_required=state.turn.tenant.health and _medical(state),
            channel=state.turn.conversation.channel,
            automatic=True,
        )
    )
    result, calls = await entailed(result, draft, facts, state, scope)
    tones = {
        tone: _cited(result.text if text == draft.text else text, draft.citation)
        for tone, text in draft.tones.items()
    }
    text = _cited(result.text, draft.citation)
    return {
        "guard": replace(result, text=text),
        "draft": replace(draft, text=text, tones=tones),
        "model_calls": calls,
    }


def _worded(state: TurnState) -> tuple[str, ...]:
    """What playbooks say: approved words, filled with what tools and texts hold."""
    made = (r for r in state.results if r.path is not Path.MODEL)
    return tuple(dict.fromkeys(text for r in made for text in r.texts.values()))


def _cited(text: str, citation: str) -> str:
    return f"{text}\n\n{citation}" if citation and text else text


MEDICAL = frozenset(
    {"treatment_info", "recovery_process", "contraindication", "emergency", "before_after_photos"}
)


def _medical(state: TurnState) -> bool:
    return any(r.intent in MEDICAL for r in state.results)
