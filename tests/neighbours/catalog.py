"""Neighbours and records/catalog.py."""

from __future__ import annotations

from invekto.records import catalog
from tests.neighbours import Conn
from tests.tools.houses import NOW, fill_shop


async def seed(conn: Conn) -> list[catalog.Listing]:
    await fill_shop(conn)
    await catalog.save_rule(conn, "rule_ours", "gomlek", "sal")
    await catalog.log_recommendation(conn, "rec_ours", "sal", rank=1, reason="need", now=NOW,
                                     conversation_id="cnv_ours")  # fmt: skip
    return await catalog.listings(conn)


CALLS = {
    "names": lambda conn, ours: catalog.names(conn),
    "products": lambda conn, ours: catalog.products(conn, ["gomlek"]),
    "listings": lambda conn, ours: catalog.listings(conn),
    "options": lambda conn, ours: catalog.options(conn),
    "with_variant": lambda conn, ours: catalog.with_variant(conn, ours),
    "get_product": lambda conn, ours: catalog.get_product(conn, "gomlek"),
    "variants": lambda conn, ours: catalog.variants(conn, ["gomlek"]),
    "get_variant": lambda conn, ours: catalog.get_variant(conn, "gomlek-l-mavi"),
    "set_stock": lambda conn, ours: catalog.set_stock(conn, "gomlek-l-mavi", 7),
    "take_stock": lambda conn, ours: catalog.take_stock(conn, "gomlek-l-mavi"),
    "rules_for": lambda conn, ours: catalog.rules_for(conn, "gomlek"),
    "bought_together": lambda conn, ours: catalog.bought_together(conn, "gomlek"),
    "recommended": lambda conn, ours: catalog.recommended(conn, "cnv_ours", NOW),
    "settle_recommendation": lambda conn, ours: catalog.settle_recommendation(
        conn, "rec_ours", accepted=True
    ),
}
EXEMPT = {
    "save_product": "writes rows of the caller's own; its upsert is keyed by the tenant",
    "save_rule": "writes a row of the caller's own; its upsert is keyed by the tenant",
    "log_recommendation": "writes a row of the caller's own, reads none",
}
