"""A model endpoint that fails in every way while customers write: each is answered or handed over
all the same."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import TestDatabase
from tests.doubles.openai_server import (
    fails,
    garbage,
    gives,
    hangs_midway,
    says,
    scripted_endpoint,
    sleeps,
)
from tests.doubles.whatsapp import WhatsApp
from tests.server.accounting import judge
from tests.server.conftest import House
from tests.server.customers import connected
from tests.server.serving import listening
from tests.server.workers import Order, Workers, all_done

FAULTS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "breaks": fails(500),
    "is away": fails(503),
    "limits": fails(429, **{"Retry-After": "1"}),
    "refuses the key": fails(401),
    "returns garbage": garbage(),
    "is slow": sleeps(1.0),
    "hangs mid-stream": hangs_midway(1.0),
    "says something else": says("not what was asked for"),
    "gives another shape": gives(something="else"),
    "is wrong": gives(intents=["greeting"], confidence=0.99),
}
CUSTOMERS = 8


async def test_every_customer_is_served_whatever_the_endpoint_does(
    house: House, database: TestDatabase, warm_workers: Workers
) -> None:
    chance, graph = random.Random(3), WhatsApp()
    with scripted_endpoint() as endpoint:
        endpoint.script = [chance.choice(list(FAULTS.values())) for _ in range(500)]
        async with listening(graph.app) as url, house.client() as channel:
            number = await connected(house, channel, "870")
            await warm_workers.start(
                Order(database.worker_dsn, f"{url}/v23.0", model_url=endpoint.base_url)
            )
            start = time.monotonic()
            for n in range(CUSTOMERS):
                await number.write(n, f"model.{n}", "bambaşka bir konu")
            await all_done(database.worker_dsn)
            took = time.monotonic() - start
            assert await warm_workers.end(signal.SIGTERM) == 0
        asked = len(endpoint.requests)
    account = await judge(house, graph)
    assert account.inbound == CUSTOMERS
    assert asked >= 5, "the endpoint was asked until its breaker opened"
    assert took < 60


@pytest.mark.proof
@pytest.mark.parametrize("fault", FAULTS)
async def test_a_customer_is_served_though_the_endpoint_does_nothing_else(
    house: House, database: TestDatabase, warm_workers: Workers, fault: str
) -> None:
    graph = WhatsApp()
    with scripted_endpoint() as endpoint:
        endpoint.script = [FAULTS[fault]] * 50
        async with listening(graph.app) as url, house.client() as channel:
            number = await connected(house, channel, f"88{list(FAULTS).index(fault)}")
            await warm_workers.start(
                Order(database.worker_dsn, f"{url}/v23.0", model_url=endpoint.base_url)
            )
            await number.write(1, f"model.{fault}", "bambaşka bir konu")
            await all_done(database.worker_dsn)
            assert await warm_workers.end(signal.SIGTERM) == 0
        assert endpoint.requests, "the fault did not happen"
    assert (await judge(house, graph)).inbound == 1


@pytest.mark.proof
async def test_an_endpoint_that_refuses_connections_costs_nothing(
    house: House, database: TestDatabase, warm_workers: Workers
) -> None:
    graph = WhatsApp()
    async with listening(graph.app) as url, house.client() as channel:
        number = await connected(house, channel, "871")
        await warm_workers.start(
            Order(database.worker_dsn, f"{url}/v23.0", model_url="http://127.0.0.1:1/v1")
        )
        for n in range(3):
            await number.write(n, f"refused.{n}", "bambaşka bir konu")
        await all_done(database.worker_dsn)
        assert await warm_workers.end(signal.SIGTERM) == 0
    assert (await judge(house, graph)).inbound == 3
