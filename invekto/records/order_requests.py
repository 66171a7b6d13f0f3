"""What customers asked the shop to do with their orders, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from invekto.contracts.ids import new_id
from invekto.errors import Conflict, NotFound

Conn = AsyncConnection[Any]

OPEN = ("requested", "approved", "in_progress")
NEXT: dict[str, tuple[str, ...]] = {
    "requested": ("approved", "in_progress", "done", "rejected", "withdrawn"),
    "approved": ("in_progress", "done", "withdrawn"),
    "in_progress": ("done", "rejected"),
    "done": (),
    "rejected": ("requested",),
    "withdrawn": (),
}
"""State of a request → states it may move to."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a customer asked the shop to do with an order."""

    request_id: str
    order_id: str
    kind: str
    status: str
    reason: str | None
    lines: list[int]
    detail: dict[str, Any]
    amount: Decimal | None
    contact_id: str | None
    conversation_id: str | None
    created_at: datetime
    updated_at: datetime
    resolved_by: str | None = None


@dataclass(frozen=True, slots=True)
class Listed(Request):
    """A request as a person reads it: with the order's number, currency and customer, and the
    names of the items it is about (all of the order's where it names no lines)."""

    number: str = ""
    currency: str = "TRY"
    customer: str = ""
    items: list[str] | None = None


REQUEST = ", ".join(Request.__dataclass_fields__)
LISTED = (
    ", ".join(f"r.{name}" for name in Request.__dataclass_fields__)
    + """, o.number, o.currency, coalesce(o.customer_name, '') AS customer, ARRAY(
        SELECT concat_ws(' ', i.name, nullif(i.size, ''), nullif(i.colour, ''), '×' || i.quantity)
        FROM order_items i WHERE i.tenant_id = r.tenant_id AND i.order_id = r.order_id
          AND (r.lines = '{}' OR i.line = ANY (r.lines)) ORDER BY i.line) AS items
    FROM order_requests r JOIN orders o USING (tenant_id, order_id)"""
)


async def requests_of(conn: Conn, order_ids: Iterable[str]) -> list[Request]:
    """What was asked for these orders, oldest first."""
    ids = list(order_ids)
    if not ids:
        return []
    async with conn.cursor(row_factory=class_row(Request)) as cur:
        await cur.execute(
            f"""SELECT {REQUEST} FROM order_requests
                WHERE tenant_id = app.current_tenant() AND order_id = ANY (%s)
                ORDER BY created_at""",
            (ids,),
        )
        return await cur.fetchall()


async def get_request(conn: Conn, request_id: str) -> Listed:
    """One request.

    Raises:
        NotFound: no such request for this tenant.
    """
    async with conn.cursor(row_factory=class_row(Listed)) as cur:
        await cur.execute(
            f"SELECT {LISTED} WHERE r.tenant_id = app.current_tenant() AND r.request_id = %s",
            (request_id,),
        )
        found = await cur.fetchone()
    if found is None:
        raise NotFound(f"request {request_id} does not exist for this tenant")
    return found


async def list_requests(conn: Conn, *, settled: bool = False, limit: int = 200) -> list[Listed]:
    """Requests the shop has to deal with, oldest first; or those it has, newest first."""
    order = "r.updated_at DESC" if settled else "r.created_at"
    async with conn.cursor(row_factory=class_row(Listed)) as cur:
        await cur.execute(
            f"""SELECT {LISTED} WHERE r.tenant_id = app.current_tenant()
                AND (r.status = ANY (%s)) <> %s ORDER BY {order}, r.request_id LIMIT %s""",
            (list(OPEN), settled, limit),
        )
        return await cur.fetchall()


async def add_request(
    conn: Conn,
    order_id: str,
    kind: str,
    *,
    key: str,
    now: datetime,
    reason: str | None = None,
    lines: Iterable[int] = (),
    detail: dict[str, Any] | None = None,
    amount: Decimal | None = None,
    contact_id: str | None = None,
    conversation_id: str | None = None,
    turn_id: str | None = None,
) -> Request:
    """Store a request once under its idempotency key; the one stored before is returned as is."""
    async with conn.cursor(row_factory=class_row(Request)) as cur:
        await cur.execute(
            f"""INSERT INTO order_requests (request_id, order_id, kind, reason, lines, detail,
                    amount, contact_id, conversation_id, turn_id, idempotency_key, created_at,
                    updated_at)
                VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
                ON CONFLICT (tenant_id, idempotency_key)
                DO UPDATE SET idempotency_key = excluded.idempotency_key
                RETURNING {REQUEST}""",
            (
                new_id("req"), order_id, kind, reason, list(lines), Jsonb(detail or {}), amount,
                contact_id, conversation_id, turn_id, key, now, now,
            ),
        )  # fmt: skip
        made = await cur.fetchone()
    assert made is not None
    return made


async def request_by_key(conn: Conn, key: str) -> Request | None:
    """The request made under an idempotency key."""
    async with conn.cursor(row_factory=class_row(Request)) as cur:
        await cur.execute(
            f"""SELECT {REQUEST} FROM order_requests
                WHERE tenant_id = app.current_tenant() AND idempotency_key = %s""",
            (key,),
        )
        return await cur.fetchone()


async def move_request(
    conn: Conn, request_id: str, status: str, *, by: str, now: datetime
) -> Request:
    """Move a request on.

    Raises:
        NotFound: no such request for this tenant.
        Conflict: it is in a state from which it does not move there.
    """
    async with conn.cursor(row_factory=class_row(Request)) as cur:
        await cur.execute(
            f"""SELECT {REQUEST} FROM order_requests
                WHERE tenant_id = app.current_tenant() AND request_id = %s FOR UPDATE""",
            (request_id,),
        )
        before = await cur.fetchone()
        if before is None:
            raise NotFound(f"request {request_id} does not exist for this tenant")
        if status not in NEXT[before.status]:
            possible = ", ".join(NEXT[before.status]) or "nothing"
            raise Conflict(
                f"request {request_id} is {before.status} and cannot become {status}: "
                f"from there it becomes {possible}"
            )
        await cur.execute(
            f"""UPDATE order_requests SET status = %s, resolved_by = %s, updated_at = %s
                WHERE tenant_id = app.current_tenant() AND request_id = %s RETURNING {REQUEST}""",
            (status, by, now, request_id),
        )
        made = await cur.fetchone()
    assert made is not None
    return made
