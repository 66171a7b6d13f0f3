"""Several API and worker processes on one Postgres behind a proxy: when one of each is killed a
client notices nothing, and every message is accounted for."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import socket
from dataclasses import dataclass, field

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.conftest import TestDatabase
from tests.doubles.whatsapp import WhatsApp
from tests.server.accounting import judge
from tests.server.conftest import House
from tests.server.customers import TEXTS, connected
from tests.server.serving import listening
from tests.server.workers import Order, Workers, all_done, bury

MESSAGES = 24
CUSTOMERS = 6
PASSED_ON = {"content-type", "authorization", "x-hub-signature-256"}


@dataclass
class Proxy:
    """As small as a load balancer can be: takes backends in turn, and the next one where one is
    gone. What it passes on may arrive twice, as with any that tries again."""

    ports: list[int]
    http: httpx.AsyncClient
    failovers: int = 0
    turn: int = 0
    seen: set[int] = field(default_factory=set)

    @property
    def app(self) -> Starlette:
        return Starlette(routes=[Route("/{path:path}", self.pass_on, methods=["GET", "POST"])])

    async def pass_on(self, request: Request) -> Response:
        body = await request.body()
        headers = {k: v for k, v in request.headers.items() if k in PASSED_ON}
        for _ in range(len(self.ports) * 2):
            self.turn += 1
            port = self.ports[self.turn % len(self.ports)]
            try:
                answer = await self.http.request(
                    request.method, f"http://127.0.0.1:{port}{request.url.path}",
                    content=body, headers=headers,
                )  # fmt: skip
            except httpx.TransportError:
                self.failovers += 1
                continue
            self.seen.add(port)
            return Response(answer.content, answer.status_code)
        return Response(status_code=502)


def free_ports(count: int) -> list[int]:
    held = [socket.socket() for _ in range(count)]
    for one in held:
        one.bind(("127.0.0.1", 0))
    ports = [int(one.getsockname()[1]) for one in held]
    for one in held:
        one.close()
    return ports


@pytest.mark.proof
async def test_nobody_notices_when_one_of_each_dies(
    house: House, database: TestDatabase, warm_workers: Workers
) -> None:
    graph, chance = WhatsApp(), random.Random(5)
    apis, pids = free_ports(2), []
    async with listening(graph.app) as url, httpx.AsyncClient(timeout=20) as http:
        for port in (*apis, 0, 0):
            dsn = database.app_dsn if port else database.worker_dsn
            await warm_workers.start(Order(dsn, f"{url}/v23.0", port=port, beside=True))
            pids.append(warm_workers.pid)
        try:
            proxy = Proxy(apis, http)
            async with listening(proxy.app) as front, httpx.AsyncClient(base_url=front) as client:
                await until_all_serve(http, apis)
                number = await connected(house, client, "860")
                for n in range(MESSAGES):
                    if n == MESSAGES // 3:
                        for pid in (pids[0], pids[2]):
                            os.kill(pid, signal.SIGKILL)
                    await number.write(n % CUSTOMERS, f"scaled.{n}", chance.choice(TEXTS))
                assert number.refused == 0, "a client noticed"
                await asyncio.sleep(0.2)
                await bury(database.worker_dsn)
                await all_done(database.worker_dsn)
        finally:
            for pid in pids:
                os.kill(pid, signal.SIGKILL)
        assert proxy.failovers > 0
        assert proxy.seen == set(apis)
    account = await judge(house, graph)
    assert account.inbound == MESSAGES


async def until_all_serve(http: httpx.AsyncClient, ports: list[int]) -> None:
    async with asyncio.timeout(30):
        for port in ports:
            while True:
                try:
                    if (await http.get(f"http://127.0.0.1:{port}/readyz")).status_code == 200:
                        break
                except httpx.TransportError:
                    await asyncio.sleep(0.05)


async def test_no_session_state_so_that_a_transaction_pooler_may_stand_between(
    house: House, database: TestDatabase
) -> None:
    """Every transaction on another connection, as PgBouncer may do: nothing that a turn needs
    outlives one. (Prepared statements are off then, settings are LOCAL, locks are of rows.)"""
    from dataclasses import replace

    from invekto.db.pool import Database
    from invekto.db.worker import drain
    from invekto.server.app import create_app
    from invekto.server.jobs.tasks import all_tasks

    async with Database(database.app_dsn, pooled=True, size=4) as pooled:
        turn_deps = replace(house.deps.engine.deps, database=pooled)
        deps = replace(house.deps, engine=replace(house.deps.engine, deps=turn_deps))
        ours = House(house.tenant_id, deps, create_app(deps), house.api_key)
        async with ours.program() as program:
            for n, text in enumerate(TEXTS):
                body = {"message_id": f"pooled{n}", "from": {"id": f"c{n}"}, "text": text}
                assert (await program.post("/v1/messages", json=body)).status_code == 202
            await drain(database.worker_dsn, all_tasks(deps))
        async with pooled.routing() as conn:
            for query in (
                "SELECT count(*) FROM pg_prepared_statements",
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'",
                "SELECT count(*) FROM pg_listening_channels()",
                "SELECT count(*) FROM pg_cursors WHERE is_holdable",
            ):
                row = await (await conn.execute(query)).fetchone()
                assert row == (0,), query
        async with pooled.routing() as conn:
            tenant = await (await conn.execute("SELECT app.current_tenant()")).fetchone()
            assert tenant == (None,), "a tenant outlived its transaction"
