"""Payment links and what providers report of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

Conn = AsyncConnection[Any]


@dataclass(frozen=True, slots=True)
class PaymentLink:
    """`status`: asked (written before the provider was called), created, paid, expired,
    cancelled, failed."""

    payment_id: str
    provider: str
    amount: Decimal
    currency: str
    purpose: str
    reference_id: str
    title: str
    expires_at: datetime
    idempotency_key: str
    status: str = "asked"
    external_id: str | None = None
    url: str | None = None
    instalments: bool = False
    contact_id: str | None = None
    conversation_id: str | None = None
    paid_at: datetime | None = None


LINK = ", ".join(PaymentLink.__dataclass_fields__)
NEXT = {
    "asked": frozenset({"created", "failed", "cancelled", "paid"}),
    "created": frozenset({"paid", "expired", "cancelled", "failed"}),
    "failed": frozenset({"paid"}),
    "expired": frozenset({"paid"}),
    "cancelled": frozenset({"paid"}),
    "paid": frozenset(),
}
"""Allowed transitions. Money that arrives late is still money: anything may become paid, and
paid stays paid."""


async def ask(conn: Conn, link: PaymentLink, now: datetime) -> PaymentLink:
    """Write a link before its provider is called; the one under the same key is returned, with
    what is owed now as long as no provider was asked for it."""
    values = {name: getattr(link, name) for name in PaymentLink.__dataclass_fields__}
    async with conn.cursor(row_factory=class_row(PaymentLink)) as cur:
        await cur.execute(
            f"""INSERT INTO payment_links AS p ({LINK}, created_at, updated_at)
                VALUES ({", ".join(f"%({n})s" for n in values)}, %(now)s, %(now)s)
                ON CONFLICT (tenant_id, idempotency_key)
                DO UPDATE SET
                    amount = CASE p.status WHEN 'asked' THEN excluded.amount ELSE p.amount END,
                    title = CASE p.status WHEN 'asked' THEN excluded.title ELSE p.title END
                RETURNING {LINK}""",
            {**values, "now": now},
        )
        made = await cur.fetchone()
    assert made is not None
    return made


async def link_of_key(conn: Conn, idempotency_key: str) -> PaymentLink | None:
    """The link asked for under a key."""
    async with conn.cursor(row_factory=class_row(PaymentLink)) as cur:
        await cur.execute(
            f"""SELECT {LINK} FROM payment_links
                WHERE tenant_id = app.current_tenant() AND idempotency_key = %s""",
            (idempotency_key,),
        )
        return await cur.fetchone()


async def claim(conn: Conn, payment_id: str, *, seconds: float) -> bool:
    """Whether it is for the caller to ask the provider for a link: nobody else has begun to in
    the last `seconds`, by the database's own clock."""
    done = await conn.execute(
        """UPDATE payment_links SET claimed_until = clock_timestamp() + %s * interval '1 second'
           WHERE tenant_id = app.current_tenant() AND payment_id = %s AND status = 'asked'
             AND (claimed_until IS NULL OR claimed_until < clock_timestamp())""",
        (seconds, payment_id),
    )
    return done.rowcount == 1


async def get_link(conn: Conn, payment_id: str, *, lock: bool = False) -> PaymentLink | None:
    """One link; `lock` holds its row until the transaction ends."""
    async with conn.cursor(row_factory=class_row(PaymentLink)) as cur:
        await cur.execute(
            f"""SELECT {LINK} FROM payment_links
                WHERE tenant_id = app.current_tenant() AND payment_id = %s"""
            + (" FOR UPDATE" if lock else ""),
            (payment_id,),
        )
        return await cur.fetchone()


async def link_by_external(conn: Conn, provider: str, external_id: str) -> PaymentLink | None:
    """The link a provider knows under its own id."""
    async with conn.cursor(row_factory=class_row(PaymentLink)) as cur:
        await cur.execute(
            f"""SELECT {LINK} FROM payment_links
                WHERE tenant_id = app.current_tenant() AND provider = %s AND external_id = %s""",
            (provider, external_id),
        )
        return await cur.fetchone()


async def links_for(conn: Conn, purpose: str, reference_id: str) -> list[PaymentLink]:
    """All links made for an order, a quote or a deposit, newest first."""
    async with conn.cursor(row_factory=class_row(PaymentLink)) as cur:
        await cur.execute(
            f"""SELECT {LINK} FROM payment_links WHERE tenant_id = app.current_tenant()
                AND purpose = %s AND reference_id = %s ORDER BY created_at DESC""",
            (purpose, reference_id),
        )
        return await cur.fetchall()


async def set_created(
    conn: Conn, payment_id: str, *, external_id: str, url: str, now: datetime
) -> None:
    """Keep what the provider answered."""
    await conn.execute(
        """UPDATE payment_links SET external_id = %s, url = %s, updated_at = %s,
               status = CASE WHEN status = 'asked' THEN 'created' ELSE status END
           WHERE tenant_id = app.current_tenant() AND payment_id = %s""",
        (external_id, url, now, payment_id),
    )


async def change(conn: Conn, payment_id: str, status: str, now: datetime) -> bool:
    """Move a link on where that is allowed; False where nothing changed. Takes the row's lock."""
    link = await get_link(conn, payment_id, lock=True)
    if link is None or status not in NEXT[link.status]:
        return False
    await conn.execute(
        """UPDATE payment_links SET status = %(status)s, updated_at = %(now)s,
               paid_at = CASE WHEN %(status)s = 'paid' THEN %(now)s ELSE paid_at END
           WHERE tenant_id = app.current_tenant() AND payment_id = %(id)s""",
        {"status": status, "now": now, "id": payment_id},
    )
    return True


async def note_event(
    conn: Conn,
    payment_id: str,
    event_key: str,
    kind: str,
    now: datetime,
    *,
    amount: Decimal | None = None,
    detail: dict[str, Any] | None = None,
) -> bool:
    """Keep a provider's callback once; False where this one was received before."""
    done = await conn.execute(
        """INSERT INTO payment_events (payment_id, event_key, kind, amount, detail, received_at)
           VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING""",
        (payment_id, event_key, kind, amount, Jsonb(detail or {}), now),
    )
    return done.rowcount == 1
