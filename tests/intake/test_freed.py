"""A clinic's own list says that a time is free again: who waits is offered it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from invekto.db.pool import Database
from invekto.intake.run import import_files
from invekto.records import appointments, scheduled, waitlist
from invekto.records.appointments import Hold
from tests.tools.houses import NOW, House, contact, fill_clinic, tenant

HEADING = "Hasta;Telefon;Hekim;İşlem;Tarih;Saat;Durum\r\n"
AYSE = "Ayşe Yılmaz;0532 111 22 33;Dt. Ece Aydın;{service};27.11.2026;10.00;{status}\r\n"
OTHER = "Can Er;0532 111 22 44;Dt. Ece Aydın;İmplant;27.11.2026;10.00;Onaylı\r\n"
TEN = datetime(2026, 11, 27, 7, 0, tzinfo=UTC)


@pytest.fixture
async def clinic(db: Database) -> House:
    house = await tenant(db, "dental", health=True)
    async with db.tenant(house.id) as conn:
        await fill_clinic(conn)
    await take_in(house, "Planlandı")
    return house


async def take_in(
    house: House, status: str, more: str = "", service: str = "İmplant", *, dry_run: bool = False
) -> None:
    text = HEADING + AYSE.format(status=status, service=service) + more
    files = [("randevular.csv", text.encode("cp1254"))]
    report = await import_files(house.db, house.id, files, now=NOW, dry_run=dry_run)
    assert [p for sheet in report.sheets for p in sheet.problems] == []


async def waits(house: House, service: str = "implant") -> str:
    who = await contact(house, "+905321119988", name="Nil Ak")
    day = date(2026, 11, 27)
    entry = waitlist.Waiting(
        "wl_nil", service, day, day, contact_id=who.contact_id, patient_name="Nil Ak"
    )
    async with house.db.tenant(house.id) as conn:
        await waitlist.join_waitlist(conn, entry, "wl_nil", NOW)
    return who.contact_id


async def held(house: House, who: str) -> list[Hold]:
    async with house.db.tenant(house.id) as conn:
        found = await appointments.holds_of(conn, who, NOW)
        offers = await scheduled.waiting(conn, "waitlist", "wl_nil")
    assert len(offers) == len(found)
    return found


async def test_a_cancelled_row_frees_its_time(clinic: House) -> None:
    who = await waits(clinic)
    await take_in(clinic, "İptal", dry_run=True)
    assert await held(clinic, who) == []
    await take_in(clinic, "İptal")
    assert [h.starts_at for h in await held(clinic, who)] == [TEN]
    await take_in(clinic, "İptal")
    assert len(await held(clinic, who)) == 1


async def test_a_time_taken_again_by_the_next_row_is_offered_to_nobody(clinic: House) -> None:
    who = await waits(clinic)
    await take_in(clinic, "İptal", OTHER)
    assert await held(clinic, who) == []


async def test_another_service_fits_into_the_time(clinic: House) -> None:
    who = await waits(clinic, "temizlik")
    await take_in(clinic, "İptal")
    [hold] = await held(clinic, who)
    assert (hold.service_id, hold.starts_at, hold.practitioner_id) == ("temizlik", TEN, "ece")


async def test_who_wanted_another_hour_goes_on_waiting(clinic: House) -> None:
    who = await waits(clinic)
    async with clinic.db.tenant(clinic.id) as conn:
        await conn.execute(
            "UPDATE waitlist SET from_time = '14:00' WHERE tenant_id = app.current_tenant()"
        )
    await take_in(clinic, "İptal")
    assert await held(clinic, who) == []
