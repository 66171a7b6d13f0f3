"""What the trust curve counts: cells, behaviour versions and verdict events."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Risk(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Mode(StrEnum):
    AUTO = "auto"
    SUGGEST = "suggest"
    HAND_OVER = "hand_over"


class Path(StrEnum):
    """How the answer was made: a playbook's template, a cited extract, or a model."""

    PLAYBOOK = "playbook"
    EXTRACT = "extract"
    MODEL = "model"


class VerdictKind(StrEnum):
    SENT_UNCHANGED = "sent_unchanged"
    EDITED_COSMETIC = "edited_cosmetic"
    EDITED_MATERIAL = "edited_material"
    REJECTED = "rejected"
    TAKEN_OVER = "taken_over"
    IGNORED = "ignored"
    AUTO_WRONG_AGENT = "auto_wrong_agent"
    AUTO_WRONG_CUSTOMER = "auto_wrong_customer"
    AUDIT_RIGHT = "audit_right"
    AUDIT_WRONG = "audit_wrong"


WRONG = frozenset(
    {
        VerdictKind.EDITED_MATERIAL,
        VerdictKind.REJECTED,
        VerdictKind.TAKEN_OVER,
        VerdictKind.IGNORED,
        VerdictKind.AUTO_WRONG_AGENT,
        VerdictKind.AUTO_WRONG_CUSTOMER,
        VerdictKind.AUDIT_WRONG,
    }
)


@dataclass(frozen=True, slots=True)
class Cell:
    """Where trust is earned: per tenant (by row-level security), intent, language and path."""

    intent: str
    language: str
    path: Path
    behaviour: str
    """Behaviour version, see `behaviour_version`."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One person's judgement of one reply. `id` makes a duplicate harmless."""

    id: str
    turn_id: str
    conversation_id: str
    cell: Cell
    kind: VerdictKind
    confidence: float
    """Of the intent, under the frozen score map of the behaviour version."""
    resolving: bool
    """False for clarifying questions: they are not counted."""
    shared: bool
    """True where the message had several intents and the verdict does not say which part."""
    at: datetime
    by: str
    reading_seconds: float | None = None
    corrected_intent: str | None = None
    seeded_error: bool = False
    detail: dict[str, Any] = field(default_factory=dict)


def behaviour_version(**parts: Any) -> str:
    """Hash of all that decides a reply: playbook, policy, prompt, tool schema, score map and the
    versions of the sources used. Any change of these starts a new cell."""
    canonical = json.dumps(parts, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]
