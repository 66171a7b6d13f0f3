"""What the rails found on a reply."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    PASS = "pass"  # noqa: S105 - not a password
    FIX = "fix"
    ASK_PERSON = "ask_person"
    BLOCK = "block"


@dataclass(frozen=True, slots=True)
class Finding:
    """One rail's objection. `reason` is one of ungrounded, medical_advice, pii_leak,
    banned_phrase, overpromise, wrong_language, missing_disclaimer, offensive, bad_link, too_long,
    discount_limit, internal_leak, rail_failed."""

    rail: str
    reason: str
    outcome: Outcome
    quote: str = ""
    """The offending words of the reply, personal values masked."""
    explanation: str = ""


@dataclass(frozen=True, slots=True)
class GuardResult:
    """`text` is the reply after fixes; `outcome` the worst of the findings."""

    outcome: Outcome
    text: str
    findings: tuple[Finding, ...] = ()
    milliseconds: float = 0.0
