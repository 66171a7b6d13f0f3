"""A change of the world that was proposed and not yet done."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class ProposedAction:
    """Validated arguments of a write tool. It changes nothing (at most an expiring hold) until it
    is committed after *decide* said auto or a person pressed Send."""

    tool: str
    args: dict[str, Any]
    summary: dict[str, str]
    """Plain words for the agent by language: {"tr": "4512 numaralı siparişi iptal et"}."""
    key: str
    """Idempotency key: the same proposal committed twice changes the world once."""
    risk: str = "medium"
    outside: bool = False
    """True where commit calls a provider: it then finishes before its message is queued."""
    hold_until: datetime | None = None
    detail: dict[str, Any] = field(default_factory=dict)


def action_key(turn_id: str, tool: str, args: dict[str, Any]) -> str:
    """A stable idempotency key for one proposal of one turn."""
    canonical = json.dumps(args, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(f"{turn_id}\n{tool}\n{canonical}".encode()).hexdigest()[:32]
