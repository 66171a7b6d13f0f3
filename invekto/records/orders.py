"""Orders of every source with their items."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from invekto.contracts.ids import new_id
from invekto.errors import NotFound

Conn = AsyncConnection[Any]


@dataclass(frozen=True, slots=True)
class Item:
    """One line of an order."""

    line: int
    name: str
    unit_price: Decimal
    quantity: int = 1
    product_id: str | None = None
    variant_id: str | None = None
    sku: str = ""
    size: str = ""
    colour: str = ""
    status: str = "ordered"


@dataclass(frozen=True, slots=True)
class Order:
    """`number_key` is the number as `key_of` folds it; `customer_phone` is E.164."""

    order_id: str
    number: str
    provider: str
    status: str
    placed_at: datetime
    total: Decimal
    currency: str = "TRY"
    external_id: str | None = None
    contact_id: str | None = None
    customer_name: str | None = None
    customer_phone: str | None = None
    customer_email: str | None = None
    postcode: str | None = None
    address: dict[str, Any] = field(default_factory=dict)
    promised_from: date | None = None
    promised_until: date | None = None
    shipped_at: datetime | None = None
    delivered_at: datetime | None = None
    cancelled_at: datetime | None = None
    courier: str | None = None
    tracking_number: str | None = None
    tracking_url: str | None = None
    tracking_note: str | None = None
    payment_method: str | None = None
    paid: bool = True
    subtotal: Decimal | None = None
    shipping_fee: Decimal = Decimal(0)
    discount: Decimal = Decimal(0)
    refund_amount: Decimal | None = None
    refund_started: date | None = None
    refund_expected: date | None = None
    refunded_at: datetime | None = None
    invoice_number: str | None = None
    invoice_url: str | None = None
    delivery_note: str | None = None
    data: dict[str, Any] = field(default_factory=dict)
    synced_at: datetime | None = None


FIELDS = tuple(Order.__dataclass_fields__)
COLUMNS = ", ".join(FIELDS)
ITEM = "line, name, unit_price, quantity, product_id, variant_id, sku, size, colour, status"


def key_of(number: str) -> str:
    """An order number as people may type it, without case, spaces and punctuation."""
    return "".join(c for c in number.upper() if c.isascii() and c.isalnum())


async def by_number(conn: Conn, number: str, *, lock: bool = False) -> list[Order]:
    """Orders with this number, of any marketplace. Bare digits find `NM-10452` by `10452`."""
    key = key_of(number)
    digits = "".join(c for c in key if c.isdigit())
    if len(digits) < 3:
        return []
    async with conn.cursor(row_factory=class_row(Order)) as cur:
        await cur.execute(
            f"""SELECT {COLUMNS} FROM orders WHERE tenant_id = app.current_tenant()
                  AND number_digits = %(digits)s AND %(key)s IN (number_key, number_digits)
                ORDER BY placed_at DESC LIMIT 5"""
            + (" FOR UPDATE" if lock else ""),
            {"key": key, "digits": digits},
        )
        return await cur.fetchall()


async def get_order(conn: Conn, order_id: str, *, lock: bool = False) -> Order:
    """One order; `lock` holds its row until the transaction ends.

    Raises:
        NotFound: no such order for this tenant.
    """
    async with conn.cursor(row_factory=class_row(Order)) as cur:
        await cur.execute(
            f"SELECT {COLUMNS} FROM orders WHERE tenant_id = app.current_tenant() AND order_id = %s"
            + (" FOR UPDATE" if lock else ""),
            (order_id,),
        )
        found = await cur.fetchone()
    if found is None:
        raise NotFound(f"order {order_id} does not exist for this tenant")
    return found


async def recent(
    conn: Conn, *, contact_id: str | None, phone: str | None, limit: int = 5
) -> list[Order]:
    """The latest orders of a contact or of a verified phone (E.164)."""
    async with conn.cursor(row_factory=class_row(Order)) as cur:
        await cur.execute(
            f"""SELECT {COLUMNS} FROM (
                    SELECT * FROM orders WHERE tenant_id = app.current_tenant()
                      AND contact_id = %(contact)s
                    UNION
                    SELECT * FROM orders WHERE tenant_id = app.current_tenant()
                      AND customer_phone = %(phone)s) mine
                ORDER BY placed_at DESC LIMIT %(limit)s""",
            {"contact": contact_id, "phone": phone, "limit": limit},
        )
        return await cur.fetchall()


async def by_tracking(conn: Conn, tracking_number: str) -> list[Order]:
    """Orders with a tracking number."""
    async with conn.cursor(row_factory=class_row(Order)) as cur:
        await cur.execute(
            f"""SELECT {COLUMNS} FROM orders WHERE tenant_id = app.current_tenant()
                  AND tracking_number = %s LIMIT 5""",
            (tracking_number,),
        )
        return await cur.fetchall()


async def items(conn: Conn, order_ids: Iterable[str]) -> dict[str, list[Item]]:
    """The lines of the orders, by order id."""
    ids = list(order_ids)
    if not ids:
        return {}
    rows = await conn.execute(
        f"""SELECT order_id, {ITEM} FROM order_items
            WHERE tenant_id = app.current_tenant() AND order_id = ANY (%s)
            ORDER BY order_id, line""",
        (ids,),
    )
    found: dict[str, list[Item]] = {order_id: [] for order_id in ids}
    for order_id, *values in await rows.fetchall():
        found[order_id].append(Item(*values))
    return found


async def save_order(conn: Conn, order: Order, lines: Iterable[Item]) -> str:
    """Create or update an order by provider and number with exactly these lines; returns its id.
    An update that is older than what is stored (`synced_at`) changes nothing."""
    values = {name: getattr(order, name) for name in FIELDS}
    values |= {"address": Jsonb(order.address), "data": Jsonb(order.data)}
    values |= {"number_key": key_of(order.number)}
    names = ", ".join(values)
    changed = ", ".join(
        f"{n} = excluded.{n}" for n in values if n not in ("order_id", "contact_id")
    )
    row = await (
        await conn.execute(
            f"""INSERT INTO orders AS o ({names}) VALUES ({", ".join(f"%({n})s" for n in values)})
                ON CONFLICT (tenant_id, provider, number) DO UPDATE SET {changed},
                    contact_id = coalesce(excluded.contact_id, o.contact_id), updated_at = now()
                WHERE o.synced_at IS NULL OR excluded.synced_at IS NULL
                   OR excluded.synced_at >= o.synced_at
                RETURNING order_id""",
            values,
        )
    ).fetchone()
    if row is None:
        found = await conn.execute(
            """SELECT order_id FROM orders WHERE tenant_id = app.current_tenant()
               AND provider = %s AND number = %s""",
            (order.provider, order.number),
        )
        stored = await found.fetchone()
        return str(stored[0])  # type: ignore[index]
    order_id = str(row[0])
    await _save_items(conn, order_id, list(lines))
    return order_id


async def _save_items(conn: Conn, order_id: str, lines: list[Item]) -> None:
    await conn.execute(
        "DELETE FROM order_items WHERE tenant_id = app.current_tenant() AND order_id = %s",
        (order_id,),
    )
    async with conn.cursor() as cur:
        await cur.executemany(
            f"""INSERT INTO order_items (order_id, {ITEM})
                VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)""",
            [
                (
                    order_id, i.line, i.name, i.unit_price, i.quantity, i.product_id,
                    i.variant_id, i.sku, i.size, i.colour, i.status,
                )
                for i in lines
            ],
        )  # fmt: skip


async def set_status(conn: Conn, order_id: str, status: str, now: datetime, **more: Any) -> None:
    """Change an order's status and other columns of the same row."""
    extra = "".join(f", {name} = %({name})s" for name in more if name in FIELDS)
    await conn.execute(
        f"""UPDATE orders SET status = %(status)s, updated_at = %(now)s{extra}
            WHERE tenant_id = app.current_tenant() AND order_id = %(id)s""",
        {"status": status, "now": now, "id": order_id, **more},
    )


async def failed_proofs(conn: Conn, contact_id: str, reference: str, since: datetime) -> int:
    """How often a second factor did not fit: by this contact, or by anybody for this order."""
    row = await (
        await conn.execute(
            """SELECT count(*) FROM identity_attempts
               WHERE tenant_id = app.current_tenant() AND (contact_id = %s OR reference = %s)
                 AND at > %s""",
            (contact_id, reference, since),
        )
    ).fetchone()
    return int(row[0])  # type: ignore[index]


async def note_failed_proof(conn: Conn, contact_id: str, reference: str, now: datetime) -> None:
    """Count one that did not fit."""
    await conn.execute(
        """INSERT INTO identity_attempts (attempt_id, contact_id, reference, at)
           VALUES (%s, %s, %s, %s)""",
        (new_id("try"), contact_id, reference[:60], now),
    )
