"""Hepsiburada's merchant API: orders by line, packages with their way, claims.

Its dates are Turkish local time without a zone. An order comes as lines; once packed, its package
tells courier and state.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from invekto.connectors.http import Caller, Limiter, Sleep
from invekto.connectors.shapes import MarketClaim, MarketLine, MarketOrder, Page
from invekto.contracts.clock import system_clock
from invekto.errors import ProviderUnavailable

PRODUCTION = "https://oms-external.hepsiburada.com"
STAGE = "https://oms-external-sit.hepsiburada.com"
ZONE = ZoneInfo("Europe/Istanbul")
SIZE = 100
ADDRESS = {"address": "address", "town": "district", "city": "city"}
STATES = {
    "Open": "new", "New": "new", "Unpacked": "preparing", "Packed": "preparing",
    "ReadyToShip": "preparing", "Shipped": "shipped", "InTransit": "shipped",
    "Undelivered": "shipped", "OutForDelivery": "out_for_delivery", "Delivered": "delivered",
    "Cancelled": "cancelled", "CancelledByMerchant": "cancelled",
    "CancelledByCustomer": "cancelled", "Returned": "returned",
}  # fmt: skip


class Hepsiburada:
    """One merchant's account. Every method raises as `Caller.call` does."""

    provider = "hepsiburada"
    window = timedelta(days=14)

    def __init__(
        self, http: httpx.AsyncClient, *, merchant_id: str, password: str,
        base_url: str = PRODUCTION, user_agent: str = "invekto", sleep: Sleep = asyncio.sleep,
    ) -> None:  # fmt: skip
        self._merchant = merchant_id
        self._caller = Caller(
            "Hepsiburada", http, base_url, Limiter(50, 10.0, sleep=sleep),
            httpx.BasicAuth(merchant_id, password), {"User-Agent": user_agent}, sleep=sleep,
        )  # fmt: skip

    async def check(self) -> None:
        """Whether the credentials are right."""
        now = system_clock()
        await self._listed("orders/merchantid", now - timedelta(minutes=1), now, None, size=1)

    async def orders(self, begin: datetime, end: datetime, cursor: str | None) -> Page[MarketOrder]:
        """New orders of a window, then (cursor `p…`) packages that moved in it."""
        if cursor is not None and cursor.startswith("p"):
            answer = await self._listed("packages/merchantid", begin, end, cursor[1:])
            following = _following(answer)
            moved = [_read(_package, row) for row in _items(answer)]
            return Page(moved, f"p{following}" if following else None)
        answer = await self._listed("orders/merchantid", begin, end, cursor)
        lines = [_read(_order, row) for row in _items(answer)]
        return Page(lines, _following(answer) or "p0")

    async def claims(self, begin: datetime, end: datetime, cursor: str | None) -> Page[MarketClaim]:
        """Claims of a window."""
        answer = await self._listed("claims/merchantId", begin, end, cursor)
        rows = [_read(_claim, row) for row in _items(answer)]
        return Page(rows, _following(answer), answer.get("totalCount"))

    async def accept(self, number: str) -> None:
        """Accept a claim."""
        await self._verdict(number, "accept")

    async def reject(self, number: str) -> None:
        """Reject a claim."""
        await self._verdict(number, "reject")

    async def _verdict(self, number: str, verdict: str) -> None:
        await self._caller.call(
            "POST", f"/claims/number/{number}/{verdict}", endpoint="verdict", repeat=False
        )

    async def _listed(
        self, path: str, begin: datetime, end: datetime, cursor: str | None, *, size: int = SIZE
    ) -> Any:
        query = {
            "begindate": _local(begin), "enddate": _local(end), "limit": size,
            "offset": int(cursor or 0),
        }  # fmt: skip
        return await self._caller.call(
            "GET", f"/{path}/{self._merchant}", endpoint=path.partition("/")[0], query=query
        )


def _order(row: dict[str, Any]) -> MarketOrder:
    address = row.get("shippingAddress") or {}
    price = row.get("totalPrice") or {}
    placed = _moment(row["orderDate"])
    state = STATES.get(str(row.get("status")), "new")
    return MarketOrder(
        number=str(row["orderNumber"]),
        package_id=f"line-{row.get('lineItemId') or row['id']}",
        status=state,
        placed_at=placed,
        changed_at=_moment(row.get("lastStatusUpdateDate") or row["orderDate"]),
        total=_money(price.get("amount") or 0),
        currency=price.get("currency") or "TRY",
        lines=(
            MarketLine(
                name=row.get("name") or row.get("productName") or row.get("sku") or "?",
                unit_price=_money((row.get("unitPrice") or {}).get("amount") or 0),
                quantity=int(row.get("quantity") or 1),
                sku=str(row.get("merchantSku") or row.get("sku") or ""),
                cancelled=state == "cancelled",
            ),
        ),
        customer_name=row.get("customerName"),
        customer_phone=address.get("phoneNumber"),
        customer_email=address.get("email"),
        address={ours: address[it] for it, ours in ADDRESS.items() if address.get(it)},
        cancelled_at=placed if state == "cancelled" else None,
    )


def _package(row: dict[str, Any]) -> MarketOrder:
    """A package says how far an order is; what is in it came with the lines."""
    changed = _moment(row["lastStatusUpdateDate"])
    state = STATES.get(str(row.get("status")), "preparing")
    return MarketOrder(
        number=str(row["orderNumber"]),
        package_id=f"way-{row['packageNumber']}",
        status=state,
        placed_at=changed,
        changed_at=changed,
        total=Decimal(0),
        courier=row.get("cargoCompany"),
        tracking_number=row.get("trackingInfoCode") or row.get("barcode"),
        tracking_url=row.get("trackingInfoUrl"),
        shipped_at=changed if state == "shipped" else None,
        delivered_at=changed if state == "delivered" else None,
        cancelled_at=changed if state == "cancelled" else None,
    )


def _claim(row: dict[str, Any]) -> MarketClaim:
    opened = _moment(row["claimDate"])
    return MarketClaim(
        external_id=str(row["claimNumber"]), number=str(row["orderNumber"]),
        status=str(row.get("status") or ""), opened_at=opened, changed_at=opened,
        reason=row.get("explanation") or "",
    )  # fmt: skip


def _read(reader: Any, row: Any) -> Any:
    try:
        return reader(row)
    except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        raise ProviderUnavailable(
            f"Hepsiburada sent something that cannot be read ({type(error).__name__}: {error})"
        ) from error


def _items(answer: Any) -> list[dict[str, Any]]:
    if not isinstance(answer, dict) or not isinstance(answer.get("items"), list):
        raise ProviderUnavailable("Hepsiburada answered a list that has no items: try again later")
    return list(answer["items"])


def _following(answer: dict[str, Any]) -> str | None:
    after = int(answer.get("offset") or 0) + len(_items(answer))
    more = _items(answer) and after < int(answer.get("totalCount") or 0)
    return str(after) if more else None


def _local(moment: datetime) -> str:
    return moment.astimezone(ZONE).strftime("%Y-%m-%dT%H:%M:%S")


def _moment(raw: str) -> datetime:
    read = datetime.fromisoformat(raw)
    return (read if read.tzinfo else read.replace(tzinfo=ZONE)).astimezone(UTC)


def _money(raw: Any) -> Decimal:
    return Decimal(str(raw)).quantize(Decimal("0.01"))
