"""The WhatsApp Cloud API as far as we use it: sending, its errors and limits, its webhooks.

`log` holds what was really accepted, in order: the truth that delivery is judged by. Faults are
queued for the next requests; statuses are made by the test, in whatever order it likes.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import itertools
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

TOKEN = "an access token"
APP_SECRET = "an app secret"
VERIFY_TOKEN = "a verify token"
BASE_URL = "http://graph.whatsapp.test/v23.0"
SAID = {
    4: (400, "Application request limit reached"),
    100: (400, "Invalid parameter"),
    190: (401, "Access token has expired"),
    130429: (429, "Rate limit hit"),
    131026: (400, "Message undeliverable"),
    131047: (400, "Re-engagement message"),
    131050: (400, "User has stopped marketing messages"),
    131056: (400, "Pair rate limit hit"),
}


@dataclass(frozen=True)
class Accepted:
    """A message that WhatsApp has."""

    id: str
    number: str
    to: str
    body: dict[str, Any]

    @property
    def own_id(self) -> str:
        return str(self.body["biz_opaque_callback_data"])

    @property
    def text(self) -> str:
        if self.body["type"] == "text":
            return str(self.body["text"]["body"])
        [component] = self.body["template"]["components"]
        return str(component["parameters"][0]["text"])


@dataclass
class WhatsApp:
    """One emulated Cloud API. `faults`: error codes, or 'accept_then_500', 'accept_then_hang',
    '500', 'garbage', each for one request, in order."""

    log: list[Accepted] = field(default_factory=list)
    faults: list[int | str] = field(default_factory=list)
    requests: int = 0
    down: bool = False
    _ids: Any = field(default_factory=lambda: itertools.count(1))

    @property
    def app(self) -> Starlette:
        path = "/v23.0/{number}/messages"
        return Starlette(routes=[Route(path, self._send, methods=["POST"])])

    async def _send(self, request: Request) -> Response:
        self.requests += 1
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return error(190)
        if self.down:
            return JSONResponse({"error": {"code": 131016, "message": "down"}}, 503)
        fault = self.faults.pop(0) if self.faults else None
        if isinstance(fault, int):
            return error(fault)
        if fault == "500":
            return JSONResponse({"error": {"code": 131000, "message": "went wrong"}}, 500)
        body = await request.json()
        complaint = wrong_with(body)
        if complaint is not None:
            return error(100, complaint)
        accepted = Accepted(
            f"wamid.{next(self._ids)}",
            request.path_params["number"],
            body.get("to") or body["recipient"],
            body,
        )
        self.log.append(accepted)
        if fault == "accept_then_500":
            return JSONResponse({"error": {"code": 131000, "message": "went wrong"}}, 500)
        if fault == "accept_then_hang":
            await asyncio.sleep(3600)
        if fault == "garbage":
            return Response("<html>busy</html>", 200)
        return JSONResponse(
            {
                "messaging_product": "whatsapp",
                "contacts": [{"input": accepted.to, "wa_id": accepted.to}],
                "messages": [{"id": accepted.id}],
            }
        )

    def certain_doubles(self) -> list[str]:
        """Our ids that WhatsApp took more than once."""
        ids = [accepted.own_id for accepted in self.log]
        return sorted({own for own in ids if ids.count(own) > 1})


def error(code: int, message: str | None = None) -> JSONResponse:
    status, said = SAID.get(code, (400, "Some error"))
    return JSONResponse(
        {"error": {"message": message or said, "type": "OAuthException", "code": code}}, status
    )


def wrong_with(body: dict[str, Any]) -> str | None:
    """What the real thing would complain about."""
    if body.get("messaging_product") != "whatsapp":
        return "messaging_product must be whatsapp"
    if not (body.get("to") or body.get("recipient")):
        return "to is required"
    if body.get("type") == "text":
        text = body.get("text", {}).get("body", "")
        return None if 0 < len(text) <= 4096 else "text.body must have 1 to 4096 characters"
    if body.get("type") == "template":
        template = body.get("template", {})
        if not template.get("name") or not template.get("language", {}).get("code"):
            return "template needs name and language"
        for component in template.get("components", []):
            for parameter in component.get("parameters", []):
                if any(mark in parameter["text"] for mark in ("\n", "\t", "    ")):
                    return "template parameters cannot have new lines"
        return None
    return f"unknown type {body.get('type')}"


# What WhatsApp delivers to us -------------------------------------------------------------------


def payload(number: str, **value: Any) -> bytes:
    """A webhook's body for one of our numbers."""
    inside = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "905551112233", "phone_number_id": number},
        **value,
    }
    change = {"field": "messages", "value": inside}
    whole = {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [change]}]}
    return json.dumps(whole).encode()


def text_message(number: str, sender: str, message_id: str, text: str, **more: Any) -> bytes:
    """A customer wrote."""
    message = {
        "from": sender,
        "id": message_id,
        "timestamp": str(int(datetime.now(UTC).timestamp())),
        "type": "text",
        "text": {"body": text},
        **more,
    }
    contact = {"profile": {"name": "Ayşe"}, "wa_id": sender}
    return payload(number, contacts=[contact], messages=[message])


def status(
    number: str, message_id: str, said: str, own_id: str | None = None, code: int | None = None
) -> bytes:
    """Something happened to a message of ours."""
    told: dict[str, Any] = {
        "id": message_id,
        "status": said,
        "timestamp": str(int(datetime.now(UTC).timestamp())),
        "recipient_id": "905321112233",
    }
    if own_id is not None:
        told["biz_opaque_callback_data"] = own_id
    if code is not None:
        told["errors"] = [{"code": code, "title": SAID.get(code, (0, "error"))[1]}]
    return payload(number, statuses=[told])


def signed(body: bytes, secret: str = APP_SECRET) -> dict[str, str]:
    """The header that proves it."""
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return {"x-hub-signature-256": f"sha256={digest}", "content-type": "application/json"}
