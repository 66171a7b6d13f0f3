"""Returns that became something else: reason, what was offered, and what it saved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import class_row

Conn = AsyncConnection[Any]


@dataclass(frozen=True, slots=True)
class Deflection:
    """`was_deflected` None: the customer has not decided yet."""

    deflection_id: str
    reason_category: str
    action_taken: str
    contact_id: str | None = None
    conversation_id: str | None = None
    order_id: str | None = None
    request_id: str | None = None
    original_intent: str = "return_request"
    was_deflected: bool | None = None
    coupon_code: str | None = None
    coupon_amount: Decimal | None = None
    exchange_product_id: str | None = None
    saved_revenue: Decimal = Decimal(0)
    currency: str = "TRY"


@dataclass(frozen=True, slots=True)
class Saved:
    """What deflection did in a period."""

    reason_category: str
    offered: int
    deflected: int
    saved_revenue: Decimal
    currency: str


COLUMNS = ", ".join(Deflection.__dataclass_fields__)


async def note(conn: Conn, deflection: Deflection, now: datetime) -> None:
    """Keep what was offered, or how it ended: one row per id."""
    values = {name: getattr(deflection, name) for name in Deflection.__dataclass_fields__}
    changed = ", ".join(f"{n} = excluded.{n}" for n in values if n != "deflection_id")
    await conn.execute(
        f"""INSERT INTO return_deflections ({COLUMNS}, created_at, settled_at)
            VALUES ({", ".join(f"%({n})s" for n in values)}, %(now)s,
                CASE WHEN %(was_deflected)s::boolean IS NOT NULL THEN %(now)s END)
            ON CONFLICT (tenant_id, deflection_id) DO UPDATE SET {changed},
                settled_at = excluded.settled_at""",
        {**values, "now": now},
    )


async def of_order(conn: Conn, order_id: str) -> list[Deflection]:
    """What was offered for an order, oldest first."""
    async with conn.cursor(row_factory=class_row(Deflection)) as cur:
        await cur.execute(
            f"""SELECT {COLUMNS} FROM return_deflections
                WHERE tenant_id = app.current_tenant() AND order_id = %s ORDER BY created_at""",
            (order_id,),
        )
        return await cur.fetchall()


async def saved(conn: Conn, begin: datetime, end: datetime) -> list[Saved]:
    """Offers, deflections and saved revenue by reason."""
    async with conn.cursor(row_factory=class_row(Saved)) as cur:
        await cur.execute(
            """SELECT reason_category, count(*) AS offered,
                      count(*) FILTER (WHERE was_deflected) AS deflected,
                      coalesce(sum(saved_revenue) FILTER (WHERE was_deflected), 0) AS saved_revenue,
                      currency
               FROM return_deflections
               WHERE tenant_id = app.current_tenant() AND created_at >= %s AND created_at < %s
               GROUP BY reason_category, currency ORDER BY 1""",
            (begin, end),
        )
        return await cur.fetchall()
