"""Trendyol's seller API as documented: [V] read in its documents, [M] from memory, to be checked.

- [V] Basic auth key:secret; `User-Agent: "{sellerId} - {Integrator}"` is mandatory, else 403.
- [V] 50 requests / 10 s an endpoint, then 429. [M] with `Retry-After`.
- [V] Orders: size ≤ 200, window ≤ 14 days; the stream answers `hasMore` and `nextCursor` instead
  of page numbers. [M] its path is `…/orders/stream`, its cursor parameter is `nextCursor`.
- [V] `orderDate` is milliseconds of GMT+3 (three hours ahead of the true moment), `createdDate`
  and `lastModifiedDate` are of GMT; packages come by last modification.
- [V] Claims by page; approve by item ids; issue. [M] claim fields.
- [V] Questions; an answer has 10 to 2,000 characters and is given once. [M] question fields.
- [M] Products with stock by page.
- [V] Webhooks carry Basic auth or `x-api-key`, no signature; [M] their body is a package.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.doubles.faults import Trouble

SELLER, KEY, SECRET = "201", "a-key", "a-secret"
HOURS_AHEAD = 3 * 3600 * 1000
WINDOW = 14 * 24 * 3600 * 1000


@dataclass
class Trendyol:
    """One seller's shop."""

    packages: list[dict[str, Any]] = field(default_factory=list)
    claims: list[dict[str, Any]] = field(default_factory=list)
    questions: list[dict[str, Any]] = field(default_factory=list)
    products: list[dict[str, Any]] = field(default_factory=list)
    trouble: Trouble = field(default_factory=Trouble)
    log: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    @property
    def app(self) -> Starlette:
        order, product = "/integration/order/sellers/{seller}", "/integration/product/sellers"
        qna = "/integration/qna/sellers/{seller}/questions"
        return Starlette(
            routes=[
                Route(f"{order}/orders/stream", self._stream),
                Route(f"{order}/orders", self._pages),
                Route(f"{order}/claims", self._claims),
                Route(f"{order}/claims/{{id}}/items/approve", self._approve, methods=["PUT"]),
                Route(f"{order}/claims/{{id}}/issue", self._issue, methods=["POST"]),
                Route(f"{qna}/filter", self._questions),
                Route(f"{qna}/{{id}}/answers", self._answer, methods=["POST"]),
                Route(f"{product}/{{seller}}/products", self._products),
            ]
        )

    async def _door(self, request: Request, endpoint: str) -> Response | None:
        self.log.append((endpoint, dict(request.query_params)))
        if not request.headers.get("user-agent", "").startswith(f"{SELLER} - "):
            return JSONResponse({"message": "forbidden"}, 403)
        token = base64.b64encode(f"{KEY}:{SECRET}".encode()).decode()
        wrong = request.headers.get("authorization") != f"Basic {token}"
        if wrong or request.path_params["seller"] != SELLER:
            return JSONResponse({"exception": "ClientApiAuthenticationException"}, 401)
        return await self.trouble.strike(endpoint)

    async def _stream(self, request: Request) -> Response:
        if refused := await self._door(request, "orders"):
            return refused
        wanted = self._window(request, "lastModifiedStartDate", "lastModifiedEndDate")
        if isinstance(wanted, Response):
            return wanted
        size, found = int(request.query_params.get("size", 50)), wanted
        if cursor := request.query_params.get("nextCursor"):
            after = tuple(json.loads(base64.b64decode(cursor)))
            found = [p for p in found if _place(p) > after]
        page, more = found[:size], len(found) > size
        answer: dict[str, Any] = {"size": size, "hasMore": more, "content": page}
        if more:
            answer["nextCursor"] = base64.b64encode(json.dumps(_place(page[-1])).encode()).decode()
        return JSONResponse(answer)

    async def _pages(self, request: Request) -> Response:
        if refused := await self._door(request, "orders"):
            return refused
        found = self._window(request, "startDate", "endDate")
        if isinstance(found, Response):
            return found
        if number := request.query_params.get("orderNumber"):
            found = [p for p in found if p["orderNumber"] == number]
        return _paged(request, found)

    def _window(self, request: Request, first: str, last: str) -> list[dict[str, Any]] | Response:
        if int(request.query_params.get("size", 50)) > 200:
            return JSONResponse({"message": "size must be at most 200"}, 400)
        begin = int(request.query_params.get(first, 0))
        end = int(request.query_params.get(last, 1 << 60))
        if begin and end - begin > WINDOW:
            return JSONResponse({"message": "at most two weeks"}, 400)
        inside = [p for p in self.packages if begin <= p["lastModifiedDate"] <= end]
        return sorted(inside, key=_place)

    async def _claims(self, request: Request) -> Response:
        if refused := await self._door(request, "claims"):
            return refused
        begin = int(request.query_params.get("startDate", 0))
        end = int(request.query_params.get("endDate", 1 << 60))
        inside = [c for c in self.claims if begin <= c["lastModifiedDate"] <= end]
        return _paged(request, sorted(inside, key=lambda c: c["lastModifiedDate"]))

    async def _approve(self, request: Request) -> Response:
        if refused := await self._door(request, "approve"):
            return refused
        body = await request.json()
        claim = next((c for c in self.claims if c["id"] == request.path_params["id"]), None)
        if claim is None or not body.get("claimLineItemIdList"):
            return JSONResponse({"message": "claim not found"}, 404)
        for item in claim["items"]:
            for one in item["claimItems"]:
                if one["id"] in body["claimLineItemIdList"]:
                    one["claimItemStatus"] = {"name": "Accepted"}
        return JSONResponse({})

    async def _issue(self, request: Request) -> Response:
        if refused := await self._door(request, "issue"):
            return refused
        if not request.query_params.get("claimIssueReasonId"):
            return JSONResponse({"message": "claimIssueReasonId is required"}, 400)
        return JSONResponse({})

    async def _questions(self, request: Request) -> Response:
        if refused := await self._door(request, "questions"):
            return refused
        begin = int(request.query_params.get("startDate", 0))
        end = int(request.query_params.get("endDate", 1 << 60))
        if begin and end - begin > WINDOW:
            return JSONResponse({"message": "at most two weeks"}, 400)
        inside = [q for q in self.questions if begin <= q["creationDate"] <= end]
        return _paged(request, inside)

    async def _answer(self, request: Request) -> Response:
        if refused := await self._door(request, "answers"):
            return refused
        text = (await request.json()).get("text", "")
        asked = next((q for q in self.questions if str(q["id"]) == request.path_params["id"]), None)
        if asked is None:
            return JSONResponse({"message": "question not found"}, 404)
        if not 10 <= len(text) <= 2000 or asked.get("answer"):
            return JSONResponse({"message": "answer is not acceptable"}, 400)
        asked["answer"], asked["status"] = {"text": text}, "ANSWERED"
        return JSONResponse({})

    async def _products(self, request: Request) -> Response:
        if refused := await self._door(request, "products"):
            return refused
        return _paged(request, self.products)


def _place(package: dict[str, Any]) -> tuple[int, int]:
    return package["lastModifiedDate"], package["id"]


def _paged(request: Request, found: list[dict[str, Any]]) -> JSONResponse:
    page, size = (int(request.query_params.get(k, d)) for k, d in (("page", 0), ("size", 50)))
    part = found[page * size : (page + 1) * size]
    pages = -(-len(found) // size)
    return JSONResponse(
        {"totalElements": len(found), "totalPages": pages, "page": page, "size": size,
         "content": part}
    )  # fmt: skip


def package(
    number: str, placed: datetime, *, ident: int, status: str = "Created", changed: datetime | None
    = None, total: float = 250.0, **more: Any,
) -> dict[str, Any]:  # fmt: skip
    """A shipment package of one line; `placed` and `changed` are true moments."""
    moment = round(placed.timestamp() * 1000)
    return {
        "id": ident, "shipmentPackageId": ident, "orderNumber": number,
        "orderDate": moment + HOURS_AHEAD, "createdDate": moment,
        "lastModifiedDate": round((changed or placed).timestamp() * 1000),
        "status": status, "shipmentPackageStatus": status, "currencyCode": "TRY",
        "grossAmount": total, "totalDiscount": 0.0, "totalPrice": total,
        "customerFirstName": "Ayşe", "customerLastName": "Yılmaz",
        "customerEmail": "pf+kqxyz@trendyolmail.com", "cargoProviderName": "Trendyol Express",
        "cargoTrackingNumber": 7340000000000 + ident, "cargoTrackingLink": "https://kargo.example/x",
        "estimatedDeliveryEndDate": moment + 5 * 24 * 3600 * 1000,
        "shipmentAddress": {
            "fullName": "Ayşe Yılmaz", "address1": "Kasım Sok. 14", "district": "Güngören",
            "city": "İstanbul", "postalCode": "34164", "phone": None,
        },
        "lines": [
            {"id": ident * 10, "quantity": 1, "merchantSku": "GML-M-MV", "productName":
             "Keten Gömlek", "productSize": "M", "productColor": "Mavi", "price": total,
             "amount": total, "barcode": "8690000000001", "orderLineItemStatusName": status},
        ],
        "packageHistories": [{"createdDate": moment, "status": status}],
        **more,
    }  # fmt: skip


def claim(number: str, ident: str, opened: datetime, status: str = "Created") -> dict[str, Any]:
    """A return of one item."""
    moment = round(opened.timestamp() * 1000)
    return {
        "id": ident, "claimId": ident, "orderNumber": number, "claimDate": moment,
        "lastModifiedDate": moment, "orderDate": moment,
        "items": [
            {"orderLine": {"id": 1, "productName": "Keten Gömlek", "merchantSku": "GML-M-MV"},
             "claimItems": [{"id": f"{ident}-1", "customerNote": "küçük geldi",
                             "customerClaimItemReason": {"name": "Beden uymadı"},
                             "claimItemStatus": {"name": status}}]},
        ],
    }  # fmt: skip


def question(ident: int, text: str, asked: datetime) -> dict[str, Any]:
    """A question under a product."""
    return {
        "id": ident, "text": text, "creationDate": round(asked.timestamp() * 1000),
        "status": "WAITING_FOR_ANSWER", "productName": "Keten Gömlek", "userName": "A** Y**",
    }  # fmt: skip
