"""Who gives appointments, and when they are open: weekly hours, absences, holidays."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from invekto.contracts.ids import new_id

Conn = AsyncConnection[Any]


@dataclass(frozen=True, slots=True)
class Practitioner:
    """`service_ids` empty: every bookable service."""

    practitioner_id: str
    name: str
    title: str = ""
    languages: list[str] = field(default_factory=lambda: ["tr"])
    service_ids: list[str] = field(default_factory=list)
    active: bool = True
    position: int = 0

    @property
    def full_name(self) -> str:
        """Title and name, `Dt. Ece Aydın`."""
        return f"{self.title} {self.name}".strip()

    def gives(self, service_id: str) -> bool:
        """Whether this practitioner gives the service."""
        return not self.service_ids or service_id in self.service_ids


@dataclass(frozen=True, slots=True)
class OpenHours:
    """Weekly opening in the tenant's local time; weekday 1 is Monday."""

    slot_id: str
    practitioner_id: str
    weekday: int
    start_time: time
    end_time: time
    service_id: str | None = None
    max_capacity: int = 1
    valid_from: date | None = None
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class TimeOff:
    """`practitioner_id` None: the whole business."""

    practitioner_id: str | None
    starts_at: datetime
    ends_at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Holiday:
    """`open_from` None: closed all day."""

    day: date
    name: str
    names: dict[str, str] = field(default_factory=dict)
    open_from: time | None = None
    open_until: time | None = None

    def named(self, language: str) -> str:
        """The name in a language, else the tenant's own."""
        return self.names.get(language) or self.name


PRACTITIONER = "practitioner_id, name, title, languages, service_ids, active, position"
OPEN_HOURS = """slot_id, practitioner_id, weekday, start_time, end_time, service_id, max_capacity,
    valid_from, valid_until"""


async def practitioners(conn: Conn) -> list[Practitioner]:
    """Active practitioners in the tenant's order."""
    async with conn.cursor(row_factory=class_row(Practitioner)) as cur:
        await cur.execute(
            f"""SELECT {PRACTITIONER} FROM practitioners
                WHERE tenant_id = app.current_tenant() AND active ORDER BY position, name"""
        )
        return await cur.fetchall()


async def save_practitioner(
    conn: Conn, practitioner: Practitioner, hours: Iterable[OpenHours]
) -> None:
    """Create or replace a practitioner and exactly these weekly hours."""
    await conn.execute(
        f"""INSERT INTO practitioners ({PRACTITIONER}) VALUES (%s, %s, %s, %s, %s, %s, %s)
            ON CONFLICT (tenant_id, practitioner_id) DO UPDATE SET
                ({PRACTITIONER}) = ROW(excluded.practitioner_id, excluded.name, excluded.title,
                excluded.languages, excluded.service_ids, excluded.active, excluded.position)""",
        (
            practitioner.practitioner_id, practitioner.name, practitioner.title,
            practitioner.languages, practitioner.service_ids, practitioner.active,
            practitioner.position,
        ),
    )  # fmt: skip
    await conn.execute(
        """DELETE FROM appointment_slots
           WHERE tenant_id = app.current_tenant() AND practitioner_id = %s""",
        (practitioner.practitioner_id,),
    )
    async with conn.cursor() as cur:
        await cur.executemany(
            f"INSERT INTO appointment_slots ({OPEN_HOURS}) VALUES (%s,%s,%s,%s,%s,%s,%s,%s,%s)",
            [
                (
                    h.slot_id, practitioner.practitioner_id, h.weekday, h.start_time, h.end_time,
                    h.service_id, h.max_capacity, h.valid_from, h.valid_until,
                )
                for h in hours
            ],
        )  # fmt: skip


async def open_hours(conn: Conn) -> list[OpenHours]:
    """The weekly opening of all active practitioners."""
    async with conn.cursor(row_factory=class_row(OpenHours)) as cur:
        await cur.execute(
            f"""SELECT {OPEN_HOURS} FROM appointment_slots
                WHERE tenant_id = app.current_tenant() AND active
                ORDER BY practitioner_id, weekday, start_time"""
        )
        return await cur.fetchall()


async def time_off(conn: Conn, begin: datetime, end: datetime) -> list[TimeOff]:
    """Absences that touch a window."""
    async with conn.cursor(row_factory=class_row(TimeOff)) as cur:
        await cur.execute(
            """SELECT practitioner_id, starts_at, ends_at, reason FROM time_off
               WHERE tenant_id = app.current_tenant() AND ends_at > %s AND starts_at < %s""",
            (begin, end),
        )
        return await cur.fetchall()


async def add_time_off(conn: Conn, absence: TimeOff) -> None:
    """Add an absence."""
    await conn.execute(
        """INSERT INTO time_off (time_off_id, practitioner_id, starts_at, ends_at, reason)
           VALUES (%s, %s, %s, %s, %s)""",
        (
            new_id("off"), absence.practitioner_id, absence.starts_at, absence.ends_at,
            absence.reason,
        ),
    )  # fmt: skip


async def holidays(conn: Conn, begin: date, end: date) -> list[Holiday]:
    """Holidays from `begin` to `end`, both included."""
    async with conn.cursor(row_factory=class_row(Holiday)) as cur:
        await cur.execute(
            """SELECT day, name, names, open_from, open_until FROM holidays
               WHERE tenant_id = app.current_tenant() AND day BETWEEN %s AND %s ORDER BY day""",
            (begin, end),
        )
        return await cur.fetchall()


async def save_holiday(conn: Conn, holiday: Holiday) -> None:
    """Create or replace a holiday."""
    await conn.execute(
        """INSERT INTO holidays (day, name, names, open_from, open_until)
           VALUES (%s, %s, %s, %s, %s)
           ON CONFLICT (tenant_id, day) DO UPDATE SET name = excluded.name,
               names = excluded.names, open_from = excluded.open_from,
               open_until = excluded.open_until""",
        (
            holiday.day, holiday.name, Jsonb(holiday.names), holiday.open_from,
            holiday.open_until,
        ),
    )  # fmt: skip


async def delete_holiday(conn: Conn, day: date) -> bool:
    """An ordinary day again; False where it was one."""
    done = await conn.execute(
        "DELETE FROM holidays WHERE tenant_id = app.current_tenant() AND day = %s", (day,)
    )
    return done.rowcount > 0


async def lock_practitioners(conn: Conn, practitioner_ids: Iterable[str]) -> None:
    """Nobody else books these until the transaction ends; always in the same order."""
    await conn.execute(
        """SELECT 1 FROM practitioners
           WHERE tenant_id = app.current_tenant() AND practitioner_id = ANY (%s)
           ORDER BY practitioner_id FOR NO KEY UPDATE""",
        (sorted(set(practitioner_ids)),),
    )
