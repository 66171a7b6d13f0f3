"""A message on its way in, whatever the channel."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

MAX_TEXT = 20_000
"""Characters kept of one message; the rest is cut and noted, never an error."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """What came beside the text; the bytes stay with the channel."""

    kind: str
    """image, audio, video, document, location, sticker, contact."""
    reference: str
    name: str | None = None
    mime: str | None = None


@dataclass(frozen=True, slots=True)
class InboundMessage:
    """`channel_user_id` keys the contact together with the channel; the phone is an attribute."""

    channel: str
    channel_user_id: str
    provider_message_id: str
    text: str
    sent_at: datetime
    channel_account_id: str | None = None
    name: str | None = None
    phone: str | None = None
    phone_verified: bool = False
    attachments: tuple[Attachment, ...] = ()
    referral: dict[str, Any] = field(default_factory=dict)
    conversation_id: str | None = None
    """Set by the main product's inbox, which owns conversations of its own."""
