"""What every channel's sender promises, and how its refusals are told apart.

What matters of a failed attempt is whether the channel has the message all the same:
`NotTaken` (certainly not: try again), `RefusedForGood` (certainly not: never will),
`FateUnknown` (it may have).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from invekto.errors import ProviderUnavailable, Refused


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message for one recipient. `message_id` is our own id: channels that can give it back
    with their statuses, or use it against doubles, do."""

    message_id: str
    recipient: str
    text: str
    kind: str = "reply"
    template: dict[str, Any] | None = None
    conversation_id: str | None = None
    contact: dict[str, Any] = field(default_factory=dict)
    last_inbound_at: datetime | None = None
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class Taken:
    """The channel has it under this id. `final`: nothing more will be heard of it."""

    provider_message_id: str
    final: bool = False


class NotTaken(ProviderUnavailable):
    """The channel certainly does not have the message; `retry_after` in seconds if it said so."""

    code = "not_taken"


class RefusedForGood(Refused):
    """The channel will never take this message; `reason` is a stable word."""

    code = "refused_for_good"


class FateUnknown(ProviderUnavailable):
    """The channel may or may not have the message."""

    code = "fate_unknown"


class Sender(Protocol):
    """Hands one message to a channel."""

    async def send(self, message: Outgoing) -> Taken:
        """Raises NotTaken, RefusedForGood or FateUnknown."""
        ...
