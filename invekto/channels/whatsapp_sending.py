"""WhatsApp Cloud API: sending, with its errors told apart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx

from invekto.channels.sending import FateUnknown, NotTaken, Outgoing, RefusedForGood, Taken
from invekto.contracts.clock import Clock, system_clock

WINDOW = timedelta(hours=24)
"""Free text is allowed this long after the customer's last message; after it, templates."""
LONGEST_TEXT = 4096  # characters
TIMEOUT_SECONDS = 10.0

BUSY = {4: 60.0, 80007: 60.0, 130429: 5.0, 131048: 600.0, 131064: 60.0, 133016: 600.0}
"""Error code → seconds to wait: limits of the app, the account and the number."""
PAIR_LIMIT = 131056
UNAVAILABLE = 503
"""Says that the request was not worked on; other server errors do not."""
OUTSIDE_WINDOW = 131047
ACCOUNT_BROKEN = frozenset({0, 3, 10, 190, 200, 131005, 131031, 131042, 133010})
"""Token, permission, payment or registration: nothing goes out until somebody mends it."""
BROKEN_SECONDS = 300.0
REFUSED = {
    100: "invalid",
    131008: "invalid",
    131009: "invalid",
    131021: "recipient_is_sender",
    131026: "undeliverable",
    131049: "frequency_capped",
    131050: "opted_out_of_marketing",
    131051: "unsupported",
    131053: "media",
    132000: "template_parameters",
    132001: "template_missing",
    132015: "template_paused",
    132016: "template_disabled",
}


@dataclass(frozen=True, slots=True)
class WhatsAppSender:
    """Sends from one number. `templates` maps our message kinds, and `outside_window`, to approved
    templates `{"name": …, "language": …}`."""

    http: httpx.AsyncClient
    base_url: str
    phone_number_id: str
    access_token: str
    templates: dict[str, dict[str, Any]]
    clock: Clock = system_clock

    async def send(self, message: Outgoing) -> Taken:
        """See `Sender.send`. Outside the 24-hour window the text goes in a template."""
        template = message.template
        if template is None and not in_window(message.last_inbound_at, self.clock()):
            template = self._fallback(message)
        try:
            return await self._post(message, template)
        except _OutsideWindowError:
            if template is not None:
                raise RefusedForGood("outside_window", "the 24-hour window is closed") from None
            return await self._post(message, self._fallback(message))

    def _fallback(self, message: Outgoing) -> dict[str, Any]:
        chosen = self.templates.get(message.kind) or self.templates.get("outside_window")
        if chosen is None:
            raise RefusedForGood(
                "outside_window",
                "the customer last wrote more than 24 hours ago and no approved template is"
                " configured for this kind of message",
            )
        return {"parameters": [message.text], **chosen}

    async def _post(self, message: Outgoing, template: dict[str, Any] | None) -> Taken:
        if template is None and len(message.text) > LONGEST_TEXT:
            raise RefusedForGood("too_long", f"WhatsApp takes {LONGEST_TEXT} characters")
        try:
            answer = await self.http.post(
                f"{self.base_url}/{self.phone_number_id}/messages",
                json=_body(message, template),
                headers={"authorization": f"Bearer {self.access_token}"},
                timeout=TIMEOUT_SECONDS,
            )
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise NotTaken(f"WhatsApp cannot be reached: {type(error).__name__}") from error
        except httpx.HTTPError as error:
            raise FateUnknown(f"WhatsApp did not answer: {type(error).__name__}") from error
        return _read(answer, message.attempt)


class _OutsideWindowError(Exception):
    """WhatsApp says that the window is closed, whatever we thought."""


def in_window(last_inbound_at: datetime | None, now: datetime) -> bool:
    """Whether free text may be sent."""
    return last_inbound_at is not None and now - last_inbound_at < WINDOW


def _body(message: Outgoing, template: dict[str, Any] | None) -> dict[str, Any]:
    to = "to" if message.recipient.isdigit() else "recipient"
    body: dict[str, Any] = {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        to: message.recipient,
        "biz_opaque_callback_data": message.message_id,
    }
    if template is None:
        return {**body, "type": "text", "text": {"body": message.text, "preview_url": False}}
    parameters = [{"type": "text", "text": _one_line(text)} for text in template["parameters"]]
    return {
        **body,
        "type": "template",
        "template": {
            "name": template["name"],
            "language": {"code": template.get("language", "tr")},
            "components": [{"type": "body", "parameters": parameters}] if parameters else [],
        },
    }


def _one_line(text: str) -> str:
    """Template parameters may hold no line breaks, tabs or runs of spaces."""
    return " ".join(text.split())


def _read(answer: httpx.Response, attempt: int) -> Taken:
    try:
        body = answer.json()
    except ValueError:
        body = {}
    body = body if isinstance(body, dict) else {}
    if answer.is_success:
        ids = [m.get("id") for m in body.get("messages") or [] if isinstance(m, dict)]
        if not ids or not isinstance(ids[0], str):
            raise FateUnknown("WhatsApp took the message without giving it an id")
        return Taken(ids[0])
    raise _complaint(answer, body.get("error") or {}, attempt)


def _complaint(answer: httpx.Response, error: dict[str, Any], attempt: int) -> Exception:
    code = error.get("code")
    said = f"WhatsApp {answer.status_code}, error {code}: {error.get('message', '')}"[:300]
    if code == OUTSIDE_WINDOW:
        return _OutsideWindowError(said)
    if code == PAIR_LIMIT:
        return NotTaken(said, retry_after=float(4 ** min(attempt, 5)))
    if code in BUSY:
        return NotTaken(said, retry_after=BUSY[code])
    if answer.status_code == 429:
        return NotTaken(said, retry_after=_retry_after(answer))
    if answer.status_code == UNAVAILABLE:
        return NotTaken(said)
    if answer.status_code >= 500 or answer.status_code == 408:
        return FateUnknown(said)
    if code in REFUSED:
        return RefusedForGood(REFUSED[code], said)
    if code in ACCOUNT_BROKEN or answer.status_code in (401, 403):
        return NotTaken(said, retry_after=BROKEN_SECONDS)
    return RefusedForGood("rejected", said)


def _retry_after(answer: httpx.Response) -> float:
    given = answer.headers.get("retry-after", "")
    return min(float(given), 3600.0) if given.isdigit() else 5.0
