"""Syncs over real HTTP: nothing lost, nothing doubled, whatever is killed when."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import httpx
import pytest

from invekto.connectors.hepsiburada import Hepsiburada
from invekto.connectors.trendyol import Trendyol
from invekto.db.pool import Database
from invekto.db.sealing import Sealer
from invekto.errors import BadData, NotSignedIn, OperatorNeeded, ProviderUnavailable
from invekto.intake.accounts import (
    connect,
    market_client,
    opened,
    receive_package,
    reseal,
    try_connection,
)
from invekto.intake.sync import lag, sync_claims, sync_orders, sync_questions, sync_stock
from invekto.records import catalog, integrations, orders
from tests.connectors.test_marketplaces import Pauses
from tests.doubles import hepsiburada, trendyol
from tests.doubles.loopback import served
from tests.tools.houses import House, tenant

NOW = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
SEALER = Sealer(b"k" * 32)
KEYS = {"key": trendyol.KEY, "secret": trendyol.SECRET, "webhook_secret": "hook"}


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient() as client:
        yield client


@pytest.fixture
async def house(db: Database) -> House:
    return await tenant(db, "ecommerce")


async def account(house: House, provider: str = "trendyol") -> str:
    external, keys = trendyol.SELLER, KEYS
    if provider == "hepsiburada":
        external, keys = hepsiburada.MERCHANT, {"password": hepsiburada.PASSWORD}
    async with house.db.tenant(house.id) as conn:
        return await connect(conn, SEALER, house.id, provider, external, keys)


async def client_of(
    house: House, ident: str, http: httpx.AsyncClient, url: str
) -> Trendyol | Hepsiburada:
    async with house.db.tenant(house.id) as conn:
        stored = await integrations.get_account(conn, ident)
    client = market_client(stored, opened(SEALER, house.id, stored), http, url)
    client._caller.sleep = Pauses()
    return client


async def numbers(house: House) -> dict[str, orders.Order]:
    async with house.db.tenant(house.id) as conn:
        return await integrations.marketplace_orders(
            conn, "trendyol", [str(n) for n in range(1000, 11_100)]
        )


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    "count", [600, pytest.param(10_000, marks=pytest.mark.proof)], ids=["a_sample", "ten_thousand"]
)
async def test_orders_survive_kills_at_any_page(
    house: House, http: httpx.AsyncClient, count: int
) -> None:
    chance = random.Random(9)
    begin = NOW - timedelta(days=29)
    packages = [
        trendyol.package(
            str(1000 + n), begin + n * timedelta(minutes=4), ident=n + 1, total=100.0 + n % 50
        )
        for n in range(count)
    ]
    shop = trendyol.Trendyol(packages=packages)
    shop.trouble.per = (10_000, 1.0)
    ident = await account(house)
    kills = 0
    async with served(shop.app) as url:
        client = await client_of(house, ident, http, url)
        client._caller.limiter = type(client._caller.limiter)(10_000, 1.0)
        while True:
            running = asyncio.create_task(sync_orders(house.db, house.id, ident, client, NOW))
            wait = chance.uniform(0.05, 1.5) if count > 1000 else (0.1 if kills < 6 else None)
            done, _ = await asyncio.wait({running}, timeout=wait)
            if done:
                break
            kills += 1
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running
        assert running.result().caught_up == NOW
        stored = await numbers(house)
        again = await sync_orders(house.db, house.id, ident, client, NOW)
    print(f"\n{count} orders, {kills} kills, {len(shop.log)} requests")
    assert kills >= (5 if count > 1000 else 1)
    assert len(stored) == count
    assert sum(o.total for o in stored.values()) == sum(
        Decimal(str(p["totalPrice"])) for p in packages
    )
    async with house.db.tenant(house.id) as conn:
        lines = await orders.items(conn, [o.order_id for o in stored.values()])
        [cursor] = await integrations.cursors(conn)
        behind = await lag(conn, NOW + timedelta(minutes=3))
    assert all(len(items) == 1 for items in lines.values())
    assert (again.caught_up, cursor.caught_up) == (NOW, NOW)
    assert behind == {(ident, "orders"): timedelta(minutes=3)}


async def test_two_at_once_and_a_provider_that_fails_midway(
    house: House, http: httpx.AsyncClient
) -> None:
    shop = trendyol.Trendyol(
        packages=[
            trendyol.package(str(1000 + n), NOW - timedelta(days=1, seconds=n), ident=n + 1)
            for n in range(700)
        ]
    )
    ident = await account(house)
    async with served(shop.app) as url:
        client = await client_of(house, ident, http, url)
        shop.trouble.faults = [*[""] * 4, *[500] * 5]
        with pytest.raises(ProviderUnavailable):
            await sync_orders(house.db, house.id, ident, client, NOW)
        async with house.db.tenant(house.id) as conn:
            assert "500" in str((await integrations.get_account(conn, ident)).problem)
        runs = [sync_orders(house.db, house.id, ident, client, NOW) for _ in range(2)]
        done = await asyncio.gather(*runs)
    assert NOW in [run.caught_up for run in done]
    assert len(await numbers(house)) == 700
    async with house.db.tenant(house.id) as conn:
        assert (await integrations.get_account(conn, ident)).problem is None


async def test_what_changes_later_comes_too_and_old_news_does_not(
    house: House, http: httpx.AsyncClient
) -> None:
    placed = NOW - timedelta(days=2)
    shop = trendyol.Trendyol(packages=[trendyol.package("1001", placed, ident=1)])
    ident = await account(house)
    async with served(shop.app) as url:
        client = await client_of(house, ident, http, url)
        await sync_orders(house.db, house.id, ident, client, NOW)
        later = NOW + timedelta(hours=2)
        one = trendyol.package(
            "1001", placed, ident=1, status="Delivered", changed=NOW + timedelta(hours=1)
        )
        two = trendyol.package(
            "1001", placed, ident=2, status="Shipped", changed=NOW + timedelta(minutes=50)
        )
        shop.packages = [one, two]
        await sync_orders(house.db, house.id, ident, client, later)
    order = (await numbers(house))["1001"]
    assert (order.status, order.total) == ("shipped", Decimal("500.00"))
    old = json.dumps(trendyol.package("1001", placed, ident=1)).encode()
    news = json.dumps({**two, "status": "Delivered", "lastModifiedDate": two["lastModifiedDate"]
                       + 60_000}).encode()  # fmt: skip
    hook = {"x-api-key": "hook"}
    take = (house.db, SEALER, house.id, ident)
    assert await receive_package(*take, hook, old, later) is False
    assert await receive_package(*take, hook, news, later) is True
    assert await receive_package(*take, hook, news, later) is False
    assert (await numbers(house))["1001"].status == "delivered"
    for headers in ({}, {"x-api-key": "no"}, {"authorization": "Basic bm86bm8="}):
        with pytest.raises(NotSignedIn):
            await receive_package(*take, headers, news, later)
    with pytest.raises(BadData):
        await receive_package(*take, hook, b"[]", later)


async def test_claims_questions_and_stock(house: House, http: httpx.AsyncClient) -> None:
    shop = trendyol.Trendyol(
        packages=[trendyol.package("1001", NOW - timedelta(days=2), ident=1)],
        claims=[trendyol.claim("1001", "c1", NOW - timedelta(days=1))],
        questions=[trendyol.question(7, "Pamuk mu?", NOW - timedelta(hours=3))],
        products=[{"stockCode": "GML-M-MV", "barcode": "869", "quantity": 4},
                  {"stockCode": "YOK", "barcode": "", "quantity": 9}],
    )  # fmt: skip
    ident = await account(house)
    async with house.db.tenant(house.id) as conn:
        product = catalog.Product("gomlek", "GML", "Keten Gömlek", Decimal(250))
        variant = catalog.Variant("v", "gomlek", "GML-M-MV", stock_qty=9)
        await catalog.save_product(conn, product, [variant])
    async with served(shop.app) as url:
        client = await client_of(house, ident, http, url)
        assert isinstance(client, Trendyol)
        for sync in (sync_orders, sync_claims, sync_questions, sync_stock):
            done = await sync(house.db, house.id, ident, client, NOW)
            assert done.caught_up == NOW
    async with house.db.tenant(house.id) as conn:
        [question] = await integrations.questions(conn)
        row = await conn.execute("SELECT order_id, status, reason FROM claims")
        assert await row.fetchall() == [("trendyol-1001", "Created", "Beden uymadı")]
        found = await catalog.get_variant(conn, "v")
        lines = (await orders.items(conn, ["trendyol-1001"]))["trendyol-1001"]
    assert question.question == "Pamuk mu?"
    assert found is not None
    assert found.stock_qty == 4
    assert lines[0].variant_id == "v"


async def test_hepsiburada_lines_and_their_way(house: House, http: httpx.AsyncClient) -> None:
    shop = hepsiburada.Hepsiburada(
        lines=[hepsiburada.line("8001", "2026-11-24T10:00:00", ident=i) for i in "ab"],
        packages=[hepsiburada.shipped("8001", "2026-11-24T18:00:00")],
    )
    ident = await account(house, "hepsiburada")
    async with served(shop.app) as url:
        client = await client_of(house, ident, http, url)
        await sync_orders(house.db, house.id, ident, client, NOW)
    async with house.db.tenant(house.id) as conn:
        [order] = await orders.by_number(conn, "8001")
        lines = (await orders.items(conn, [order.order_id]))[order.order_id]
    assert (order.status, order.total, len(lines)) == ("shipped", Decimal("500.00"), 2)
    assert (order.courier, order.customer_phone) == ("hepsiJET", "+905321112233")
    assert order.placed_at == datetime(2026, 11, 24, 7, 0, tzinfo=UTC)


async def test_credentials_are_sealed_tested_and_rotated(
    house: House, http: httpx.AsyncClient
) -> None:
    ident = await account(house)
    async with house.db.tenant(house.id) as conn:
        stored = await integrations.get_account(conn, ident)
        assert trendyol.SECRET.encode() not in stored.credentials
        assert "sealed" not in repr(stored)
        assert stored.credentials.hex() not in repr(stored)
        with pytest.raises(OperatorNeeded):
            opened(SEALER, "another-tenant", stored)
        rotating = Sealer(b"n" * 32, b"k" * 32)
        assert await reseal(conn, rotating, house.id) == 1
        stored = await integrations.get_account(conn, ident)
        assert opened(Sealer(b"n" * 32), house.id, stored) == KEYS
        with pytest.raises(BadData, match="secret"):
            await connect(conn, SEALER, house.id, "trendyol", "1", {"key": "k"})
    async with served(trendyol.Trendyol().app) as url:
        wrong = market_client(stored, {"key": "x", "secret": "y"}, http, url)
        said = await try_connection(house.db, house.id, ident, wrong, NOW)
        assert "credentials" in str(said)
        right = market_client(stored, KEYS, http, url)
        assert await try_connection(house.db, house.id, ident, right, NOW) is None
