"""Why a conversation goes to a person: a structured reason, apart from any reply text."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class HandOverReason(StrEnum):
    WANTS_PERSON = "wants_person"
    EMERGENCY = "emergency"
    SELF_HARM = "self_harm"
    ABUSE = "abuse"
    NO_CONSENT = "no_consent"
    OPTED_OUT = "opted_out"
    HELD_BY_PERSON = "held_by_person"
    NO_SOURCE = "no_source"
    LOW_CONFIDENCE = "low_confidence"
    NOT_UNDERSTOOD_TWICE = "not_understood_twice"
    TAKEN_BACK = "taken_back"
    HIGH_RISK_INTENT = "high_risk_intent"
    NO_PLAYBOOK = "no_playbook"
    IDENTITY_NOT_PROVEN = "identity_not_proven"
    ACTION_REFUSED = "action_refused"
    BLOCKED_BY_GUARD = "blocked_by_guard"
    SUSPECTED_ATTACK = "suspected_attack"
    UNREADABLE_CONTENT = "unreadable_content"
    PROVIDER_DOWN = "provider_down"
    OUT_OF_SCOPE = "out_of_scope"
    UNEXPECTED_ERROR = "unexpected_error"


class Priority(StrEnum):
    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


@dataclass(frozen=True, slots=True)
class HandOver:
    """`summary` is for the agent, in the agent's language; `next_step` what we would do."""

    reason: HandOverReason
    priority: Priority = Priority.NORMAL
    summary: str = ""
    next_step: str = ""
    team: str = "support"
    detail: dict[str, str] = field(default_factory=dict)
