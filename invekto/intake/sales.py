"""Rows that become orders: one row an order, or one row a line of it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from invekto.errors import BadData
from invekto.intake import values
from invekto.intake.desk import Desk, Line, by_name, grouped, outcome
from invekto.records import catalog, orders
from invekto.text.normalise import fold

TEXTS = {
    "customer": "customer_name", "email": "customer_email", "postcode": "postcode",
    "courier": "courier", "tracking": "tracking_number", "payment": "payment_method",
    "invoice": "invoice_number", "invoice_url": "invoice_url", "note": "delivery_note",
}  # fmt: skip
MOMENTS = {"shipped": "shipped_at", "delivered": "delivered_at"}


async def put_orders(desk: Desk, lines: list[Line]) -> None:
    """Orders by marketplace and number. What a list does not tell stays as it is."""
    products = await catalog.products(desk.conn)
    variants = await catalog.variants(desk.conn, [p.product_id for p in products])
    desk.known = {
        "id": {p.product_id: p for p in products},
        "variant": {v.sku: v for v in variants} | {v.barcode: v for v in variants if v.barcode},
        "product": {p.sku: p for p in products} | by_name(products, lambda p: p.names.values()),
    }
    groups = grouped(
        lines, lambda line: f"{desk.text(line, 'marketplace')}/{desk.text(line, 'number')}"
    )
    await desk.each(groups, lambda group: _order(desk, group))


async def _order(desk: Desk, group: list[Line]) -> str:
    line = Line(group[0].number, {k: v for one in reversed(group) for k, v in one.cells.items()})
    number = desk.needed(line, "number")
    if len(orders.key_of(number)) < 3:
        raise BadData(f"{number!r} is too short for an order number", column="number")
    provider = desk.word(line, "marketplace", "marketplace", "own")
    before = await _stored(desk, provider, number)
    old = (await orders.items(desk.conn, [before.order_id]))[before.order_id] if before else []
    alone = len(group) == 1
    told = any({"product", "sku"} & set(one.cells) for one in group)
    items = [_item(desk, one, n, alone=alone) for n, one in enumerate(group, 1)] if told else old
    made = _made(desk, line, provider, number, before, items)
    result = outcome((before, old) if before else None, (made, items))
    if result != "unchanged":
        await orders.save_order(desk.conn, made, items)
    return result


async def _stored(desk: Desk, provider: str, number: str) -> orders.Order | None:
    found = await orders.by_number(desk.conn, number)
    return next((o for o in found if (o.provider, o.number) == (provider, number)), None)


def _made(
    desk: Desk, line: Line, provider: str, number: str, before: orders.Order | None,
    items: list[orders.Item],
) -> orders.Order:  # fmt: skip
    given: dict[str, Any] = {
        target: desk.text(line, name) for name, target in TEXTS.items() if name in line.cells
    }
    for name, target in MOMENTS.items():
        if name in line.cells:
            given[target] = desk.moment(line, name)
    if "promised" in line.cells:
        given["promised_until"] = desk.day(line, "promised")
    if "phone" in line.cells:
        given["customer_phone"] = desk.phone(line)
    address = {k: desk.text(line, k) for k in ("address", "district", "city") if k in line.cells}
    if address:
        given["address"] = {**(before.address if before else {}), **address}
    if "paid" in line.cells:
        given["paid"] = desk.read(line, "paid", values.flag, True)
    for name in ("shipping_fee", "discount"):
        amount = desk.money(line, name)
        if amount is not None:
            given[name] = amount.low
    status = desk.word(line, "status", "order_status", before.status if before else "new")
    given |= {"status": status, "total": _total(desk, line, before, items, given)}
    if before is not None:
        return replace(before, **given)
    placed = desk.moment(line, "placed", "time")
    if placed is None:
        raise BadData("a new order needs its date", column="placed")
    told = desk.text(line, "currency")
    return orders.Order(
        order_id=f"{provider}-{number}", number=number, provider=provider, placed_at=placed,
        currency=values.CURRENCIES.get(fold(told), desk.currency), **given,
    )  # fmt: skip


def _total(
    desk: Desk, line: Line, before: orders.Order | None, items: list[orders.Item],
    given: dict[str, Any],
) -> Decimal:  # fmt: skip
    total = desk.money(line, "total")
    if total is not None:
        return total.low
    if before is not None:
        return before.total
    if not items:
        raise BadData("a new order needs its total, or its lines with prices", column="total")
    summed: Decimal = sum((i.unit_price * i.quantity for i in items), Decimal(0))
    summed += given.get("shipping_fee", Decimal(0))
    summed -= given.get("discount", Decimal(0))
    desk.guess("an order without a total costs the sum of its lines")(f"{summed}")
    return max(summed, Decimal(0))


def _item(desk: Desk, line: Line, number: int, *, alone: bool) -> orders.Item:
    sku, name = desk.text(line, "sku"), desk.text(line, "product")
    variant = desk.known["variant"].get(sku)
    product: catalog.Product | None = (
        desk.known["id"].get(variant.product_id) if variant else desk.known["product"].get(sku)
    ) or desk.known["product"].get(fold(name))
    price = desk.money(line, "unit_price")
    quantity = desk.read(line, "quantity", values.whole, 1)
    if quantity < 1:
        raise BadData("must be at least 1", column="quantity")
    if price is None and product is None and alone:
        total = desk.money(line, "total")
        if total is not None:
            each = (total.low / quantity).quantize(Decimal("0.01"))
            desk.guess("a line's price is the order's total by its quantity")(f"{each}")
            price = values.Amount(each, each)
    if price is None and product is None:
        raise BadData("the price of a line is needed", column="unit_price")
    paid = price.low if price else product.price if product else Decimal(0)
    return orders.Item(
        line=number,
        name=name or (product.name if product else sku),
        unit_price=paid,
        quantity=quantity,
        product_id=product.product_id if product else None,
        variant_id=variant.variant_id if variant else None,
        sku=sku or (variant.sku if variant else ""),
        size=desk.text(line, "size", variant.size if variant else ""),
        colour=desk.text(line, "colour", variant.colour if variant else ""),
    )
