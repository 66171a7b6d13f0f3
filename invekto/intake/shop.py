"""A shop's catalogue, customers and orders from its folder."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from psycopg import AsyncConnection

from invekto.intake.moments import Today
from invekto.intake.people import contact_id
from invekto.records import catalog, orders
from invekto.text.normalise import fold

Conn = AsyncConnection[Any]


async def load_products(conn: Conn, rows: Iterable[dict[str, Any]], today: Today) -> int:
    """Products with exactly their variants, and what goes with what."""
    rows = list(rows)
    for row in rows:
        await catalog.save_product(conn, product(row), variants(row, today))
    for row in rows:
        for place, other in enumerate(row.get("complements", ())):
            await catalog.save_rule(
                conn,
                f"{row['id']}+{other}",
                trigger_product_id=row["id"],
                offer_product_id=other,
                rule_type="cross_sell",
                priority=10 - place,
            )
    return len(rows)


def product(row: dict[str, Any]) -> catalog.Product:
    """One catalogue entry."""
    attributes = {**row.get("attributes", {})}
    if "gender" in row:
        attributes["gender"] = row["gender"]
    names, descriptions = row["name"], row.get("description", {})
    words = [*names.values(), row["category"], *row.get("tags", ()), *map(str, attributes.values())]
    return catalog.Product(
        product_id=row["id"],
        sku=row["sku"],
        name=names["tr"],
        names=names,
        price=Decimal(str(row["price"])),
        category=row["category"],
        description=descriptions.get("tr", ""),
        descriptions=descriptions,
        attributes=attributes,
        tags=list(row.get("tags", ())),
        margin_tier=row.get("margin", "medium"),
        search_text=fold(" ".join(words)),
    )


def variants(row: dict[str, Any], today: Today) -> list[catalog.Variant]:
    """The sizes and colours of a product."""
    return [
        catalog.Variant(
            variant_id=v["sku"],
            product_id=row["id"],
            sku=v["sku"],
            size=str(v.get("size", "")),
            colour=v.get("colour", ""),
            price=Decimal(str(v["price"])) if "price" in v else None,
            stock_qty=v.get("stock", 0),
            barcode=v.get("barcode"),
            back_on=today.day(v.get("back_in_days")),
            position=place,
        )
        for place, v in enumerate(row.get("variants", ()))
    ]


async def load_orders(
    conn: Conn,
    rows: Iterable[dict[str, Any]],
    customers: dict[str, dict[str, Any]],
    products: dict[str, dict[str, Any]],
    today: Today,
) -> int:
    """Orders by provider and number; an order that exists is brought up to date."""
    count = 0
    for row in rows:
        customer = customers[row["customer"]]
        await orders.save_order(conn, order(row, customer, today), lines(row, products))
        count += 1
    return count


def order(row: dict[str, Any], customer: dict[str, Any], today: Today) -> orders.Order:
    """One order with its customer's address."""
    refund = row.get("refund") or {}
    promised = row.get("promised") or [None, None]
    placed = today.moment(row["placed"])
    assert placed is not None
    return orders.Order(
        order_id=f"{row['marketplace']}-{row['number']}",
        number=row["number"],
        provider=row["marketplace"],
        status=row["status"],
        placed_at=placed,
        total=_money(row["total"]) or Decimal(0),
        contact_id=contact_id(customer["phone"]),
        customer_name=customer["name"],
        customer_phone=customer["phone"],
        customer_email=customer.get("email"),
        postcode=customer.get("postcode"),
        address={k: customer[k] for k in ("address", "district", "city") if k in customer},
        promised_from=today.day(promised[0]),
        promised_until=today.day(promised[1]),
        shipped_at=today.moment(row.get("shipped")),
        delivered_at=today.moment(row.get("delivered")),
        cancelled_at=today.moment(row.get("cancelled")),
        courier=row.get("courier"),
        tracking_number=row.get("tracking_number"),
        tracking_url=row.get("tracking_url"),
        tracking_note=row.get("tracking_note"),
        payment_method=row.get("payment"),
        paid=row.get("paid", True),
        subtotal=_money(row.get("subtotal")),
        shipping_fee=_money(row.get("shipping_fee")) or Decimal(0),
        discount=_money(row.get("discount")) or Decimal(0),
        refund_amount=_money(refund.get("amount")),
        refund_started=today.day(refund.get("started")),
        refund_expected=today.day(refund.get("expected")),
        refunded_at=today.moment({"day": refund["done"]})
        if refund.get("done") is not None
        else None,
        invoice_number=_invoice(row).get("number"),
        invoice_url=_invoice(row).get("url"),
        delivery_note=row.get("delivery_note"),
        data={k: row[k] for k in ("problem", "coupon", "instalments") if k in row},
    )


def lines(row: dict[str, Any], products: dict[str, dict[str, Any]]) -> list[orders.Item]:
    """The lines of an order, named as the catalogue names them."""
    items = []
    for number, item in enumerate(row["items"], 1):
        entry = products[item["product"]]
        variant: dict[str, Any] = next(
            (v for v in entry["variants"] if v["sku"] == item["sku"]), {}
        )
        items.append(
            orders.Item(
                line=number,
                name=entry["name"]["tr"],
                unit_price=Decimal(str(item["unit_price"])),
                quantity=item.get("quantity", 1),
                product_id=item["product"],
                variant_id=item["sku"],
                sku=item["sku"],
                size=str(variant.get("size", "")),
                colour=variant.get("colour", ""),
            )
        )
    return items


def _money(raw: Any) -> Decimal | None:
    return None if raw is None else Decimal(str(raw))


def _invoice(row: dict[str, Any]) -> dict[str, Any]:
    invoice = row.get("invoice")
    return invoice if isinstance(invoice, dict) else {"number": invoice}
