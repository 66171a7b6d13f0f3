"""A marketplace's packages become orders of ours, whatever order they come in."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from psycopg import AsyncConnection

from invekto.connectors.shapes import MarketLine, MarketOrder
from invekto.errors import BadData
from invekto.intake.values import phone
from invekto.records import catalog, integrations, orders

Conn = AsyncConnection[Any]
PROGRESS = ("new", "preparing", "shipped", "out_for_delivery", "delivered", "returned")
OURS = frozenset({"refund_pending", "refunded"})
"""States that follow on a return here; the marketplace's `returned` does not undo them."""
WAY = ("courier", "tracking_number", "tracking_url")
MOMENTS = ("shipped_at", "delivered_at", "cancelled_at")


async def save_packages(conn: Conn, provider: str, found: Iterable[MarketOrder]) -> int:
    """Store packages; one that is known in this or a newer state changes nothing. An order may
    have several: its lines and total are theirs together, its state the least far of them.
    Returns how many orders changed."""
    by_number: dict[str, list[MarketOrder]] = {}
    for package in found:
        by_number.setdefault(package.number, []).append(package)
    stored = await integrations.marketplace_orders(conn, provider, by_number)
    known = await _variants(conn, by_number.values())
    changed = 0
    for number, packages in by_number.items():
        before = stored.get(number)
        parts = dict(before.data.get("packages", {})) if before else {}
        news = [p for p in packages if _is_new(p, parts.get(p.package_id))]
        for package in sorted(news, key=lambda p: p.changed_at):
            parts[package.package_id] = _part(package)
        if news:
            made = _order(provider, news, before, parts)
            await orders.save_order(conn, made, _items(parts, known))
            changed += 1
    return changed


def _is_new(package: MarketOrder, part: dict[str, Any] | None) -> bool:
    return part is None or datetime.fromisoformat(part["changed"]) < package.changed_at


def _part(package: MarketOrder) -> dict[str, Any]:
    """What is remembered of a package, as JSON."""
    told = {name: getattr(package, name) for name in (*WAY, *MOMENTS)}
    return {
        "changed": package.changed_at.isoformat(),
        "status": package.status,
        "total": str(package.total),
        "discount": str(package.discount),
        "lines": [_line(line) for line in package.lines],
        **{k: v.isoformat() if isinstance(v, datetime) else v for k, v in told.items() if v},
    }


def _line(line: MarketLine) -> dict[str, Any]:
    return {
        "name": line.name, "price": str(line.unit_price), "quantity": line.quantity,
        "sku": line.sku, "barcode": line.barcode, "size": line.size, "colour": line.colour,
        "cancelled": line.cancelled,
    }  # fmt: skip


def _order(
    provider: str, news: list[MarketOrder], before: orders.Order | None, parts: dict[str, Any]
) -> orders.Order:
    newest = max(news, key=lambda p: p.changed_at)
    base = before or orders.Order(
        order_id=f"{provider}-{newest.number}", number=newest.number, provider=provider,
        status="new", placed_at=newest.placed_at, total=Decimal(0), currency=newest.currency,
    )  # fmt: skip
    told = next((p for p in news if p.lines), None)
    if told is not None:
        base = replace(base, placed_at=told.placed_at, currency=told.currency, **_person(told))
    status = _status(parts)
    latest = sorted(parts.values(), key=lambda part: datetime.fromisoformat(part["changed"]))
    way = {name: part[name] for part in latest for name in WAY if part.get(name)}
    moments: dict[str, Any] = {
        name: datetime.fromisoformat(part[name])
        for part in latest
        for name in MOMENTS
        if part.get(name)
    }
    if status != "cancelled":
        moments.pop("cancelled_at", None)
    if status not in ("delivered", "returned"):
        moments.pop("delivered_at", None)
    promised = newest.promised_until
    return replace(
        base,
        status=base.status if base.status in OURS and status == "returned" else status,
        total=sum((Decimal(part["total"]) for part in parts.values()), Decimal(0)),
        discount=sum((Decimal(part["discount"]) for part in parts.values()), Decimal(0)),
        promised_until=promised.date() if promised else base.promised_until,
        synced_at=max(datetime.fromisoformat(part["changed"]) for part in parts.values()),
        data={**base.data, "packages": parts},
        **way,
        **moments,
    )


def _person(package: MarketOrder) -> dict[str, Any]:
    number = None
    if package.customer_phone:
        with suppress(BadData):
            number = phone(package.customer_phone)
    told = {
        "customer_name": package.customer_name, "customer_phone": number,
        "customer_email": package.customer_email, "postcode": package.postcode,
        "address": package.address,
    }  # fmt: skip
    return {name: value for name, value in told.items() if value}


def _status(parts: dict[str, Any]) -> str:
    """The least far of the packages that are not cancelled; packages on their way count before
    the lines they hold."""
    ways = [part for ident, part in parts.items() if ident.startswith("way-")]
    states = {part["status"] for part in ways or parts.values()} - {"cancelled"}
    return min(states, key=PROGRESS.index) if states else "cancelled"


def _items(parts: dict[str, Any], known: dict[str, catalog.Variant]) -> list[orders.Item]:
    lines = [line for ident in sorted(parts) for line in parts[ident]["lines"]]
    made = []
    for number, line in enumerate(lines, 1):
        variant = known.get(line["sku"]) or known.get(line["barcode"])
        made.append(
            orders.Item(
                line=number, name=line["name"], unit_price=Decimal(line["price"]),
                quantity=line["quantity"], sku=line["sku"], size=line["size"],
                colour=line["colour"], product_id=variant.product_id if variant else None,
                variant_id=variant.variant_id if variant else None,
                status="cancelled" if line["cancelled"] else "ordered",
            )
        )  # fmt: skip
    return made


async def _variants(
    conn: Conn, packages: Iterable[list[MarketOrder]]
) -> dict[str, catalog.Variant]:
    """Our variants by sku and barcode, where an order needs them."""
    if not any(p.lines for group in packages for p in group):
        return {}
    listed = await catalog.listings(conn)
    variants = await catalog.variants(conn, [p.product_id for p in listed])
    return {v.barcode: v for v in variants if v.barcode} | {v.sku: v for v in variants}
