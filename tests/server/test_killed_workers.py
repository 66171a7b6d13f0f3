"""Workers are killed in the middle of their work: nothing is lost, nothing that is certain is sent
twice."""

from __future__ import annotations

import asyncio
import contextlib
import random
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from tests.conftest import TestDatabase
from tests.doubles.whatsapp import WhatsApp
from tests.server.accounting import judge
from tests.server.conftest import House
from tests.server.customers import Number, connected
from tests.server.serving import listening
from tests.server.workers import Order, Workers, all_done, bury, left

KILLS = 3
SAMPLE = range(20, 120, 17)
"""Steps of a turn at which the suite kills; `make proof` kills at every one."""
MOST_STEPS = 400


@dataclass
class Scene:
    house: House
    number: Number
    graph: WhatsApp
    graph_url: str
    dsn: str
    workers: Workers

    def order(self, die_at: int = 0) -> Order:
        return Order(self.dsn, f"{self.graph_url}/v23.0", die_at=die_at)

    async def finish(self) -> None:
        """A healthy worker does what is left and is stopped."""
        await self.workers.start(self.order())
        await all_done(self.dsn)
        assert await self.workers.end(signal.SIGTERM) == 0


@contextlib.asynccontextmanager
async def opened(house: House, database: TestDatabase, workers: Workers) -> AsyncIterator[Scene]:
    graph = WhatsApp()
    async with listening(graph.app) as url, house.client() as channel:
        number = await connected(house, channel, f"77{house.tenant_id.removeprefix('ours-')}")
        yield Scene(house, number, graph, url, database.worker_dsn, workers)


async def test_workers_are_killed_at_random(
    house: House, database: TestDatabase, warm_workers: Workers
) -> None:
    async with opened(house, database, warm_workers) as scene:
        await survive(scene, random.Random(1), KILLS, customers=5)


@pytest.mark.proof
@pytest.mark.timeout(3600)
async def test_workers_are_killed_many_times(
    house: House, database: TestDatabase, warm_workers: Workers
) -> None:
    async with opened(house, database, warm_workers) as scene:
        await survive(scene, random.Random(0), 500, customers=6)


async def survive(scene: Scene, chance: random.Random, kills: int, customers: int) -> None:
    for n in range(kills):
        await scene.number.traffic(chance, str(n), customers)
        await scene.workers.start(scene.order())
        await asyncio.sleep(chance.uniform(0.0, 0.6))
        assert await scene.workers.end(signal.SIGKILL) == -signal.SIGKILL
        await bury(scene.dsn)
    await scene.number.traffic(chance, str(kills), customers)
    await scene.finish()
    account = await judge(scene.house, scene.graph)
    assert account.inbound == (kills + 1) * customers


async def test_a_worker_is_killed_at_steps_of_a_turn(
    house: House, database: TestDatabase, warm_workers: Workers
) -> None:
    async with opened(house, database, warm_workers) as scene:
        undone = [await killed_at(scene, step) for step in SAMPLE]
        assert any(undone)


@pytest.mark.proof
@pytest.mark.timeout(3600)
async def test_a_worker_is_killed_at_every_step_of_a_turn(
    house: House, database: TestDatabase, warm_workers: Workers
) -> None:
    async with opened(house, database, warm_workers) as scene:
        last = await steps_of_a_turn(scene)
        assert last > SAMPLE[-1]
        for step in range(1, last + 1):
            await killed_at(scene, step)


async def steps_of_a_turn(scene: Scene) -> int:
    """How many steps a worker makes from its start until a message's reply has been delivered,
    by halving: killed at an earlier step it leaves work behind, at a later one it does not."""
    low, high = 1, MOST_STEPS
    while low < high:
        middle = (low + high) // 2
        if await killed_at(scene, middle):
            low = middle + 1
        else:
            high = middle
    return low


async def killed_at(scene: Scene, step: int) -> bool:
    """Kill a worker at this step of a message's turn, let another one finish; whether the first
    had left work behind."""
    message = f"wamid.step.{step}.{len(scene.graph.log)}.{scene.number.taken}"
    await scene.number.write(step, message, "bir insan lütfen")
    await scene.workers.start(scene.order(die_at=step))
    assert await scene.workers.ended() == -signal.SIGKILL
    await bury(scene.dsn)
    undone = await left(scene.dsn) > 0
    if undone:
        await scene.finish()
    await judge(scene.house, scene.graph)
    return undone


async def test_a_message_that_kills_its_workers_reaches_a_person(
    house: House, database: TestDatabase, warm_workers: Workers
) -> None:
    async with opened(house, database, warm_workers) as scene:
        await scene.number.write(1, "wamid.deadly", "ölümcül mesaj")
        for _ in range(6):  # the attempts of a turn's job
            await scene.workers.start(Order(scene.dsn, scene.graph_url, die_at=100_000))
            assert await scene.workers.ended() == -signal.SIGKILL
            await bury(scene.dsn)
        await scene.number.write(2, "wamid.harmless", "merhaba")
        await scene.finish()
        account = await judge(house, scene.graph)
        assert account.inbound == 2
        async with house.program() as program:
            waiting = (await program.get("/v1/handovers")).json()["items"]
        assert [item["reason"] for item in waiting] == ["unexpected_error"]
