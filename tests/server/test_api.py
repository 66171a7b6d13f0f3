"""The calls an inbox needs, over HTTP, on the real core."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from invekto.records import conversations, turns
from invekto.server.app import create_app
from invekto.server.turns import lease
from tests.server.conftest import House

ADDRESS = "adres nerede acaba"


def message(message_id: str = "m1", text: str = ADDRESS, **more: object) -> dict[str, object]:
    sender = {"id": "customer-1", "name": "Ayşe", "phone": "+905321112233"}
    return {"message_id": message_id, "from": sender, "text": text, **more}


async def draft(
    house: House, text: str = "merhaba kolay gelsin", message_id: str = "m1"
) -> dict[str, Any]:
    """A suggestion that waits, made by the real graph."""
    async with house.program() as program:
        answer = await program.post("/v1/assist", json={"message": message(message_id, text)})
    assert answer.status_code == 200, answer.text
    assert answer.json()["outcome"] == "suggested", answer.text
    suggestion: dict[str, Any] = answer.json()["suggestion"]
    return suggestion


async def test_a_message_is_stored_once(house: House) -> None:
    async with house.program() as program:
        first = await program.post("/v1/messages", json=message())
        assert first.status_code == 202
        again = await program.post("/v1/messages", json=message())
    assert first.json()["fresh"] is True
    assert again.json() == {**first.json(), "fresh": False}


async def test_assist_answers_while_the_caller_waits(house: House) -> None:
    suggestion = await draft(house)
    assert suggestion["status"] == "open"
    assert suggestion["reply_text"]
    async with house.program() as program:
        seen = await program.get(f"/v1/suggestions/{suggestion['suggestion_id']}")
        assert seen.json() == suggestion
        why = (await program.get(f"/v1/turns/{suggestion['turn_id']}")).json()["why"]
        assert why["understanding"]["intents"][0][0] == "greeting"
        again = await program.post(
            "/v1/assist", json={"conversation_id": suggestion["conversation_id"]}
        )
    assert again.json()["outcome"] == "nothing_waiting"
    assert again.json()["suggestion"] == suggestion


async def test_assist_waits_for_a_turn_that_runs(house: House) -> None:
    async with house.program() as program:
        stored = (await program.post("/v1/messages", json=message())).json()
        conversation = stored["conversation_id"]
        async with lease(house.deps, house.tenant_id, conversation, "somebody"):
            asked = asyncio.create_task(
                program.post("/v1/assist", json={"conversation_id": conversation})
            )
            await asyncio.sleep(0.3)
            assert not asked.done()
        assert (await asked).status_code == 200


async def test_two_assists_at_once_are_one_turn(house: House) -> None:
    async with house.program() as program:
        answers = await asyncio.gather(
            *(
                program.post("/v1/assist", json={"message": message(text="merhaba")})
                for _ in range(4)
            )
        )
    assert {a.status_code for a in answers} == {200}, [a.text for a in answers]
    assert len({a.json()["suggestion"]["suggestion_id"] for a in answers}) == 1
    async with house.deps.database.tenant(house.tenant_id) as conn:
        rows = await conn.execute("SELECT count(*) FROM turns")
        assert await rows.fetchone() == (1,)


async def test_sending_a_draft_unchanged(house: House) -> None:
    suggestion = await draft(house)
    path = f"/v1/suggestions/{suggestion['suggestion_id']}"
    async with house.role("agent", "emre") as agent:
        assert (await agent.post(f"{path}/shown")).status_code == 204
        answer = await agent.post(f"{path}/verdict", json={"kind": "send"})
        assert answer.status_code == 200, answer.text
        assert answer.json()["verdict"] == "sent_unchanged"
        seen = (await agent.get(path)).json()
        assert (seen["status"], seen["resolved_by"]) == ("sent", "emre")
        thread = await agent.get(f"/v1/conversations/{suggestion['conversation_id']}")
        newest = thread.json()["messages"]["items"][0]
        assert newest["author"] == "person_for_ai"
        assert newest["text"] == suggestion["reply_text"]


async def test_two_agents_at_once_the_second_is_told(house: House) -> None:
    suggestion = await draft(house)
    path = f"/v1/suggestions/{suggestion['suggestion_id']}/verdict"
    async with house.role("agent", "emre") as one, house.role("agent", "rima") as other:
        answers = await asyncio.gather(
            one.post(path, json={"kind": "send"}), other.post(path, json={"kind": "send"})
        )
    assert sorted(a.status_code for a in answers) == [200, 409]
    async with house.deps.database.tenant(house.tenant_id) as conn:
        rows = await conn.execute("SELECT count(*) FROM outbound_messages WHERE kind = 'reply'")
        assert await rows.fetchone() == (1,)


async def test_a_stale_draft_is_refused_with_the_new_one(house: House) -> None:
    old = await draft(house)
    new = await draft(house, "merhaba tekrar", "m2")
    async with house.role("agent") as agent:
        answer = await agent.post(
            f"/v1/suggestions/{old['suggestion_id']}/verdict", json={"kind": "send"}
        )
    assert answer.status_code == 409
    assert answer.json()["newer"] == new["suggestion_id"]
    assert answer.json()["state"] == "superseded"


async def test_a_rejected_draft_is_not_sent(house: House) -> None:
    suggestion = await draft(house)
    path = f"/v1/suggestions/{suggestion['suggestion_id']}/verdict"
    async with house.program() as program:
        person = {"user_id": "emre", "name": "Emre"}
        body = {"kind": "reject", "reason": "soğuk", "person": person}
        assert (await program.post(path, json=body)).json() == {
            "verdict": "rejected", "text": None, "outbound_id": None, "reasons": [],
        }  # fmt: skip
        assert (await program.post(path, json=body)).status_code == 409
    async with house.role("agent") as agent:
        body = {"kind": "send", "person": {"user_id": "somebody else"}}
        assert (await agent.post(path, json=body)).status_code == 422


async def test_a_hand_over_is_taken_and_given_back(house: House) -> None:
    async with house.program() as program:
        asked = await program.post("/v1/assist", json={"message": message(text="bir insan lütfen")})
        assert asked.json()["outcome"] == "handed_over"
        assert asked.json()["notices"] == ["handover"]
    async with house.role("agent", "emre") as agent, house.role("agent", "rima") as other:
        [entry] = (await agent.get("/v1/handovers")).json()["items"]
        assert entry["reason"] == "wants_person"
        path = f"/v1/handovers/{entry['handover_id']}/take"
        assert (await agent.post(path, json={})).status_code == 204
        conversation = entry["conversation_id"]
        taken = await other.post(f"/v1/conversations/{conversation}/take", json={})
        assert (taken.status_code, taken.json()["assigned_to"]) == (409, "emre")
        reply = {"text": "Buradayım, buyurun.", "key": "k-1"}
        for expected in (True, False):
            wrote = await agent.post(f"/v1/conversations/{conversation}/messages", json=reply)
            assert (wrote.status_code, wrote.json()["outbound_id"] is not None) == (202, expected)
        assert (await agent.post(f"/v1/conversations/{conversation}/release")).status_code == 204
        assert (await agent.get("/v1/handovers")).json()["items"] == []
        listed = (await agent.get("/v1/conversations")).json()["items"]
        assert (listed[0]["status"], listed[0]["assigned_to"]) == ("open", None)


async def test_an_automatic_reply_can_be_called_wrong(house: House) -> None:
    suggestion = await draft(house)
    async with house.role("agent") as agent:
        path = f"/v1/turns/{suggestion['turn_id']}/wrong"
        answer = await agent.post(path, json={"note": "yanlış adres"})
        assert answer.status_code == 422, "it was not automatic"
        assert (await agent.post("/v1/turns/turn_0/wrong", json={})).status_code == 404


async def test_pages_show_everything_once(house: House) -> None:
    async with house.program() as program:
        for n in range(7):
            sender = {"id": f"customer-{n}"}
            body = {"message_id": f"p{n}", "from": sender, "text": "insan"}
            await program.post("/v1/assist", json={"message": body})
        for path, key in (
            ("/v1/conversations", "conversation_id"),
            ("/v1/handovers", "handover_id"),
        ):
            seen, cursor = [], None
            while True:
                query = {"limit": 3} | ({"cursor": cursor} if cursor else {})
                page = (await program.get(path, params=query)).json()
                seen += [item[key] for item in page["items"]]
                cursor = page["next_cursor"]
                if cursor is None:
                    break
            assert len(seen) == len(set(seen)) == 7
        for bad in ("x", "bnVsbA", "WzEsMiwzXQ", "💥", "W10"):
            answer = await program.get("/v1/conversations", params={"cursor": bad})
            assert answer.status_code == 422


async def test_the_same_request_under_one_key_is_done_once(house: House) -> None:
    suggestion = await draft(house)
    path = f"/v1/conversations/{suggestion['conversation_id']}/messages"
    headers = {"idempotency-key": "send-1"}
    async with house.role("agent") as agent:
        first = await agent.post(path, json={"text": "bir"}, headers=headers)
        again = await agent.post(path, json={"text": "bir"}, headers=headers)
        assert first.json() == again.json()
        assert again.headers["idempotent-replay"] == "true"
        other = await agent.post(path, json={"text": "iki"}, headers=headers)
        assert other.status_code == 422
        at_once = await asyncio.gather(
            *(
                agent.post(path, json={"text": "üç"}, headers={"idempotency-key": "send-2"})
                for _ in range(5)
            )
        )
        assert {a.status_code for a in at_once} <= {202, 409}
    async with house.role("agent", "another person") as other_agent:
        own = await other_agent.post(path, json={"text": "bir"}, headers=headers)
        assert own.json()["outbound_id"] != first.json()["outbound_id"]
    async with house.deps.database.tenant(house.tenant_id) as conn:
        thread = await conversations.thread(conn, suggestion["conversation_id"])
    assert [m.text for m in thread if m.author == "person"].count("üç") == 1
    assert [m.text for m in thread if m.author == "person"].count("bir") == 2


async def test_a_refused_request_may_be_made_again_under_its_key(house: House) -> None:
    async with house.role("agent") as agent:
        headers = {"idempotency-key": "k"}
        for _ in range(2):
            path = "/v1/conversations/cv_none/messages"
            answer = await agent.post(path, json={"text": "x"}, headers=headers)
            assert answer.status_code == 404


async def test_a_tenant_over_its_limit_is_told_when_to_come_back(
    house: House, neighbour: House
) -> None:
    settings = house.deps.settings.model_copy(update={"api_burst": 3, "api_per_minute": 20.0})
    deps = replace(house.deps, settings=settings)
    limited = House(house.tenant_id, deps, create_app(deps), house.api_key)
    beside = House(neighbour.tenant_id, deps, limited.app, neighbour.api_key)
    async with limited.program() as program, beside.program() as other:
        answers = [await program.get("/v1/tools") for _ in range(5)]
        assert [a.status_code for a in answers] == [200, 200, 200, 429, 429]
        assert [a.headers["ratelimit-remaining"] for a in answers[:4]] == ["2", "1", "0", "0"]
        assert answers[0].headers["ratelimit-limit"] == "3"
        pause = int(answers[3].headers["retry-after"])
        assert 1 <= pause <= 3
        assert (await other.get("/v1/tools")).status_code == 200
        await asyncio.sleep(pause + 0.1)
        assert (await program.get("/v1/tools")).status_code == 200


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("", 202),
        ("😀" * 50, 202),
        ("a\x00b", 202),
        ("x" * 100_000, 202),
        ("x" * 200_001, 422),
    ],
)
async def test_odd_texts_are_stored_or_refused(house: House, text: str, status: int) -> None:
    async with house.program() as program:
        answer = await program.post("/v1/messages", json=message(text=text))
        assert answer.status_code == status
        if status == 202:
            thread = await program.get(f"/v1/conversations/{answer.json()['conversation_id']}")
            stored = thread.json()["messages"]["items"][0]["text"]
            assert stored == text.replace("\x00", "")[:20_000]


async def test_odd_bodies_are_refused_without_a_trace(house: House) -> None:
    async with house.program() as program:
        for body, status in (
            (b"{", 422),
            (b"\xff\xfe", 422),
            (b'{"message_id": "x", "from": {"id": "c\\ud800"}, "text": "\\ud83d"}', 202),
            (
                b'{"message_id": "y", "from": {"id": "c"}, "referral": {"n": NaN, "z": "\\u0000"}}',
                202,
            ),
            (b"[" * 100_000 + b"]" * 100_000, 400),
            (b'{"tenant_id": "another", "message_id": "z", "from": {"id": "c"}}', 422),
        ):
            answer = await program.post(
                "/v1/messages", content=body, headers={"content-type": "application/json"}
            )
            assert answer.status_code == status, body[:60]
            assert "Traceback" not in answer.text
        large = await program.post(
            "/v1/messages", content=b" " * 10_000_000, headers={"content-type": "application/json"}
        )
        assert (large.status_code, large.json()["code"]) == (413, "too_large")

        async def endless() -> AsyncIterator[bytes]:
            for _ in range(200):
                yield b" " * 10_000

        streamed = await program.post("/v1/messages", content=endless())
        assert streamed.status_code == 413


async def test_a_message_from_the_future_is_from_now(house: House) -> None:
    async with house.program() as program:
        answer = await program.post(
            "/v1/messages", json=message(sent_at="2126-01-01T00:00:00+03:00")
        )
        thread = await program.get(f"/v1/conversations/{answer.json()['conversation_id']}")
    assert thread.json()["messages"]["items"][0]["sent_at"] < "2100"


async def test_every_answer_is_dressed(house: House) -> None:
    async with house.client(**{"x-request-id": "given-by-caller-1"}) as nobody:
        answer = await nobody.get("/healthz")
        assert answer.headers["x-request-id"] == "given-by-caller-1"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        ready = await nobody.get("/readyz")
        assert ready.json()["status"] == "ready"
        missing = await nobody.get("/v1/nothing")
        assert (missing.status_code, missing.json()["code"]) == (404, "not_found")
        wrong = await nobody.post("/healthz")
        assert (wrong.status_code, wrong.json()["code"]) == (405, "method_not_allowed")
        odd = await nobody.get("/healthz", headers={"x-request-id": "bad id\t<script>"})
        assert odd.headers["x-request-id"].startswith("rq_")
        measured = await nobody.get("/metrics")
    assert 'invekto_requests_total{method="GET",route="/healthz",status="200"}' in measured.text
    assert house.tenant_id not in measured.text


async def test_keys_are_shown_once(house: House) -> None:
    async with house.role("owner") as owner, house.role("agent") as agent:
        assert (await agent.post("/v1/api-keys", json={})).status_code == 403
        made = await owner.post("/v1/api-keys", json={"name": "kutu", "scopes": ["read"]})
        assert made.status_code == 201
        key = made.json()["key"]
        listed = await owner.get("/v1/api-keys")
        assert key not in listed.text
    async with house.client(authorization=f"Bearer {key}") as program:
        assert (await program.get("/v1/conversations")).status_code == 200
        assert (await program.post("/v1/messages", json=message())).status_code == 403


async def test_knowledge_over_http(house: House) -> None:
    async with house.program() as program:
        texts = {"tr": {"question": "Otopark var mı?", "answer": "Evet, iki saat ücretsizdir."}}
        made = await program.post("/v1/knowledge/faqs", json={"texts": texts, "approve": True})
        assert made.status_code == 201, made.text
        found = await program.post(
            "/v1/knowledge/search", json={"question": "otopark var mı", "language": "tr"}
        )
        assert "iki saat" in (found.json()["answer"] or "")
        gone = await program.delete(f"/v1/knowledge/faqs/{made.json()['faq_id']}")
        assert gone.status_code == 204
        files = {"file": ("iade.md", "# İade\n\nİade süresi 14 gündür.".encode(), "text/markdown")}
        sent = await program.post("/v1/knowledge/documents", files=files)
        assert sent.status_code == 202, sent.text
        same = await program.post("/v1/knowledge/documents", files=files)
        assert same.json()["unchanged"] is True
        [document] = (await program.get("/v1/knowledge/documents")).json()
        assert document["name"] == "iade.md"


async def test_a_persons_word_over_http(house: House) -> None:
    async with house.role("supervisor", "burcu") as supervisor:
        body = {"kind": "kill", "reason": "deneme"}
        made = (await supervisor.post("/v1/trust/overrides", json=body)).json()
        assert (made["kind"], made["by"], made["intent"]) == ("kill", "burcu", None)
        high = {"kind": "pin_auto", "intent": "complaint", "reason": "x"}
        high["expires_at"] = "2126-01-01T00:00:00Z"
        refused = await supervisor.post("/v1/trust/overrides", json=high)
        assert (refused.status_code, refused.json()["reason"]) == (409, "high_risk")
        path = f"/v1/trust/overrides/{made['override_id']}"
        assert (await supervisor.delete(path)).status_code == 204
        assert (await supervisor.get("/v1/trust/overrides")).json() == []
        assert len((await supervisor.get("/v1/trust/events")).json()) == 2
        assert (await supervisor.get("/v1/trust/intents/greeting")).json() == []


async def test_reads_may_be_run_and_writes_may_not(house: House) -> None:
    async with house.role("agent") as agent:
        tools = {t["name"]: t for t in (await agent.get("/v1/tools")).json()}
        write = next(name for name, t in tools.items() if t["effect"] == "write")
        refused = await agent.post(f"/v1/tools/{write}/run", json={"arguments": {}})
        assert refused.status_code == 403
        assert (await agent.post("/v1/tools/no.such/run", json={})).status_code == 404
        suggestion = await draft(house)
        body = {"arguments": {}, "conversation_id": suggestion["conversation_id"]}
        ran = await agent.post("/v1/tools/info.hours/run", json=body)
        assert ran.status_code in (200, 404, 409, 422), ran.text


async def test_suggestions_of_erased_turns_are_simply_gone(house: House) -> None:
    suggestion = await draft(house)
    async with house.deps.database.tenant(house.tenant_id) as conn:
        assert await turns.open_suggestion(conn, suggestion["conversation_id"])
    async with house.role("agent") as agent:
        assert (await agent.get("/v1/suggestions/sg_0")).status_code == 404
