"""Postgres is stopped, restarted and killed under traffic, and connections run out: API and
worker carry on by themselves, nothing is lost."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import shutil
import signal
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from invekto.db.embedded import EmbeddedServer
from invekto.db.migrate import migrate
from invekto.db.pool import Database
from invekto.errors import TryAgain
from invekto.records.tenants import create_tenant
from invekto.server.app import create_app
from invekto.server.deps import ServerDeps
from tests.conftest import TestDatabase, fast_folder, role_passwords
from tests.doubles.whatsapp import WhatsApp
from tests.server.accounting import judge
from tests.server.conftest import House, furnished
from tests.server.customers import connected
from tests.server.serving import listening
from tests.server.workers import Order, Workers, all_done, bury

TENANT = "ours"
CUSTOMERS = 4
MESSAGES = 10


class Victim:
    """A Postgres of this test's own; a durable one, or a kill would lose what it had promised."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._server = EmbeddedServer(folder)
        self._server.start()
        self.owner_dsn = self._server.dsn()
        passwords = role_passwords()
        self.dsn = {
            role: make_conninfo(self.owner_dsn, user=role, password=passwords[role])
            for role in ("app", "worker")
        }

    def stop(self) -> None:
        """As an operator stops it: running transactions are rolled back."""
        self._server.stop()

    def kill(self) -> None:
        """As the kernel kills it when memory runs out."""
        pid = int((self._folder / "cluster" / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGKILL)
        self._server.stop()

    def start(self) -> None:
        self._server = EmbeddedServer(self._folder)
        self._server.start()


@pytest.fixture(scope="module")
def victim(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Victim]:
    fast = fast_folder() or tmp_path_factory.mktemp("victim")
    folder = fast / f"invekto-victim-{os.getpid()}"
    folder.mkdir()
    folder.chmod(0o755)
    made = Victim(folder / "pg")
    yield made
    made.stop()
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
async def shop(victim: Victim, server: ServerDeps) -> AsyncIterator[House]:
    await migrate(victim.owner_dsn, role_passwords())
    async with Database(victim.dsn["app"]) as database:
        engine = replace(server.engine, deps=replace(server.engine.deps, database=database))
        deps = replace(server, engine=engine)
        async with database.tenant(TENANT) as conn:
            await create_tenant(conn, name="Ours", sector="ecommerce", packs=["ecommerce"])
        yield await furnished(deps, create_app(deps), TENANT)


@contextlib.asynccontextmanager
async def busy(
    house: House, worker_dsn: str, workers: Workers, number: str, connections: int = 10
) -> AsyncIterator[asyncio.Task[None]]:
    """Customers write while the block runs and a worker works; afterwards all is judged."""
    graph, chance = WhatsApp(), random.Random(number)
    async with listening(graph.app) as url, house.client() as channel:
        line = await connected(house, channel, number)
        await workers.start(Order(worker_dsn, f"{url}/v23.0", connections=connections))

        async def write() -> None:
            for n in range(MESSAGES):
                await line.traffic(chance, f"{number}.{n}", CUSTOMERS)
                await asyncio.sleep(0.15)

        writing = asyncio.create_task(write())
        yield writing
        await writing
        await bury_or_wait(worker_dsn)
        assert await workers.end(signal.SIGTERM) == 0, "the worker did not survive"
    account = await judge(house, graph)
    assert account.inbound >= MESSAGES * CUSTOMERS


async def bury_or_wait(dsn: str) -> None:
    """Jobs whose worker lost its row when Postgres died are nobody's: revive them as time would."""
    with contextlib.suppress(TimeoutError):
        await all_done(dsn, seconds=3)
        return
    await bury(dsn)
    await all_done(dsn)


WAYS = ["restarted", "stopped for a while", "killed"]


@pytest.mark.parametrize("how", [WAYS[0], pytest.param(WAYS[1], marks=pytest.mark.proof), WAYS[2]])
async def test_postgres_goes_and_comes_back(
    shop: House, victim: Victim, warm_workers: Workers, how: str
) -> None:
    number = str(WAYS.index(how) + 800)
    house = await fresh_tenant(shop, f"{TENANT}-{number}")
    async with busy(house, victim.dsn["worker"], warm_workers, number) as writing:
        await asyncio.sleep(0.4)
        await asyncio.to_thread(victim.kill if how == "killed" else victim.stop)
        if how == "stopped for a while":
            await asyncio.sleep(1.5)
        assert not writing.done()
        await asyncio.to_thread(victim.start)


async def fresh_tenant(shop: House, tenant_id: str) -> House:
    async with shop.deps.database.tenant(tenant_id) as conn:
        await create_tenant(conn, name=tenant_id, sector="ecommerce", packs=["ecommerce"])
    return await furnished(shop.deps, shop.app, tenant_id)


async def test_a_worker_with_one_connection_does_everything(
    house: House, database: TestDatabase, warm_workers: Workers
) -> None:
    async with busy(house, database.worker_dsn, warm_workers, "810", connections=1):
        pass


async def test_requests_without_a_connection_are_told_to_come_again(
    house: House, database: TestDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("invekto.db.pool.CONNECT_SECONDS", 0.2)
    async with Database(database.app_dsn, size=2) as small:
        engine = replace(house.deps.engine, deps=replace(house.deps.engine.deps, database=small))
        deps = replace(house.deps, engine=engine)
        narrow = House(house.tenant_id, deps, create_app(deps), house.api_key)
        async with narrow.program() as program, narrow.client() as channel:
            line = await connected(house, channel, "811")
            async with small.tenant("x"), small.tenant("y"):
                answer = await program.get("/v1/conversations")
                assert (answer.status_code, answer.json()["code"]) == (503, "try_again")
                assert int(answer.headers["retry-after"]) >= 1
                late = [
                    asyncio.create_task(line.write(n, f"late{n}", "merhaba")) for n in range(30)
                ]
                await asyncio.sleep(0.5)
            await asyncio.gather(*late)
            assert line.taken == 30
            assert (await program.get("/v1/conversations")).status_code == 200


async def test_a_statement_that_never_ends_is_ended(database: TestDatabase) -> None:
    """The roles' own limit: no query holds a connection for more than 30 seconds."""
    async with await psycopg.AsyncConnection.connect(database.app_dsn) as conn:
        limit = await (await conn.execute("SHOW statement_timeout")).fetchone()
        idle = await (await conn.execute("SHOW idle_in_transaction_session_timeout")).fetchone()
        assert (limit, idle) == (("30s",), ("1min",))
    async with Database(database.app_dsn) as small:
        with pytest.raises(TryAgain, match="gave up"):
            async with small.tenant("x") as held:
                await held.execute("SET LOCAL statement_timeout = 50")
                await held.execute("SELECT pg_sleep(5)")
