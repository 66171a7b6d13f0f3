"""iyzico Link as documented: [V] read in documents or its clients, [M] from memory, to be checked.

- [V] `POST /v2/iyzilink/products`; `Authorization: IYZWSv2 base64("apiKey:…&randomKey:…&signature:
  …")`, signature = hex HMAC-SHA256(secretKey, randomKey + uriPath + body), `x-iyzi-rnd`.
- [V] Required: name, description, price, currencyCode, encodedImageFile (base64). Answers
  `status`, `data.{token,url,imageUrl}`; failures are HTTP 200 with `status: failure`, [M]
  `errorCode`, `errorMessage`.
- [M] `PATCH /v2/iyzilink/products/{token}/status/PASSIVE` makes a link unusable;
  `GET /v2/iyzilink/products/{token}` tells `data.{soldCount, price, currencyCode}`.
- [V] Webhooks: JSON by POST, repeated every 15 minutes up to three times until 2xx;
  `X-IYZ-SIGNATURE-V3` where the account has it. [M] for hosted pages it is hex HMAC-SHA256(
  secretKey, secretKey + iyziEventType + iyziPaymentId + token + paymentConversationId + status).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
import json
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.doubles.faults import Trouble

API_KEY, SECRET = "sandbox-key", "sandbox-secret"
REQUIRED = ("name", "description", "price", "currencyCode", "encodedImageFile")


@dataclass
class Iyzico:
    """One merchant's links by token."""

    links: dict[str, dict[str, Any]] = field(default_factory=dict)
    trouble: Trouble = field(default_factory=lambda: Trouble(per=(1000, 1.0)))
    _ids: Any = field(default_factory=lambda: itertools.count(1))

    @property
    def app(self) -> Starlette:
        base = "/v2/iyzilink/products"
        return Starlette(
            routes=[
                Route(base, self._create, methods=["POST"]),
                Route(f"{base}/{{token}}", self._show),
                Route(f"{base}/{{token}}/status/{{status}}", self._status, methods=["PATCH"]),
            ]
        )

    async def _door(self, request: Request) -> Response | None:
        body = (await request.body()).decode()
        if not _signed(request, body):
            return _failure("1000", "İmza doğrulanamadı")
        return await self.trouble.strike("iyzilink")

    async def _create(self, request: Request) -> Response:
        if refused := await self._door(request):
            return refused
        body = await request.json()
        missing = next((name for name in REQUIRED if not body.get(name)), None)
        if missing:
            return _failure("11", f"{missing} gönderilmesi zorunludur")
        if float(body["price"]) <= 0:
            return _failure("13", "price geçersiz")
        base64.b64decode(body["encodedImageFile"], validate=True)
        token = f"tok{next(self._ids)}"
        self.links[token] = {**body, "status": "ACTIVE", "soldCount": 0}
        data = {"token": token, "url": f"https://iyzi.link/{token}", "imageUrl": "https://img/x"}
        return _success(data, body.get("conversationId"))

    async def _show(self, request: Request) -> Response:
        if refused := await self._door(request):
            return refused
        found = self.links.get(request.path_params["token"])
        return _success(found) if found else _failure("5000", "kayıt bulunamadı")

    async def _status(self, request: Request) -> Response:
        if refused := await self._door(request):
            return refused
        found = self.links.get(request.path_params["token"])
        if found is None:
            return _failure("5000", "kayıt bulunamadı")
        found["status"] = request.path_params["status"]
        return _success({})

    def paid(
        self, token: str, payment: str = "9001", status: str = "SUCCESS"
    ) -> tuple[bytes, dict[str, str]]:
        """Somebody has paid: the webhook's body and headers."""
        link = self.links[token]
        link["soldCount"] += status == "SUCCESS"
        body = {
            "paymentConversationId": link.get("conversationId", ""), "merchantId": 1,
            "token": token, "status": status, "iyziReferenceCode": f"ref-{payment}",
            "iyziEventType": "CHECKOUT_FORM_AUTH", "iyziEventTime": 1764000000000,
            "iyziPaymentId": payment,
        }  # fmt: skip
        said = SECRET + "".join(
            str(body[k]) for k in
            ("iyziEventType", "iyziPaymentId", "token", "paymentConversationId", "status")
        )  # fmt: skip
        signature = hmac.new(SECRET.encode(), said.encode(), hashlib.sha256).hexdigest()
        return json.dumps(body).encode(), {"x-iyz-signature-v3": signature}


def _signed(request: Request, body: str) -> bool:
    scheme, _, packed = request.headers.get("authorization", "").partition(" ")
    if scheme != "IYZWSv2":
        return False
    parts = dict(p.partition(":")[::2] for p in base64.b64decode(packed).decode().split("&"))
    said = request.headers.get("x-iyzi-rnd", "") + request.url.path + body
    wanted = hmac.new(SECRET.encode(), said.encode(), hashlib.sha256).hexdigest()
    return parts.get("apiKey") == API_KEY and parts.get("signature") == wanted


def _success(data: dict[str, Any], conversation: str | None = None) -> JSONResponse:
    return JSONResponse(
        {"status": "success", "systemTime": 1, "conversationId": conversation, "data": data}
    )


def _failure(code: str, said: str) -> JSONResponse:
    return JSONResponse({"status": "failure", "errorCode": code, "errorMessage": said})
