"""A clinic's services, people, opening and appointments from its folder."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from psycopg import AsyncConnection

from invekto.errors import Conflict
from invekto.intake.moments import WEEKDAYS, Today, parse_time
from invekto.intake.people import contact_id
from invekto.knowledge.glossary import refresh_own_words
from invekto.records import appointments, openings, pricing, waitlist
from invekto.text.normalise import fold

Conn = AsyncConnection[Any]
HORIZON = 120
"""Days within which a coming appointment's working day is looked for."""


async def load_services(conn: Conn, rows: Iterable[dict[str, Any]]) -> int:
    """Treatments with their prices in every currency."""
    rows = list(rows)
    for row in rows:
        await pricing.save_service(conn, service(row))
    await refresh_own_words(conn)
    return len(rows)


def service(row: dict[str, Any]) -> pricing.Service:
    """One treatment or procedure."""
    names, prices = row["names"], dict(row.get("prices", {}))
    own = prices.pop("TRY", [0, 0] if row.get("free") else None)
    words = [*names.values(), *row.get("synonyms", ()), row.get("category", "")]
    return pricing.Service(
        service_id=row["id"],
        name=names["tr"],
        names=names,
        duration_minutes=row["duration"],
        price_min=Decimal(str(own[0])) if own else None,
        price_max=Decimal(str(own[1])) if own else None,
        prices={currency: [float(p) for p in pair] for currency, pair in prices.items()},
        synonyms=list(row.get("synonyms", ())),
        category=row.get("category", ""),
        description=row.get("description", {}).get("tr", ""),
        descriptions=row.get("description", {}),
        buffer_after=row.get("buffer_after", 0),
        starts_from=row.get("starts_from", False),
        instalments=row.get("instalments", 0),
        deposit=Decimal(str(row["deposit"])) if row.get("deposit") else None,
        sessions=str(row.get("sessions", "")),
        recovery_days=row.get("recovery_days"),
        aftercare=row.get("aftercare", {}),
        bookable=row.get("bookable", True),
        search_text=fold(" ".join(words)),
    )


async def load_packages(conn: Conn, rows: Iterable[dict[str, Any]]) -> int:
    """What is sold together."""
    rows = list(rows)
    for row in rows:
        prices = dict(row.get("prices", {}))
        own = prices.pop("TRY", None)
        lines = [line for part in row.get("includes", {}).values() for line in part]
        await pricing.save_package(
            conn,
            pricing.Package(
                package_id=row["id"],
                name=row["names"]["tr"],
                names=row["names"],
                price_min=Decimal(str(own[0])) if own else None,
                price_max=Decimal(str(own[1])) if own else None,
                prices={c: [float(p) for p in pair] for c, pair in prices.items()},
                service_ids=list(row.get("service_ids", ())),
                includes=row.get("includes", {}),
                starts_from=row.get("starts_from", False),
                deposit=Decimal(str(row["deposit"])) if row.get("deposit") else None,
                search_text=fold(" ".join([*row["names"].values(), *lines])),
            ),
        )
    return len(rows)


async def load_practitioners(conn: Conn, rows: Iterable[dict[str, Any]]) -> int:
    """The people who see patients, with their weekly hours."""
    rows = list(rows)
    for place, row in enumerate(rows):
        hours = [
            openings.OpenHours(
                slot_id=f"{row['id']}-{day}-{slot['from']}",
                practitioner_id=row["id"],
                weekday=WEEKDAYS.index(day) + 1,
                start_time=parse_time(slot["from"]),
                end_time=parse_time(slot["until"]),
            )
            for slot in row["slots"]
            for day in slot["days"]
        ]
        await openings.save_practitioner(
            conn,
            openings.Practitioner(
                practitioner_id=row["id"],
                name=row["name"],
                title=row.get("title", ""),
                languages=list(row.get("languages", ["tr"])),
                service_ids=list(row.get("services", ())),
                position=place,
            ),
            hours,
        )
    return len(rows)


async def load_time_off(conn: Conn, rows: Iterable[dict[str, Any]], today: Today) -> None:
    """Leave and congresses; replaced as a whole."""
    await conn.execute("DELETE FROM time_off WHERE tenant_id = app.current_tenant()")
    for row in rows:
        begin, end = today.moment(row["from"]), today.moment(row["until"])
        assert begin is not None
        assert end is not None
        await openings.add_time_off(
            conn, openings.TimeOff(row.get("practitioner"), begin, end, row.get("reason", ""))
        )


async def load_appointments(
    conn: Conn,
    rows: Iterable[dict[str, Any]],
    patients: dict[str, dict[str, Any]],
    services: dict[str, dict[str, Any]],
    today: Today,
) -> int:
    """Past and coming appointments; those brought in before are moved along with today, and one
    whose time somebody else has taken meanwhile is left out."""
    await conn.execute(
        "DELETE FROM appointments WHERE tenant_id = app.current_tenant() AND source = 'import'"
    )
    absences = await openings.time_off(
        conn, today.now - timedelta(days=1), today.now + timedelta(days=HORIZON)
    )
    hours = await openings.open_hours(conn)
    count = 0
    for row in rows:
        day = _appointment_day(row, hours, absences, today)
        made = appointment(row, patients[row["patient"]], services[row["service"]], day, today)
        try:
            await appointments.add_appointment(conn, made, today.now)
        except Conflict:
            continue
        count += 1
    return count


def appointment(
    row: dict[str, Any],
    patient: dict[str, Any],
    of: dict[str, Any],
    day: date,
    today: Today,
) -> appointments.Appointment:
    """One appointment on its day."""
    begin = today.at(day, row["at"])
    end = begin + timedelta(minutes=of["duration"])
    made = appointments.Appointment(
        appointment_id=row["id"],
        practitioner_id=row["practitioner"],
        service_id=row["service"],
        starts_at=begin,
        ends_at=end,
        busy_from=begin,
        busy_until=end + timedelta(minutes=of.get("buffer_after", 0)),
        status=row["status"],
        contact_id=contact_id(patient["phone"]),
        patient_name=patient["name"],
        patient_phone=patient["phone"],
        note=row.get("note", ""),
        source="import",
    )
    if row["status"] == "confirmed":
        return replace(made, confirmed_at=today.now - timedelta(hours=3))
    if row["status"] == "cancelled":
        return replace(made, cancelled_at=begin - timedelta(days=1))
    return made


def _appointment_day(
    row: dict[str, Any],
    hours: list[openings.OpenHours],
    absences: list[openings.TimeOff],
    today: Today,
) -> date:
    if "day" in row:
        return today.now.date() + timedelta(days=row["day"])
    wanted, clock = row["working_day"], parse_time(row["at"])
    own = [h for h in hours if h.practitioner_id == row["practitioner"]]
    for offset in range(1, HORIZON):
        day = today.now.date() + timedelta(days=offset)
        begin = today.at(day, row["at"])
        works = any(
            h.weekday == day.isoweekday() and h.start_time <= clock < h.end_time for h in own
        )
        away = any(
            a.practitioner_id in (None, row["practitioner"]) and a.starts_at <= begin < a.ends_at
            for a in absences
        )
        wanted -= works and not away
        if wanted == 0:
            return day
    return today.now.date() + timedelta(days=HORIZON)


async def load_waitlist(
    conn: Conn, rows: Iterable[dict[str, Any]], patients: dict[str, dict[str, Any]], today: Today
) -> None:
    """People who want an earlier time."""
    for row in rows:
        patient = patients[row["patient"]]
        first, last = today.day(row["from_day"]), today.day(row["until_day"])
        assert first is not None
        assert last is not None
        entry = waitlist.Waiting(
            waitlist_id=f"wl-{row['patient']}-{row['service']}",
            service_id=row["service"],
            practitioner_id=row.get("practitioner"),
            contact_id=contact_id(patient["phone"]),
            patient_name=patient["name"],
            patient_phone=patient["phone"],
            from_day=first,
            until_day=last,
            from_time=parse_time(row["from_time"]) if "from_time" in row else None,
            until_time=parse_time(row["until_time"]) if "until_time" in row else None,
        )
        await waitlist.join_waitlist(conn, entry, f"import:{entry.waitlist_id}", today.now)
