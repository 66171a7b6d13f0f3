"""Live events over a real socket, in order, without gaps and without neighbours."""

from __future__ import annotations

import asyncio
import json
import socket
from dataclasses import replace

import httpx
import pytest

from invekto.records import events
from invekto.records.events import Place
from invekto.server.feed import Feed
from invekto.server.process import serve
from tests.server.conftest import House
from tests.server.serving import listening


async def read(response: httpx.Response, count: int) -> list[dict[str, str]]:
    """The next events of a stream, the opening one included."""
    found: list[dict[str, str]] = []
    event: dict[str, str] = {}
    async with asyncio.timeout(10):
        async for line in response.aiter_lines():
            name, _, value = line.partition(": ")
            if line == "" and event:
                found.append(event)
                event = {}
                if len(found) == count:
                    return found
            elif name in ("id", "event", "data"):
                event[name] = value
    raise AssertionError(f"the stream ended after {found}")


async def test_what_happens_is_heard_and_can_be_taken_up_again(
    house: House, neighbour: House
) -> None:
    async with (
        listening(house.app) as url,
        httpx.AsyncClient(base_url=url, headers={"x-api-key": house.api_key}, timeout=60) as ours,
        httpx.AsyncClient(
            base_url=url, headers={"x-api-key": neighbour.api_key}, timeout=60
        ) as theirs,
    ):
        async with ours.stream("GET", "/v1/events") as stream:
            assert stream.headers["content-type"].startswith("text/event-stream")
            opening = await read(stream, 1)
            assert opening[0]["event"] == "ready"
        for client, text in ((theirs, "bir insan"), (ours, "bir insan")):
            body = {"message": {"message_id": "e1", "from": {"id": "c"}, "text": text}}
            assert (await client.post("/v1/assist", json=body)).status_code == 200
        headers = {"last-event-id": opening[0]["id"]}
        async with ours.stream("GET", "/v1/events", headers=headers) as stream:
            _, *heard = await read(stream, 5)
        kinds = [event["event"] for event in heard]
        assert kinds[0] == "message.received"
        assert {"handover.created", "conversation.changed", "message.added"} <= set(kinds)
        conversations = {json.loads(event["data"])["conversation_id"] for event in heard}
        assert len(conversations) == 1
        headers = {"last-event-id": heard[1]["id"]}
        async with ours.stream("GET", "/v1/events", headers=headers) as stream:
            _, *rest = await read(stream, 3)
        assert rest == heard[2:]


async def test_a_place_of_another_database_is_the_end_of_this_one(house: House) -> None:
    """After a restore the numbers begin anew: who was further hears what comes, not nothing."""
    async with (
        listening(house.app) as url,
        httpx.AsyncClient(base_url=url, headers={"x-api-key": house.api_key}, timeout=60) as client,
        client.stream("GET", "/v1/events", headers={"last-event-id": "999999999999.7"}) as stream,
    ):
        reading = asyncio.create_task(read(stream, 2))
        await asyncio.sleep(0.2)
        async with house.deps.database.tenant(house.tenant_id) as conn:
            await events.emit(conn, "lead.changed", {"lead_id": "lead_2"})
        _, heard = await reading
    assert json.loads(heard["data"])["lead_id"] == "lead_2"


async def test_news_reach_a_stream_that_is_open(house: House) -> None:
    async with (
        listening(house.app) as url,
        httpx.AsyncClient(base_url=url, headers={"x-api-key": house.api_key}, timeout=60) as client,
        client.stream("GET", "/v1/events") as stream,
    ):
        reading = asyncio.create_task(read(stream, 2))
        await asyncio.sleep(0.2)
        async with house.deps.database.tenant(house.tenant_id) as conn:
            await events.emit(conn, "lead.changed", {"lead_id": "lead_1"})
        _, heard = await reading
    assert heard["event"] == "lead.changed"
    assert json.loads(heard["data"])["lead_id"] == "lead_1"


async def test_a_slow_transaction_is_not_skipped(house: House) -> None:
    """An event that is written first and committed last comes after no other: readers wait."""
    database, tenant = house.deps.database, house.tenant_id
    async with database.tenant(tenant) as conn:
        start = await events.last_place(conn)
    async with database.tenant(tenant) as slow:
        await events.emit(slow, "lead.changed", {"lead_id": "slow"})
        async with database.tenant(tenant) as quick:
            await events.emit(quick, "lead.changed", {"lead_id": "quick"})
        async with database.tenant(tenant) as reader:
            assert await events.after(reader, start) == []
    found: list[str] = []
    for _ in range(50):
        async with database.tenant(tenant) as reader:
            found = [e.subject["lead_id"] for e in await events.after(reader, start)]
        if found:
            break
        await asyncio.sleep(0.1)
    assert found == ["slow", "quick"]


@pytest.mark.parametrize("place", ["x", "1", "1.2.3", "99999999999999999999.1", "-1.2"])
async def test_a_place_that_is_none(house: House, place: str) -> None:
    async with house.program() as program:
        answer = await program.get("/v1/events", headers={"last-event-id": place})
    assert answer.status_code == 422


def test_places_are_in_order() -> None:
    assert Place(1, 9) < Place(2, 1) < Place(2, 2)


async def test_streams_end_when_the_process_does(house: House) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = house.deps.settings.model_copy(update={"port": port})
    deps = replace(house.deps, settings=settings, feed=Feed())
    stop = asyncio.Event()
    serving = asyncio.create_task(serve(deps, stop))
    url = f"http://127.0.0.1:{port}"
    async with httpx.AsyncClient(
        base_url=url, headers={"x-api-key": house.api_key}, timeout=60
    ) as client:
        async with asyncio.timeout(10):
            while True:
                try:
                    assert (await client.get("/readyz")).status_code == 200
                    break
                except httpx.ConnectError:
                    await asyncio.sleep(0.05)
        async with client.stream("GET", "/v1/events") as stream:
            await read(stream, 1)
            stop.set()
            async with asyncio.timeout(5):
                await serving
