"""Trendyol's seller API: orders, claims, questions, stock.

Traps: `orderDate` is milliseconds of Turkish wall-clock time, three hours ahead of the moment it
means, while `createdDate` and `lastModifiedDate` are true; windows end after 14 days; without its
own User-Agent every request is forbidden; a question can be answered once.
"""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx

from invekto.connectors.http import Caller, Limiter, Sleep
from invekto.connectors.shapes import (
    MarketClaim,
    MarketLine,
    MarketOrder,
    MarketQuestion,
    MarketStock,
    Page,
)
from invekto.contracts.clock import system_clock
from invekto.errors import BadRequest, ProviderUnavailable

PRODUCTION, STAGE = "https://apigw.trendyol.com", "https://stageapigw.trendyol.com"
WINDOW = timedelta(days=14)
AHEAD = timedelta(hours=3)
SIZE = 200
ANSWER = (10, 2000)
ADDRESS = {"address1": "address", "district": "district", "city": "city"}
STATES = {
    "Awaiting": "new", "Created": "new", "Picking": "preparing", "Invoiced": "preparing",
    "Repack": "preparing", "Shipped": "shipped", "AtCollectionPoint": "out_for_delivery",
    "Delivered": "delivered", "UnDelivered": "shipped", "Returned": "returned",
    "Cancelled": "cancelled", "UnSupplied": "cancelled", "UnPacked": "preparing",
}  # fmt: skip


class Trendyol:
    """One seller's account. Every method raises as `Caller.call` does."""

    provider = "trendyol"
    window = WINDOW

    def __init__(
        self, http: httpx.AsyncClient, *, seller_id: str, key: str, secret: str,
        base_url: str = PRODUCTION, integrator: str = "SelfIntegration",
        sleep: Sleep = asyncio.sleep,
    ) -> None:  # fmt: skip
        self._seller = seller_id
        self._caller = Caller(
            "Trendyol", http, base_url, Limiter(50, 10.0, sleep=sleep),
            httpx.BasicAuth(key, secret), {"User-Agent": f"{seller_id} - {integrator}"},
            sleep=sleep,
        )  # fmt: skip

    async def check(self) -> None:
        """Whether the credentials are right."""
        now = system_clock()
        await self.orders(now - timedelta(minutes=1), now, None, size=1)

    async def orders(
        self, begin: datetime, end: datetime, cursor: str | None, *, size: int = SIZE
    ) -> Page[MarketOrder]:
        """Packages that changed in a window of at most 14 days, oldest change first."""
        query: dict[str, Any] = {
            "lastModifiedStartDate": _ms(begin), "lastModifiedEndDate": _ms(end), "size": size,
        }  # fmt: skip
        if cursor:
            query["nextCursor"] = cursor
        answer = await self._get("order", "orders/stream", query, "orders")
        following = answer.get("nextCursor") if answer.get("hasMore") else None
        return Page([package(row) for row in _content(answer)], following)

    async def claims(self, begin: datetime, end: datetime, cursor: str | None) -> Page[MarketClaim]:
        """Claims that changed in a window."""
        query = {"startDate": _ms(begin), "endDate": _ms(end)}
        answer = await self._paged("order", "claims", query, cursor)
        return Page([_claim(row) for row in _content(answer)], *_following(answer))

    async def questions(
        self, begin: datetime, end: datetime, cursor: str | None
    ) -> Page[MarketQuestion]:
        """Questions that were asked in a window of at most 14 days."""
        query = {"startDate": _ms(begin), "endDate": _ms(end)}
        answer = await self._paged("qna", "questions/filter", query, cursor)
        return Page([_question(row) for row in _content(answer)], *_following(answer))

    async def stock(self, cursor: str | None) -> Page[MarketStock]:
        """What is on stock of every product."""
        answer = await self._paged("product", "products", {}, cursor)
        rows = [_stock(row) for row in _content(answer)]
        return Page(rows, *_following(answer))

    async def approve(self, claim_id: str, items: tuple[str, ...]) -> None:
        """Accept a claim's items; the marketplace refunds."""
        body = json.dumps({"claimLineItemIdList": list(items), "params": {}}).encode()
        await self._send("PUT", "order", f"claims/{claim_id}/items/approve", body, "approve")

    async def answer(self, question_id: str, text: str) -> None:
        """Answer a question, once and for all.

        Raises:
            BadRequest: 10 to 2,000 characters, or it is answered already.
        """
        if not ANSWER[0] <= len(text) <= ANSWER[1]:
            raise BadRequest(f"an answer on Trendyol has 10 to 2,000 characters, not {len(text)}")
        body = json.dumps({"text": text}).encode()
        await self._send("POST", "qna", f"questions/{question_id}/answers", body, "answers")

    async def _paged(self, room: str, path: str, query: dict[str, Any], cursor: str | None) -> Any:
        full = {**query, "page": int(cursor or 0), "size": SIZE}
        return await self._get(room, path, full, path.partition("/")[0])

    async def _get(self, room: str, path: str, query: dict[str, Any], endpoint: str) -> Any:
        return await self._caller.call(
            "GET", f"/integration/{room}/sellers/{self._seller}/{path}", endpoint=endpoint,
            query=query,
        )  # fmt: skip

    async def _send(self, method: str, room: str, path: str, body: bytes, endpoint: str) -> None:
        await self._caller.call(
            method, f"/integration/{room}/sellers/{self._seller}/{path}", endpoint=endpoint,
            body=body, headers={"Content-Type": "application/json"}, repeat=False,
        )  # fmt: skip


def package(row: dict[str, Any]) -> MarketOrder:
    """A shipment package as orders and webhooks hold it.

    Raises:
        ProviderUnavailable: it lacks what a package has.
    """
    try:
        return _package(row)
    except (KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise ProviderUnavailable(
            f"Trendyol sent a package that cannot be read ({type(error).__name__}: {error})"
        ) from error


def _package(row: dict[str, Any]) -> MarketOrder:
    state = STATES.get(str(row.get("status") or row.get("shipmentPackageStatus")), "new")
    address = row.get("shipmentAddress") or {}
    changed = _moment(row["lastModifiedDate"])
    history = {h["status"]: _moment(h["createdDate"]) for h in row.get("packageHistories") or ()}
    parts = (row.get("customerFirstName"), row.get("customerLastName"))
    tracking = row.get("cargoTrackingNumber")
    return MarketOrder(
        number=str(row["orderNumber"]),
        package_id=str(row.get("shipmentPackageId") or row["id"]),
        status=state,
        placed_at=_moment(row["orderDate"]) - AHEAD,
        changed_at=changed,
        total=_money(row["totalPrice"]),
        lines=tuple(_line(line) for line in row["lines"]),
        currency=row.get("currencyCode") or "TRY",
        discount=_money(row.get("totalDiscount") or 0),
        customer_name=" ".join(p for p in parts if p) or address.get("fullName"),
        customer_phone=address.get("phone"),
        customer_email=row.get("customerEmail"),
        postcode=address.get("postalCode"),
        address={
            ours: address[theirs]
            for ours, theirs in (
                ("address", "address1"),
                ("district", "district"),
                ("city", "city"),
            )
            if address.get(theirs)
        },
        courier=row.get("cargoProviderName"),
        tracking_number=str(tracking) if tracking else None,
        tracking_url=row.get("cargoTrackingLink"),
        shipped_at=history.get("Shipped") or (changed if state == "shipped" else None),
        delivered_at=history.get("Delivered") or (changed if state == "delivered" else None),
        cancelled_at=changed if state == "cancelled" else None,
        promised_until=_moment(row["estimatedDeliveryEndDate"])
        if row.get("estimatedDeliveryEndDate")
        else None,
    )


def _line(row: dict[str, Any]) -> MarketLine:
    return MarketLine(
        name=row.get("productName") or row.get("merchantSku") or "?",
        unit_price=_money(row.get("price") or row.get("lineUnitPrice") or 0),
        quantity=int(row.get("quantity") or 1),
        sku=str(row.get("merchantSku") or row.get("stockCode") or ""),
        barcode=str(row.get("barcode") or ""),
        size=row.get("productSize") or "",
        colour=row.get("productColor") or "",
        cancelled=row.get("orderLineItemStatusName") in ("Cancelled", "UnSupplied"),
    )


def _claim(row: dict[str, Any]) -> MarketClaim:
    items = [one for item in row.get("items") or () for one in item.get("claimItems") or ()]
    states = {(one.get("claimItemStatus") or {}).get("name", "Created") for one in items}
    reasons = [(one.get("customerClaimItemReason") or {}).get("name", "") for one in items]
    opened = _moment(row["claimDate"])
    return MarketClaim(
        external_id=str(row.get("id") or row["claimId"]),
        number=str(row["orderNumber"]),
        status=states.pop() if len(states) == 1 else "Mixed",
        opened_at=opened,
        changed_at=_moment(row["lastModifiedDate"]) if row.get("lastModifiedDate") else opened,
        reason=next((r for r in reasons if r), ""),
        items=tuple(str(one["id"]) for one in items),
    )


def _question(row: dict[str, Any]) -> MarketQuestion:
    return MarketQuestion(
        external_id=str(row["id"]), product=row.get("productName") or "", question=row["text"],
        asked_at=_moment(row["creationDate"]), status=row.get("status") or "",
        answer=(row.get("answer") or {}).get("text"),
    )  # fmt: skip


def _stock(row: dict[str, Any]) -> MarketStock:
    return MarketStock(
        str(row.get("stockCode") or ""), str(row.get("barcode") or ""),
        max(0, int(row.get("quantity") or 0)),
    )  # fmt: skip


def _content(answer: Any) -> list[dict[str, Any]]:
    if not isinstance(answer, dict) or not isinstance(answer.get("content"), list):
        raise ProviderUnavailable("Trendyol answered a list that has no content: try again later")
    return list(answer["content"])


def _following(answer: Any) -> tuple[str | None, int | None]:
    page, pages = int(answer.get("page") or 0), int(answer.get("totalPages") or 0)
    return (str(page + 1) if page + 1 < pages else None), answer.get("totalElements")


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def _moment(raw: Any) -> datetime:
    return datetime.fromtimestamp(int(raw) / 1000, UTC)


def _money(raw: Any) -> Decimal:
    return Decimal(str(raw)).quantize(Decimal("0.01"))
