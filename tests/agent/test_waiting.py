"""Waiting for a time in conversation, until it frees, is offered, and is taken or let pass."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from invekto.agent.assembly import Engine
from invekto.agent.verdicts import Person, send
from invekto.contracts.clock import fixed_clock
from invekto.records import appointments, consents, openings, turns, waitlist
from invekto.tools.contract import ToolContext
from invekto.tools.dispatch import send_due
from invekto.tools.follow_up import freed
from tests.agent.conftest import NOW, Desk

CLINIC = "inci-dis"
AGENT = Person("selin", "agent", "Selin")


async def context(engine: Engine, conn: Any) -> ToolContext:
    tenant, _ = await engine.shelf.kit(conn, CLINIC)
    return ToolContext(
        conn=conn, tenant_id=CLINIC, tenant=tenant, contact=None, conversation_id=None,
        turn_id=None, clock=fixed_clock(NOW),
    )  # fmt: skip


async def sent(engine: Engine, suggestion: str | None) -> None:
    assert suggestion is not None
    async with engine.deps.database.tenant(CLINIC) as conn:
        await turns.mark_shown(conn, suggestion, NOW)
    await send(engine.deps, engine.shelf, CLINIC, suggestion, AGENT)


@pytest.mark.parametrize(
    ("phone", "wish", "answer"),
    [
        ("+905327780001", "implant için yarın sabah bekleme listesine yazın beni", "evet alayım"),
        ("+905327780002", "please put me on the waiting list for an implant tomorrow morning",
         "yes please"),
    ],
)  # fmt: skip
async def test_waited_for_offered_and_taken(
    engine: Engine, phone: str, wish: str, answer: str
) -> None:
    desk = Desk(engine)
    async with engine.deps.database.tenant(CLINIC) as conn:
        for other in await waitlist.waiting_for(conn):
            await waitlist.set_waiting(conn, other.waitlist_id, "expired")
    asked = await desk.say(CLINIC, phone, "merhaba")
    async with engine.deps.database.tenant(CLINIC) as conn:
        who = asked.worked.state.turn.contact.contact_id
        await consents.record_consent(conn, who, "given", recorded_by="u1")
        await conn.execute(
            "UPDATE contacts SET name = 'Nil Ak'"
            " WHERE tenant_id = app.current_tenant() AND contact_id = %s",
            [who],
        )
    joined = await desk.say(CLINIC, phone, wish)
    draft = joined.worked.state.draft
    assert draft is not None
    assert [action.tool for action in draft.actions] == ["slots.join_waitlist"]
    await sent(engine, joined.committed.suggestion_id)
    async with engine.deps.database.tenant(CLINIC) as conn:
        [entry] = await waitlist.open_entries(conn, who)
        assert (entry.status, entry.service_id) == ("waiting", "implant")
        gone = await morning(conn)
        ctx = await context(engine, conn)
        await openings.lock_practitioners(conn, [gone.practitioner_id])
        assert (await freed(ctx, gone)) is not None
        assert (await send_due(ctx))["queued"] >= 1
        [hold] = await appointments.holds_of(conn, who, NOW)
    later = replace(
        engine, deps=replace(engine.deps, clock=fixed_clock(NOW + timedelta(minutes=9)))
    )
    taken = await Desk(later).say(CLINIC, phone, answer)
    assert taken.worked.state.draft is not None
    assert [a.tool for a in taken.worked.state.draft.actions] == ["slots.book"]
    await sent(later, taken.committed.suggestion_id)
    async with engine.deps.database.tenant(CLINIC) as conn:
        mine = await appointments.appointments_of(conn, contact_id=who, phone=None, after=NOW)
        assert [(a.starts_at, a.service_id) for a in mine] == [(hold.starts_at, "implant")]
        assert await waitlist.open_entries(conn, who) == []


async def morning(conn: Any) -> appointments.Appointment:
    """Tomorrow morning's implant, cancelled by telephone, as a time that begins by ten."""
    found = await appointments.appointments_between(conn, NOW, NOW + timedelta(hours=30))
    [booked] = [
        a for a in found if a.service_id == "implant" and a.status in ("booked", "confirmed")
    ]
    await appointments.set_appointment_status(conn, booked.appointment_id, "cancelled", NOW)
    ten = (NOW + timedelta(days=1)).replace(hour=7, minute=0)
    return replace(booked, starts_at=min(booked.starts_at, ten))
