"""The connectors against emulators over real HTTP: limits, faults, timezones, refusals."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import httpx
import pytest

from invekto.connectors.hepsiburada import Hepsiburada
from invekto.connectors.http import Limiter
from invekto.connectors.trendyol import Trendyol
from invekto.errors import BadRequest, NotAllowed, ProviderUnavailable
from tests.doubles import hepsiburada, trendyol
from tests.doubles.loopback import served

NOW = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)


class Pauses:
    """Waits that take no time, and what they were."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient() as client:
        yield client


def seller(http: httpx.AsyncClient, url: str, pauses: Pauses, **more: str) -> Trendyol:
    keys = {"seller_id": trendyol.SELLER, "key": trendyol.KEY, "secret": trendyol.SECRET}
    return Trendyol(http, base_url=url, sleep=pauses, **(keys | more))


def merchant(http: httpx.AsyncClient, url: str, pauses: Pauses) -> Hepsiburada:
    return Hepsiburada(
        http, merchant_id=hepsiburada.MERCHANT, password=hepsiburada.PASSWORD, base_url=url,
        sleep=pauses,
    )  # fmt: skip


async def test_an_order_with_its_true_moments(http: httpx.AsyncClient) -> None:
    placed = datetime(2026, 11, 24, 22, 30, tzinfo=UTC)  # the 25th in Istanbul
    shop = trendyol.Trendyol(packages=[trendyol.package("1001", placed, ident=1)])
    async with served(shop.app) as url:
        page = await seller(http, url, Pauses()).orders(NOW - timedelta(days=14), NOW, None)
    [order] = page.items
    assert (order.placed_at, order.changed_at) == (placed, placed)
    assert (order.number, order.status, order.total) == ("1001", "new", Decimal("250.00"))
    assert (order.lines[0].sku, order.lines[0].size) == ("GML-M-MV", "M")
    assert page.next is None


async def test_faults_are_waited_out(http: httpx.AsyncClient) -> None:
    shop = trendyol.Trendyol(packages=[trendyol.package("1001", NOW, ident=1)])
    shop.trouble.faults = [429, 503, "garbage", "half"]
    pauses = Pauses()
    async with served(shop.app) as url:
        page = await seller(http, url, pauses).orders(NOW - timedelta(days=1), NOW, None)
    assert len(page.items) == 1
    assert pauses.seconds[0] == 1.0, "Retry-After is kept"
    assert all(0 < s <= 8 for s in pauses.seconds)


async def test_a_provider_that_stays_down(http: httpx.AsyncClient) -> None:
    shop = trendyol.Trendyol()
    shop.trouble.faults = [500] * 9
    async with served(shop.app) as url:
        with pytest.raises(ProviderUnavailable, match="500"):
            await seller(http, url, Pauses()).orders(NOW - timedelta(days=1), NOW, None)
        assert len(shop.log) == 5
    with pytest.raises(ProviderUnavailable, match="ConnectError"):
        await seller(http, url, Pauses()).orders(NOW - timedelta(days=1), NOW, None)


async def test_wrong_credentials_are_said_at_once(http: httpx.AsyncClient) -> None:
    shop = trendyol.Trendyol()
    async with served(shop.app) as url:
        with pytest.raises(NotAllowed, match="credentials"):
            await seller(http, url, Pauses(), secret="wrong").check()
        await seller(http, url, Pauses()).check()
    assert len(shop.log) == 2


async def test_the_limit_of_the_seller_api_is_never_hit(http: httpx.AsyncClient) -> None:
    clock = [0.0]

    async def sleep(seconds: float) -> None:
        clock[0] += seconds

    limiter = Limiter(50, 10.0, clock=lambda: clock[0], sleep=sleep)
    sent = []
    for _ in range(120):
        await limiter.turn("orders")
        sent.append(clock[0])
    assert max(sum(1 for s in sent if t - 10 < s <= t) for t in sent) == 50
    assert sent[-1] == 20.0


async def test_a_question_is_answered_once(http: httpx.AsyncClient) -> None:
    shop = trendyol.Trendyol(questions=[trendyol.question(7, "Pamuk mu?", NOW)])
    async with served(shop.app) as url:
        client = seller(http, url, Pauses())
        found = await client.questions(NOW - timedelta(days=1), NOW, None)
        assert found.items[0].question == "Pamuk mu?"
        with pytest.raises(BadRequest, match="10 to 2,000"):
            await client.answer("7", "Evet")
        await client.answer("7", "Evet, yüzde yüz pamuktur.")
        with pytest.raises(BadRequest, match="refuses"):
            await client.answer("7", "Bir daha söyleyelim: pamuk.")


async def test_a_write_of_unknown_fate_is_not_repeated(http: httpx.AsyncClient) -> None:
    shop = trendyol.Trendyol(claims=[trendyol.claim("1001", "c1", NOW)])
    shop.trouble.faults = [500]
    async with served(shop.app) as url:
        client = seller(http, url, Pauses())
        with pytest.raises(ProviderUnavailable):
            await client.approve("c1", ("c1-1",))
        assert len(shop.log) == 1
        await client.approve("c1", ("c1-1",))
        [claim] = (await client.claims(NOW - timedelta(days=1), NOW, None)).items
    assert (claim.status, claim.reason) == ("Accepted", "Beden uymadı")


async def test_hepsiburada_tells_local_time(http: httpx.AsyncClient) -> None:
    shop = hepsiburada.Hepsiburada(
        lines=[hepsiburada.line("H1", "2026-11-25T01:30:00", ident="a")],
        packages=[hepsiburada.shipped("H1", "2026-11-25T10:00:00")],
        claims=[hepsiburada.claim("C1", "H1", "2026-11-25T10:30:00")],
    )
    async with served(shop.app) as url:
        client = merchant(http, url, Pauses())
        page = await client.orders(NOW - timedelta(days=1), NOW, None)
        assert page.items[0].placed_at == datetime(2026, 11, 24, 22, 30, tzinfo=UTC)
        moved = await client.orders(NOW - timedelta(days=1), NOW, page.next)
        assert (moved.items[0].status, moved.items[0].courier) == ("shipped", "hepsiJET")
        assert moved.next is None
        claims = await client.claims(NOW - timedelta(days=1), NOW, None)
        await client.accept(claims.items[0].external_id)
    assert shop.claims[0]["status"] == "Accepted"
