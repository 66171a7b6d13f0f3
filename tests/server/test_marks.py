"""Beside a conversation, over the API: notes, tags, a look at the number; and two who answer."""

from __future__ import annotations

from datetime import timedelta

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


async def test_conversations_are_found_as_on_the_page(house: House) -> None:
    async with house.role("agent", "emre") as emre:
        waiting = (await assisted(emre, "merhaba kolay gelsin"))["conversation_id"]
        handed = (await assisted(emre, "bir insan lütfen"))["conversation_id"]
        await emre.post(f"/v1/conversations/{handed}/take", json={})
        await emre.put(f"/v1/conversations/{waiting}/tags", json={"tags": ["acil"]})
        for asked, found in (
            ("", {waiting, handed}), ("view=mine", {handed}), ("view=waiting", {waiting}),
            ("view=handed_over", {handed}), ("tag=acil", {waiting}), ("q=KOLAY", {waiting}),
            ("intent=greeting", {waiting}), ("intent=warranty", set()), ("channel=fax", set()),
            ("assigned_to=emre", {handed}), ("status=waiting&tag=acil", {waiting}),
        ):  # fmt: skip
            answer = await emre.get(f"/v1/conversations?{asked}")
            assert answer.status_code == 200, answer.text
            assert {one["conversation_id"] for one in answer.json()["items"]} == found, asked
        for wrong in ("view=other", "tags=acil", "limit=0", "cursor=x"):
            assert (await emre.get(f"/v1/conversations?{wrong}")).status_code == 422, wrong
        [one] = (await emre.get("/v1/conversations?view=handed_over")).json()["items"]
        assert one["handover_reason"] == "wants_person"


async def test_an_error_that_was_caught_is_told(house: House) -> None:
    until = (house.deps.clock() + timedelta(days=3)).isoformat()
    pin = {"kind": "pin_auto", "intent": "greeting", "reason": "x", "expires_at": until}
    async with house.role("owner", "nehir") as owner, house.role("agent", "emre") as emre:
        assert (await owner.post("/v1/trust/overrides", json=pin)).status_code == 201
        made = await assisted(emre, "merhaba kolay gelsin")
        assert made["outcome"] == "answered"
        assert (await emre.get("/v1/trust/errors")).json() == []
        wrong = await emre.post(f"/v1/turns/{made['turn_id']}/wrong", json={"note": "x"})
        assert wrong.status_code == 204
        [caught] = (await emre.get("/v1/trust/errors")).json()
        assert (caught["kind"], caught["by"]) == ("auto_wrong_agent", "emre")
        assert (caught["intent"], caught["turn_id"]) == ("greeting", made["turn_id"])
