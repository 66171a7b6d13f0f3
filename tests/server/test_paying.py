"""The sandbox's page and the providers' address, over the app."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from invekto.contracts.clock import fixed_clock
from invekto.intake.accounts import connect
from invekto.intake.callbacks import callback_address
from invekto.records import orders, payments, tenants
from invekto.records.payments import PaymentLink
from invekto.records.routing import token_hash
from invekto.tools.contract import TenantView
from invekto.tools.gateways import SandboxGateways
from invekto.tools.paid import close_link
from invekto.tools.toolbox import Toolbox, standard_tools
from tests.doubles import trendyol
from tests.server.conftest import House
from tests.tools import houses


async def test_a_sandbox_link_is_paid_on_its_page(house: House) -> None:
    now = datetime.now(UTC)
    link = PaymentLink(
        "pay_page", "sandbox", Decimal(500), "TRY", "deposit", "temizlik:-", "<b>Kapora</b>",
        now + timedelta(hours=1), "key",
    )  # fmt: skip
    async with house.deps.database.tenant(house.tenant_id) as conn:
        await payments.ask(conn, link, now)
        await tenants.add_callback_token(
            conn, token_hash=token_hash("pay-token"), purpose="payment", subject_id="pay_page"
        )
    async with house.client() as browser:
        page = await browser.get("/pay/pay-token")
        assert page.status_code == 200
        assert "500,00 TL" in page.text
        assert "<b>" not in page.text
        for _ in range(2):
            pressed = await browser.post("/pay/pay-token")
            assert (pressed.status_code, pressed.headers["location"]) == (303, "/pay/pay-token")
        assert "Ödemeniz alındı" in (await browser.get("/pay/pay-token")).text
        assert (await browser.get("/pay/unknown")).status_code == 404
    async with house.deps.database.tenant(house.tenant_id) as conn:
        stored = await payments.get_link(conn, "pay_page")
    assert stored is not None
    assert stored.status == "paid"


async def test_a_marketplace_calls(house: House) -> None:
    sealer, now = house.deps.sealer, datetime.now(UTC)
    keys = {"key": "k", "secret": "s", "webhook_secret": "hook"}
    async with house.deps.database.tenant(house.tenant_id) as conn:
        ident = await connect(conn, sealer, house.tenant_id, "trendyol", "201", keys)
        address = await callback_address(conn, "http://invekto.test", ident)
    body = json.dumps(trendyol.package("1001", now, ident=1)).encode()
    async with house.client() as market:
        answers = [
            (await market.post(address, content=body, headers=headers)).status_code
            for headers in ({"x-api-key": "hook"}, {"x-api-key": "hook"}, {"x-api-key": "no"}, {})
        ]
        wrong = await market.post(address, content=b"{}", headers={"x-api-key": "hook"})
    assert answers == [200, 200, 401, 401]
    assert wrong.status_code == 422


async def test_a_link_the_tool_made_is_paid_through(house: House) -> None:
    """From the tool over the page to a paid order and a confirmation that waits to be sent; a
    link that is over cannot be paid."""
    now = datetime.now(UTC)
    tool = Toolbox(standard_tools()).get("payments.create_link")
    view = TenantView(house.tenant_id, "Dükkan", "ecommerce")
    shop = houses.House(house.deps.database, view)
    who = await houses.contact(shop, "+905321112233")
    gateways = SandboxGateways("http://invekto.test")
    made = {}
    for number in ("NM-10001", "NM-10002"):
        async with house.deps.database.tenant(house.tenant_id) as conn:
            await orders.save_order(conn, houses.order(number, "new", paid=False), [houses.SCARF])
            ctx = replace(houses.context(shop, conn, who, now=now), outside=gateways)
            action = await tool.propose(ctx, {"purpose": "order", "reference": number})
        made[number] = await houses.commit(
            shop, tool, action, who, outside=gateways, clock=fixed_clock(now)
        )
    async with house.client() as browser:
        page = await browser.get(made["NM-10001"].url)
        assert "Öde" in page.text
        style = page.text.partition('stylesheet" href="')[2].partition('"')[0]
        assert (await browser.get(style)).headers["content-type"].startswith("text/css")
        assert (await browser.post(made["NM-10001"].url)).status_code == 303
        late = now + timedelta(hours=25)
        over = await close_link(
            house.deps.database, gateways, house.tenant_id, made["NM-10002"].payment_id, late
        )
        assert over == "expired"
        assert "süresi dolmuş" in (await browser.get(made["NM-10002"].url)).text
        assert (await browser.post(made["NM-10002"].url)).status_code == 409
    async with house.deps.database.tenant(house.tenant_id) as conn:
        paid = [(await orders.get_order(conn, f"ord-{n}")).paid for n in made]
        rows = await conn.execute("SELECT kind, status FROM scheduled_messages")
        assert await rows.fetchall() == [("payment_received", "waiting")]
    assert paid == [True, False]
