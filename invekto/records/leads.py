"""Leads, what happened with them, and signals of especially valuable customers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from invekto.contracts.ids import new_id
from invekto.errors import NotFound

Conn = AsyncConnection[Any]


@dataclass(frozen=True, slots=True)
class Lead:
    lead_id: str
    contact_id: str | None = None
    conversation_id: str | None = None
    phone: str | None = None
    name: str | None = None
    company: str | None = None
    source: str = "organic"
    utm_source: str | None = None
    utm_medium: str | None = None
    utm_campaign: str | None = None
    referral: dict[str, Any] = field(default_factory=dict)
    interest: str = ""
    quantity: int | None = None
    budget: Decimal | None = None
    currency: str | None = None
    country: str | None = None
    score: int = 0
    score_reasons: list[Any] = field(default_factory=list)
    pipeline_status: str = "new"
    assigned_to: str | None = None
    qualification: dict[str, Any] = field(default_factory=dict)
    revenue_potential: Decimal | None = None
    last_contact_at: datetime | None = None
    next_followup_at: datetime | None = None


LEAD = ", ".join(Lead.__dataclass_fields__)
DOCUMENTS = ("referral", "score_reasons", "qualification")


async def open_lead(conn: Conn, contact_id: str) -> Lead | None:
    """A contact's lead that is neither won nor lost."""
    async with conn.cursor(row_factory=class_row(Lead)) as cur:
        await cur.execute(
            f"""SELECT {LEAD} FROM leads WHERE tenant_id = app.current_tenant()
                AND contact_id = %s AND pipeline_status NOT IN ('won', 'patient', 'lost')
                ORDER BY created_at DESC LIMIT 1""",
            (contact_id,),
        )
        return await cur.fetchone()


async def get_lead(conn: Conn, lead_id: str) -> Lead:
    """One lead.

    Raises:
        NotFound: no such lead for this tenant.
    """
    async with conn.cursor(row_factory=class_row(Lead)) as cur:
        await cur.execute(
            f"SELECT {LEAD} FROM leads WHERE tenant_id = app.current_tenant() AND lead_id = %s",
            (lead_id,),
        )
        found = await cur.fetchone()
    if found is None:
        raise NotFound(f"lead {lead_id} does not exist for this tenant")
    return found


async def save_lead(conn: Conn, lead: Lead, now: datetime) -> None:
    """Create or update a lead by its id."""
    values = {name: getattr(lead, name) for name in Lead.__dataclass_fields__}
    values |= {name: Jsonb(values[name]) for name in DOCUMENTS}
    changed = ", ".join(f"{n} = excluded.{n}" for n in values if n != "lead_id")
    await conn.execute(
        f"""INSERT INTO leads ({", ".join(values)}, created_at, updated_at)
            VALUES ({", ".join(f"%({n})s" for n in values)}, %(now)s, %(now)s)
            ON CONFLICT (tenant_id, lead_id) DO UPDATE SET {changed}, updated_at = %(now)s""",
        {**values, "now": now},
    )


async def move_lead(conn: Conn, lead_id: str, status: str, now: datetime, *, by: str) -> Lead:
    """Say how far a lead has come, and keep it as an activity. One that is won or lost is
    followed up no more.

    Raises:
        NotFound: no such lead for this tenant.
    """
    async with conn.cursor(row_factory=class_row(Lead)) as cur:
        await cur.execute(
            f"""UPDATE leads SET pipeline_status = %(status)s, updated_at = %(now)s,
                    next_followup_at = CASE WHEN %(status)s IN ('won', 'patient', 'lost')
                                       THEN NULL ELSE next_followup_at END
                WHERE tenant_id = app.current_tenant() AND lead_id = %(id)s RETURNING {LEAD}""",
            {"status": status, "now": now, "id": lead_id},
        )
        moved = await cur.fetchone()
    if moved is None:
        raise NotFound(f"lead {lead_id} does not exist for this tenant")
    await add_activity(conn, lead_id, "status_changed", now, note=status, by=by)
    return moved


async def pipeline(conn: Conn, status: str | None = None, *, limit: int = 200) -> list[Lead]:
    """Leads by score, of all states or one."""
    async with conn.cursor(row_factory=class_row(Lead)) as cur:
        await cur.execute(
            f"""SELECT {LEAD} FROM leads WHERE tenant_id = app.current_tenant()
                AND (%(status)s::text IS NULL OR pipeline_status = %(status)s)
                ORDER BY score DESC, created_at LIMIT %(limit)s""",
            {"status": status, "limit": limit},
        )
        return await cur.fetchall()


async def followups_due(conn: Conn, now: datetime, *, limit: int = 200) -> list[Lead]:
    """Leads whose follow-up is due."""
    async with conn.cursor(row_factory=class_row(Lead)) as cur:
        await cur.execute(
            f"""SELECT {LEAD} FROM leads WHERE tenant_id = app.current_tenant()
                AND next_followup_at <= %s AND pipeline_status NOT IN ('won', 'patient', 'lost')
                ORDER BY next_followup_at LIMIT %s""",
            (now, limit),
        )
        return await cur.fetchall()


async def add_activity(
    conn: Conn,
    lead_id: str,
    activity_type: str,
    now: datetime,
    *,
    note: str = "",
    by: str = "",
    activity_id: str | None = None,
) -> bool:
    """Keep something that happened with a lead; False where this `activity_id` was kept before."""
    done = await conn.execute(
        """INSERT INTO lead_activities (activity_id, lead_id, activity_type, note, by, created_at)
           VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING""",
        (activity_id or new_id("act"), lead_id, activity_type, note, by or None, now),
    )
    return done.rowcount == 1


async def activities(conn: Conn, lead_id: str) -> list[tuple[str, str, datetime]]:
    """(type, note, moment) of a lead, oldest first."""
    rows = await conn.execute(
        """SELECT activity_type, note, created_at FROM lead_activities
           WHERE tenant_id = app.current_tenant() AND lead_id = %s ORDER BY created_at""",
        (lead_id,),
    )
    return [(str(a), str(b), c) for a, b, c in await rows.fetchall()]


async def flag(
    conn: Conn,
    flag_type: str,
    *,
    contact_id: str | None,
    phone: str | None,
    signal: str,
    now: datetime,
) -> bool:
    """Keep a signal once per contact and kind; False where it was known."""
    done = await conn.execute(
        """INSERT INTO vip_flags (flag_id, contact_id, customer_phone, flag_type, signal_text,
               created_at) VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING""",
        (new_id("vip"), contact_id, phone, flag_type, signal[:500], now),
    )
    return done.rowcount == 1


async def flags(conn: Conn, contact_id: str) -> list[str]:
    """The kinds of signals known of a contact."""
    rows = await conn.execute(
        """SELECT flag_type FROM vip_flags
           WHERE tenant_id = app.current_tenant() AND contact_id = %s ORDER BY 1""",
        (contact_id,),
    )
    return [str(row[0]) for row in await rows.fetchall()]


async def history(conn: Conn, contact_id: str, phone: str | None) -> tuple[int, Decimal] | None:
    """(orders, money spent) of a contact, cancelled orders left out; None without orders. The
    tenant's currency is assumed for all."""
    row = await (
        await conn.execute(
            """SELECT count(*), sum(total) FROM orders
               WHERE tenant_id = app.current_tenant() AND status NOT IN ('cancelled', 'refunded')
                 AND (contact_id = %s OR customer_phone = %s)""",
            (contact_id, phone),
        )
    ).fetchone()
    return (int(row[0]), Decimal(row[1])) if row and row[0] else None
