"""What customers need where they name no product: gifts, people, budgets, and why it is shown."""

from __future__ import annotations

from decimal import Decimal

import pytest

from invekto.records import catalog
from invekto.tools.contract import ContactView
from invekto.tools.needs import need_in
from tests.tools.houses import House, contact
from tests.tools.test_orders import read


@pytest.mark.parametrize(
    ("text", "gift", "people"),
    [
        ("anneme hediye bakıyorum", True, ("woman",)),
        ("babalar günü için babama hediye", True, ("man",)),
        ("looking for a gift for my dad", True, ("man",)),
        ("اريد هدية لأمي", True, ("woman",)),
        ("yeni doğan bebeğe ne alsam", False, ("baby",)),
        ("yeğenime doğum günü hediyesi", True, ("child",)),
        ("kızıma mezuniyet elbisesi bakıyorum 36 beden", False, ("woman",)),
        ("oğluma mezuniyet için gömlek", False, ("man",)),
        ("a prom dress for my daughter", False, ("woman",)),
        ("a present for my wife and something for our son", True, ("woman", "child")),
        ("kışlık sıcak bir şey", False, ()),
        ("eşime hediye", True, ()),
    ],
)
def test_needs_are_read(text: str, gift: bool, people: tuple[str, ...]) -> None:
    need = need_in(text)
    assert (need.gift, set(need.people)) == (gift, set(people))


@pytest.fixture
async def ayse(shop: House) -> ContactView:
    """A catalogue of gifts and other things; names, price, margin, words."""
    rows = (
        ("kolye", "İnci Kolye", 400, "high", ["hediye", "kadin"]),
        ("mum", "Soya Mumu", 250, "high", ["hediye"]),
        ("kupa", "Termos Kupa", 450, "medium", ["hediye"]),
        ("havlu", "Banyo Havlusu", 399, "high", ["ev"]),
        ("terlik", "Keçe Terlik", 350, "low", ["hediye", "erkek"]),
        ("zibin", "Zıbın Seti", 300, "high", ["hediye", "bebek"]),
        ("yok", "Gümüş Yüzük", 380, "high", ["hediye"]),
        ("elbise", "Saten Elbise", 900, "low", ["kadin"]),
        ("tutu", "Tütü Elbise", 300, "high", ["cocuk"]),
    )
    async with shop.db.tenant(shop.id) as conn:
        for key, name, price, margin, tags in rows:
            left = 0 if key == "yok" else 5
            await catalog.save_product(
                conn,
                catalog.Product(key, key.upper(), name, Decimal(price), tags=list(tags),
                                margin_tier=margin, category=name.split()[-1].casefold()),
                [catalog.Variant(f"{key}-1", key, f"{key}-1", stock_qty=left)],
            )  # fmt: skip
    return await contact(shop, "+905321112233")


@pytest.mark.parametrize(
    ("need", "ids"),
    [
        ("hediye", ["kolye", "mum", "kupa"]),  # better margin first; none for babies, none sold out
        ("anneme hediye", ["kolye", "mum", "kupa"]),
        ("babama hediye", ["terlik", "mum", "kupa"]),
        ("bebeğe hediye", ["zibin"]),
        ("اريد هدية", ["kolye", "mum", "kupa"]),
    ],
)
async def test_gifts_by_need_stock_and_margin(
    shop: House, ayse: ContactView, need: str, ids: list[str]
) -> None:
    found = await read(shop, ayse, "catalog.recommend", need=need, max_price=500)
    assert [item.product.product_id for item in found.items][:3] == ids
    assert all("bütçenize uygun" in item.why for item in found.items)


async def test_why_is_a_fact_and_is_logged(shop: House, ayse: ContactView) -> None:
    found = await read(shop, ayse, "catalog.recommend", need="anneme hediye")
    first = found.items[0]
    assert first.why == "hediyelik, kadınlar için"
    said = "İnci Kolye önerisinin nedeni: hediyelik, kadınlar için."
    assert said in found.facts("tr")
    async with shop.db.tenant(shop.id) as conn:
        rows = await conn.execute(
            "SELECT product_id, rank, reason FROM recommendation_log"
            " WHERE tenant_id = app.current_tenant() AND contact_id = %s ORDER BY rank",
            [ayse.contact_id],
        )
        logged = await rows.fetchall()
    assert [tuple(row) for row in logged] == [
        (item.product.product_id, rank, "gift") for rank, item in enumerate(found.items, 1)
    ]


async def test_nothing_within_the_budget_is_said(shop: House, ayse: ContactView) -> None:
    found = await read(shop, ayse, "catalog.recommend", need="hediye", max_price=100)
    assert found.above == Decimal(100)
    assert found.items[0].product.product_id == "mum"
    assert any("100,00 TL" in sentence for sentence in found.facts("tr"))
    assert not any("bütçenize uygun" in item.why for item in found.items)


@pytest.mark.parametrize(
    "need", ["kolyenin yanına ne yakışır", "what goes with the inci kolye", "kolye ile kombin"]
)
async def test_what_goes_beside_a_thing(shop: House, ayse: ContactView, need: str) -> None:
    async with shop.db.tenant(shop.id) as conn:
        await catalog.save_rule(conn, "kolye+mum", "kolye", "mum", "cross_sell", priority=5)
    found = await read(shop, ayse, "catalog.recommend", need=need)
    assert (found.items[0].product.product_id, found.items[0].reason) == ("mum", "cross_sell")
    assert all(item.product.product_id != "kolye" for item in found.items)


@pytest.mark.parametrize("need", ["kızıma mezuniyet elbisesi bakıyorum 36 beden", "anneme elbise"])
async def test_who_looks_for_a_dress_is_shown_dresses(
    shop: House, ayse: ContactView, need: str
) -> None:
    found = await read(shop, ayse, "catalog.recommend", need=need)
    assert found.items
    assert all("lbise" in item.product.name for item in found.items), found


async def test_something_cheaper_of_the_same_kind(shop: House, ayse: ContactView) -> None:
    found = await read(
        shop, ayse, "catalog.recommend", need="daha ucuzu var mı", spoken_of="elbise"
    )
    names = [item.product.name for item in found.items]
    prices = [item.product.price for item in found.items]
    assert "Saten Elbise" in names
    assert prices == sorted(prices)
    cheap = await read(shop, ayse, "catalog.recommend", need="en ucuz elbise hangisi")
    assert cheap.items[0].product.name == "Tütü Elbise"
