"""Beside a conversation, over the API: notes, tags, a look at the number; and two who answer."""

from __future__ import annotations

import pytest

from invekto.records import audit
from tests.server.conftest import House
from tests.server.test_bad_input import assisted

TCKN = "Kimlik numaranız 10000000146 mı?"


async def test_notes_and_tags_stand_beside_a_conversation(house: House) -> None:
    async with house.role("agent", "emre") as agent, house.program() as program:
        conversation = (await assisted(program))["conversation_id"]
        path = f"/v1/conversations/{conversation}"
        assert (await agent.post(f"{path}/notes", json={"text": "aradı"})).status_code == 201
        behalf = {"text": "yine aradı", "person": {"user_id": "rima"}}
        assert (await program.post(f"{path}/notes", json=behalf)).status_code == 201
        found = (await agent.get(f"{path}/notes")).json()
        assert [(n["written_by"], n["text"]) for n in found] == [
            ("emre", "aradı"), ("rima", "yine aradı"),
        ]  # fmt: skip
        tags = {"tags": ["İade ", "iade", "acil"]}
        assert (await agent.put(f"{path}/tags", json=tags)).status_code == 204
        assert set((await agent.get(path)).json()["tags"]) >= {"acil"}
        for wrong in ({"tags": ["x" * 41]}, {"tags": ["x"] * 21}, {}):
            assert (await agent.put(f"{path}/tags", json=wrong)).status_code == 422
        for method, where, body in (
            ("GET", "notes", None), ("POST", "notes", {"text": "x"}), ("PUT", "tags", {"tags": []}),
            ("POST", "reveal", {}),
        ):  # fmt: skip
            answer = await agent.request(method, f"/v1/conversations/none/{where}", json=body)
            assert answer.status_code == 404, (method, where)


async def test_who_looks_at_a_number_is_written_down(house: House) -> None:
    async with house.role("agent", "emre") as agent, house.program() as program:
        sender = {"id": "r", "phone": "+905321112233"}
        message = {"message_id": "r1", "from": sender, "text": "selam"}
        made = (await program.post("/v1/assist", json={"message": message})).json()
        path = f"/v1/conversations/{made['conversation_id']}/reveal"
        assert "1112233" not in (await agent.get(path.removesuffix("/reveal"))).text
        assert (await agent.post(path, json={})).json()["phone"] == "+905321112233"
        assert (await program.post(path, json={})).status_code == 422, "who looks?"
        named = await program.post(path, json={"person": {"user_id": "rima"}})
        assert named.json()["phone"] == "+905321112233"
    async with house.deps.database.tenant(house.tenant_id) as conn:
        found = await audit.search(conn, event_type="personal_data.revealed")
    assert [(e.actor_kind, e.detail["person"]) for e in reversed(found)] == [
        ("user", "emre"), ("api_key", "rima"),
    ]  # fmt: skip
    assert "1112233" not in str(found)


async def test_nobody_speaks_over_who_holds_a_conversation(house: House) -> None:
    async with (
        house.role("agent", "emre") as emre,
        house.role("agent", "rima") as rima,
        house.program() as program,
    ):
        path = f"/v1/conversations/{(await assisted(program))['conversation_id']}"
        assert (await emre.post(f"{path}/take", json={})).status_code == 204
        behalf = {"person": {"user_id": "rima"}}
        for who, body in ((rima, {}), (program, behalf)):
            wrote = await who.post(f"{path}/messages", json={"text": "Ben de.", **body})
            assert (wrote.status_code, wrote.json()["assigned_to"]) == (409, "emre")
            released = await who.post(f"{path}/release", json=body)
            assert (released.status_code, released.json()["reason"]) == (409, "held")
        assert (await program.post(f"{path}/messages", json={"text": "Bilgi."})).status_code == 202
        assert (await emre.post(f"{path}/messages", json={"text": "Buradayım."})).status_code == 202
        assert (await emre.post(f"{path}/release")).status_code == 204


async def test_who_has_not_seen_a_colleagues_answer_is_told(house: House) -> None:
    async with house.role("agent", "emre") as emre, house.role("agent", "rima") as rima:
        made = await assisted(emre)
        path = f"/v1/conversations/{made['conversation_id']}/messages"
        for who, code in ((emre, 202), (rima, 409), (emre, 202)):
            wrote = await who.post(path, json={"text": "Bakıyorum.", "seen": 1})
            assert wrote.status_code == code, wrote.text
        assert (await rima.post(path, json={"text": "Ben de.", "seen": 99})).status_code == 202


@pytest.mark.parametrize("text", [TCKN, "IBAN: TR33 0006 1005 1978 6457 8413 26"])
async def test_a_personal_number_is_minded_where_that_is_asked(house: House, text: str) -> None:
    async with house.role("agent") as agent:
        made = await assisted(agent)
        own = f"/v1/conversations/{made['conversation_id']}/messages"
        draft = f"/v1/suggestions/{made['suggestion']['suggestion_id']}/verdict"
        for path, body in ((draft, {"kind": "send"}), (own, {})):
            minded = await agent.post(path, json={"text": text, "mind_numbers": True, **body})
            assert (minded.status_code, minded.json()["reason"]) == (409, "personal_number")
            sent = await agent.post(path, json={"text": text, **body})
            assert sent.status_code < 300, sent.text
