"""Standard Webhooks signatures: `v1,base64(HMAC-SHA256(secret, id.timestamp.body))`.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping

from invekto.errors import BadData, NotSignedIn

PREFIX = "whsec_"
TOLERANCE = 300  # seconds
SECRET_BYTES = 24


def new_secret() -> str:
    """A fresh signing secret, `whsec_` and base64 of 24 random bytes."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def signed_headers(
    message_id: str, timestamp: int, body: bytes, secret_values: Iterable[str]
) -> dict[str, str]:
    """The three headers; one signature for each secret, for while they rotate.

    Raises:
        BadData: a secret is not `whsec_` and base64.
    """
    signatures = " ".join(
        "v1," + _signature(message_id, timestamp, body, secret) for secret in secret_values
    )
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signatures,
    }


def verify(
    headers: Mapping[str, str], body: bytes, secret_values: Iterable[str], now: float
) -> str:
    """Check a signed request; returns its id.

    Raises:
        NotSignedIn: a header is missing, the time is more than five minutes off, or no signature
            fits.
    """
    message_id = headers.get("webhook-id", "")
    stamp = headers.get("webhook-timestamp", "")
    shown = headers.get("webhook-signature", "")
    if not (message_id and stamp.isascii() and stamp.isdigit() and shown):
        raise NotSignedIn("webhook-id, webhook-timestamp and webhook-signature are needed")
    if abs(now - int(stamp)) > TOLERANCE:
        raise NotSignedIn("the webhook's timestamp is more than five minutes off")
    given = [part[3:] for part in shown.split(" ") if part.startswith("v1,")]
    for secret in secret_values:
        right = _signature(message_id, int(stamp), body, secret)
        if any(hmac.compare_digest(right.encode(), one.encode()) for one in given):
            return message_id
    raise NotSignedIn("the webhook's signature does not fit")


def _signature(message_id: str, timestamp: int, body: bytes, secret: str) -> str:
    signed = f"{message_id}.{timestamp}.".encode() + body
    digest = hmac.new(_key(secret), signed, hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def _key(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error as error:
        raise BadData("a webhook secret is not `whsec_` and base64") from error
