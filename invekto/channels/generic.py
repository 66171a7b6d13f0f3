"""The generic channel: the main product's own channels, and anybody's. Messages come by POST;
replies go to the account's address as signed webhooks (Standard Webhooks)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import httpx

from invekto.channels.addresses import resolved
from invekto.channels.sending import NotTaken, Outgoing, RefusedForGood, Taken
from invekto.channels.signing import signed_headers
from invekto.contracts.clock import Clock, system_clock
from invekto.errors import BadRequest, ProviderUnavailable

TIMEOUT_SECONDS = 10.0
PASSING = frozenset({408, 409, 423, 425, 429})
"""Answers of the 4xx kind that ask for another attempt."""


@dataclass(frozen=True, slots=True)
class GenericSender:
    """Posts each message to one address. The receiver tells repeats by `webhook-id`, which is our
    message id, so an attempt of unknown fate is simply made again."""

    http: httpx.AsyncClient
    url: str
    secrets: Sequence[str]
    private: bool = False
    clock: Clock = system_clock

    async def send(self, message: Outgoing) -> Taken:
        """See `Sender.send`; never FateUnknown."""
        body = json.dumps(message_body(message), ensure_ascii=False).encode()
        now = int(self.clock().timestamp())
        headers = {
            "content-type": "application/json",
            **signed_headers(message.message_id, now, body, self.secrets),
        }
        try:
            target = await resolved(self.url, private=self.private)
            answer = await self.http.post(
                target.url,
                content=body,
                headers={**headers, "host": target.host},
                extensions=target.extensions,
                timeout=TIMEOUT_SECONDS,
                follow_redirects=False,
            )
        except BadRequest as error:
            raise RefusedForGood("address", error.message) from error
        except ProviderUnavailable as error:
            raise NotTaken(error.message) from error
        except httpx.HTTPError as error:
            raise NotTaken(f"the receiver did not answer: {type(error).__name__}") from error
        return _read(answer, message)


def message_body(message: Outgoing) -> dict[str, object]:
    """What the receiver gets."""
    return {
        "type": "message.outbound",
        "message_id": message.message_id,
        "conversation_id": message.conversation_id,
        "recipient": message.recipient,
        "kind": message.kind,
        "text": message.text,
        "template": message.template,
    }


def _read(answer: httpx.Response, message: Outgoing) -> Taken:
    if answer.is_success:
        return Taken(f"generic:{message.message_id}", final=True)
    said = f"the receiver answered {answer.status_code}"
    if answer.status_code >= 500 or answer.status_code in PASSING:
        given = answer.headers.get("retry-after", "")
        if given.isdigit():
            raise NotTaken(said, retry_after=min(float(given), 3600.0))
        raise NotTaken(said)
    raise RefusedForGood("rejected", said)


@dataclass(frozen=True, slots=True)
class PulledSender:
    """For channels whose receiver fetches: the widget, or an inbox that reads our API."""

    async def send(self, message: Outgoing) -> Taken:
        """It is where it will be fetched from already."""
        return Taken(f"pulled:{message.message_id}", final=True)
