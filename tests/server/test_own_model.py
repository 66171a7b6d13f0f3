"""A business's own model endpoint: sealed, tried, used from the next message, no way inside."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import httpx
import psycopg
import pytest

from invekto.agent.assembly import Engine
from invekto.agent.kit import KitShelf
from invekto.agent.sector import load_sectors
from invekto.channels.addresses import PublicTransport
from invekto.llm.endpoints import Endpoints
from invekto.llm.reach import trial
from invekto.records import model_usage
from invekto.records.model_endpoints import ModelEndpoint
from invekto.server.app import create_app
from tests.conftest import TestDatabase
from tests.doubles.openai_server import Scripted, fails, garbage, gives, says, scripted_endpoint
from tests.server.conftest import House

KEY = "sk-very-secret-0123456789"
UNCLEAR = "bambaşka bir konu"


@pytest.fixture
async def near(house: House) -> AsyncIterator[House]:
    """The same house where loopback addresses may be reached and models called."""
    chosen = house.deps.settings.model_copy(
        update={"allow_private_receivers": True, "allow_model_calls": True}
    )
    endpoints = Endpoints(chosen, house.deps.sealer)
    engine = Engine(house.deps.engine.deps, KitShelf(load_sectors(), endpoints=endpoints))
    deps = replace(house.deps, settings=chosen, engine=engine)
    yield replace(house, deps=deps, app=create_app(deps))
    await endpoints.aclose()


def endpoint(at: Scripted, **more: Any) -> dict[str, Any]:
    return {"base_url": at.base_url, "chat_model": "big", "api_key": KEY, **more}


async def ask(client: httpx.AsyncClient, number: int) -> httpx.Response:
    message = {"message_id": f"o{number}", "from": {"id": f"c{number}"}, "text": UNCLEAR}
    return await client.post("/v1/assist", json={"message": message})


async def test_it_is_used_from_the_next_message_on_and_charged(near: House) -> None:
    with scripted_endpoint() as at:
        at.script = [gives(intents=["greeting"], confidence=0.99)]
        async with near.role("owner") as owner, near.role("agent") as agent:
            await ask(agent, 1)
            assert at.requests == []
            saved = await owner.put("/v1/model/endpoint", json=endpoint(at))
            assert saved.status_code == 204, saved.text
            await ask(agent, 2)
            assert at.requests
            assert {request["model"] for request in at.requests} == {"big"}
            used = len(at.requests)
            limits = {"tokens_a_day": 0, "money_a_day": 0, "at_once": 4}
            assert (await owner.put("/v1/model/limits", json=limits)).status_code == 204
            await ask(agent, 3)
            assert len(at.requests) == used, "the budget is spent"
            limits.update(tokens_a_day=10**6, money_a_day=9)
            assert (await owner.put("/v1/model/limits", json=limits)).status_code == 204
            await ask(agent, 4)
            assert len(at.requests) > used
            used = len(at.requests)
            assert (await owner.delete("/v1/model/endpoint")).status_code == 204
            await ask(agent, 5)
            assert len(at.requests) == used
        async with near.deps.database.tenant(near.tenant_id) as conn:
            usage = await model_usage.usage_since(conn, near.deps.clock().date().replace(day=1))
        assert sum(one.calls for one in usage) == used


async def test_its_key_goes_in_and_never_comes_out(near: House, database: TestDatabase) -> None:
    with scripted_endpoint() as at:
        at.script = [says("pong")]
        async with near.role("owner") as owner:
            await owner.put("/v1/model/endpoint", json=endpoint(at))
            seen = (await owner.get("/v1/model")).json()
            assert seen["endpoint"]["with_key"] is True
            assert KEY not in str(seen)
            with psycopg.connect(database.owner_dsn) as conn:
                row = conn.execute("SELECT api_key FROM model_endpoints").fetchone()
                trail = conn.execute(
                    "SELECT detail::text FROM audit_events WHERE event_type LIKE 'model.%'"
                ).fetchall()
            assert row is not None
            assert KEY.encode() not in bytes(row[0])
            assert trail
            assert KEY not in str(trail)
            again = endpoint(at, api_key=None, chat_model="small")
            await owner.put("/v1/model/endpoint", json=again)
            assert (await owner.get("/v1/model")).json()["endpoint"]["with_key"] is True
            elsewhere = {**again, "base_url": "http://127.0.0.2:9/v1"}
            await owner.put("/v1/model/endpoint", json=elsewhere)
            assert (await owner.get("/v1/model")).json()["endpoint"]["with_key"] is False


@pytest.mark.parametrize(
    ("behaviour", "problem"),
    [
        (says("pong"), None), (fails(401), "key"), (fails(404), "not_found"), (fails(429), "busy"),
        (fails(400), "refused"), (fails(503), "broken"), (garbage(), "nonsense"),
    ],
)  # fmt: skip
async def test_a_test_says_what_is_wrong(near: House, behaviour: Any, problem: str | None) -> None:
    with scripted_endpoint() as at:
        at.script = [behaviour]
        async with near.role("owner") as owner:
            assert (await owner.post("/v1/model/endpoint/test")).status_code == 404
            await owner.put("/v1/model/endpoint", json=endpoint(at))
            told = (await owner.post("/v1/model/endpoint/test")).json()
            assert told == {"works": problem is None, "problem": problem}
            assert (await owner.get("/v1/model")).json()["endpoint"]["problem"] == problem


async def test_it_leads_nowhere_inside(house: House) -> None:
    inside = ("http://127.0.0.1:5432/v1", "https://169.254.169.254/v1", "https://10.0.0.8/v1",
              "https://[::1]/v1", "https://0x7f000001/v1", "ftp://model.example", "https://u:p@x.example",
              "https://model.example/v1?key=x")  # fmt: skip
    async with house.role("owner") as owner:
        for url in inside:
            refused = await owner.put(
                "/v1/model/endpoint", json={"base_url": url, "chat_model": "big"}
            )
            assert refused.status_code == 422, url
    with scripted_endpoint() as at:
        at.script = [says("pong")]
        assert await trial(at.base_url, "big", None) == "unreachable"
        assert await trial("https://localhost/v1", "big", None) == "unreachable"
        async with httpx.AsyncClient(transport=PublicTransport()) as http:
            with pytest.raises(httpx.ConnectError):
                await http.post(f"{at.base_url}/chat/completions")
        assert at.requests == []


async def test_only_owners_and_where_calls_are_forbidden_nobody(house: House) -> None:
    body = {"base_url": "https://model.example/v1", "chat_model": "big"}
    for role in ("supervisor", "agent"):
        async with house.role(role) as client:
            assert (await client.put("/v1/model/endpoint", json=body)).status_code == 403
    own = ModelEndpoint(
        body["base_url"], "big", None, Decimal(1), Decimal(1), "u1", house.deps.clock()
    )
    endpoints = Endpoints(house.deps.settings, house.deps.sealer)
    assert house.deps.settings.allow_model_calls is False
    assert await endpoints.of(house.tenant_id, own) is None
