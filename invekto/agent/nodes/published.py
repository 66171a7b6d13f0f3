"""What a tenant publishes of itself: facts that may always be said, contacts that are nobody's
secret."""

from __future__ import annotations

from typing import Any

from invekto.agent.state import TurnState
from invekto.tools.contract import TenantView


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


def own_contacts(facts: list[str]) -> frozenset[str]:
    """The tenant's published phones, addresses and links are nobody's personal data: the values of
    its profile's facts."""
    return frozenset(fact.partition(": ")[2] for fact in facts)
