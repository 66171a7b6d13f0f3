"""Workers are killed in the middle of their work: nothing is lost, nothing that is certain is sent
twice."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from invekto.db.worker import keep_house_once
from invekto.records import tenants
from invekto.records.routing import token_hash
from invekto.server.senders import account_purpose
from tests.conftest import TestDatabase
from tests.doubles import whatsapp
from tests.doubles.whatsapp import WhatsApp
from tests.server.conftest import House
from tests.server.serving import listening

ROOT = Path(__file__).resolve().parent.parent.parent
CUSTOMERS = 8
KILLS = 5
TEXTS = ("merhaba", "bir insan lütfen", "adres nerede", "patla", "bambaşka bir konu")


class Workers:
    """Starts workers from a warm process, one at a time."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.pid = 0

    async def start(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(b"start\n")
        await self._process.stdin.drain()
        self.pid = int((await self._said("ready")).split()[1])

    async def end(self, number: signal.Signals) -> int:
        """Send a signal; returns the exit code, negative for a signal."""
        os.kill(self.pid, number)
        return int((await self._said("ended")).split()[1])

    async def _said(self, word: str) -> str:
        assert self._process.stdout is not None
        async with asyncio.timeout(90):
            line = (await self._process.stdout.readline()).decode()
        assert line.startswith(word), line
        return line


@contextlib.asynccontextmanager
async def warm(dsn: str, graph_url: str) -> AsyncIterator[Workers]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.server.worker_process", dsn, graph_url,
        cwd=ROOT, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        yield Workers(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()


async def left(database: TestDatabase) -> int:
    """Jobs that are not done, the housekeeping of later aside."""
    async with await psycopg.AsyncConnection.connect(database.worker_dsn) as conn:
        row = await conn.execute(
            "SELECT count(*) FROM jobs.procrastinate_jobs WHERE status IN ('todo', 'doing')"
            " AND task_name <> 'housekeeping'"
        )
        return (await row.fetchone())[0]


@pytest.mark.parametrize("seed", [1])
async def test_workers_are_killed_at_random(
    house: House, database: TestDatabase, seed: int
) -> None:
    await survive(house, database, random.Random(seed), KILLS, CUSTOMERS)


@pytest.mark.proof
@pytest.mark.timeout(3600)
async def test_workers_are_killed_many_times(house: House, database: TestDatabase) -> None:
    await survive(house, database, random.Random(0), 500, 6)


async def survive(
    house: House, database: TestDatabase, chance: random.Random, kills: int, customers: int
) -> None:
    graph = WhatsApp()
    path = await connect(house)
    async with (
        listening(graph.app) as url,
        warm(database.worker_dsn, f"{url}/v23.0") as workers,
        house.client() as channel,
    ):
        for n in range(kills):
            await write(channel, path, chance, n, customers)
            await workers.start()
            await asyncio.sleep(chance.uniform(0.0, 0.6))
            assert await workers.end(signal.SIGKILL) == -signal.SIGKILL
            await keep_house_once(database.worker_dsn, silence=timedelta(0))
        await write(channel, path, chance, kills, customers)
        await workers.start()
        async with asyncio.timeout(90 + customers):
            while await left(database):  # noqa: ASYNC110 - another process works
                await asyncio.sleep(0.2)
        assert await workers.end(signal.SIGTERM) == 0
    await judge(house, graph)


async def connect(house: House) -> str:
    secrets = {"access_token": whatsapp.TOKEN, "app_secret": whatsapp.APP_SECRET}
    async with house.deps.database.tenant(house.tenant_id) as conn:
        await tenants.add_channel_account(
            conn,
            channel="whatsapp",
            external_id="77",
            token_hash=token_hash("the token"),
            secret_encrypted=house.deps.sealer.seal_json(secrets, account_purpose(house.tenant_id)),
        )
    return "/webhooks/whatsapp/the token"


async def write(channel, path: str, chance: random.Random, round_: int, customers: int) -> None:
    for n in range(customers):
        text = chance.choice(TEXTS)
        body = whatsapp.text_message("77", f"9053200{n:05}", f"wamid.{round_}.{n}", text)
        for _ in range(chance.choice((1, 1, 2))):
            answer = await channel.post(path, content=body, headers=whatsapp.signed(body))
            assert answer.status_code == 200


async def judge(house: House, graph: WhatsApp) -> None:
    """Inbound = those in exactly one terminal turn; certain sends are in the log exactly once."""
    async with house.deps.database.tenant(house.tenant_id) as conn:
        inbound = await (
            await conn.execute(
                """SELECT m.conversation_id, m.seq, count(t.turn_id) FROM messages m
                   LEFT JOIN turns t ON t.conversation_id = m.conversation_id
                       AND m.seq BETWEEN t.first_seq AND t.last_seq
                       AND t.outcome <> 'superseded'
                   WHERE m.author = 'customer' GROUP BY 1, 2"""
            )
        ).fetchall()
        assert {count for _, _, count in inbound} == {1}
        rows = await (
            await conn.execute("SELECT outbound_id, status, uncertain_times FROM outbound_messages")
        ).fetchall()
    times = Counter(accepted.own_id for accepted in graph.log)
    assert set(times) <= {row[0] for row in rows}
    for outbound_id, status, uncertain in rows:
        if uncertain == 0:
            assert (status, times[outbound_id]) == ("sent", 1)
        else:
            assert times[outbound_id] <= 1 + uncertain
            assert status in ("sent", "dead")
            assert times[outbound_id] >= 1 or status == "dead"
