"""What is sent to break in or by mistake: ids of others leave a trace, repeats do nothing."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

import httpx

from invekto.channels.signing import signed_headers
from invekto.contracts.ids import new_id
from invekto.server import probes
from invekto.server.probes import mark
from tests.server.conftest import House

LOG = "SELECT resource_id, actor_kind, detail FROM audit_events WHERE event_type = %s"


async def rows(house: House, query: str, *values: Any) -> list[Any]:
    async with house.deps.database.tenant(house.tenant_id) as conn:
        return list(await (await conn.execute(query, list(values))).fetchall())


async def assisted(client: httpx.AsyncClient, text: str = "merhaba") -> dict[str, Any]:
    key = new_id("b")
    message = {"message_id": key, "from": {"id": key}, "text": text}
    answer = await client.post("/v1/assist", json={"message": message})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_neighbours_ids_are_not_there_and_asking_is_audited(
    house: House, neighbour: House
) -> None:
    async with house.program() as ours, neighbour.role("agent") as theirs:
        made = await assisted(ours)
        suggestion = made["suggestion"]["suggestion_id"]
        asked = (
            ("GET", f"/v1/conversations/{made['conversation_id']}"),
            ("GET", f"/v1/turns/{made['turn_id']}"),
            ("POST", f"/v1/suggestions/{suggestion}/shown"),
            ("POST", f"/v1/conversations/{made['conversation_id']}/release"),
        )
        for method, path in asked:
            assert (
                await theirs.request(method, path, json={} if method == "POST" else None)
            ).status_code == 404, path
        assert (await ours.get(asked[0][1])).status_code == 200
    noted = await rows(neighbour, LOG, "access.not_found")
    assert [row[0] for row in noted] == [
        "/v1/conversations/{conversation_id}", "/v1/turns/{turn_id}",
        "/v1/suggestions/{suggestion_id}/shown", "/v1/conversations/{conversation_id}/release",
    ]  # fmt: skip
    assert {row[1] for row in noted} == {"user"}
    known = mark(neighbour.deps, neighbour.tenant_id, made["conversation_id"])
    assert noted[0][2]["conversation_id"] == known
    assert made["conversation_id"] not in json.dumps([row[2] for row in noted])
    assert await rows(house, LOG, "access.not_found") == []


async def test_who_guesses_on_and_on_does_not_fill_the_log(house: House) -> None:
    async with house.role("agent") as client:
        for _ in range(probes.BURST + 8):
            assert (await client.get("/v1/turns/turn_guessed")).status_code == 404
    assert len(await rows(house, LOG, "access.not_found")) == probes.BURST


async def test_two_who_answer_at_once_and_the_second_is_told(house: House) -> None:
    async with house.role("agent", "emre") as emre, house.role("agent", "rima") as rima:
        made = await assisted(emre)
        path = f"/v1/suggestions/{made['suggestion']['suggestion_id']}/verdict"
        verdict = {"kind": "send"}
        answers = await asyncio.gather(*(c.post(path, json=verdict) for c in (emre, rima)))
    assert sorted(a.status_code for a in answers) == [200, 409], [a.text for a in answers]
    sent = await rows(
        house, "SELECT count(*) FROM outbound_messages WHERE conversation_id = %s AND"
        " kind = 'reply'", made["conversation_id"],
    )  # fmt: skip
    assert sent == [(1,)]


async def test_a_stale_draft_conflicts_and_names_the_new_one(house: House) -> None:
    async with house.role("agent") as client:
        made = await assisted(client)
        sender = {"id": "stale"}
        first = {"message_id": "s1", "from": sender, "text": "merhaba"}
        second = {"message_id": "s2", "from": sender, "text": "merhaba, orada mısınız"}
        made = (await client.post("/v1/assist", json={"message": first})).json()
        again = (await client.post("/v1/assist", json={"message": second})).json()
        path = f"/v1/suggestions/{made['suggestion']['suggestion_id']}/verdict"
        answer = await client.post(path, json={"kind": "send"})
    assert answer.status_code == 409, answer.text
    assert answer.json()["newer"] == again["suggestion"]["suggestion_id"]


async def test_a_replayed_webhook_is_one_message_and_an_old_one_none(house: House) -> None:
    async with house.role("owner") as owner, house.client() as anybody:
        made = await owner.post(
            "/v1/channel-accounts",
            json={
                "channel": "generic",
                "external_id": new_id("g"),
                "url": "https://inbox.example/in",
            },
        )
        assert made.status_code == 201, made.text
        account = made.json()
        where = f"/webhooks/generic/{account['webhook_url'].rpartition('/')[2]}"
        message = {"message_id": "w1", "from": {"id": "w"}, "text": "merhaba"}
        body = json.dumps(message).encode()

        async def deliver(at: float, content: bytes = body) -> int:
            headers = signed_headers("wh_1", int(at), body, [account["signing_secret"]])
            answer = await anybody.post(where, content=content, headers=headers)
            return answer.status_code

        now = time.time()
        assert await deliver(now) < 300
        assert await deliver(now) < 300
        assert await deliver(now - 3600) in (400, 401, 403, 422)
        assert await deliver(now, body.replace(b"merhaba", b"MERHABA")) in (400, 401, 403, 422)
    assert await rows(house, "SELECT count(*) FROM messages WHERE author = 'customer'") == [(1,)]
