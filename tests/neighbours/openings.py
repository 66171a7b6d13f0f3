"""Neighbours and records/openings.py."""

from __future__ import annotations

from datetime import date, timedelta

from invekto.records import openings
from tests.neighbours import Conn
from tests.tools.houses import NOW, fill_clinic

HOLIDAY = date(2026, 12, 1)


async def seed(conn: Conn) -> None:
    await fill_clinic(conn)
    await openings.add_time_off(conn, openings.TimeOff("ece", NOW, NOW + timedelta(days=1)))
    await openings.save_holiday(conn, openings.Holiday(HOLIDAY, "Bayram"))


CALLS = {
    "practitioners": lambda conn, ours: openings.practitioners(conn),
    "open_hours": lambda conn, ours: openings.open_hours(conn),
    "time_off": lambda conn, ours: openings.time_off(conn, NOW, NOW + timedelta(days=2)),
    "holidays": lambda conn, ours: openings.holidays(conn, HOLIDAY, HOLIDAY),
    "delete_holiday": lambda conn, ours: openings.delete_holiday(conn, HOLIDAY),
}
EXEMPT = {
    "save_practitioner": "writes rows of the caller's own; its upsert is keyed by the tenant",
    "add_time_off": "writes a row of the caller's own, reads none",
    "save_holiday": "writes a row of the caller's own; its upsert is keyed by the tenant",
    "lock_practitioners": "gives nothing back and writes nothing",
}
