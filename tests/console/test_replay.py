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
from invekto.records import turns
from invekto.server.app import create_app
from invekto.server.deps import ServerDeps
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


async def test_ones_own_month_is_replayed_and_nothing_is_written(
    peopled: ServerDeps, burcu: httpx.AsyncClient
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
    before = await counted(peopled)
    answer = await burcu.post(WHERE)
    assert answer.status_code == 200
    assert "Bu 1 mesajın" in answer.text
    assert "Adres" in answer.text.partition("<tbody>")[2].partition("</tbody>")[0]
    assert await counted(peopled) == before


async def test_a_file_of_a_former_system_is_replayed(burcu: httpx.AsyncClient) -> None:
    answer = await burcu.post(WHERE, files={"file": ("eski.csv", CSV.encode(), "text/csv")})
    assert answer.status_code == 200
    assert "Bu 1 mesajın" in answer.text
    assert "1 satır okunamadı" in answer.text
    broken = await burcu.post(WHERE, files={"file": ("eski.csv", b"\x00\x01", "text/csv")})
    assert broken.status_code == 422
