"""The diary over the API: listed, exported, and what became of a visit."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from icalendar import Calendar

from invekto.records import appointments, openings, pricing, waitlist
from invekto.tools.contract import TenantView
from tests.server.conftest import House
from tests.tools import houses


async def furnish(house: House) -> datetime:
    """A practitioner who works every day, a service, one booked visit in five days."""
    start = (datetime.now(UTC) + timedelta(days=5)).replace(
        hour=9, minute=0, second=0, microsecond=0
    )
    async with house.deps.database.tenant(house.tenant_id) as conn:
        await pricing.save_service(conn, pricing.Service("temizlik", "Diş temizliği", 30))
        hours = [
            openings.OpenHours(f"ece-{day}", "ece", day, time(8), time(20)) for day in range(1, 8)
        ]
        person = openings.Practitioner("ece", "Ece Ak", "Dt.", service_ids=["temizlik"])
        await openings.save_practitioner(conn, person, hours)
        await appointments.add_appointment(conn, visit("apt_1", start), start)
    return start


def visit(ident: str, start: datetime, **more: Any) -> appointments.Appointment:
    end = start + timedelta(minutes=30)
    return appointments.Appointment(
        ident, "ece", "temizlik", start, end, start, end, patient_name="Melis Aktan", **more
    )


async def test_the_diary_is_listed_and_exported(house: House) -> None:
    start = await furnish(house)
    async with house.role("agent") as agent:
        [seen] = (await agent.get("/v1/appointments")).json()
        assert (seen["appointment_id"], seen["status"]) == ("apt_1", "booked")
        assert (await agent.get("/v1/appointments", params={"practitioner": "x"})).json() == []
        answer = await agent.get("/v1/appointments/calendar.ics")
    assert answer.headers["content-type"].startswith("text/calendar")
    [event] = Calendar.from_ical(answer.content).walk("VEVENT")
    assert str(event["summary"]) == "Diş temizliği – Melis Aktan"
    assert event.decoded("dtstart") == start


async def test_what_became_of_a_visit(house: House) -> None:
    start = await furnish(house)
    view = TenantView(house.tenant_id, "Klinik", "dental")
    who = await houses.contact(houses.House(house.deps.database, view), "+905321112233")
    async with house.deps.database.tenant(house.tenant_id) as conn:
        entry = waitlist.Waiting(
            "wl_1", "temizlik", date.today(), start.date(), contact_id=who.contact_id
        )
        await waitlist.join_waitlist(conn, entry, "wl_1", start)
        past = start - timedelta(days=20)
        await appointments.add_appointment(conn, visit("apt_old", past), past)
    async with house.role("agent") as agent:

        async def became(ident: str, status: str) -> int:
            path = f"/v1/appointments/{ident}/status"
            return (await agent.post(path, json={"status": status})).status_code

        assert await became("apt_old", "no_show") == 200
        assert await became("apt_1", "cancelled") == 200
        assert await became("apt_1", "confirmed") == 409
        assert await became("apt_2", "cancelled") == 404
    async with house.deps.database.tenant(house.tenant_id) as conn:
        [waiting] = await waitlist.open_entries(conn, who.contact_id)
        assert waiting.status == "offered", "the freed time was offered to who waits"
        old = await appointments.get_appointment(conn, "apt_old")
    assert old is not None
    assert old.status == "no_show"
