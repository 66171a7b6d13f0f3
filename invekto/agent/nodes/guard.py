"""Guard: no reply leaves, sent or suggested, that the rails did not see."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from invekto.agent.deps import TurnScope
from invekto.agent.nodes.setting import reply_language
from invekto.agent.state import TurnState
from invekto.guardrails.rails import ReplyUnderCheck
from invekto.tools.contract import TenantView


async def guard(state: TurnState, scope: TurnScope) -> dict[str, Any]:
    """Check the draft; a fix replaces its text in every tone that was the same."""
    draft = state.draft
    assert draft is not None
    result = scope.kit.guard.check(
        ReplyUnderCheck(
            text=draft.text,
            language=reply_language(state),
            intent=state.results[0].intent,
            sector=state.turn.tenant.sector,
            facts=[*draft.facts, *tenant_facts(state)],
            own=own_contacts(state),
            disclaimer_required=state.turn.tenant.health and _medical(state),
            channel=state.turn.conversation.channel,
            automatic=True,
        )
    )
    tones = {
        tone: _cited(result.text if text == draft.text else text, draft.citation)
        for tone, text in draft.tones.items()
    }
    text = _cited(result.text, draft.citation)
    return {
        "guard": replace(result, text=text),
        "draft": replace(draft, text=text, tones=tones),
    }


def _cited(text: str, citation: str) -> str:
    return f"{text}\n\n{citation}" if citation and text else text


MEDICAL = frozenset(
    {"treatment_info", "recovery_process", "contraindication", "emergency", "before_after_photos"}
)


def _medical(state: TurnState) -> bool:
    return any(r.intent in MEDICAL for r in state.results)


def tenant_facts(state: TurnState) -> list[str]:
    """What the tenant publishes of itself may always be said."""
    return profile_facts(state.turn.tenant)


def profile_facts(tenant: TenantView) -> list[str]:
    """The profile as sentences, one value each."""
    facts: list[str] = []
    _flatten(tenant.profile, "", facts)
    return facts


def _flatten(value: Any, name: str, into: list[str]) -> None:
    if isinstance(value, dict):
        for key, inner in value.items():
            _flatten(inner, f"{name} {key}".strip(), into)
    elif isinstance(value, list):
        for inner in value:
            _flatten(inner, name, into)
    elif value is not None:
        into.append(f"{name}: {value}")


def own_contacts(state: TurnState) -> frozenset[str]:
    """The tenant's published phones, addresses and links are nobody's personal data."""
    return own_contacts_of(state.turn.tenant)


def own_contacts_of(tenant: TenantView) -> frozenset[str]:
    """The values of the published profile."""
    return frozenset(fact.partition(": ")[2] for fact in profile_facts(tenant))
