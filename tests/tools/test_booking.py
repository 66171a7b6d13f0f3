"""Bookings: offered, held, booked, moved, cancelled; never two in one place."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from invekto.contracts.action import ProposedAction
from invekto.db.pool import Database
from invekto.errors import Conflict, Refused
from invekto.records import appointments, scheduled, waitlist
from invekto.tools.contract import ContactView
from invekto.tools.toolbox import Toolbox, standard_tools
from tests.conftest import TestDatabase
from tests.tools.houses import NOW, House, contact, context

box = Toolbox(standard_tools())
PHONES = (f"+9055000000{n:02d}" for n in range(100))


async def propose(house: House, who: ContactView, tool: str, **args: object) -> ProposedAction:
    async with house.db.tenant(house.id) as conn:
        return await box.get(tool).propose(context(house, conn, who), args)


async def commit(house: House, who: ContactView, action: ProposedAction, **more: Any) -> Any:
    async with house.db.tenant(house.id) as conn:
        ctx = context(house, conn, who, key=action.key, **more)
        return await box.get(action.tool).commit(ctx, action)


async def search(house: House, who: ContactView, **args: object) -> Any:
    async with house.db.tenant(house.id) as conn:
        return await box.get("slots.search").read(context(house, conn, who), args)


async def book(house: House, who: ContactView, **args: object) -> Any:
    return await commit(house, who, await propose(house, who, "slots.book", **args))


@pytest.fixture
async def ayse(clinic: House) -> ContactView:
    return await contact(clinic, next(PHONES))


@pytest.fixture
async def mehmet(clinic: House) -> ContactView:
    return await contact(clinic, next(PHONES), name="Mehmet Demir")


TOMORROW = "2026-11-26T10:00:00+03:00"


async def test_what_is_offered_can_be_booked(clinic: House, ayse: ContactView) -> None:
    found = await search(clinic, ayse, service="diş temizliği", part="afternoon")
    assert found.met
    assert len(found.options) == 3
    assert all(12 <= o.starts_at.hour < 18 for o in found.options)
    done = await book(clinic, ayse, service=found.service_id, key=found.options[0].key)
    assert done.appointment.starts_at == found.options[0].starts_at
    async with clinic.db.tenant(clinic.id) as conn:
        mine = await box.get("slots.mine").read(context(clinic, conn, ayse), {})
    assert [a.appointment_id for a in mine.appointments] == [done.appointment.appointment_id]


async def test_a_proposal_holds_the_time_and_books_nothing(
    clinic: House, ayse: ContactView, mehmet: ContactView
) -> None:
    wish = {"service": "implant", "starts_at": TOMORROW, "practitioner": "ece"}
    action = await propose(clinic, ayse, "slots.book", **wish)
    assert action.hold_until == NOW + timedelta(minutes=15)
    assert "26 Kasım" in action.summary["tr"]
    with pytest.raises(Refused) as refused:
        await propose(clinic, mehmet, "slots.book", **wish)
    assert refused.value.reason == "slot_taken"
    async with clinic.db.tenant(clinic.id) as conn:
        assert await appointments.appointments_between(conn, NOW, NOW + timedelta(days=9)) == []


async def test_ones_own_hold_is_still_offered_to_oneself(
    clinic: House, ayse: ContactView, mehmet: ContactView
) -> None:
    await propose(clinic, ayse, "slots.book", service="implant", starts_at=TOMORROW)
    asked = {"service": "implant", "day": TOMORROW}
    assert (await search(clinic, ayse, **asked)).met
    assert not (await search(clinic, mehmet, **asked)).met
    await propose(clinic, ayse, "slots.book", service="implant", starts_at=TOMORROW)


async def test_a_hold_that_ran_out_gives_the_time_to_the_next(
    clinic: House, ayse: ContactView, mehmet: ContactView
) -> None:
    wish = {"service": "implant", "starts_at": TOMORROW}
    late = NOW + timedelta(minutes=16)
    action = await propose(clinic, ayse, "slots.book", **wish)
    async with clinic.db.tenant(clinic.id) as conn:
        ctx = context(clinic, conn, mehmet, now=late, key="k2")
        theirs = await box.get("slots.book").propose(ctx, wish)
        await box.get("slots.book").commit(replace(ctx, idempotency_key=theirs.key), theirs)
    with pytest.raises(Refused) as refused:
        await commit(clinic, ayse, action, now=late)
    assert refused.value.reason == "slot_taken"


async def test_committing_twice_books_once(clinic: House, ayse: ContactView) -> None:
    action = await propose(clinic, ayse, "slots.book", service="implant", starts_at=TOMORROW)
    first = await commit(clinic, ayse, action)
    second = await commit(clinic, ayse, action)
    assert first == second
    async with clinic.db.tenant(clinic.id) as conn:
        found = await appointments.appointments_between(conn, NOW, NOW + timedelta(days=9))
    assert len(found) == 1


@pytest.mark.parametrize(
    ("args", "reason"),
    [
        ({"service": "implant", "starts_at": "2026-11-24T10:00+03:00"}, "past_date"),
        ({"service": "implant", "starts_at": "2026-11-28T10:00+03:00"}, "not_open"),
        ({"service": "implant", "starts_at": "2026-11-26T12:30+03:00"}, "not_open"),
        ({"service": "implant", "starts_at": "2026-11-26T16:30+03:00"}, "not_open"),
        ({"service": "implant", "starts_at": "2027-11-26T10:00+03:00"}, "too_far"),
        ({"service": "zirkonyum", "starts_at": TOMORROW}, "unknown_service"),
        ({"service": "implant", "starts_at": TOMORROW, "practitioner": "Kaan"}, "not_with"),
        ({"service": "implant", "starts_at": TOMORROW, "practitioner": "Zeki"},
         "unknown_practitioner"),
        ({"service": "implant"}, "which_time"),
        ({"service": "implant", "key": "nonsense|ece"}, "which_time"),
    ],
)  # fmt: skip
async def test_what_the_rules_forbid_is_refused_with_a_sentence(
    clinic: House, ayse: ContactView, args: dict[str, str], reason: str
) -> None:
    with pytest.raises(Refused) as refused:
        await propose(clinic, ayse, "slots.book", **args)
    assert refused.value.reason == reason
    assert refused.value.message.endswith((".", "?"))


async def test_moving_within_its_own_time(clinic: House, ayse: ContactView) -> None:
    done = await book(clinic, ayse, service="implant", starts_at=TOMORROW)
    action = await propose(clinic, ayse, "slots.move", starts_at="2026-11-26T10:30:00+03:00")
    moved = await commit(clinic, ayse, action)
    again = await commit(clinic, ayse, action)
    assert moved.appointment.starts_at.isoformat() == "2026-11-26T10:30:00+03:00"
    assert again.appointment == moved.appointment
    assert moved.appointment.appointment_id == done.appointment.appointment_id


async def test_a_failed_move_keeps_the_old_time(
    clinic: House, ayse: ContactView, mehmet: ContactView
) -> None:
    await book(clinic, mehmet, service="implant", starts_at="2026-11-26T14:00+03:00")
    await book(clinic, ayse, service="implant", starts_at=TOMORROW)
    with pytest.raises(Refused) as refused:
        await propose(clinic, ayse, "slots.move", starts_at="2026-11-26T14:30+03:00")
    assert refused.value.reason == "slot_taken"
    async with clinic.db.tenant(clinic.id) as conn:
        mine = await box.get("slots.mine").read(context(clinic, conn, ayse), {})
    assert mine.next.starts_at.isoformat() == TOMORROW


async def test_late_changes_go_to_a_person(clinic: House, ayse: ContactView) -> None:
    await book(clinic, ayse, service="temizlik", starts_at="2026-11-25T14:00+03:00")
    soon = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
    async with clinic.db.tenant(clinic.id) as conn:
        ctx = context(clinic, conn, ayse, now=soon)
        with pytest.raises(Refused) as refused:
            await box.get("slots.cancel").propose(ctx, {})
        assert refused.value.reason == "too_late"
        await box.get("slots.confirm").propose(ctx, {})


async def test_nobody_touches_another_ones_appointment(
    clinic: House, ayse: ContactView, mehmet: ContactView
) -> None:
    theirs = (await book(clinic, mehmet, service="implant", starts_at=TOMORROW)).appointment
    for tool, args in (
        ("slots.cancel", {"appointment_id": theirs.appointment_id}),
        ("slots.confirm", {"appointment_id": theirs.appointment_id}),
        ("slots.move", {"appointment_id": theirs.appointment_id, "starts_at": TOMORROW}),
    ):
        with pytest.raises(Refused) as refused:
            await propose(clinic, ayse, tool, **args)
        assert refused.value.reason == "no_appointment"
        forged = ProposedAction(tool, args, {}, "forged")
        with pytest.raises(Refused):
            await commit(clinic, ayse, forged)


async def test_two_hundred_bookings_of_twenty_slots(clinic: House, database: TestDatabase) -> None:
    """20 booked, 180 refused politely, nothing else."""
    slots = [
        f"2026-11-{day}T{hour:02d}:00:00+03:00"
        for day in (26, 27, 30) for hour in (9, 10, 11, 13, 14, 15, 16)
    ][:20]  # fmt: skip
    people = [await contact(clinic, f"+90551{n:07d}", name=f"Kişi {n}") for n in range(200)]

    async with Database(database.app_dsn, size=20) as pool:
        house = replace(clinic, db=pool)

        async def one(number: int) -> str:
            wish = {"service": "implant", "starts_at": slots[number % 20], "practitioner": "ece"}
            try:
                action = await propose(house, people[number], "slots.book", **wish)
                await commit(house, people[number], action)
            except Refused as refused:
                return refused.reason
            return "booked"

        outcomes = Counter(await asyncio.gather(*(one(n) for n in range(200))))
    assert outcomes == {"booked": 20, "slot_taken": 180}


async def test_straight_commits_collide_politely(clinic: House, database: TestDatabase) -> None:
    """Without the holds of proposals: fifty commits of one time at once."""
    people = [await contact(clinic, f"+90552{n:07d}", name=f"Kişi {n}") for n in range(50)]
    args = {"service": "implant", "starts_at": TOMORROW, "practitioner": "ece"}
    async with Database(database.app_dsn, size=20) as pool:
        house = replace(clinic, db=pool)

        async def one(number: int) -> str:
            try:
                await commit(
                    house, people[number], ProposedAction("slots.book", args, {}, f"k{number}")
                )
            except Refused as refused:
                return refused.reason
            return "booked"

        outcomes = Counter(await asyncio.gather(*(one(n) for n in range(50))))
    assert outcomes == {"booked": 1, "slot_taken": 49}


async def test_the_database_itself_refuses_a_double_booking(clinic: House) -> None:
    begin = datetime(2026, 11, 26, 7, tzinfo=UTC)

    def row(key: str, start: datetime) -> appointments.Appointment:
        end = start + timedelta(minutes=60)
        return appointments.Appointment(key, "ece", "implant", start, end, start, end)

    async with clinic.db.tenant(clinic.id) as conn:
        await appointments.add_appointment(conn, row("one", begin), NOW)
        with pytest.raises(Conflict):
            await appointments.add_appointment(conn, row("two", begin + timedelta(minutes=55)), NOW)
        await appointments.add_appointment(conn, row("three", begin + timedelta(hours=1)), NOW)
        await appointments.set_appointment_status(conn, "one", "cancelled", NOW)
        await appointments.add_appointment(conn, row("four", begin), NOW)


async def test_moves_and_cancellations_at_once_end_well(
    clinic: House, database: TestDatabase
) -> None:
    """People move to each other's times and cancel while others book: no error, no overlap."""
    people = [await contact(clinic, f"+90553{n:07d}", name=f"Kişi {n}") for n in range(12)]
    hours = [9, 10, 11, 13, 14, 15]
    for who, hour in zip(people[:6], hours, strict=True):
        await book(clinic, who, service="implant", starts_at=f"2026-11-26T{hour:02d}:00+03:00")

    async with Database(database.app_dsn, size=12) as pool:
        house = replace(clinic, db=pool)

        async def one(number: int) -> str:
            who, hour = people[number], hours[(number + 1) % 6]
            start = f"2026-11-26T{hour:02d}:00+03:00"
            try:
                if number % 3 == 0 and number < 6:
                    await commit(house, who, await propose(house, who, "slots.cancel"))
                elif number < 6:
                    action = await propose(house, who, "slots.move", starts_at=start)
                    await commit(house, who, action)
                else:
                    await book(house, who, service="implant", starts_at=start)
            except Refused as refused:
                return refused.reason
            return "done"

        outcomes = await asyncio.gather(*(one(n) for n in range(12)))
    assert set(outcomes) <= {"done", "slot_taken"}
    async with clinic.db.tenant(clinic.id) as conn:
        found = await appointments.appointments_between(conn, NOW, NOW + timedelta(days=3))
    spans = sorted((a.starts_at, a.ends_at) for a in found if a.status != "cancelled")
    assert all(a[1] <= b[0] for a, b in pairwise(spans))


async def test_booking_plans_reminders_and_cancelling_takes_them_back(
    clinic: House, ayse: ContactView
) -> None:
    done = await book(clinic, ayse, service="implant", starts_at="2026-11-30T14:00+03:00")
    key = done.appointment.appointment_id
    async with clinic.db.tenant(clinic.id) as conn:
        planned = await scheduled.waiting(conn, "appointment", key)
    assert [kind for kind, _ in planned] == [
        "appointment_booked", "appointment_reminder_48h", "appointment_reminder_2h"
    ]  # fmt: skip
    action = await propose(clinic, ayse, "slots.move", starts_at="2026-12-01T14:00+03:00")
    await commit(clinic, ayse, action)
    async with clinic.db.tenant(clinic.id) as conn:
        assert len(await scheduled.waiting(conn, "appointment", key)) == 3
    await commit(clinic, ayse, await propose(clinic, ayse, "slots.cancel"))
    async with clinic.db.tenant(clinic.id) as conn:
        assert await scheduled.waiting(conn, "appointment", key) == []


async def test_a_freed_time_is_offered_to_who_waits(
    clinic: House, ayse: ContactView, mehmet: ContactView
) -> None:
    await book(clinic, ayse, service="implant", starts_at="2026-11-27T10:00+03:00")
    wish = {"service": "implant", "day": {"start": "2026-11-27", "end": "2026-11-27"}}
    waiting = await commit(
        clinic, mehmet, await propose(clinic, mehmet, "slots.join_waitlist", **wish)
    )
    await commit(clinic, ayse, await propose(clinic, ayse, "slots.cancel"))
    async with clinic.db.tenant(clinic.id) as conn:
        offers = await scheduled.waiting(conn, "waitlist", waiting.waitlist_id)
        assert [kind for kind, _ in offers] == ["waitlist_offer"]
    other = await contact(clinic, next(PHONES), name="Zeynep Ak")
    with pytest.raises(Refused) as refused:
        await propose(clinic, other, "slots.book", service="implant",
                      starts_at="2026-11-27T10:00+03:00")  # fmt: skip
    assert refused.value.reason == "slot_taken"
    await book(clinic, mehmet, service="implant", starts_at="2026-11-27T10:00+03:00")
    async with clinic.db.tenant(clinic.id) as conn:
        assert await waitlist.open_entries(conn, mehmet.contact_id) == []


async def test_search_says_when_a_day_is_closed_and_offers_the_next(
    clinic: House, ayse: ContactView
) -> None:
    found = await search(clinic, ayse, service="implant", day="2026-11-28")
    assert (found.met, found.why_not) == (False, "closed")
    assert found.options[0].starts_at.isoformat() == "2026-11-30T09:00:00+03:00"


async def test_search_refuses_the_past(clinic: House, ayse: ContactView) -> None:
    with pytest.raises(Refused) as refused:
        await search(clinic, ayse, service="implant", day="2026-11-20")
    assert refused.value.reason == "past_date"


async def test_an_exact_time_is_offered_first_if_free(clinic: House, ayse: ContactView) -> None:
    asked = {"service": "implant", "day": {"start": TOMORROW, "grain": "time"}}
    found = await search(clinic, ayse, **asked)
    assert found.met
    assert TOMORROW in [o.starts_at.isoformat() for o in found.options]
    await book(clinic, ayse, service="implant", starts_at=TOMORROW)
    other = await contact(clinic, next(PHONES), name="Zeynep Ak")
    found = await search(clinic, other, **asked)
    assert not found.met
    assert found.options
