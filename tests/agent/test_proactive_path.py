"""Messages of the business's own accord, from what they are about to the channel, and what the
customer answers: the demo clinics, real engine, a clock that moves."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from invekto.agent.assembly import Engine
from invekto.agent.handling import Handled
from invekto.contracts.clock import fixed_clock
from invekto.contracts.messages import InboundMessage
from invekto.records import appointments, consents, conversations, scheduled, waitlist
from invekto.tools.contract import ContactView, ToolContext
from invekto.tools.dispatch import send_due
from invekto.tools.follow_up import later
from invekto.tools.tending import tend
from invekto.tools.toolbox import Toolbox, standard_tools
from tests.agent.conftest import NOW, Desk

CLINIC = "inci-dis"
MELIS, GULAY = "+905445552485", "+905065552679"  # consent given; refused
box = Toolbox(standard_tools())


def at(engine: Engine, moment: datetime) -> Engine:
    return replace(engine, deps=replace(engine.deps, clock=fixed_clock(moment)))


async def context(engine: Engine, conn: Any, moment: datetime) -> ToolContext:
    tenant, _ = await engine.shelf.kit(conn, CLINIC)
    return ToolContext(
        conn=conn, tenant_id=CLINIC, tenant=tenant, contact=None, conversation_id=None,
        turn_id=None, clock=fixed_clock(moment),
    )  # fmt: skip


async def round_at(engine: Engine, moment: datetime) -> tuple[dict[str, int], dict[str, int]]:
    """What the worker does at a moment: tend, then send what is due."""
    async with engine.deps.database.tenant(CLINIC) as conn:
        ctx = await context(engine, conn, moment)
        return await tend(ctx), dict(await send_due(ctx))


async def messages_to(engine: Engine, phone: str) -> list[tuple[str, str, Any]]:
    """(kind, text, template) of what went out to a phone."""
    async with engine.deps.database.tenant(CLINIC) as conn:
        rows = await conn.execute(
            "SELECT o.kind, o.text, o.template FROM outbound_messages o JOIN contacts c"
            " USING (tenant_id, contact_id) WHERE o.tenant_id = app.current_tenant()"
            " AND c.phone = %s AND o.kind IN ('reminder', 'follow_up') ORDER BY o.created_at",
            (phone,),
        )
        return await rows.fetchall()


async def outcomes(engine: Engine, phone: str) -> list[tuple[str, str, str | None]]:
    async with engine.deps.database.tenant(CLINIC) as conn:
        rows = await conn.execute(
            "SELECT s.kind, s.status, s.reason FROM scheduled_messages s JOIN contacts c"
            " USING (tenant_id, contact_id) WHERE s.tenant_id = app.current_tenant()"
            " AND c.phone = %s ORDER BY s.due_at",
            (phone,),
        )
        return await rows.fetchall()


async def next_appointment(engine: Engine, phone: str) -> appointments.Appointment:
    async with engine.deps.database.tenant(CLINIC) as conn:
        found = await appointments.appointments_of(conn, contact_id=None, phone=phone, after=NOW)
    return found[0]


async def answer(engine: Engine, phone: str, text: str, moment: datetime) -> Handled:
    return await Desk(at(engine, moment)).say(CLINIC, phone, text)


async def test_an_imported_appointment_is_reminded_of_and_confirmed(engine: Engine) -> None:
    """Tomorrow morning's appointment came in with the clinic's own files, 24 hours away: the
    48-hour reminder's time has passed, the 2-hour one goes out as an approved template, because
    the patient has never written. Her EVET confirms."""
    tended, _ = await round_at(engine, NOW)
    assert tended["reminders_planned"] > 5
    assert (await round_at(engine, NOW))[0]["reminders_planned"] == 0
    booked = await next_appointment(engine, MELIS)
    two_hours = booked.starts_at - timedelta(hours=2)
    await round_at(engine, two_hours + timedelta(minutes=1))
    [(kind, text, template)] = await messages_to(engine, MELIS)
    assert kind == "reminder"
    assert "10.30" in text
    assert template["name"] == "randevu_hatirlatma_2s"
    assert template["language"] == "tr"
    assert template["parameters"][1:3] == ["Muayene ve tedavi planı", "10.30"]
    handled = await answer(engine, MELIS, "evet geliyorum", two_hours + timedelta(minutes=5))
    assert [r.intent for r in handled.worked.state.results] == ["appointment_confirm"]
    draft = handled.worked.state.draft
    assert draft is not None
    assert [a.tool for a in draft.actions] == ["slots.confirm"]


ANSWERS = [
    ("EVET", "appointment_confirm"),
    ("evt gelcem", "appointment_confirm"),
    ("İPTAL", "appointment_cancel"),
    ("gelemicem iptal edin", "appointment_cancel"),
    ("DEĞİŞTİR", "appointment_change"),
    ("yes", "appointment_confirm"),
    ("نعم", "appointment_confirm"),
]


async def reminded(
    engine: Engine, number: int, *, send: bool = True, open_hours: bool = False
) -> tuple[str, str]:
    """A new patient who was just reminded of an appointment; phone and appointment id."""
    phone = f"+90532777{number:04d}"
    async with engine.deps.database.tenant(CLINIC) as conn:
        message = InboundMessage(
            "whatsapp", phone.lstrip("+"), f"m-{phone}", "merhaba", NOW, phone=phone,
            phone_verified=True,
        )  # fmt: skip
        received = await conversations.receive(conn, message, NOW)
        conversation = await conversations.get(conn, received.conversation_id)
        await conversations.close(conn, conversation.contact_id, NOW)
        await consents.record_consent(conn, conversation.contact_id, "given", recorded_by="u1")
        found = await appointments.appointments_between(conn, NOW, NOW + timedelta(days=9))
        base = next(a for a in found if a.service_id == "muayene")
        start = (NOW + timedelta(days=40, hours=number)).replace(minute=0)
        if open_hours:
            start = datetime.fromisoformat(await free(await context(engine, conn, NOW)))
            base = replace(base, practitioner_id="dt-selin")
        made = appointments.Appointment(
            f"apt_{number}", base.practitioner_id, base.service_id, start,
            start + timedelta(minutes=30), start, start + timedelta(minutes=30),
            contact_id=conversation.contact_id, patient_phone=phone, patient_name="Deneme Hasta",
        )  # fmt: skip
        await appointments.add_appointment(conn, made, NOW)
        await scheduled.plan(
            conn,
            scheduled.Planned(
                conversation.contact_id, "appointment_reminder_48h", "appointment",
                made.appointment_id, NOW, f"{phone}:48",
                data={"service": {"tr": "Muayene"}, "practitioner": "Dt. Selin",
                      "moment": start.isoformat()},
            ),
            NOW,
        )  # fmt: skip
        if send:
            assert (await send_due(await context(engine, conn, NOW)))["queued"] >= 1
    return phone, made.appointment_id


async def planned_only(engine: Engine, number: int) -> tuple[str, str]:
    """As `reminded`, with the message still waiting."""
    phone, ident = await reminded(engine, number, send=False)
    return phone, ident


async def free(ctx: ToolContext) -> str:
    """A free time some days ahead."""
    offers = Toolbox(standard_tools()).get("slots.search")
    day = (ctx.now + timedelta(days=5)).date().isoformat()
    wish = {"service": "muayene", "day": day, "practitioner": "dt-selin"}
    found = await offers.read(ctx, wish)
    return str(found.options[0].starts_at.isoformat())


@pytest.mark.parametrize("number", range(len(ANSWERS)), ids=[text for text, _ in ANSWERS])
async def test_the_reminders_own_words_are_understood(engine: Engine, number: int) -> None:
    text, intent = ANSWERS[number]
    phone, _ = await reminded(engine, number)
    handled = await answer(engine, phone, text, NOW + timedelta(minutes=9))
    assert [r.intent for r in handled.worked.state.results] == [intent]


async def test_no_consent_no_reminder(engine: Engine) -> None:
    booked = await next_appointment(engine, GULAY)
    for hours in (48, 2):
        await round_at(engine, booked.starts_at - timedelta(hours=hours) + timedelta(minutes=1))
    assert {(s, r) for _, s, r in await outcomes(engine, GULAY)} == {("suppressed", "no_consent")}
    assert await messages_to(engine, GULAY) == []


async def test_a_freed_time_is_offered_and_taken_with_a_yes(engine: Engine) -> None:
    """Nilüfer waits for an examination; a time frees, she is told, says yes, and has it."""
    phone = "+905327779991"
    _, freed_id = await reminded(engine, 91, open_hours=True)
    async with engine.deps.database.tenant(CLINIC) as conn:
        message = InboundMessage(
            "whatsapp", phone.lstrip("+"), "m-wait", "merhaba", NOW, phone=phone,
            phone_verified=True, name="Nilüfer Sezgin",
        )  # fmt: skip
        received = await conversations.receive(conn, message, NOW)
        waiting = (await conversations.get(conn, received.conversation_id)).contact_id
        await conversations.close(conn, waiting, NOW)
        await consents.record_consent(conn, waiting, "given", recorded_by="u1")
        gone = await appointments.get_appointment(conn, freed_id)
        assert gone is not None
        entry = waitlist.Waiting(
            "wl_yes", "muayene", NOW.date(), (NOW + timedelta(days=60)).date(),
            practitioner_id=gone.practitioner_id, contact_id=waiting,
            patient_name="Nilüfer Sezgin",
        )  # fmt: skip
        for other in await waitlist.waiting_for(conn, service_id="muayene"):
            await waitlist.set_waiting(conn, other.waitlist_id, "expired")
        await waitlist.join_waitlist(conn, entry, "wl_yes", NOW)
        assert gone.contact_id is not None
        stored = await conversations.get_contact(conn, gone.contact_id)
        ctx = replace(
            await context(engine, conn, NOW),
            contact=ContactView(
                stored.contact_id, "Deneme Hasta", stored.phone, True, "tr", "whatsapp"
            ),
            idempotency_key="cancel-91",
        )
        cancel = Toolbox(standard_tools()).get("slots.cancel")
        action = await cancel.propose(ctx, {"appointment_id": freed_id})
        await cancel.commit(ctx, action)
        assert (await send_due(ctx))["queued"] >= 1
    [(_, text, template)] = await messages_to(engine, phone)
    assert "yer açıldı" in text
    assert template is None, "she wrote a moment ago"
    handled = await answer(engine, phone, "evet lütfen", NOW + timedelta(minutes=4))
    state = handled.worked.state
    assert state.draft is not None, (state.handover, state.results)
    [action] = state.draft.actions
    assert action.tool == "slots.book"
    assert datetime.fromisoformat(action.args["starts_at"]) == gone.starts_at


async def test_refusals_of_the_last_moment(engine: Engine) -> None:
    """Opted out, moved, confirmed or cancelled since it was planned: nothing is said."""
    phones = {}
    for number, what in enumerate(("opted_out", "cancelled", "confirmed", "moved"), 61):
        phone = f"+90532777{number:04d}"
        phones[what] = phone
        _, ident = await planned_only(engine, number)
        async with engine.deps.database.tenant(CLINIC) as conn:
            if what == "opted_out":
                found = await conversations.find_contact(conn, "whatsapp", phone.lstrip("+"))
                assert found is not None
                await consents.opt_out(conn, found.contact_id, NOW, recorded_by="u1")
            elif what == "moved":
                was = await appointments.get_appointment(conn, ident)
                assert was is not None
                later = {
                    name: getattr(was, name) + timedelta(days=1)
                    for name in ("starts_at", "ends_at", "busy_from", "busy_until")
                }
                await appointments.move(
                    conn, ident, practitioner_id=was.practitioner_id, seat=1, now=NOW, **later
                )
            else:
                await appointments.set_appointment_status(conn, ident, what, NOW)
    await round_at(engine, NOW)
    kept = {"opted_out": ("cancelled", "opted out")}
    for what, phone in phones.items():
        status, because = kept.get(what, ("suppressed", what))
        assert await outcomes(engine, phone) == [("appointment_reminder_48h", status, because)]
        assert await messages_to(engine, phone) == []


async def test_at_night_it_waits_and_then_goes(engine: Engine) -> None:
    phone, _ = await planned_only(engine, 71)
    night = NOW.replace(hour=21)
    await round_at(engine, night)
    assert await messages_to(engine, phone) == []
    await round_at(engine, night + timedelta(hours=9))
    assert len(await messages_to(engine, phone)) == 1


async def test_who_missed_twice_is_reminded_once_more(engine: Engine) -> None:
    """A person of the clinic books on the telephone: the patient is told at once, and reminded
    three times, because of two visits missed."""
    phone, ident = await planned_only(engine, 81)
    async with engine.deps.database.tenant(CLINIC) as conn:
        first = await appointments.get_appointment(conn, ident)
        assert first is not None
        assert first.contact_id is not None
        await appointments.set_appointment_status(conn, ident, "no_show", NOW)
        for number in (1, 2):
            start = (NOW - timedelta(days=20 * number)).replace(hour=3)
            old = replace(
                first, appointment_id=f"apt_old_{number}", starts_at=start,
                ends_at=start + timedelta(minutes=30), busy_from=start,
                busy_until=start + timedelta(minutes=30), status="no_show",
            )  # fmt: skip
            await appointments.add_appointment(conn, old, NOW)
        ctx = replace(
            await context(engine, conn, NOW),
            contact=ContactView(first.contact_id, "Deneme", phone, True, "tr", "whatsapp"),
            role="agent",
            idempotency_key="phone-81",
        )
        book = Toolbox(standard_tools()).get("slots.book")
        action = await book.propose(ctx, {"service": "muayene", "starts_at": await free(ctx)})
        made = await book.commit(ctx, action)
        waiting = await scheduled.waiting(conn, "appointment", made.appointment.appointment_id)
    assert [kind for kind, _ in waiting] == [
        "appointment_booked", "appointment_reminder_48h", "appointment_reminder_24h",
        "appointment_reminder_2h",
    ]  # fmt: skip


async def test_a_return_is_followed_up_a_day_later_and_a_lead_when_it_is_due(
    engine: Engine,
) -> None:
    """The shop: the return's message is of service, the lead's is commercial and needs consent."""
    shop, phone = "nehir-moda", "+905321112233"
    async with engine.deps.database.tenant(shop) as conn:
        message = InboundMessage(
            "whatsapp", phone.lstrip("+"), "m-shop", "merhaba", NOW, phone=phone,
            phone_verified=True,
        )  # fmt: skip
        received = await conversations.receive(conn, message, NOW)
        contact_id = (await conversations.get(conn, received.conversation_id)).contact_id
        tenant, _ = await engine.shelf.kit(conn, shop)
        ctx = ToolContext(
            conn=conn, tenant_id=shop, tenant=tenant,
            contact=ContactView(contact_id, "Ayşe", phone, True, "tr", "whatsapp"),
            conversation_id=received.conversation_id, turn_id="t", clock=fixed_clock(NOW),
            idempotency_key="lead-1",
        )  # fmt: skip
        capture = Toolbox(standard_tools()).get("leads.capture")
        await capture.commit(ctx, await capture.propose(ctx, {"interest": "toptan elbise"}))
        await later(
            ctx, "return_follow_up", ("order", "ord-x"), {"number": "NM-1"}, timedelta(hours=24)
        )
    day = replace(ctx, clock=fixed_clock(NOW + timedelta(hours=24, minutes=5)))
    async with engine.deps.database.tenant(shop) as conn:
        assert (await tend(replace(day, conn=conn)))["follow_ups_planned"] == 1
        assert (await tend(replace(day, conn=conn)))["follow_ups_planned"] == 0
        sent = dict(await send_due(replace(day, conn=conn)))
        rows = await conn.execute(
            "SELECT kind, status, reason FROM scheduled_messages WHERE contact_id = %s"
            " AND kind LIKE '%%follow_up' ORDER BY kind",
            (contact_id,),
        )
        told = await rows.fetchall()
        template = await (
            await conn.execute(
                "SELECT template ->> 'name' FROM outbound_messages WHERE contact_id = %s"
                " AND kind = 'follow_up'",
                (contact_id,),
            )
        ).fetchone()
    assert sent["queued"] == 1
    assert told == [
        ("lead_follow_up", "suppressed", "no_marketing_consent"),
        ("return_follow_up", "queued", None),
    ]
    assert template == ("iade_takibi",)
