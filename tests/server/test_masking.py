"""Who does not answer customers sees that there is a personal value, not which."""

from __future__ import annotations

from typing import Any

import pytest
from psycopg.types.json import Jsonb

from invekto.knowledge.gaps import note_unanswered
from invekto.records import audit, notes, tenants
from invekto.server.caller import Role
from tests.server import test_appointments
from tests.server.conftest import House
from tests.server.test_bad_input import assisted

SECRETS = ("10000000146", "0532 418 22 07")
SAID = f"merhaba, kimlik no {SECRETS[0]}, telefonum {SECRETS[1]}, mağazanız 0212 555 01 44 mü"
OWN = "0212 555 01 44"


async def places(house: House) -> dict[str, Any]:
    """Every address that tells what a customer wrote."""
    async with house.program() as program:
        made = await assisted(program, SAID)
    async with house.deps.database.tenant(house.tenant_id) as conn:
        await tenants.update_profile(conn, {"phone": OWN})
        await notes.add_note(
            conn, made["conversation_id"], "emre", f"arayalım {SECRETS[1]}", house.deps.clock()
        )
    conversation = f"/v1/conversations/{made['conversation_id']}"
    inbox = f"/console/inbox/{made['conversation_id']}"
    return {
        "telling": [
            "/v1/conversations", conversation, f"{conversation}/notes",
            "/console/inbox", inbox, f"{inbox}/body", "/console/inbox/list",
        ],
        "quiet": [
            f"/v1/suggestions/{made['suggestion']['suggestion_id']}", "/v1/handovers",
            f"/v1/turns/{made['turn_id']}", f"{inbox}/why/{made['turn_id']}",
        ],
    }  # fmt: skip


@pytest.mark.parametrize("role", [Role.READ_ONLY, Role.KNOWLEDGE_MANAGER])
async def test_who_only_reads_sees_no_number(house: House, role: Role) -> None:
    where = await places(house)
    async with house.role(role) as client:
        for path in (*where["telling"], *where["quiet"]):
            answer = await client.get(path)
            assert answer.status_code == 200, (path, answer.text)
            assert not [one for one in SECRETS if one in answer.text], path
        thread = (await client.get(where["telling"][1])).json()["messages"]["items"][-1]["text"]
        assert thread == f"merhaba, kimlik no [TR_ID], telefonum [PHONE], mağazanız {OWN} mü"
        assert "kimlik no [T.C. kimlik no]" in (await client.get(where["telling"][4])).text


async def test_who_answers_sees_what_was_written(house: House) -> None:
    where = await places(house)
    async with house.role("agent") as agent, house.program() as program:
        for path in where["telling"]:
            assert [one for one in SECRETS if one in (await agent.get(path)).text], path
        assert SECRETS[0] in (await program.get(where["telling"][1])).text


async def lists(house: House) -> dict[str, str]:
    """Lists that are not of one conversation, each with a secret in a row of its own; told by
    whether who answers customers sees it there."""
    now = house.deps.clock()
    async with house.deps.database.tenant(house.tenant_id) as conn:
        await test_appointments.furnish(house)
        await conn.execute(
            "UPDATE appointments SET patient_phone = %s, note = %s WHERE appointment_id = 'apt_1'",
            (SECRETS[1], SAID),
        )
        await note_unanswered(conn, f"garanti süresi kaç yıl, {SAID}", "tr", None, None, now)
        await conn.execute(
            "INSERT INTO turns (turn_id, conversation_id, first_seq, last_seq, outcome, inputs,"
            " why) VALUES ('turn_audit', 'none', 1, 1, 'answered', %s, %s)",
            (Jsonb({"text": SAID}), Jsonb({"reply": SAID, "decision": {"audit": True}})),
        )
    return {
        "/v1/appointments": "agent", "/v1/knowledge/gaps": "", "/console/knowledge/gaps": "",
        "/console/trust": "agent",
    }  # fmt: skip


@pytest.mark.parametrize("role", [Role.READ_ONLY, Role.KNOWLEDGE_MANAGER, Role.AGENT])
async def test_no_list_tells_a_number_to_who_only_reads(house: House, role: Role) -> None:
    where = await lists(house)
    async with house.role(role) as client:
        for path, who in where.items():
            answer = await client.get(path)
            assert answer.status_code == 200, (path, answer.text)
            told = [one for one in SECRETS if one in answer.text]
            assert bool(told) is (who == role), path
        assert role is Role.AGENT or "[PHONE]" in (await client.get("/v1/appointments")).text


async def test_the_calendar_names_patients_only_to_who_answers_them(house: House) -> None:
    await test_appointments.furnish(house)
    async with house.role("read_only") as reader, house.role("agent") as agent:
        assert "Melis" not in (await reader.get("/v1/appointments/calendar.ics")).text
        assert "Melis" in (await agent.get("/v1/appointments/calendar.ics")).text


async def test_who_looked_is_written_down_once(house: House) -> None:
    where = await places(house)
    conversation = where["telling"][1]
    async with house.role("read_only", "selin") as client:
        for path in (conversation, conversation, where["telling"][4], "/v1/appointments"):
            assert (await client.get(path)).status_code == 200
    async with house.deps.database.tenant(house.tenant_id) as conn:
        found = await audit.search(conn, actor_id="selin")
    looked = [(e.event_type, e.resource_id) for e in reversed(found)]
    assert looked == [
        ("conversation.viewed", conversation.rpartition("/")[2]), ("appointments.viewed", "all"),
    ]  # fmt: skip
