"""People who wait for a time that is taken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import class_row, dict_row

from invekto.records.appointments import Hold

Conn = AsyncConnection[Any]


@dataclass(frozen=True, slots=True)
class Waiting:
    waitlist_id: str
    service_id: str
    from_day: date
    until_day: date
    status: str = "waiting"
    practitioner_id: str | None = None
    from_time: time | None = None
    until_time: time | None = None
    contact_id: str | None = None
    conversation_id: str | None = None
    patient_name: str | None = None
    patient_phone: str | None = None
    hold_id: str | None = None
    offers: int = 0


WAITING = ", ".join(Waiting.__dataclass_fields__)
MARKS = ", ".join(f"%({name})s" for name in Waiting.__dataclass_fields__)


async def join_waitlist(conn: Conn, entry: Waiting, key: str, now: datetime) -> Waiting:
    """Put a person on the waitlist once per idempotency key."""
    values = {name: getattr(entry, name) for name in Waiting.__dataclass_fields__}
    async with conn.cursor(row_factory=class_row(Waiting)) as cur:
        await cur.execute(
            f"""INSERT INTO waitlist ({WAITING}, idempotency_key, created_at)
                VALUES ({MARKS}, %(key)s, %(now)s)
                ON CONFLICT (tenant_id, idempotency_key)
                DO UPDATE SET idempotency_key = excluded.idempotency_key RETURNING {WAITING}""",
            {**values, "key": key, "now": now},
        )
        made = await cur.fetchone()
    assert made is not None
    return made


async def by_key(conn: Conn, key: str) -> Waiting | None:
    """The entry made under an idempotency key."""
    async with conn.cursor(row_factory=class_row(Waiting)) as cur:
        await cur.execute(
            f"""SELECT {WAITING} FROM waitlist
                WHERE tenant_id = app.current_tenant() AND idempotency_key = %s""",
            (key,),
        )
        return await cur.fetchone()


async def waiting_for(
    conn: Conn, *, service_id: str | None = None, contact_id: str | None = None
) -> list[Waiting]:
    """People who wait, longest first: for a service, or one contact's own entries."""
    async with conn.cursor(row_factory=class_row(Waiting)) as cur:
        await cur.execute(
            f"""SELECT {WAITING} FROM waitlist
                WHERE tenant_id = app.current_tenant() AND status = 'waiting'
                  AND (%(service)s::text IS NULL OR service_id = %(service)s)
                  AND (%(contact)s::text IS NULL OR contact_id = %(contact)s)
                ORDER BY created_at, waitlist_id""",
            {"service": service_id, "contact": contact_id},
        )
        return await cur.fetchall()


async def open_entries(conn: Conn, contact_id: str) -> list[Waiting]:
    """A contact's entries that wait or have an offer."""
    async with conn.cursor(row_factory=class_row(Waiting)) as cur:
        await cur.execute(
            f"""SELECT {WAITING} FROM waitlist
                WHERE tenant_id = app.current_tenant() AND contact_id = %s
                  AND status IN ('waiting', 'offered') ORDER BY created_at""",
            (contact_id,),
        )
        return await cur.fetchall()


async def lapsed(conn: Conn, now: datetime) -> list[tuple[Waiting, Hold | None]]:
    """Offers whose hold has run out, with the hold, or was given back; other rounds skip what
    this one works on."""
    entry = ", ".join(f"w.{name} AS w_{name}" for name in Waiting.__dataclass_fields__)
    hold = ", ".join(f"h.{name} AS h_{name}" for name in Hold.__dataclass_fields__)
    async with conn.cursor(row_factory=dict_row) as cur:
        await cur.execute(
            f"""SELECT {entry}, {hold}
                FROM waitlist w LEFT JOIN slot_holds h USING (tenant_id, hold_id)
                WHERE w.tenant_id = app.current_tenant() AND w.status = 'offered'
                  AND (h.hold_id IS NULL OR h.expires_at <= %s)
                ORDER BY w.created_at FOR UPDATE OF w SKIP LOCKED""",
            (now,),
        )
        rows = await cur.fetchall()
    return [
        (
            Waiting(**{n: row[f"w_{n}"] for n in Waiting.__dataclass_fields__}),
            Hold(**{n: row[f"h_{n}"] for n in Hold.__dataclass_fields__})
            if row["h_hold_id"]
            else None,
        )
        for row in rows
    ]


async def set_waiting(
    conn: Conn,
    waitlist_id: str,
    status: str,
    *,
    hold_id: str | None = None,
    now: datetime | None = None,
) -> None:
    """Move a waitlist entry on; `offered` counts the offer."""
    await conn.execute(
        """UPDATE waitlist SET status = %(status)s, hold_id = %(hold)s,
               offered_at = CASE WHEN %(status)s = 'offered' THEN %(now)s ELSE offered_at END,
               offers = offers + (%(status)s = 'offered')::int
           WHERE tenant_id = app.current_tenant() AND waitlist_id = %(id)s""",
        {"status": status, "hold": hold_id, "now": now, "id": waitlist_id},
    )
