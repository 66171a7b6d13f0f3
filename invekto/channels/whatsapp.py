"""WhatsApp Cloud API: webhook payloads in, signatures checked. Sending is `whatsapp_sending`.

A contact is keyed by the channel user id: the business-scoped user id where there is one, else
the number. The phone is an attribute, and a verified one: WhatsApp vouches for it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, cast

from invekto.contracts.clock import system_clock
from invekto.contracts.messages import Attachment, InboundMessage
from invekto.errors import BadRequest, NotSignedIn

CHANNEL = "whatsapp"
STATUSES = frozenset({"sent", "delivered", "read", "failed"})
MEDIA = frozenset({"image", "audio", "video", "document", "sticker"})
SIGNATURE = "sha256="
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Status:
    """One status of one message that we sent."""

    provider_message_id: str
    status: Literal["sent", "delivered", "read", "failed"]
    at: datetime
    own_id: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """What one POST brought for one of our numbers."""

    phone_number_id: str
    messages: tuple[InboundMessage, ...]
    statuses: tuple[Status, ...]


def check_signature(header: str, body: bytes, app_secret: str) -> None:
    """`X-Hub-Signature-256` over the raw body.

    Raises:
        NotSignedIn: missing or wrong.
    """
    right = hmac.new(app_secret.encode(), body, hashlib.sha256).hexdigest()
    shown = header.removeprefix(SIGNATURE)
    if not header.startswith(SIGNATURE) or not hmac.compare_digest(
        right.encode(), shown.encode("utf-8", "replace")
    ):
        raise NotSignedIn("the payload's signature does not fit")


def read_payload(body: bytes) -> list[Delivery]:
    """Messages and statuses by the number they are for. What is not understood is left out; a
    message of an unknown type is kept without text, so that a person sees it.

    Raises:
        BadRequest: no JSON object.
    """
    try:
        payload = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadRequest("the payload is no JSON") from error
    if not isinstance(payload, dict):
        raise BadRequest("the payload is no JSON object")
    return [found for value in _values(payload) if (found := _delivery(value)) is not None]


def _values(payload: Json) -> Iterator[Json]:
    for entry in _objects(payload.get("entry")):
        for change in _objects(entry.get("changes")):
            if change.get("field") == "messages" and isinstance(change.get("value"), dict):
                yield change["value"]


def _delivery(value: Json) -> Delivery | None:
    number = _inner(value, "metadata").get("phone_number_id")
    if not isinstance(number, str):
        return None
    contacts = _objects(value.get("contacts"))
    messages = [m for raw in _objects(value.get("messages")) if (m := _message(raw, contacts))]
    statuses = [s for raw in _objects(value.get("statuses")) if (s := _status(raw))]
    return Delivery(number, tuple(messages), tuple(statuses))


def _message(raw: Json, contacts: list[Json]) -> InboundMessage | None:
    message_id, sender = raw.get("id"), raw.get("from") or raw.get("from_user_id")
    contact = _contact_of(raw, contacts)
    user_id = contact.get("user_id") or raw.get("from_user_id") or sender
    if not isinstance(message_id, str) or not isinstance(user_id, str):
        return None
    number = contact.get("wa_id") or raw.get("from")
    phone = f"+{number}" if isinstance(number, str) and number.isdigit() else None
    return InboundMessage(
        channel=CHANNEL,
        channel_user_id=phone.lstrip("+") if phone else user_id,
        provider_message_id=message_id,
        text=_text(raw),
        sent_at=_moment(raw.get("timestamp")),
        name=_string(_inner(contact, "profile").get("name")),
        phone=phone,
        phone_verified=phone is not None,
        attachments=tuple(_attachments(raw)),
        referral=_inner(raw, "referral"),
    )


def _contact_of(raw: Json, contacts: list[Json]) -> Json:
    for contact in contacts:
        if raw.get("from") and contact.get("wa_id") == raw.get("from"):
            return contact
        if raw.get("from_user_id") and contact.get("user_id") == raw.get("from_user_id"):
            return contact
    return contacts[0] if len(contacts) == 1 else {}


def _text(raw: Json) -> str:
    """The words of a message, whatever carries them."""
    kind = raw.get("type")
    inside = _inner(raw, str(kind))
    if kind == "text":
        return _string(inside.get("body")) or ""
    if kind == "button":
        return _string(inside.get("text")) or ""
    if kind == "interactive":
        chosen = _inner(inside, str(inside.get("type")))
        return _string(chosen.get("title")) or ""
    if kind == "location":
        return _string(inside.get("name")) or _string(inside.get("address")) or ""
    return _string(inside.get("caption")) or ""


def _attachments(raw: Json) -> Iterator[Attachment]:
    kind = str(raw.get("type"))
    inside = _inner(raw, kind)
    if kind in MEDIA:
        yield Attachment(
            kind,
            _string(inside.get("id")) or "",
            _string(inside.get("filename")),
            _string(inside.get("mime_type")),
        )
    elif kind == "location":
        yield Attachment("location", f"{inside.get('latitude')},{inside.get('longitude')}")
    elif kind not in {"text", "button", "interactive"}:
        yield Attachment(kind[:40], "")


def _status(raw: Json) -> Status | None:
    message_id, said = raw.get("id"), raw.get("status")
    if not isinstance(message_id, str) or said not in STATUSES:
        return None
    faults = _objects(raw.get("errors"))
    reason = None
    if faults:
        title = faults[0].get("title") or faults[0].get("message") or ""
        reason = f"{faults[0].get('code')}: {title}"[:300]
    return Status(
        message_id,
        cast(Literal["sent", "delivered", "read", "failed"], said),
        _moment(raw.get("timestamp")),
        _string(raw.get("biz_opaque_callback_data")),
        reason,
    )


def _moment(raw: object) -> datetime:
    """Seconds since 1970, as text; what cannot be read is now."""
    try:
        return datetime.fromtimestamp(int(str(raw)), UTC)
    except (ValueError, OverflowError, OSError):
        return system_clock()


def _objects(value: object) -> list[Json]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _inner(value: Json, name: str) -> Json:
    inside = value.get(name)
    return inside if isinstance(inside, dict) else {}


def _string(value: object) -> str | None:
    return value if isinstance(value, str) else None
