"""iyzico Link: a link that can be paid once, and the webhooks that say it was.

Every request is signed: `IYZWSv2 base64("apiKey:…&randomKey:…&signature:…")`, the signature the
hex HMAC-SHA256 of random key, path and body under the secret key. Failures come with HTTP 200 and
`status: failure`. A webhook carries `X-IYZ-SIGNATURE-V3` where the account has that feature.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import httpx

from invekto.connectors.http import Caller, Limiter, Sleep
from invekto.errors import BadData, NotAllowed, NotFound, ProviderUnavailable

UNSOLD = "no-such-link"
PRODUCTION, SANDBOX = "https://api.iyzipay.com", "https://sandbox-api.iyzipay.com"
PRODUCTS = "/v2/iyzilink/products"
REFUSED_KEYS = frozenset({"1000", "1001"})
UNKNOWN = frozenset({"5000"})
SIGNED = ("iyziEventType", "iyziPaymentId", "token", "paymentConversationId", "status")
PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9"
    "awAAAABJRU5ErkJggg=="
)
"""A product needs a picture: one grey point."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link that was made."""

    token: str
    url: str


@dataclass(frozen=True, slots=True)
class Notice:
    """What a webhook says. `signature` None: the account does not sign; ask `sold` instead."""

    token: str
    payment_id: str
    status: str
    event: str
    signature: str | None
    signed: bytes

    @property
    def paid(self) -> bool:
        """Whether money came."""
        return self.status == "SUCCESS"

    @property
    def key(self) -> str:
        """The same for every repetition of one notice."""
        return f"{self.payment_id}:{self.status}"


class Iyzico:
    """One merchant's account. Methods raise ProviderUnavailable when iyzico is down, slow or
    talking nonsense, NotAllowed when it refuses the keys."""

    def __init__(
        self, http: httpx.AsyncClient, *, api_key: str, secret_key: str,
        base_url: str = PRODUCTION, sleep: Sleep = asyncio.sleep,
    ) -> None:  # fmt: skip
        self._api_key, self._secret = api_key, secret_key.encode()
        self._caller = Caller(
            "iyzico", http, base_url, Limiter(20, 1.0, sleep=sleep), attempts=3, sleep=sleep
        )

    async def check(self) -> None:
        """Try the keys: a link that cannot exist is asked for."""
        await self.sold(UNSOLD)

    async def create(
        self, reference: str, title: str, amount: Decimal, currency: str, *, instalments: bool
    ) -> Link:
        """A link for an amount, payable once. Not repeated when its fate is unknown: a second
        one would be payable too.

        Raises:
            BadData: iyzico refuses what was asked for.
        """
        body = {
            "locale": "tr", "conversationId": reference, "name": title[:100],
            "description": title[:250], "price": f"{amount:.2f}", "currencyCode": currency,
            "encodedImageFile": PIXEL, "addressIgnorable": True,
            "installmentRequested": instalments, "stockEnabled": True, "stockCount": 1,
            "flexibleLink": False,
        }  # fmt: skip
        answer = await self._call("POST", PRODUCTS, body, repeat=False)
        data = answer.get("data") or {}
        if not data.get("token") or not data.get("url"):
            raise ProviderUnavailable("iyzico made a link without an address: try again later")
        return Link(str(data["token"]), str(data["url"]))

    async def cancel(self, token: str) -> None:
        """Make a link unusable; one that is unknown is fine."""
        try:
            await self._call("PATCH", f"{PRODUCTS}/{token}/status/PASSIVE", None)
        except NotFound:
            return

    async def sold(self, token: str) -> bool:
        """Whether a link has been paid, as iyzico itself says."""
        try:
            answer = await self._call("GET", f"{PRODUCTS}/{token}", None)
        except NotFound:
            return False
        return int((answer.get("data") or {}).get("soldCount") or 0) > 0

    def genuine(self, notice: Notice) -> bool:
        """Whether a notice is signed with this account's key."""
        wanted = hmac.new(self._secret, self._secret + notice.signed, hashlib.sha256).hexdigest()
        return notice.signature is not None and hmac.compare_digest(
            wanted.encode(), notice.signature.lower().encode()
        )

    async def _call(
        self, method: str, path: str, body: dict[str, Any] | None, *, repeat: bool = True
    ) -> dict[str, Any]:
        content = json.dumps(body, ensure_ascii=False, separators=(",", ":")) if body else ""
        answer = await self._caller.call(
            method, path, endpoint="iyzilink", body=content.encode() or None,
            headers=self._headers(path, content), repeat=repeat,
        )  # fmt: skip
        if not isinstance(answer, dict) or answer.get("status") not in ("success", "failure"):
            raise ProviderUnavailable("iyzico answered something else: try again later")
        if answer["status"] == "failure":
            raise _failure(str(answer.get("errorCode")), str(answer.get("errorMessage")))
        return answer

    def _headers(self, path: str, content: str) -> dict[str, str]:
        random = secrets.token_hex(12)
        said = (random + path + content).encode()
        signature = hmac.new(self._secret, said, hashlib.sha256).hexdigest()
        parts = f"apiKey:{self._api_key}&randomKey:{random}&signature:{signature}"
        packed = base64.b64encode(parts.encode()).decode()
        return {
            "Authorization": f"IYZWSv2 {packed}", "x-iyzi-rnd": random,
            "Content-Type": "application/json", "Accept": "application/json",
        }  # fmt: skip


def _failure(code: str, said: str) -> Exception:
    if code in REFUSED_KEYS:
        return NotAllowed(f"iyzico refuses the keys ({said}): check them in its panel")
    if code in UNKNOWN:
        return NotFound(f"iyzico does not know this link ({said})")
    return BadData(f"iyzico refuses the link ({code}: {said})")


def read_notice(body: bytes, signature: str | None) -> Notice:
    """A webhook as it came.

    Raises:
        BadData: it is none of a hosted page.
    """
    try:
        told = json.loads(body)
        return Notice(
            token=str(told["token"]), payment_id=str(told["iyziPaymentId"]),
            status=str(told["status"]), event=str(told.get("iyziEventType") or ""),
            signature=signature or None,
            signed="".join(str(told.get(name) or "") for name in SIGNED).encode(),
        )  # fmt: skip
    except (ValueError, KeyError, TypeError) as error:
        raise BadData("the webhook is no payment notice of iyzico") from error
