"""Prices, quotes and payment links: only what the tenant's data says."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from invekto.errors import BadData, Refused
from invekto.records import orders, payments, pricing
from invekto.tools.contract import ContactView
from invekto.tools.toolbox import Toolbox, standard_tools
from tests.tools.houses import NOW, SCARF, House, contact, context, order
from tests.tools.test_orders import commit, propose, read, refused

box = Toolbox(standard_tools())


@pytest.fixture
async def ayse(shop: House) -> ContactView:
    return await contact(shop, "+905321112233")


@pytest.fixture
async def patient(clinic: House) -> ContactView:
    return await contact(clinic, "+905321112233")


async def test_a_range_a_floor_and_other_currencies(clinic: House, patient: ContactView) -> None:
    found = (await read(clinic, patient, "pricing.service", service="diş temizliği")).only
    assert found.wording == "range"
    assert "Diş taşı temizliği fiyat aralığı 1.800–2.600 TL." in found.facts("tr")
    implant = (await read(clinic, patient, "pricing.service", service="implant")).only
    assert implant.wording == "from"
    assert any("28.000,00 TL tutarından başlar" in s for s in implant.facts("tr"))
    euro = (await read(clinic, patient, "pricing.service", service="implant", currency="EUR")).only
    assert (euro.low, euro.currency) == (Decimal(600), "EUR")
    wish = {"service": "implant", "currency": "GBP"}
    assert await refused(read(clinic, patient, "pricing.service", **wish)) == "no_currency"


async def test_a_price_that_ran_out_is_not_told(clinic: House, patient: ContactView) -> None:
    async with clinic.db.tenant(clinic.id) as conn:
        await pricing.save_service(
            conn,
            pricing.Service("beyazlatma", "Beyazlatma", 60, Decimal(5000),
                            valid_until=NOW.date() - timedelta(days=1)),
        )  # fmt: skip
    found = (await read(clinic, patient, "pricing.service", service="beyazlatma")).only
    assert found.wording == "none"
    assert not any("5.000" in sentence for sentence in found.facts("tr"))


async def test_only_campaigns_of_these_days(shop: House, ayse: ContactView) -> None:
    today = NOW.date()
    async with shop.db.tenant(shop.id) as conn:
        for key, begin, end in (("over", -30, -1), ("now", -1, 5), ("soon", 3, 9), ("far", 60, 70)):
            await pricing.save_campaign(
                conn,
                pricing.Campaign(key, key, today + timedelta(days=begin),
                                 today + timedelta(days=end), percent=Decimal(20)),
            )  # fmt: skip
    found = await read(shop, ayse, "pricing.campaigns")
    assert [c.name for c in found.campaigns] == ["now", "soon"]
    assert [c.name for c in found.running] == ["now"]


async def test_a_quote_is_given_once_and_expires(shop: House, ayse: ContactView) -> None:
    items = [{"kind": "product", "name": "ipek sal", "quantity": 3}]
    action = await propose(shop, ayse, "pricing.quote", items=items)
    assert action.detail["total"] == "1200.00"
    first, second = await commit(shop, ayse, action), await commit(shop, ayse, action)
    assert first == second
    wish = {"purpose": "quote", "reference": first.number}
    action = await propose(shop, ayse, "payments.create_link", **wish)
    assert action.outside
    link = await commit(shop, ayse, action)
    assert (link.amount, link.status) == (Decimal(1200), "created")
    async with shop.db.tenant(shop.id) as conn:
        late = context(shop, conn, ayse, now=NOW + timedelta(days=9))
        with pytest.raises(Refused) as caught:
            await box.get("payments.create_link").propose(late, wish)
    assert caught.value.reason == "quote_expired"


@pytest.mark.parametrize(
    "items",
    [
        [{"kind": "product", "name": "sal", "quantity": 0}],
        [{"kind": "product", "name": "sal", "quantity": -5}],
        [{"kind": "product", "name": "sal", "price": 1}],
        [],
    ],
)
async def test_amounts_cannot_be_talked_down(
    shop: House, ayse: ContactView, items: list[dict[str, object]]
) -> None:
    with pytest.raises(BadData):
        await propose(shop, ayse, "pricing.quote", items=items)


async def test_a_link_for_an_unpaid_order_is_made_once(shop: House, ayse: ContactView) -> None:
    async with shop.db.tenant(shop.id) as conn:
        unpaid = order("NM-10470", "new", paid=False, total=Decimal("459.90"))
        await orders.save_order(conn, unpaid, [SCARF])
    wish = {"purpose": "order", "reference": "10470"}
    action = await propose(shop, ayse, "payments.create_link", **wish)
    first, second = await commit(shop, ayse, action), await commit(shop, ayse, action)
    assert first == second
    assert first.amount == Decimal("459.90")
    assert first.url.startswith("http://127.0.0.1:8010/pay/")
    async with shop.db.tenant(shop.id) as conn:
        assert await payments.note_event(conn, first.payment_id, "cb-1", "paid", NOW)
        assert await payments.change(conn, first.payment_id, "paid", NOW)
        assert not await payments.note_event(conn, first.payment_id, "cb-1", "paid", NOW)
        assert not await payments.change(conn, first.payment_id, "expired", NOW)
    assert await refused(propose(shop, ayse, "payments.create_link", **wish)) == "already_paid"


@pytest.mark.parametrize(
    ("wish", "reason"),
    [
        ({"purpose": "order", "reference": "10452"}, "already_paid"),
        ({"purpose": "order", "reference": "9824500009"}, "paid_at_marketplace"),
        ({"purpose": "order", "reference": "20001"}, "identity"),
        ({"purpose": "quote", "reference": "T-XXXXXX"}, "unknown_quote"),
    ],
)
async def test_what_cannot_be_paid(
    shop: House, ayse: ContactView, wish: dict[str, str], reason: str
) -> None:
    async with shop.db.tenant(shop.id) as conn:
        market = order("9824500009", "new", provider="trendyol", paid=False)
        await orders.save_order(conn, market, [SCARF])
    assert await refused(propose(shop, ayse, "payments.create_link", **wish)) == reason


async def test_a_deposit_comes_from_the_service(clinic: House, patient: ContactView) -> None:
    wish = {"purpose": "deposit", "reference": "diş temizliği"}
    link = await commit(
        clinic, patient, await propose(clinic, patient, "payments.create_link", **wish)
    )
    assert link.amount == Decimal(500)
    wish = {"purpose": "deposit", "reference": "implant"}
    assert await refused(propose(clinic, patient, "payments.create_link", **wish)) == "no_deposit"


async def test_nobody_pays_by_somebody_elses_quote(shop: House, ayse: ContactView) -> None:
    items = [{"kind": "product", "name": "sal"}]
    made = await commit(shop, ayse, await propose(shop, ayse, "pricing.quote", items=items))
    other = await contact(shop, "+905440000000")
    wish = {"purpose": "quote", "reference": made.number}
    assert await refused(propose(shop, other, "payments.create_link", **wish)) == "unknown_quote"


async def test_without_a_provider_a_person_sends_the_link(shop: House, ayse: ContactView) -> None:
    async with shop.db.tenant(shop.id) as conn:
        ctx = replace(context(shop, conn, ayse), outside=None)
        with pytest.raises(Refused) as caught:
            await box.get("payments.create_link").propose(
                ctx, {"purpose": "order", "reference": "10452"}
            )
    assert caught.value.reason == "no_payments"
