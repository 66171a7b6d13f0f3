"""The generic channel both ways, and the web chat."""

from __future__ import annotations

import json
import time
from dataclasses import replace

import httpx

from invekto.channels.signing import signed_headers
from invekto.db.worker import drain
from invekto.server.app import create_app
from invekto.server.jobs.tasks import all_tasks
from tests.conftest import TestDatabase
from tests.doubles.receiver import Receiver
from tests.server.conftest import House


async def test_the_generic_channel_both_ways(house: House, database: TestDatabase) -> None:
    receiver = Receiver()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(receiver.app)) as http:
        settings = house.deps.settings.model_copy(update={"allow_private_receivers": True})
        deps = replace(house.deps, settings=settings, http=http)
        theirs = House(house.tenant_id, deps, create_app(deps), house.api_key)
        async with theirs.role("owner") as owner, theirs.client() as channel:
            account = {
                "channel": "generic", "external_id": f"inbox of {house.tenant_id}",
                "url": "http://127.0.0.1:9/hook",
            }  # fmt: skip
            made = (await owner.post("/v1/channel-accounts", json=account)).json()
            secret = made["signing_secret"]
            receiver.secrets, receiver.answers = [secret], [503]
            path = httpx.URL(made["webhook_url"]).path
            sender = {"id": "insta-1", "name": "Deniz"}
            body = json.dumps({"message_id": "g1", "from": sender, "text": "bir insan"}).encode()
            now = int(time.time())
            for headers, status in (
                ({}, 401),
                (signed_headers("g1", now - 400, body, [secret]), 401),
                (signed_headers("g1", now, body + b" ", [secret]), 401),
                (signed_headers("g1", now, body, [secret]), 202),
                (signed_headers("g1", now, body, [secret]), 202),
            ):
                answer = await channel.post(path, content=body, headers=headers)
                assert answer.status_code == status
        await drain(database.worker_dsn, all_tasks(deps))
        async with deps.database.tenant(house.tenant_id) as conn:
            await conn.execute("UPDATE outbound_messages SET due_at = now()")
            from invekto.records.deliveries import enqueue_delivery

            [contact] = await (await conn.execute("SELECT contact_id FROM contacts")).fetchall()
            await enqueue_delivery(conn, contact[0])
        await drain(database.worker_dsn, all_tasks(deps))
    assert len(receiver.got) == 2
    assert receiver.got[0] == receiver.got[1]
    _, told = receiver.got[0]
    assert (told["type"], told["recipient"], told["kind"]) == (
        "message.outbound", "insta-1", "notice",
    )  # fmt: skip


async def widget(house: House, **settings: object) -> str:
    """The widget's path of a connected web account."""
    async with house.role("owner") as owner:
        account = {"channel": "web", "external_id": f"site of {house.tenant_id}"}
        made = (await owner.post("/v1/channel-accounts", json=account)).json()
    assert made["webhook_url"] is None
    token = made["widget_tag"].split('data-token="')[1].split('"')[0]
    if settings:
        async with house.deps.database.tenant(house.tenant_id) as conn:
            await conn.execute(
                "UPDATE channel_accounts SET settings = settings || %s", [json.dumps(settings)]
            )
    return f"/widget/{token}"


async def test_a_visitor_writes_and_comes_back(house: House, database: TestDatabase) -> None:
    path = await widget(house)
    async with house.client(origin="https://shop.example") as page:
        script = await page.get("/widget.js")
        assert script.headers["content-type"].startswith("text/javascript")
        opening = await page.get(path)
        assert opening.json()["language"] == "tr"
        assert opening.headers["access-control-allow-origin"] == "https://shop.example"
        visitor = (await page.post(f"{path}/visitors")).json()["visitor"]
        headers = {"x-visitor": visitor}
        assert (await page.get(f"{path}/messages", headers=headers)).json() == {"lines": []}
        said = {"message_id": "0123456789abcdef", "text": "bir insan lütfen"}
        for _ in range(2):
            answer = await page.post(f"{path}/messages", json=said, headers=headers)
            assert (answer.status_code, answer.json()["seq"]) == (202, 1)
        await drain(database.worker_dsn, all_tasks(house.deps))
        lines = (await page.get(f"{path}/messages", headers=headers)).json()["lines"]
        assert [line["author"] for line in lines] == ["you", "assistant"]
        later = await page.get(f"{path}/messages", params={"after": 1}, headers=headers)
        assert later.json()["lines"] == lines[1:]


async def test_a_visitor_is_nobody_else(house: House, neighbour: House) -> None:
    path, beside = await widget(house), await widget(neighbour)
    async with house.client() as page:
        visitor = (await page.post(f"{path}/visitors")).json()["visitor"]
        forged = visitor[:-1] + ("0" if visitor[-1] != "0" else "1")
        for where, shown in ((path, forged), (path, ""), (path, "wv_x.y"), (beside, visitor)):
            answer = await page.get(f"{where}/messages", headers={"x-visitor": shown})
            assert answer.status_code == 401
        assert (await page.get("/widget/unknown")).status_code == 404


async def test_the_page_must_be_one_of_the_accounts(house: House) -> None:
    path = await widget(house, origins=["https://shop.example"])
    async with house.client() as page:
        for origin, status in (("https://shop.example", 204), ("https://evil.example", 403)):
            answer = await page.options(f"{path}/messages", headers={"origin": origin})
            assert answer.status_code == status


async def test_a_visitor_cannot_flood(house: House) -> None:
    path = await widget(house)
    async with house.client() as page:
        visitor = (await page.post(f"{path}/visitors")).json()["visitor"]
        codes = []
        for n in range(14):
            body = {"message_id": f"flood-{n:08}", "text": "a"}
            answer = await page.post(f"{path}/messages", json=body, headers={"x-visitor": visitor})
            codes.append(answer.status_code)
    assert codes[:10] == [202] * 10
    assert codes[-1] == 429
