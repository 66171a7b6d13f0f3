"""Appointments, and holds on a time while its customer decides.

Who writes either takes its practitioner's row first (`openings.lock_practitioners`), so that
bookings of one practitioner come one after another; the database refuses a double booking in any
case (`occupied_times`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import AsyncConnection, errors
from psycopg.rows import class_row

from invekto.errors import Conflict

Conn = AsyncConnection[Any]


@dataclass(frozen=True, slots=True)
class Taken:
    """A time that is not free: an appointment in force, or a hold. `holder` is whose."""

    practitioner_id: str
    busy_from: datetime
    busy_until: datetime
    seat: int
    holder: str


@dataclass(frozen=True, slots=True)
class Appointment:
    appointment_id: str
    practitioner_id: str
    service_id: str
    starts_at: datetime
    ends_at: datetime
    busy_from: datetime
    busy_until: datetime
    status: str = "booked"
    seat: int = 1
    contact_id: str | None = None
    patient_name: str | None = None
    patient_phone: str | None = None
    note: str = ""
    source: str = "assistant"
    confirmed_at: datetime | None = None
    cancelled_at: datetime | None = None
    cancel_reason: str | None = None
    moved_from: datetime | None = None
    sequence: int = 0
    idempotency_key: str | None = None
    external_id: str | None = None


@dataclass(frozen=True, slots=True)
class Hold:
    hold_id: str
    practitioner_id: str
    service_id: str
    starts_at: datetime
    ends_at: datetime
    busy_from: datetime
    busy_until: datetime
    expires_at: datetime
    seat: int = 1
    contact_id: str | None = None
    conversation_id: str | None = None


APPOINTMENT = ", ".join(Appointment.__dataclass_fields__)
HOLD = ", ".join(Hold.__dataclass_fields__)


async def taken(conn: Conn, begin: datetime, end: datetime, now: datetime) -> list[Taken]:
    """What is not free in a window: appointments in force and holds that have not expired."""
    async with conn.cursor(row_factory=class_row(Taken)) as cur:
        await cur.execute(
            """SELECT practitioner_id, busy_from, busy_until, seat, appointment_id AS holder
               FROM appointments
               WHERE tenant_id = app.current_tenant() AND busy_until > %(begin)s
                 AND busy_from < %(end)s AND status <> 'cancelled'
               UNION ALL
               SELECT practitioner_id, busy_from, busy_until, seat, hold_id
               FROM slot_holds
               WHERE tenant_id = app.current_tenant() AND busy_until > %(begin)s
                 AND busy_from < %(end)s AND expires_at > %(now)s""",
            {"begin": begin, "end": end, "now": now},
        )
        return await cur.fetchall()


async def sweep_holds(conn: Conn, practitioner_ids: Iterable[str], now: datetime) -> None:
    """Give expired holds' times back."""
    await conn.execute(
        """DELETE FROM slot_holds WHERE tenant_id = app.current_tenant()
           AND practitioner_id = ANY (%s) AND expires_at <= %s""",
        (sorted(set(practitioner_ids)), now),
    )


async def add_hold(conn: Conn, hold: Hold, now: datetime) -> None:
    """Keep a time while its customer decides.

    Raises:
        Conflict: it is taken; nothing was changed.
    """
    try:
        async with conn.transaction():
            await conn.execute(
                f"INSERT INTO slot_holds ({HOLD}, created_at) VALUES ({_marks(Hold)}, %(created)s)",
                {**_values(hold), "created": now},
            )
    except errors.UniqueViolation as error:
        raise Conflict("this time is taken") from error


async def holds_of(conn: Conn, contact_id: str, now: datetime) -> list[Hold]:
    """A contact's holds that have not expired."""
    async with conn.cursor(row_factory=class_row(Hold)) as cur:
        await cur.execute(
            f"""SELECT {HOLD} FROM slot_holds
                WHERE tenant_id = app.current_tenant() AND contact_id = %s AND expires_at > %s
                ORDER BY starts_at""",
            (contact_id, now),
        )
        return await cur.fetchall()


async def drop_holds(
    conn: Conn, *, contact_id: str | None = None, hold_id: str | None = None
) -> None:
    """Give the times of a contact's holds, or of one hold, back."""
    await conn.execute(
        """DELETE FROM slot_holds WHERE tenant_id = app.current_tenant()
           AND (contact_id = %s OR hold_id = %s)""",
        (contact_id, hold_id),
    )


async def add_appointment(conn: Conn, appointment: Appointment, now: datetime) -> Appointment:
    """Book; the appointment stored before under the same idempotency key is returned as is.

    Raises:
        Conflict: the time is taken; nothing was changed.
    """
    if appointment.idempotency_key is not None:
        before = await by_key(conn, appointment.idempotency_key)
        if before is not None:
            return before
    try:
        async with conn.transaction():
            await conn.execute(
                f"""INSERT INTO appointments ({APPOINTMENT}, created_at, updated_at)
                    VALUES ({_marks(Appointment)}, %(now)s, %(now)s)""",
                {**_values(appointment), "now": now},
            )
    except errors.UniqueViolation as error:
        raise Conflict("this time is taken") from error
    return appointment


async def by_key(conn: Conn, key: str) -> Appointment | None:
    """The appointment made under an idempotency key."""
    async with conn.cursor(row_factory=class_row(Appointment)) as cur:
        await cur.execute(
            f"""SELECT {APPOINTMENT} FROM appointments
                WHERE tenant_id = app.current_tenant() AND idempotency_key = %s""",
            (key,),
        )
        return await cur.fetchone()


async def get_appointment(
    conn: Conn, appointment_id: str, *, lock: bool = False
) -> Appointment | None:
    """One appointment; `lock` holds its row until the transaction ends."""
    async with conn.cursor(row_factory=class_row(Appointment)) as cur:
        await cur.execute(
            f"""SELECT {APPOINTMENT} FROM appointments
                WHERE tenant_id = app.current_tenant() AND appointment_id = %s"""
            + (" FOR UPDATE" if lock else ""),
            (appointment_id,),
        )
        return await cur.fetchone()


async def appointments_of(
    conn: Conn, *, contact_id: str | None, phone: str | None, after: datetime, limit: int = 10
) -> list[Appointment]:
    """Appointments in force of a contact or a verified phone that end after a moment."""
    async with conn.cursor(row_factory=class_row(Appointment)) as cur:
        await cur.execute(
            f"""SELECT {APPOINTMENT} FROM (
                    SELECT * FROM appointments WHERE tenant_id = app.current_tenant()
                      AND contact_id = %(contact)s
                    UNION
                    SELECT * FROM appointments WHERE tenant_id = app.current_tenant()
                      AND patient_phone = %(phone)s) mine
                WHERE ends_at > %(after)s AND status IN ('booked', 'confirmed')
                ORDER BY starts_at LIMIT %(limit)s""",
            {"contact": contact_id, "phone": phone, "after": after, "limit": limit},
        )
        return await cur.fetchall()


async def appointments_between(conn: Conn, begin: datetime, end: datetime) -> list[Appointment]:
    """All appointments, cancelled ones too, that start in a window."""
    async with conn.cursor(row_factory=class_row(Appointment)) as cur:
        await cur.execute(
            f"""SELECT {APPOINTMENT} FROM appointments WHERE tenant_id = app.current_tenant()
                AND starts_at >= %s AND starts_at < %s ORDER BY starts_at""",
            (begin, end),
        )
        return await cur.fetchall()


async def no_shows(conn: Conn, *, contact_id: str | None, phone: str | None) -> int:
    """How often this person did not come."""
    row = await (
        await conn.execute(
            """SELECT count(*) FROM appointments WHERE tenant_id = app.current_tenant()
               AND status = 'no_show' AND (contact_id = %s OR patient_phone = %s)""",
            (contact_id, phone),
        )
    ).fetchone()
    return int(row[0])  # type: ignore[index]


async def move(
    conn: Conn,
    appointment_id: str,
    *,
    practitioner_id: str,
    starts_at: datetime,
    ends_at: datetime,
    busy_from: datetime,
    busy_until: datetime,
    seat: int,
    now: datetime,
) -> None:
    """Move an appointment; it has to be confirmed anew.

    Raises:
        Conflict: the new time is taken; the old one stands.
    """
    try:
        async with conn.transaction():
            await conn.execute(
                """UPDATE appointments SET practitioner_id = %(practitioner)s,
                       moved_from = starts_at, starts_at = %(starts)s, ends_at = %(ends)s,
                       busy_from = %(busy_from)s, busy_until = %(busy_until)s, seat = %(seat)s,
                       status = 'booked', confirmed_at = NULL, sequence = sequence + 1,
                       updated_at = %(now)s
                   WHERE tenant_id = app.current_tenant() AND appointment_id = %(id)s""",
                {
                    "practitioner": practitioner_id, "starts": starts_at, "ends": ends_at,
                    "busy_from": busy_from, "busy_until": busy_until, "seat": seat, "now": now,
                    "id": appointment_id,
                },
            )  # fmt: skip
    except errors.UniqueViolation as error:
        raise Conflict("this time is taken") from error


async def set_appointment_status(
    conn: Conn, appointment_id: str, status: str, now: datetime, reason: str | None = None
) -> None:
    """Confirm, cancel, complete or mark as not come."""
    await conn.execute(
        """UPDATE appointments SET status = %(status)s, updated_at = %(now)s,
               confirmed_at = CASE WHEN %(status)s = 'confirmed' THEN %(now)s ELSE confirmed_at END,
               cancelled_at = CASE WHEN %(status)s = 'cancelled' THEN %(now)s END,
               cancel_reason = coalesce(%(reason)s, cancel_reason)
           WHERE tenant_id = app.current_tenant() AND appointment_id = %(id)s""",
        {"status": status, "now": now, "reason": reason, "id": appointment_id},
    )


def _marks(kind: Any) -> str:
    return ", ".join(f"%({name})s" for name in kind.__dataclass_fields__)


def _values(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in row.__dataclass_fields__}
