"""Neighbours and records/appointments.py."""

from __future__ import annotations

from datetime import datetime, timedelta

from invekto.records import appointments
from tests.neighbours import Conn
from tests.tools.houses import NOW, fill_clinic

SOON = NOW + timedelta(days=1)
LATE = NOW + timedelta(days=9)


def appointment(
    key: str, begin: datetime, *, status: str = "booked", patient_name: str | None = None
) -> appointments.Appointment:
    end = begin + timedelta(minutes=40)
    return appointments.Appointment(
        key, "ece", "temizlik", begin, end, begin, end, contact_id="ct_ours",
        idempotency_key=f"key_{key}", status=status, patient_name=patient_name,
    )  # fmt: skip


def hold(key: str, begin: datetime, expires: datetime) -> appointments.Hold:
    end = begin + timedelta(minutes=40)
    return appointments.Hold(
        key, "kaan", "temizlik", begin, end, begin, end, expires, contact_id="ct_ours"
    )


async def seed(conn: Conn) -> None:
    await fill_clinic(conn)
    await appointments.add_appointment(conn, appointment("apt_ours", SOON), NOW)
    missed = appointment("apt_missed", NOW - timedelta(days=3), status="no_show")
    await appointments.add_appointment(conn, missed, NOW)
    await appointments.add_hold(conn, hold("hold_ours", SOON, NOW + timedelta(hours=1)), NOW)
    await appointments.add_hold(conn, hold("hold_old", LATE, NOW - timedelta(hours=1)), NOW)


CALLS = {
    "taken": lambda conn, ours: appointments.taken(conn, NOW, LATE, NOW),
    "sweep_holds": lambda conn, ours: appointments.sweep_holds(conn, ["kaan"], NOW),
    "holds_of": lambda conn, ours: appointments.holds_of(conn, "ct_ours", NOW),
    "drop_holds": lambda conn, ours: appointments.drop_holds(conn, hold_id="hold_ours"),
    "by_key": lambda conn, ours: appointments.by_key(conn, "key_apt_ours"),
    "get_appointment": lambda conn, ours: appointments.get_appointment(conn, "apt_ours"),
    "appointments_of": lambda conn, ours: appointments.appointments_of(
        conn, contact_id="ct_ours", phone=None, after=NOW
    ),
    "appointments_between": lambda conn, ours: appointments.appointments_between(conn, NOW, LATE),
    "no_shows": lambda conn, ours: appointments.no_shows(conn, contact_id="ct_ours", phone=None),
    "move": lambda conn, ours: appointments.move(
        conn, "apt_ours", practitioner_id="kaan", starts_at=LATE,
        ends_at=LATE + timedelta(minutes=40), busy_from=LATE,
        busy_until=LATE + timedelta(minutes=40), seat=2, now=NOW,
    ),
    "set_appointment_status": lambda conn, ours: appointments.set_appointment_status(
        conn, "apt_ours", "cancelled", NOW
    ),
}  # fmt: skip
EXEMPT = {
    "add_hold": "writes a row of the caller's own, reads none",
    "add_appointment": "writes a row of the caller's own; what it reads is `by_key`'s",
}
