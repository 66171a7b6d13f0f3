"""Who does not answer customers sees that there is a personal value, not which."""

from __future__ import annotations

from typing import Any

import pytest

from invekto.records import notes, tenants
from invekto.server.caller import Role
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
