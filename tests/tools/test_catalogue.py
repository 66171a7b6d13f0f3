"""Products found with typos, recommended with a reason, never said to be there if they are not."""

from __future__ import annotations

from decimal import Decimal

import pytest

from invekto.errors import Refused
from invekto.records import catalog, orders
from invekto.tools.contract import ContactView
from invekto.tools.matching import closest
from invekto.tools.products import same_option
from tests.tools.houses import SCARF, SHIRT, House, contact, order
from tests.tools.test_orders import read, refused


@pytest.fixture
async def ayse(shop: House) -> ContactView:
    return await contact(shop, "+905321112233")


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("keten gömlek", "Keten Gömlek"), ("KETEN GOMLEK", "Keten Gömlek"),
        ("keten gömlk", "Keten Gömlek"), ("linen shirt", "Keten Gömlek"),
        ("gömlekler var mı", "Keten Gömlek"), ("hediye", "İpek Şal"), ("şal", "İpek Şal"),
        ("yünlü kazak", "Yün Kazak"),
    ],
)  # fmt: skip
async def test_search_forgives_spelling(
    shop: House, ayse: ContactView, query: str, name: str
) -> None:
    found = await read(shop, ayse, "catalog.search", query=query, in_stock=False)
    assert found.products[0].name == name


async def test_search_by_colour_size_and_budget(shop: House, ayse: ContactView) -> None:
    found = await read(shop, ayse, "catalog.search", query="mavi gömlek")
    assert (found.only.name, found.exact) == ("Keten Gömlek", True)
    found = await read(shop, ayse, "catalog.search", query="siyah gömlek", colour="siyah")
    assert not found.exact
    found = await read(shop, ayse, "catalog.search", max_price=500)
    assert [p.name for p in found.products] == ["İpek Şal"]


async def test_stock_of_an_option(shop: House, ayse: ContactView) -> None:
    blue = {"product": "gomlek", "size": "m", "colour": "Mavi"}
    found = await read(shop, ayse, "catalog.stock", **blue)
    assert (found.available, found.offered) == (False, True)
    said = " ".join(found.facts("tr"))
    assert "M mavi stokta yok" in said
    assert "5 Aralık" in said
    found = await read(shop, ayse, "catalog.stock", product="gomlek", size="L")
    assert (found.available, found.left) == (True, 2)
    found = await read(shop, ayse, "catalog.stock", product="gomlek", size="4XL")
    assert not found.offered


async def test_last_few_is_said_only_when_true(shop: House, ayse: ContactView) -> None:
    found = await read(shop, ayse, "catalog.details", product="gomlek")
    left = {v.option: v.left for v in found.only.variants}
    assert left == {"M mavi": None, "L mavi": 2, "M beyaz": None}
    assert "10" not in " ".join(found.facts("tr")).replace("%100", "")


async def test_customers_never_see_margins(shop: House, ayse: ContactView) -> None:
    found = await read(shop, ayse, "catalog.search", query="gömlek")
    assert "margin" not in found.model_dump_json()


async def test_an_unknown_product_is_asked_for(shop: House, ayse: ContactView) -> None:
    assert await refused(read(shop, ayse, "catalog.stock", product="buzdolabı")) == (
        "unknown_product"
    )


async def test_recommendations_are_in_stock_reasoned_and_logged(
    shop: House, ayse: ContactView
) -> None:
    async with shop.db.tenant(shop.id) as conn:
        await catalog.save_rule(conn, "r1", "gomlek", "kazak", priority=9)
        await catalog.save_rule(conn, "r2", "gomlek", "sal", discount_pct=Decimal(10))
    found = await read(shop, ayse, "catalog.recommend", product="gomlek")
    assert [(i.product.name, i.reason) for i in found.items] == [("İpek Şal", "cross_sell")]
    async with shop.db.tenant(shop.id) as conn:
        rows = await conn.execute(
            "SELECT product_id, reason FROM recommendation_log"
            " WHERE tenant_id = app.current_tenant()"
        )
        assert await rows.fetchall() == [("sal", "cross_sell")]


async def test_bought_together_counts_orders_that_stand(shop: House, ayse: ContactView) -> None:
    async with shop.db.tenant(shop.id) as conn:
        for number in range(3):
            await orders.save_order(conn, order(f"NM-3000{number}", "cancelled"), [SHIRT, SCARF])
        # Four orders of the shop hold both, one of them is cancelled as well.
        lines = dict(await catalog.bought_together(conn, "gomlek"))
    assert lines == {"sal": 3}


@pytest.mark.parametrize(
    ("stored", "asked", "same"),
    [("XL", "xl", True), ("38", "38 numara", True), ("koyu lacivert", "lacivert", True),
     ("M", "XL", False), ("", "M", False)],
)  # fmt: skip
def test_options_as_people_say_them(stored: str, asked: str, same: bool) -> None:
    assert same_option(stored, asked) is same


@pytest.mark.parametrize(
    ("query", "ids"),
    [("implant", ["i"]), ("İMPLANT", ["i"]), ("inplant", ["i"]), ("diş temizliği", ["t"]),
     ("dis temizligi", ["t"]), ("kanal", ["k"]), ("botoks", []), ("", []), ("t", ["t"])],
)  # fmt: skip
def test_names_with_typos(query: str, ids: list[str]) -> None:
    names = [("İmplant", "i"), ("Diş temizliği", "t"), ("Kanal tedavisi", "k")]
    assert closest(query, names) == ids


async def test_two_that_fit_alike_are_asked_about(shop: House, ayse: ContactView) -> None:
    twin = catalog.Product("sal2", "SAL2", "İpek Şal Mini", Decimal(300), category="aksesuar")
    async with shop.db.tenant(shop.id) as conn:
        await catalog.save_product(conn, twin, [])
    with pytest.raises(Refused) as caught:
        await read(shop, ayse, "catalog.stock", product="şal")
    assert caught.value.reason == "ambiguous"
    options = caught.value.detail["options"]
    assert isinstance(options, list)
    assert set(options) == {"İpek Şal", "İpek Şal Mini"}


async def test_two_products_of_a_question_side_by_side(shop: House, ayse: ContactView) -> None:
    asked = "keten gömlek ile yün kazak arasında ne fark var"
    found = await read(shop, ayse, "catalog.compare", question=asked)
    assert [p.name for p in found.products] == ["Keten Gömlek", "Yün Kazak"]
    assert found.differences


async def test_a_comparison_needs_two(shop: House, ayse: ContactView) -> None:
    asked = read(shop, ayse, "catalog.compare", question="hangisi daha iyi")
    assert await refused(asked) == "too_few"
