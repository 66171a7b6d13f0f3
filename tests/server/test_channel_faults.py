"""The channel is down, lies, repeats itself and mixes up its order; clocks jump; one tenant
floods. Nothing is lost, nothing that is certain is sent twice."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import httpx
import psycopg
import pytest

from invekto.db.worker import drain, run_worker
from invekto.server.app import create_app
from invekto.server.jobs.tasks import all_tasks
from tests.conftest import TestDatabase
from tests.doubles import whatsapp
from tests.doubles.whatsapp import WhatsApp
from tests.server.accounting import judge, judge_inbound
from tests.server.conftest import House
from tests.server.customers import TEXTS, Number, connected

HOUR = timedelta(hours=1)
FAULTS = (130429, 131056, "500", "accept_then_500", "garbage", 190, 131026)


@dataclass
class Hands:
    """A clock whose hands the test moves."""

    ahead: timedelta = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass
class Street:
    """A tenant's number with a clock and a channel that can be disturbed."""

    house: House
    graph: WhatsApp
    number: Number
    clock: Hands
    dsn: str

    async def work(self) -> None:
        await drain(self.dsn, all_tasks(self.house.deps))

    async def pass_time(self, by: timedelta) -> None:
        """Move our clock, and the times at which jobs are due, for they are the database's."""
        self.clock.ahead += by
        async with await psycopg.AsyncConnection.connect(self.dsn, autocommit=True) as conn:
            await conn.execute(
                "UPDATE jobs.procrastinate_jobs SET scheduled_at = scheduled_at - %s"
                " WHERE status = 'todo' AND task_name <> 'housekeeping'", [by],
            )  # fmt: skip

    async def until_settled(self, step: timedelta, rounds: int = 80) -> None:
        """Let time pass until no message waits."""
        for _ in range(rounds):
            await self.work()
            async with self.house.deps.database.tenant(self.house.tenant_id) as conn:
                row = await (await conn.execute(
                    "SELECT count(*) FROM outbound_messages"
                    " WHERE status IN ('queued', 'sending', 'uncertain')"
                )).fetchone()  # fmt: skip
            if row == (0,):
                return
            await self.pass_time(step)
        raise AssertionError("messages still wait")


@contextlib.asynccontextmanager
async def street(house: House, database: TestDatabase) -> AsyncIterator[Street]:
    graph, clock = WhatsApp(), Hands()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(graph.app)) as http:
        settings = house.deps.settings.model_copy(
            update={"whatsapp_api_url": whatsapp.BASE_URL, "uncertain_seconds": 0.0}
        )
        turn_deps = replace(house.deps.engine.deps, clock=clock)
        engine = replace(house.deps.engine, deps=turn_deps)
        deps = replace(house.deps, settings=settings, http=http, engine=engine)
        ours = House(house.tenant_id, deps, create_app(deps), house.api_key)
        async with ours.client() as channel:
            number = await connected(ours, channel, f"9{house.tenant_id.removeprefix('ours-')}")
            yield Street(ours, graph, number, clock, database.worker_dsn)


async def test_the_channel_is_down_for_an_hour(house: House, database: TestDatabase) -> None:
    async with street(house, database) as at:
        at.graph.down = True
        for n, text in enumerate(("bir insan lütfen", "insan nerede kaldı")):
            await at.number.write(1, f"down.{n}", text)
            await at.work()
        while at.clock.ahead < HOUR:
            await at.pass_time(timedelta(minutes=4))
            await at.work()
        assert at.graph.log == []
        asked = at.graph.requests
        assert asked < 60, "a channel that is down is not hammered"
        at.graph.down = False
        await at.until_settled(timedelta(minutes=5))
        account = await judge(at.house, at.graph)
        assert account.inbound == 2
        assert account.sent >= 1


@pytest.mark.parametrize(
    "seed", [0, *(pytest.param(seed, marks=pytest.mark.proof) for seed in range(1, 30))]
)
async def test_traffic_over_a_channel_that_misbehaves(
    house: House, database: TestDatabase, seed: int
) -> None:
    chance = random.Random(seed)
    async with street(house, database) as at:
        for round_ in range(5):
            at.graph.faults = [chance.choice(FAULTS) for _ in range(chance.randrange(6))]
            await at.number.traffic(chance, f"bad.{round_}", customers=4)
            await at.work()
            await say_statuses(at, chance)
        at.graph.faults = []
        await at.until_settled(timedelta(minutes=10))
        for _ in range(2):
            await say_statuses(at, chance)
            await at.pass_time(timedelta(minutes=1))
            await at.work()
        account = await judge(at.house, at.graph)
        assert account.inbound == 20


async def say_statuses(at: Street, chance: random.Random) -> None:
    """Some of what the channel knows, in any order, some of it twice, some of it never."""
    said = [
        (accepted, status)
        for accepted in at.graph.log
        for status in chance.sample(("sent", "delivered", "read"), chance.randrange(4))
    ]
    chance.shuffle(said)
    for accepted, status in said:
        body = whatsapp.status(accepted.number, accepted.id, status, own_id=accepted.own_id)
        for _ in range(chance.choice((1, 2))):
            await at.number.post(body)


async def test_webhooks_come_twice_late_and_in_any_order(
    house: House, database: TestDatabase
) -> None:
    chance = random.Random(7)
    async with street(house, database) as at:
        bodies = [
            at.number.written(customer, f"late.{customer}.{n}", chance.choice(TEXTS))
            for customer in range(3)
            for n in range(4)
        ]
        delivered = bodies * 2 + chance.choices(bodies, k=8)
        chance.shuffle(delivered)
        for n, body in enumerate(delivered):
            await at.number.post(body)
            if n % 5 == 0:
                await at.work()
        await at.pass_time(timedelta(days=7))  # WhatsApp repeats for as long
        await asyncio.gather(*(at.number.post(body) for body in bodies))
        await at.until_settled(timedelta(minutes=10))
        assert (await judge(at.house, at.graph)).inbound == len(bodies)


@pytest.mark.parametrize("jump", [-HOUR, HOUR, -timedelta(days=400), timedelta(hours=30)])
async def test_clocks_jump_between_receipt_turn_and_delivery(
    house: House, database: TestDatabase, jump: timedelta
) -> None:
    async with street(house, database) as at:
        for n in range(3):
            await at.number.write(1, f"jump.{n}", "bir insan lütfen" if n % 2 else "merhaba")
            at.clock.ahead += jump if n == 0 else -jump
            await at.work()
        await at.until_settled(timedelta(minutes=10), rounds=3)
        assert (await judge(at.house, at.graph)).inbound == 3


async def test_a_delivery_by_a_worker_whose_clock_is_behind(
    house: House, database: TestDatabase
) -> None:
    async with street(house, database) as at:
        await at.number.write(1, "behind", "bir insan lütfen")
        turning = {task.name: task for task in all_tasks(at.house.deps)}
        behind = replace(
            at.house.deps.engine.deps, clock=lambda: at.clock() - timedelta(seconds=30)
        )
        late = replace(at.house.deps, engine=replace(at.house.deps.engine, deps=behind))
        delivering = {task.name: task for task in all_tasks(late)}
        tasks = [(turning if name == "turn" else delivering)[name] for name in turning]
        await drain(at.dsn, tasks)
        assert len(at.graph.log) == 1
        assert (await judge(at.house, at.graph)).sent == 1


async def test_a_flood_of_one_tenant_leaves_the_others_their_times(
    house: House, neighbour: House, database: TestDatabase
) -> None:
    """While hundreds of one tenant's messages wait, another's is answered in the time of a few
    turns, not after the flood."""
    flood, stop = 100, asyncio.Event()
    tasks = all_tasks(house.deps)
    async with house.program() as loud, neighbour.program() as quiet:
        working = asyncio.create_task(run_worker(database.worker_dsn, tasks, stop))
        alone = [await answered_after(quiet, f"alone{n}", n) for n in range(3)]
        start = time.monotonic()
        await asyncio.gather(
            *(loud.post("/v1/messages", json=message(f"f{n}", f"c{n}")) for n in range(flood))
        )
        waits = [await answered_after(quiet, f"quiet{n}", 3 + n) for n in range(3)]
        behind = await undone(database, house.tenant_id)
        async with asyncio.timeout(60):
            while await undone(database, house.tenant_id):  # noqa: ASYNC110 - a worker works
                await asyncio.sleep(0.02)
        took = time.monotonic() - start
        stop.set()
        await working
    assert behind > flood / 4, f"the flood was nearly over before: {waits}"
    assert max(waits) < took / 4, f"{waits} of {took:.1f} s, alone {alone}"
    assert await judge_inbound(house) == flood


async def answered_after(client: httpx.AsyncClient, message_id: str, before: int) -> float:
    """Write one more message after `before` others; seconds until it has come to a person."""
    start = time.monotonic()
    answer = await client.post("/v1/messages", json=message(message_id, message_id))
    assert answer.status_code == 202
    while len((await client.get("/v1/handovers")).json()["items"]) <= before:
        await asyncio.sleep(0.01)
        assert time.monotonic() - start < 30
    return time.monotonic() - start


def message(message_id: str, sender: str) -> dict[str, object]:
    return {"message_id": message_id, "from": {"id": sender}, "text": "bir insan lütfen",
            "channel": "web"}  # fmt: skip


async def undone(database: TestDatabase, tenant_id: str) -> int:
    async with await psycopg.AsyncConnection.connect(database.worker_dsn) as conn:
        row = await (await conn.execute(
            "SELECT count(*) FROM jobs.procrastinate_jobs WHERE task_name = 'turn'"
            " AND args ->> 'tenant_id' = %s", [tenant_id],
        )).fetchone()  # fmt: skip
        assert row is not None
        return int(row[0])
