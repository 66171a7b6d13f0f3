"""Payment links at iyzico over real HTTP, and callbacks: forged, repeated, late, unsigned."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest

from invekto.connectors.iyzico import Iyzico
from invekto.db.sealing import Sealer
from invekto.errors import BadData, Conflict, NotAllowed, NotFound, NotSignedIn, ProviderUnavailable
from invekto.records import integrations, orders, payments
from invekto.tools.gateways import LinkWanted, SandboxPayments, TenantGateways
from invekto.tools.paid import note_paid, pay_in_sandbox, pay_page, receive_iyzico
from invekto.tools.toolbox import Toolbox, standard_tools
from tests.doubles import iyzico
from tests.doubles.loopback import served
from tests.tools.houses import NOW, House, contact, context, order

SEALER = Sealer(b"k" * 32)
SANDBOX = SandboxPayments("http://127.0.0.1:8010")


@pytest.fixture
async def world() -> AsyncIterator[tuple[iyzico.Iyzico, str]]:
    emulator = iyzico.Iyzico()
    async with served(emulator.app) as url:
        yield emulator, url


async def at_iyzico(house: House, url: str) -> TenantGateways:
    keys = {"api_key": iyzico.API_KEY, "secret_key": iyzico.SECRET}
    async with house.db.tenant(house.id) as conn:
        sealed = SEALER.seal_json(keys, integrations.purpose(house.id, "acc"))
        await integrations.save_account(
            conn, "iyzico", "merchant", account_id="acc", credentials=sealed
        )
    return TenantGateways(SEALER, SandboxPayments("http://127.0.0.1"), url)


async def link_for(house: House, gateways: TenantGateways) -> payments.PaymentLink:
    """An unpaid order of Ayşe's and a link for it, made as the tool makes it."""
    ayse = await contact(house, "+905321112233")
    async with house.db.tenant(house.id) as conn:
        await orders.save_order(conn, order("NM-30001", "new", paid=False), [])
        provider = await gateways.payments(conn, house.view)
        assert provider is not None
        asked = await payments.ask(
            conn,
            payments.PaymentLink(
                "pay_1", provider.name, Decimal("1250.00"), "TRY", "order", "ord-NM-30001",
                "NM-30001 sipariş", NOW + timedelta(hours=24), "key", contact_id=ayse.contact_id,
            ),
            NOW,
        )  # fmt: skip
        made = await provider.create_link(
            LinkWanted(asked.payment_id, asked.title, asked.amount, "TRY", asked.expires_at,
                       callback_token="tok")
        )  # fmt: skip
        await payments.set_created(
            conn, asked.payment_id, external_id=made.external_id, url=made.url, now=NOW
        )
        stored = await payments.get_link(conn, asked.payment_id)
    assert stored is not None
    return stored


async def planned(house: House) -> list[tuple[str, str, dict[str, Any]]]:
    async with house.db.tenant(house.id) as conn:
        rows = await conn.execute("SELECT kind, language, data FROM scheduled_messages")
        return [(kind, language, data) for kind, language, data in await rows.fetchall()]


async def take(
    house: House, gateways: TenantGateways, body: bytes, headers: dict[str, str]
) -> bool:
    return await receive_iyzico(house.db, gateways, house.id, headers, body, NOW)


async def test_a_link_is_paid_once_however_often_it_is_told(
    shop: House, world: tuple[iyzico.Iyzico, str]
) -> None:
    emulator, url = world
    gateways = await at_iyzico(shop, url)
    link = await link_for(shop, gateways)
    assert (link.provider, link.status, link.url) == ("iyzico", "created", "https://iyzi.link/tok1")
    asked = emulator.links["tok1"]
    assert (asked["price"], asked["stockCount"], asked["flexibleLink"]) == ("1250.00", 1, False)
    failed, signed = emulator.paid("tok1", "8001", status="FAILURE")
    assert await take(shop, gateways, failed, signed) is True
    body, headers = emulator.paid("tok1")
    told = [await take(shop, gateways, body, headers) for _ in range(3)]
    assert told == [True, False, False]
    assert await take(shop, gateways, failed, signed) is False, "a late failure undoes nothing"
    async with shop.db.tenant(shop.id) as conn:
        paid = await payments.get_link(conn, link.payment_id)
        bought = await orders.get_order(conn, "ord-NM-30001")
    assert paid is not None
    assert (paid.status, paid.paid_at) == ("paid", NOW)
    assert (bought.paid, bought.status) == (True, "new")
    data = {"amount": "1250.00", "currency": "TRY", "title": "NM-30001 sipariş"}
    assert await planned(shop) == [("payment_received", "tr", data)]


async def test_forged_and_foreign_notices(
    shop: House, clinic: House, world: tuple[iyzico.Iyzico, str]
) -> None:
    emulator, url = world
    gateways = await at_iyzico(shop, url)
    await link_for(shop, gateways)
    body, headers = emulator.paid("tok1", status="FAILURE")
    forged = json.dumps(json.loads(body) | {"status": "SUCCESS"}).encode()
    for wrong in (headers, {"x-iyz-signature-v3": "0" * 64}, {"x-iyz-signature-v3": "ş"}, {}):
        with pytest.raises(NotSignedIn):
            await take(shop, gateways, forged, wrong)
    with pytest.raises(NotFound):
        await take(clinic, gateways, body, headers)
    for nonsense in (b"", b"[]", b"{}", b"\xff"):
        with pytest.raises(BadData):
            await take(shop, gateways, nonsense, headers)
    assert await planned(shop) == []


async def test_an_account_that_does_not_sign_is_asked_about(
    shop: House, world: tuple[iyzico.Iyzico, str]
) -> None:
    emulator, url = world
    gateways = await at_iyzico(shop, url)
    await link_for(shop, gateways)
    body, _ = emulator.paid("tok1")
    assert await take(shop, gateways, body, {}) is True
    assert len(await planned(shop)) == 1


async def test_money_that_comes_late_is_still_money(
    shop: House, world: tuple[iyzico.Iyzico, str]
) -> None:
    emulator, url = world
    gateways = await at_iyzico(shop, url)
    link = await link_for(shop, gateways)
    async with shop.db.tenant(shop.id) as conn:
        assert await payments.change(conn, link.payment_id, "expired", NOW)
    body, headers = emulator.paid("tok1")
    assert await take(shop, gateways, body, headers) is True


async def test_iyzico_down_refusing_and_wrong_keys(world: tuple[iyzico.Iyzico, str]) -> None:
    emulator, url = world

    async def sleep(seconds: float) -> None:
        assert seconds >= 0

    async with httpx.AsyncClient() as http:
        client = Iyzico(
            http, api_key=iyzico.API_KEY, secret_key=iyzico.SECRET, base_url=url, sleep=sleep
        )
        for fault in (500, "garbage"):
            emulator.trouble.faults = [fault]
            with pytest.raises(ProviderUnavailable):
                await client.create("p", "sipariş", Decimal(10), "TRY", instalments=False)
        with pytest.raises(BadData, match="price"):
            await client.create("p", "sipariş", Decimal(0), "TRY", instalments=False)
        made = await client.create("p", "Şal & ığ", Decimal(10), "TRY", instalments=True)
        await client.cancel(made.token)
        await client.cancel("unknown")
        assert emulator.links[made.token]["status"] == "PASSIVE"
        assert await client.sold(made.token) is False
        wrong = Iyzico(http, api_key="x", secret_key="y", base_url=url, sleep=sleep)
        with pytest.raises(NotAllowed):
            await wrong.create("p", "sipariş", Decimal(10), "TRY", instalments=False)


async def test_the_sandbox_is_paid_on_our_own_page(shop: House) -> None:
    gateways = TenantGateways(SEALER, SandboxPayments("http://127.0.0.1:8010"))
    link = await link_for(shop, gateways)
    assert link.url == "http://127.0.0.1:8010/pay/tok"
    async with shop.db.tenant(shop.id) as conn:
        page = await pay_page(conn, "pay_1", NOW)
        assert (page.state, page.amount, page.language) == ("open", Decimal("1250.00"), "tr")
        assert (await pay_page(conn, "pay_1", NOW + timedelta(days=2))).state == "expired"
        with pytest.raises(Conflict):
            await pay_in_sandbox(conn, "pay_1", NOW + timedelta(days=2))
        assert await pay_in_sandbox(conn, "pay_1", NOW) is True
        assert await pay_in_sandbox(conn, "pay_1", NOW) is False
        assert (await pay_page(conn, "pay_1", NOW)).state == "paid"
        with pytest.raises(NotFound):
            await pay_page(conn, "pay_2", NOW)
    assert len(await planned(shop)) == 1


async def test_without_keys_and_sandbox_there_is_no_provider(shop: House) -> None:
    async with shop.db.tenant(shop.id) as conn:
        assert await TenantGateways(SEALER).payments(conn, shop.view) is None
        box = Toolbox(standard_tools())
        said = []
        for gateways in (None, TenantGateways(SEALER), TenantGateways(SEALER, SANDBOX)):
            ctx = replace(context(shop, conn, None), outside=gateways)
            said.append((await box.get("payments.ways").read(ctx, {})).links)
    assert said == [False, False, True]


async def test_iyzico_links_are_not_paid_in_the_sandbox(
    shop: House, world: tuple[iyzico.Iyzico, str]
) -> None:
    _, url = world
    link = await link_for(shop, await at_iyzico(shop, url))
    async with shop.db.tenant(shop.id) as conn:
        with pytest.raises(NotFound):
            await pay_in_sandbox(conn, link.payment_id, NOW)
        assert await note_paid(conn, link, "x", NOW) is True
