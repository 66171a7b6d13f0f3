"""Replay from the trust page: past conversations through today's assistant, nothing is written."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from invekto.agent.handling import handle, store
from invekto.agent.verdicts import Person, send
from invekto.contracts.clock import system_clock
from invekto.contracts.ids import new_id
from invekto.contracts.messages import InboundMessage
from invekto.db.worker import drain
from invekto.records import turns
from invekto.server.app import create_app
from invekto.server.deps import ServerDeps
from invekto.server.jobs.tasks import all_tasks
from tests.conftest import TestDatabase
from tests.console.conftest import TENANT

WHERE = "/console/trust/replay"
CSV = (
    "tarih;gönderen;mesaj;telefon\n"
    "02.11.2026 10:00;müşteri;adres;905551112233\n"
    "02.11.2026 10:04;temsilci;Adresimiz: Kasım Sokak 14;905551112233\n"
    "bozuk;müşteri;x;905551112233\n"
)
TABLES = ("messages", "turns", "suggested_replies", "trust_verdicts", "outbound_messages")


@pytest.fixture
async def burcu(peopled: ServerDeps) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_app(peopled), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://invekto.test") as client:
        await client.post("/console/sign-in/demo", data={"tenant_id": TENANT, "user_id": "burcu"})
        html = (await client.get(WHERE)).text
        [csrf, *_] = re.findall(r'name="csrf" value="([^"]+)"', html)
        client.headers["x-csrf-token"] = csrf
        yield client


async def counted(deps: ServerDeps) -> dict[str, Any]:
    async with deps.database.tenant(TENANT) as conn:
        found = {}
        for table in TABLES:
            row = await (await conn.execute(f"SELECT count(*) FROM {table}")).fetchone()
            found[table] = row and row[0]
    return found


async def replayed(database: TestDatabase, deps: ServerDeps, answer: httpx.Response) -> str:
    """The address of a replay that was started, done."""
    assert answer.status_code == 303, answer.text
    await drain(database.worker_dsn, all_tasks(deps))
    return answer.headers["location"]


async def test_ones_own_month_is_replayed_and_nothing_is_written(
    peopled: ServerDeps, burcu: httpx.AsyncClient, database: TestDatabase
) -> None:
    assert (await burcu.post(WHERE)).status_code == 422
    inbound = InboundMessage("whatsapp", "905550001122", new_id("m"), "adres", system_clock())
    received = await store(peopled.engine, TENANT, inbound)
    await handle(peopled.engine, TENANT, received.conversation_id)
    async with peopled.database.tenant(TENANT) as conn:
        draft = await turns.open_suggestion(conn, received.conversation_id)
        assert draft is not None
        await turns.mark_shown(conn, draft.suggestion_id, system_clock())
    deps = peopled.engine.deps
    await send(deps, peopled.engine.shelf, TENANT, draft.suggestion_id, Person("emre", "agent"))
    await drain(database.worker_dsn, all_tasks(peopled))
    before = await counted(peopled)
    asked = await burcu.post("/v1/replays", json={})
    assert (asked.status_code, asked.json()["name"], asked.json()["total"]) == (
        202, "month.json", 1,
    )  # fmt: skip
    started = await burcu.post(WHERE)
    waiting = (await burcu.get(started.headers["location"])).text
    assert "data-poll" in waiting
    assert "1 görüşmenin 0 tanesi bitti" in waiting
    html = (await burcu.get(await replayed(database, peopled, started))).text
    assert "data-poll" not in html
    assert "Bu 1 mesajın" in html
    assert "Adres" in html.partition("<tbody>")[2].partition("</tbody>")[0]
    assert await counted(peopled) == before
    assert started.headers["location"] in (await burcu.get(WHERE)).text


async def test_a_file_of_a_former_system_is_replayed(
    peopled: ServerDeps, burcu: httpx.AsyncClient, database: TestDatabase
) -> None:
    started = await burcu.post(WHERE, files={"file": ("eski.csv", CSV.encode(), "text/csv")})
    where = await replayed(database, peopled, started)
    html = (await burcu.get(f"{where}/state")).text
    assert "Bu 1 mesajın" in html
    assert "1 satır okunamadı" in html
    assert "<html" not in html
    broken = await burcu.post(WHERE, files={"file": ("eski.csv", b"\x00\x01", "text/csv")})
    assert broken.status_code == 422
    assert (await burcu.post(f"{where}/discard")).status_code == 303
    assert (await burcu.get(where)).status_code == 404
