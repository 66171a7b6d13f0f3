"""Hepsiburada's merchant API as documented: [V] read in documents, [M] from memory, to be checked.

- [V] Basic auth and merchantId (GUID); User-Agent required. [M] without one: 403.
- [V] `/orders/merchantid/{id}`, `/packages/merchantid/{id}`, `/claims/merchantId/{id}` (`limit`
  required), `POST /claims/number/{n}/accept|reject`.
- [M] Lists answer `totalCount`, `limit`, `offset`, `items`; one item is one line of an order;
  dates are Turkish local time without a zone. [M] Windows are `begindate`, `enddate`.
- [V] Limits are unpublished. [M] 429 beyond them.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.doubles.faults import Trouble

MERCHANT, PASSWORD = "8d3c7a2e-0f4b-4d3a-9d0e-2b1c5a6f7e80", "a-service-key"


@dataclass
class Hepsiburada:
    """One merchant's shop."""

    lines: list[dict[str, Any]] = field(default_factory=list)
    packages: list[dict[str, Any]] = field(default_factory=list)
    claims: list[dict[str, Any]] = field(default_factory=list)
    trouble: Trouble = field(default_factory=lambda: Trouble(per=(100, 10.0)))

    @property
    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/orders/merchantid/{merchant}", self._orders),
                Route("/packages/merchantid/{merchant}", self._packages),
                Route("/claims/merchantId/{merchant}", self._claims),
                Route("/claims/number/{number}/{verdict}", self._verdict, methods=["POST"]),
            ]
        )

    async def _door(self, request: Request, endpoint: str) -> Response | None:
        if request.headers.get("user-agent", "").startswith("python-httpx"):
            return JSONResponse({"message": "User-Agent required"}, 403)
        token = base64.b64encode(f"{MERCHANT}:{PASSWORD}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {token}":
            return JSONResponse({"message": "unauthorized"}, 401)
        return await self.trouble.strike(endpoint)

    async def _orders(self, request: Request) -> Response:
        if refused := await self._door(request, "orders"):
            return refused
        return self._listed(request, self.lines, "orderDate")

    async def _packages(self, request: Request) -> Response:
        if refused := await self._door(request, "packages"):
            return refused
        return self._listed(request, self.packages, "lastStatusUpdateDate")

    async def _claims(self, request: Request) -> Response:
        if refused := await self._door(request, "claims"):
            return refused
        if "limit" not in request.query_params:
            return JSONResponse({"message": "limit is required"}, 400)
        return self._listed(request, self.claims, "claimDate")

    def _listed(self, request: Request, rows: list[dict[str, Any]], moment: str) -> JSONResponse:
        query = request.query_params
        begin, end = query.get("begindate", ""), query.get("enddate", "9")
        found = sorted((r for r in rows if begin <= r[moment] <= end), key=lambda r: r[moment])
        limit, offset = int(query.get("limit", 10)), int(query.get("offset", 0))
        return JSONResponse(
            {"totalCount": len(found), "limit": limit, "offset": offset,
             "pageCount": -(-len(found) // limit), "items": found[offset : offset + limit]}
        )  # fmt: skip

    async def _verdict(self, request: Request) -> Response:
        if refused := await self._door(request, "verdict"):
            return refused
        number = request.path_params["number"]
        found = next((c for c in self.claims if c["claimNumber"] == number), None)
        if found is None:
            return JSONResponse({"message": "claim not found"}, 404)
        found["status"] = {"accept": "Accepted", "reject": "Rejected"}[
            request.path_params["verdict"]
        ]
        return JSONResponse({})


def line(number: str, placed: str, *, ident: str, status: str = "Open") -> dict[str, Any]:
    """One line of an order; `placed` is local, `2026-11-24T14:05:00`."""
    return {
        "id": ident, "lineItemId": ident, "orderNumber": number, "orderDate": placed,
        "status": status, "sku": "HBV1", "merchantSku": "GML-M-MV", "name": "Keten Gömlek",
        "quantity": 1, "unitPrice": {"amount": 250.0, "currency": "TRY"},
        "totalPrice": {"amount": 250.0, "currency": "TRY"}, "customerName": "Ayşe Yılmaz",
        "shippingAddress": {"address": "Kasım Sok. 14", "city": "İstanbul", "town": "Güngören",
                            "phoneNumber": "05321112233", "email": "a@example.com"},
        "dueDate": placed,
    }  # fmt: skip


def shipped(number: str, changed: str, status: str = "InTransit", **more: Any) -> dict[str, Any]:
    """A package of an order."""
    return {
        "packageNumber": f"P{number}", "orderNumber": number, "lastStatusUpdateDate": changed,
        "status": status, "cargoCompany": "hepsiJET", "barcode": f"HB{number}", **more,
    }  # fmt: skip


def claim(number: str, order: str, opened: str) -> dict[str, Any]:
    """A claim."""
    return {
        "claimNumber": number, "orderNumber": order, "claimDate": opened, "status": "NewRequest",
        "claimType": "Return", "explanation": "Beden uymadı", "sku": "HBV1", "quantity": 1,
    }  # fmt: skip
