"""What a person is given, and that things are meant which the customer named."""

from __future__ import annotations

from dataclasses import replace

import pytest

from invekto.agent.assembly import Engine
from invekto.agent.summary import NEXT, TEAMS
from invekto.contracts.handover import HandOverReason
from invekto.records import consents, conversations
from invekto.tools.gateways import SandboxGateways
from tests.agent.conftest import AYSE, MEHMET, NOW, Desk

SHOP, CLINIC = "nehir-moda", "inci-dis"


async def fresh(desk: Desk, tenant: str, phone: str) -> None:
    async with desk.engine.deps.database.tenant(tenant) as conn:
        contact = await conversations.find_contact(conn, "whatsapp", phone.lstrip("+"))
        if contact is not None:
            await consents.record_consent(conn, contact.contact_id, "given", recorded_by="u1")
            await conversations.close(conn, contact.contact_id, NOW)


@pytest.mark.parametrize(
    ("tenant", "phone", "text", "reason", "team", "step"),
    [
        (SHOP, "+905321119001", "beni insana bağla", "wants_person", "support", "Müşteriye yazın"),
        (CLINIC, MEHMET, "yüzüm çok şişti nefes alamıyorum", "emergency", "clinical", "telefonla"),
    ],
)
async def test_it_is_routed_with_a_first_step(
    desk: Desk, tenant: str, phone: str, text: str, reason: str, team: str, step: str
) -> None:
    await fresh(desk, tenant, phone)
    handover = (await desk.say(tenant, phone, text)).worked.state.handover
    assert handover is not None
    assert (handover.reason.value, handover.team) == (reason, team)
    assert step in handover.next_step
    assert handover.summary


def test_both_languages_say_the_same_reasons() -> None:
    assert set(NEXT["tr"]) == set(NEXT["en"])
    known = {reason.value for reason in HandOverReason} | {"draft", "read"}
    assert set(NEXT["tr"]) <= known
    assert set(TEAMS) <= set(HandOverReason)


async def test_the_named_thing_is_meant_and_not_the_one_that_could_be_returned(
    desk: Desk,
) -> None:
    """The dress is still on its way; only the underwear of another order could be returned."""
    await fresh(desk, SHOP, AYSE)
    handled = await desk.say(SHOP, AYSE, "iade etmek istiyorum elbiseyi")
    assert "NM-10452" in (handled.committed.reply or "")
    assert "teslim edilmedi" in (handled.committed.reply or "")


async def test_next_week_is_next_week(desk: Desk) -> None:
    await fresh(desk, CLINIC, MEHMET)
    await desk.say(CLINIC, MEHMET, "implant randevusu istiyorum")
    handled = await desk.say(CLINIC, MEHMET, "haftaya öğleden sonra, aynı hekim olsun")
    reply = handled.committed.reply or ""
    assert "1 Aralık" in reply
    assert "Kasım" not in reply


@pytest.mark.parametrize(
    ("phone", "text", "tool"),
    [
        (MEHMET, "implant için kapora linki atın", "payments.create_link"),
        (MEHMET, "diş temizliği için kapora linki atar mısınız", None),
    ],
)
async def test_a_clinics_deposit(engine: Engine, phone: str, text: str, tool: str | None) -> None:
    deps = replace(engine.deps, gateways=SandboxGateways("http://127.0.0.1:8010"))
    desk = Desk(replace(engine, deps=deps))
    await fresh(desk, CLINIC, phone)
    handled = await desk.say(CLINIC, phone, text)
    draft = handled.worked.state.draft
    assert draft is not None
    assert [a.tool for a in draft.actions] == ([tool] if tool else [])
    assert ("5.000,00 TL" in draft.text) is (tool is not None)
