"""Several things at once: what they come to, the quote, and the link made of it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from invekto.contracts.ids import new_id
from invekto.errors import BadData
from invekto.records import catalog, payments, pricing
from invekto.tools.contract import ContactView
from invekto.tools.toolbox import Toolbox, standard_tools
from tests.tools import houses
from tests.tools.houses import NOW, House, contact, context
from tests.tools.test_orders import commit, propose, read, refused

box = Toolbox(standard_tools())


@pytest.fixture
async def ayse(shop: House) -> ContactView:
    async with shop.db.tenant(shop.id) as conn:
        for key, name, price, variants in (
            ("kupa", "Termos Kupa", 450, (("", "mint", 5), ("", "siyah", 2))),
            ("tee-1", "Basic Tişört", 250, (("M", "siyah", 9), ("L", "siyah", 5), ("", "bej", 1))),
            ("tee-2", "Çizgili Tişört", 330, (("M", "lacivert", 4),)),
            ("mum", "Soya Mumu", 200, (("", "", 8),)),
        ):  # fmt: skip
            await catalog.save_product(
                conn,
                catalog.Product(key, key.upper(), name, Decimal(price), category=key[:3]),
                [
                    catalog.Variant(f"{key}-{n}", key, f"{key}-{n}", size, colour, stock_qty=left)
                    for n, (size, colour, left) in enumerate(variants)
                ],
            )
    return await contact(shop, "+905321112233")


def wish(*things: tuple[str, int]) -> list[dict[str, object]]:
    return [{"name": name, "quantity": quantity} for name, quantity in things]


async def test_colour_settles_which_is_meant(shop: House, ayse: ContactView) -> None:
    found = await read(shop, ayse, "pricing.basket", items=wish(("siyah tişört", 3), ("kupa", 2)))
    assert [(x.item.name, x.quantity, x.total, x.option) for x in found.lines] == [
        ("tee-1", 3, Decimal(750), "siyah"),
        ("kupa", 2, Decimal(900), ""),
    ]
    assert (found.open, found.unknown, found.short, found.total) == ([], [], [], Decimal(1650))


async def test_what_is_unclear_is_asked_about(shop: House, ayse: ContactView) -> None:
    things = wish(("mum", 1), ("tişört", 2), ("bisiklet", 1))
    found = await read(shop, ayse, "pricing.basket", items=things)
    assert {choice.key for choice in found.open} == {"1:tee-1", "1:tee-2"}
    assert found.open_name == "tişört"
    assert found.unknown == ["bisiklet"]
    found = await read(shop, ayse, "pricing.basket", items=things[:2], meant=["1:tee-2"])
    assert found.total == Decimal(200 + 2 * 330)
    assert found.shipping is None  # 860 is above the sum from which parcels are free


async def test_a_small_basket_pays_for_its_parcel(shop: House, ayse: ContactView) -> None:
    found = await read(shop, ayse, "pricing.basket", items=wish(("soya mumu", 2)))
    assert (found.shipping, found.total) == (Decimal("59.9"), Decimal("459.9"))
    action = await propose(shop, ayse, "pricing.quote", items=found.settled)
    assert action.detail["total"] == "459.90"
    given = await commit(shop, ayse, action)
    assert [line.kind for line in given.lines] == ["product", "shipping"]


async def test_too_few_are_left(shop: House, ayse: ContactView) -> None:
    things = wish(("bej tişört", 2))
    found = await read(shop, ayse, "pricing.basket", items=things)
    assert [(line.title, line.left) for line in found.short] == [("Basic Tişört (bej)", 1)]
    assert await refused(propose(shop, ayse, "pricing.quote", items=found.settled)) == "not_enough"


async def test_a_running_campaign_is_seen(shop: House, ayse: ContactView) -> None:
    async with shop.db.tenant(shop.id) as conn:
        for key, code in (("kod", "KUPA10"), ("kupa", None)):
            await pricing.save_campaign(
                conn,
                pricing.Campaign(key, f"{key} günleri", NOW.date(), percent=Decimal(20),
                                 categories=["kup"] if code is None else ["mum"], code=code),
            )  # fmt: skip
    assert (await read(shop, ayse, "pricing.basket", items=wish(("kupa", 2)))).campaign
    assert (await read(shop, ayse, "pricing.basket", items=wish(("soya mumu", 2)))).campaign is None


async def test_quote_and_link_of_one_turn_are_one(shop: House, ayse: ContactView) -> None:
    items = (await read(shop, ayse, "pricing.basket", items=wish(("siyah tişört", 4)))).settled
    turn: dict[str, Any] = {"turn_id": new_id("turn")}
    quoting, linking = box.get("pricing.quote"), box.get("payments.create_link")
    async with shop.db.tenant(shop.id) as conn:
        ctx = context(shop, conn, ayse, **turn)
        quote = await quoting.propose(ctx, {"items": items})
        link = await linking.propose(ctx, {"purpose": "quote", "items": items})
    made = await houses.commit(shop, linking, link, ayse, **turn)
    given = await houses.commit(shop, quoting, quote, ayse, **turn)
    assert given.number in made.title
    assert made.amount == given.low == Decimal(1000)
    async with shop.db.tenant(shop.id) as conn:
        assert len(await pricing.open_quotes(conn, ayse.contact_id, NOW)) == 1
        [stored] = await payments.links_for(conn, "quote", given.quote_id)
    assert stored.status == "created"
    again = await houses.commit(shop, linking, link, ayse, **turn)
    assert again.payment_id == made.payment_id


async def test_sold_out_between_quote_and_link(shop: House, ayse: ContactView) -> None:
    items = (await read(shop, ayse, "pricing.basket", items=wish(("siyah kupa", 2)))).settled
    given = await commit(shop, ayse, await propose(shop, ayse, "pricing.quote", items=items))
    asked = {"purpose": "quote", "reference": given.number}
    proposed = await propose(shop, ayse, "payments.create_link", **asked)
    async with shop.db.tenant(shop.id) as conn:
        await catalog.set_stock(conn, "kupa-1", 1)
    assert await refused(commit(shop, ayse, proposed)) == "not_enough"
    async with shop.db.tenant(shop.id) as conn:
        assert await payments.links_for(conn, "quote", given.quote_id) == []


async def test_only_ones_own_open_quotes(shop: House, ayse: ContactView) -> None:
    action = await propose(shop, ayse, "pricing.quote", items=wish(("soya mumu", 4)))
    given = await commit(shop, ayse, action)
    mine = await read(shop, ayse, "pricing.quotes")
    assert mine.meant is not None
    assert mine.meant.number == given.number
    other = await contact(shop, "+905321119999")
    told = f"{given.number} teklifinin linki"
    foreign = await read(shop, other, "pricing.quotes", about=told)
    assert (foreign.named, foreign.meant) == (given.number, None)
    async with shop.db.tenant(shop.id) as conn:
        later = context(shop, conn, ayse, now=NOW + timedelta(days=2))
        kept = await box.get("pricing.quotes").read(later, {})
        assert kept.meant is None  # given too long ago to be meant without its number
        named = await box.get("pricing.quotes").read(later, {"about": told.lower()})
        assert named.meant is not None
        late = context(shop, conn, ayse, now=NOW + timedelta(days=9))
        assert (await box.get("pricing.quotes").read(late, {})).quotes == []


async def test_a_price_that_begins_somewhere_is_no_sum(clinic: House) -> None:
    who = await contact(clinic, "+905321112233")
    items = [{"kind": "service", "name": "implant"}]
    action = await propose(clinic, who, "pricing.quote", items=items)
    given = await commit(clinic, who, action)
    asked = {"purpose": "quote", "reference": given.number}
    refusal = await refused(propose(clinic, who, "payments.create_link", **asked))
    assert refusal == "quote_open_price"


async def test_treatments_come_to_a_range_or_a_floor(clinic: House) -> None:
    who = await contact(clinic, "+905321112233")
    things = wish(("diş temizliği", 2))
    found = await read(clinic, who, "pricing.basket", items=things, services=True)
    assert (found.total, found.total_high, found.total_from) == (3600, 5200, False)
    both = wish(("diş temizliği", 1), ("implant", 1))
    found = await read(clinic, who, "pricing.basket", items=both, services=True)
    assert (found.total, found.total_from, found.shipping) == (29800, True, None)
    unknown = await read(clinic, who, "pricing.basket", items=wish(("masaj", 1)), services=True)
    assert (unknown.lines, unknown.unknown) == ([], ["masaj"])


async def test_items_and_a_number_are_not_both_given(shop: House, ayse: ContactView) -> None:
    async with shop.db.tenant(shop.id) as conn:
        ctx = context(shop, conn, ayse)
        for args in ({"purpose": "quote"}, {"purpose": "order", "items": wish(("mum", 1))}):
            with pytest.raises(BadData, match=r"either the reference|only a quote"):
                await box.get("payments.create_link").propose(ctx, args)
