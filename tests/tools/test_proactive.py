"""Messages of the business's own accord: when they go, and when they had better not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invekto.records import (
    appointments,
    consents,
    conversations,
    openings,
    outbox,
    scheduled,
    waitlist,
)
from invekto.tools.contract import ContactView
from invekto.tools.dispatch import send_due
from invekto.tools.follow_up import freed, lapse_offers
from invekto.tools.proactive import Asked, Etiquette, etiquette, gate, reminders
from tests.neighbours.appointments import appointment
from tests.rows import one_row
from tests.tools.houses import NOW, House, contact, context

ZONE = ZoneInfo("Europe/Istanbul")
MANNERS = Etiquette(ZONE)
CLINIC = Etiquette(ZONE, health=True, templates={"appointment_reminder_48h": "hatirlatma"})


def local(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=ZONE)


def asked(**more: Any) -> Asked:
    base = Asked("appointment_reminder_48h", "transactional", "whatsapp", consent="given",
                 last_inbound_at=local(25, 9))  # fmt: skip
    return replace(base, **more)


@pytest.mark.parametrize(
    ("message", "rules", "now", "verdict"),
    [
        (asked(), CLINIC, local(25, 11), ("send", "")),
        (asked(opted_out=True), CLINIC, local(25, 11), ("suppress", "opted_out")),
        (asked(consent="refused"), CLINIC, local(25, 11), ("suppress", "no_consent")),
        (asked(consent=None), CLINIC, local(25, 11), ("suppress", "no_consent")),
        (asked(consent=None), MANNERS, local(25, 11), ("send", "")),
        (asked(message_class="commercial"), CLINIC, local(25, 11),
         ("suppress", "no_marketing_consent")),
        (asked(message_class="commercial", marketing_consent=True), CLINIC, local(25, 11),
         ("send", "")),
        (asked(message_class="commercial", marketing_consent=True), CLINIC, local(25, 21),
         ("wait", "quiet_hours")),
        (asked(), CLINIC, local(25, 23), ("wait", "quiet_hours")),
        (asked(not_after=local(26, 3)), CLINIC, local(25, 23), ("expire", "quiet_hours")),
        (asked(not_after=local(25, 10)), CLINIC, local(25, 11), ("expire", "too_late")),
        (asked(last_inbound_at=local(23, 9)), CLINIC, local(25, 11), ("send", "template")),
        (asked(last_inbound_at=None), CLINIC, local(25, 11), ("send", "template")),
        (asked(last_inbound_at=None, kind="waitlist_offer"), CLINIC, local(25, 11),
         ("suppress", "no_template")),
        (asked(last_inbound_at=None, channel="web"), CLINIC, local(25, 11), ("send", "")),
    ],
)  # fmt: skip
def test_the_gate(
    message: Asked, rules: Etiquette, now: datetime, verdict: tuple[str, str]
) -> None:
    found = gate(message, rules, now)
    assert (found.action, found.reason) == verdict


def test_waiting_ends_with_the_quiet_hours() -> None:
    assert gate(asked(), CLINIC, local(25, 23)).until == local(26, 8)
    assert gate(asked(), CLINIC, local(25, 3)).until == local(25, 8)


def test_a_tenants_own_quiet_hours() -> None:
    rules = etiquette(ZONE, {"quiet_hours": {"from": "19:00", "until": "10:30"}}, health=False)
    assert rules.transactional.begin == time(10, 30)
    assert rules.commercial.until == time(19)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)), st.booleans())
def test_no_message_goes_in_quiet_hours(moment: datetime, commercial: bool) -> None:
    now = moment.replace(tzinfo=UTC)
    kind = "commercial" if commercial else "transactional"
    found = gate(asked(message_class=kind, marketing_consent=True, channel="web"), CLINIC, now)
    goes = now if found.action == "send" else found.until
    assert goes is not None
    assert CLINIC.hours(kind).allow(goes.astimezone(ZONE))


def test_reminders_of_an_appointment() -> None:
    start = local(30, 14)
    assert [(r.kind, r.due_at) for r in reminders(start, NOW, MANNERS)] == [
        ("appointment_reminder_48h", local(28, 14)), ("appointment_reminder_2h", local(30, 12)),
    ]  # fmt: skip
    assert [r.kind for r in reminders(start, NOW, MANNERS, missed=2)] == [
        "appointment_reminder_48h", "appointment_reminder_24h", "appointment_reminder_2h",
    ]  # fmt: skip
    assert [r.kind for r in reminders(local(26, 14), NOW, MANNERS)] == ["appointment_reminder_2h"]
    assert reminders(local(25, 12), NOW, MANNERS) == []


def test_a_reminder_before_opening_goes_the_evening_before() -> None:
    due = reminders(local(30, 9), NOW, MANNERS)[-1].due_at
    assert due == local(29, 21, 45)


async def _plan(house: House, who: ContactView, **more: Any) -> None:
    base = scheduled.Planned(
        who.contact_id, "appointment_reminder_48h", "visit", "apt_1", NOW, "apt_1:48h",
        data={"service": {"tr": "Dolgu"}, "practitioner": "Dt. Ece", "moment": NOW.isoformat()},
    )  # fmt: skip
    async with house.db.tenant(house.id) as conn:
        await scheduled.plan(conn, replace(base, **more), NOW)


async def _send(house: House, now: datetime = NOW) -> dict[str, int]:
    async with house.db.tenant(house.id) as conn:
        return dict(await send_due(context(house, conn, None, now=now, role="supervisor")))


async def test_a_due_message_is_queued_once(shop: House) -> None:
    who = await contact(shop, "+905321112233")
    await _plan(shop, who)
    await _plan(shop, who)
    assert await _send(shop) == {"queued": 1}
    assert await _send(shop) == {}
    async with shop.db.tenant(shop.id) as conn:
        [outbound_id] = await one_row(
            conn, "SELECT outbound_id FROM outbound_messages WHERE tenant_id = app.current_tenant()"
        )
        sent = await outbox.get(conn, outbound_id)
        assert sent is not None
        assert sent.conversation_id is not None
        thread = await conversations.thread(conn, sent.conversation_id)
    assert sent.text == thread[-1].text
    assert "Dolgu" in sent.text
    assert "11.00" in sent.text
    assert sent.recipient == "+905321112233"


async def test_nothing_planned_goes_to_who_opted_out(shop: House) -> None:
    who = await contact(shop, "+905321112233")
    async with shop.db.tenant(shop.id) as conn:
        await consents.opt_out(conn, who.contact_id, NOW, recorded_by="u1")
    await _plan(shop, who)
    assert await _send(shop) == {"suppressed": 1}


async def test_offers_go_to_who_agreed_to_offers(shop: House) -> None:
    eager, silent = await contact(shop, "+905321112233"), await contact(shop, "+905440000001")
    async with shop.db.tenant(shop.id) as conn:
        await consents.record_consent(
            conn, eager.contact_id, "given", purpose="marketing", recorded_by="test"
        )
    for who in (eager, silent):
        await _plan(shop, who, message_class="commercial", dedupe_key=who.contact_id)
    assert await _send(shop) == {"queued": 1, "suppressed": 1}


async def test_quiet_hours_postpone_and_then_it_goes(shop: House) -> None:
    who = await contact(shop, None)
    night = datetime(2026, 11, 25, 20, tzinfo=UTC)
    await _plan(shop, who, due_at=night)
    assert await _send(shop, night) == {"waiting": 1}
    assert await _send(shop, night + timedelta(hours=1)) == {}
    assert await _send(shop, night + timedelta(hours=10)) == {"queued": 1}


async def test_a_message_called_off_and_planned_anew_goes_once(shop: House) -> None:
    who = await contact(shop, None)
    await _plan(shop, who)
    async with shop.db.tenant(shop.id) as conn:
        assert await scheduled.call_off(conn, "visit", "apt_1", NOW) == 1
    assert await _send(shop) == {}
    await _plan(shop, who)
    assert await _send(shop) == {"queued": 1}
    await _plan(shop, who)
    assert await _send(shop) == {}


async def test_an_offer_that_lapses_goes_to_the_next(clinic: House) -> None:
    first, second = await contact(clinic, None), await contact(clinic, None, name="Ali Can")
    gone = appointment("apt_gone", NOW + timedelta(days=2))
    async with clinic.db.tenant(clinic.id) as conn:
        for number, who in enumerate((first, second)):
            entry = waitlist.Waiting(
                f"wl_{number}", "temizlik", NOW.date(), NOW.date() + timedelta(days=5),
                contact_id=who.contact_id,
            )  # fmt: skip
            await waitlist.join_waitlist(conn, entry, f"k{number}", NOW + timedelta(seconds=number))
        ctx = context(clinic, conn, None, role="supervisor")
        await openings.lock_practitioners(conn, ["ece"])
        offered = await freed(ctx, gone)
        assert offered is not None
        assert offered.waitlist_id == "wl_0"
        assert await lapse_offers(ctx) == 0
        later = context(clinic, conn, None, now=NOW + timedelta(hours=3), role="supervisor")
        assert await lapse_offers(later) == 1
        holds = await appointments.holds_of(conn, second.contact_id, NOW + timedelta(hours=3))
        assert [h.starts_at for h in holds] == [gone.starts_at]
        assert await appointments.holds_of(conn, first.contact_id, NOW + timedelta(hours=3)) == []
