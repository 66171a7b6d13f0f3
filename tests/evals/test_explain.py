"""A past turn run again from its stored inputs, as it is and as a candidate."""

from __future__ import annotations

from invekto.agent.handling import handle, store
from invekto.cli.explain import differences, run_again
from invekto.contracts.ids import new_id
from invekto.contracts.messages import InboundMessage
from invekto.records import behaviour, turns
from tests.evals.conftest import House

DRAFT = (
    "intent: working_hours\nrisk: low\nsteps:\n- reply: only\nreplies:\n  only:\n"
    "    tr: Taslak saatler burada.\n    en: Draft hours.\n    ar: مسودة.\n"
)


async def _say(house: House, tenant: str, text: str) -> turns.Turn:
    inbound = InboundMessage(
        "whatsapp", "905445554037", new_id("x"), text, house.engine.deps.clock(),
        phone="+905445554037", phone_verified=True,
    )  # fmt: skip
    received = await store(house.engine, tenant, inbound)
    handled = await handle(house.engine, tenant, received.conversation_id)
    assert handled is not None
    async with house.engine.deps.database.tenant(tenant) as conn:
        return await turns.get_turn(conn, handled.committed.turn_id)


async def test_the_same_version_comes_to_the_same(house: House) -> None:
    turn = await _say(house, "nehir-moda", "pazar günü açık mısınız")
    again = await run_again(house.engine, "nehir-moda", turn)
    assert differences(turn.why, again) == []


async def test_a_candidate_says_what_differs(house: House) -> None:
    turn = await _say(house, "nehir-moda", "cumartesi kaça kadar açıksınız")
    async with house.engine.deps.database.tenant("nehir-moda") as conn:
        await behaviour.draft_playbook(conn, "working_hours", DRAFT, "burcu")
    again = await run_again(house.engine, "nehir-moda", turn, "candidate")
    told = differences(turn.why, again)
    assert any(line.startswith("reply") and "Taslak" in line for line in told)
    assert any(line.startswith("behaviour") for line in told)


async def test_running_again_holds_no_slot(house: House) -> None:
    for text in ("diş taşı temizliği için randevu alcaktım", "30 kasım öğleden sonra"):
        await _say(house, "inci-dis", text)
    turn = await _say(house, "inci-dis", "ikincisi olsun")
    assert [action["tool"] for action in turn.why["actions"]] == ["slots.book"]
    async with house.engine.deps.database.tenant("inci-dis") as conn:
        await conn.execute("DELETE FROM slot_holds")
    again = await run_again(house.engine, "inci-dis", turn)
    assert [action["tool"] for action in again["actions"]] == ["slots.book"]
    async with house.engine.deps.database.tenant("inci-dis") as conn:
        left = await (await conn.execute("SELECT count(*) FROM slot_holds")).fetchone()
    assert left == (0,)
