"""Marketplaces connected over the API, read by the worker's job; their lag and faults shown."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from invekto.db.pool import Database
from invekto.records import integrations
from invekto.server.app import create_app
from invekto.server.jobs.rounds import enqueue_housekeeping
from invekto.server.jobs.sync import sync_task
from tests.conftest import TestDatabase
from tests.doubles import hepsiburada, iyzico, trendyol
from tests.doubles.loopback import served
from tests.server.conftest import House

KEYS = {"key": trendyol.KEY, "secret": trendyol.SECRET, "webhook_secret": "hook"}
CONNECT = {"provider": "trendyol", "external_id": trendyol.SELLER, "credentials": KEYS}


@pytest.fixture
async def shop(house: House) -> AsyncIterator[House]:
    """The house with Trendyol's host on this machine."""
    begin = datetime.now(UTC) - timedelta(days=3)
    packages = [trendyol.package(str(7000 + n), begin, ident=n + 1) for n in range(5)]
    async with served(trendyol.Trendyol(packages=packages).app) as url:
        settings = house.deps.settings.model_copy(update={"trendyol_url": url})
        deps = replace(house.deps, settings=settings)
        yield House(house.tenant_id, deps, create_app(deps), house.api_key)


def waiting_syncs(database: TestDatabase, tenant_id: str) -> list[float]:
    """Seconds until each waiting sync of a tenant."""
    with psycopg.connect(database.owner_dsn) as conn:
        rows = conn.execute(
            "SELECT coalesce(extract(epoch FROM scheduled_at - now()), 0)"
            " FROM jobs.procrastinate_jobs WHERE task_name = 'sync' AND status = 'todo'"
            " AND args ->> 'tenant_id' = %s",
            [tenant_id],
        )
        return [float(row[0]) for row in rows]


async def test_a_shop_is_connected_tested_and_read(shop: House, database: TestDatabase) -> None:
    async with shop.role("owner") as owner, shop.role("supervisor") as supervisor:
        known = (await owner.get("/v1/connections/providers")).json()
        assert [p["name"] for p in known] == ["trendyol", "hepsiburada", "iyzico"]
        made = await owner.post("/v1/connections", json=CONNECT)
        assert made.status_code == 201
        account_id = made.json()["account_id"]
        assert waiting_syncs(database, shop.tenant_id) == [0.0]
        before = await supervisor.get("/v1/connections")
        assert before.json()[0]["streams"][0]["lag_seconds"] is None
        tried = await supervisor.post(f"/v1/connections/{account_id}/test")
        assert tried.json() == {"works": True, "problem": None}

        await sync_task(shop.deps).run(tenant_id=shop.tenant_id, account_id=account_id)
        seen = await supervisor.get("/v1/connections")
        assert not any(secret in seen.text for secret in KEYS.values())
        [connection] = seen.json()
        assert connection["problem"] is None
        streams = {s["stream"]: s for s in connection["streams"]}
        assert list(streams) == ["orders", "claims", "questions", "stock"]
        assert streams["orders"]["rows"] == 5
        assert all(0 <= s["lag_seconds"] < 60 for s in streams.values())

        address = (await owner.post(f"/v1/connections/{account_id}/address")).json()["url"]
        assert address.startswith(shop.deps.settings.public_url + "/callbacks/")
        assert (await owner.delete(f"/v1/connections/{account_id}")).status_code == 204
        assert (await owner.get("/v1/connections")).json() == []
        assert (await owner.delete(f"/v1/connections/{account_id}")).status_code == 404
    async with shop.deps.database.tenant(shop.tenant_id) as conn:
        found = await integrations.marketplace_orders(conn, "trendyol", ["7000", "7004"])
    assert sorted(found) == ["7000", "7004"]


async def test_the_next_reading_is_left_behind_whatever_happens(
    shop: House, database: TestDatabase
) -> None:
    wrong = {**CONNECT, "credentials": {**KEYS, "secret": "wrong"}}
    async with shop.role("owner") as owner:
        account_id = (await owner.post("/v1/connections", json=wrong)).json()["account_id"]
        await sync_task(shop.deps).run(tenant_id=shop.tenant_id, account_id=account_id)
        [after] = waiting_syncs(database, shop.tenant_id)
        assert 500 < after < 700
        [connection] = (await owner.get("/v1/connections")).json()
        assert "Trendyol" in connection["problem"]
        tried = (await owner.post(f"/v1/connections/{account_id}/test")).json()
        assert (tried["works"], tried["problem"]) == (False, connection["problem"])
        assert (await owner.post(f"/v1/connections/{account_id}/sync")).status_code == 202
        assert waiting_syncs(database, shop.tenant_id) == [pytest.approx(0.0, abs=5.0)]
        await owner.delete(f"/v1/connections/{account_id}")
    await sync_task(shop.deps).run(tenant_id=shop.tenant_id, account_id=account_id)


async def test_a_round_reads_a_connection_whose_chain_broke(
    shop: House, database: TestDatabase, worker_db: Database
) -> None:
    async with shop.role("owner") as owner:
        await owner.post("/v1/connections", json=CONNECT)
    with psycopg.connect(database.owner_dsn) as conn:
        conn.execute("DELETE FROM jobs.procrastinate_jobs WHERE task_name = 'sync'")
    turn_deps = replace(shop.deps.engine.deps, database=worker_db)
    worker = replace(shop.deps, engine=replace(shop.deps.engine, deps=turn_deps))
    await enqueue_housekeeping(worker)
    assert len(waiting_syncs(database, shop.tenant_id)) == 1


async def test_what_is_missing_is_said(shop: House) -> None:
    async with shop.role("owner") as owner:
        short = await owner.post(
            "/v1/connections", json={**CONNECT, "credentials": {"key": "only"}}
        )
        strange = await owner.post("/v1/connections", json={**CONNECT, "provider": "amazon"})
    assert short.status_code == 422
    assert "secret" in short.json()["detail"]
    assert strange.status_code == 422


async def test_every_provider_can_be_tried(house: House) -> None:
    doubles: dict[str, Any] = {
        "hepsiburada": (hepsiburada.Hepsiburada(), hepsiburada.MERCHANT,
                        {"password": hepsiburada.PASSWORD}, {"password": "no"}),
        "iyzico": (iyzico.Iyzico(), "merchant",
                   {"api_key": iyzico.API_KEY, "secret_key": iyzico.SECRET},
                   {"api_key": iyzico.API_KEY, "secret_key": "no"}),
    }  # fmt: skip
    for provider, (double, external, right, wrong) in doubles.items():
        async with served(double.app) as url:
            settings = house.deps.settings.model_copy(update={f"{provider}_url": url})
            deps = replace(house.deps, settings=settings)
            there = House(house.tenant_id, deps, create_app(deps), house.api_key)
            async with there.role("owner") as owner:
                works = []
                for keys in (right, wrong):
                    body = {"provider": provider, "external_id": external, "credentials": keys}
                    account = (await owner.post("/v1/connections", json=body)).json()["account_id"]
                    tried = await owner.post(f"/v1/connections/{account}/test")
                    works.append(tried.json()["works"])
        assert works == [True, False], provider
