"""Neighbours and records/pricing.py."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from invekto.records import pricing
from tests.neighbours import Conn
from tests.tools.houses import NOW, fill_clinic

TODAY = NOW.date()


async def seed(conn: Conn) -> None:
    await fill_clinic(conn)
    await pricing.save_package(conn, pricing.Package("paket", "Gülüş paketi", Decimal(9000)))
    await pricing.save_campaign(conn, pricing.Campaign("kampanya", "Kış", TODAY))
    coupon = pricing.Coupon(
        "KUPON1", NOW, NOW + timedelta(days=30), percent=Decimal(10), contact_id="ct_ours"
    )
    await pricing.add_coupon(conn, coupon, "key_coupon", NOW)
    quote = pricing.Quote(
        "qt_ours", "T-AAAAAA", [], Decimal(1), Decimal(1), "TRY", NOW + timedelta(days=7),
        contact_id="ct_ours",
    )  # fmt: skip
    await pricing.add_quote(conn, quote, "key_quote", NOW)


CALLS = {
    "services": lambda conn, ours: pricing.services(conn),
    "service_names": lambda conn, ours: pricing.service_names(conn),
    "packages": lambda conn, ours: pricing.packages(conn, TODAY),
    "campaigns": lambda conn, ours: pricing.campaigns(conn, TODAY),
    "coupon_by_key": lambda conn, ours: pricing.coupon_by_key(conn, "key_coupon"),
    "coupons_of": lambda conn, ours: pricing.coupons_of(conn, "ct_ours", NOW - timedelta(days=1)),
    "get_quote": lambda conn, ours: pricing.get_quote(conn, "T-AAAAAA"),
    "quote_by_key": lambda conn, ours: pricing.quote_by_key(conn, "key_quote"),
    "open_quotes": lambda conn, ours: pricing.open_quotes(conn, "ct_ours", NOW),
}
UPSERT = "writes a row of the caller's own; its upsert is keyed by the tenant"
EXEMPT = dict.fromkeys(
    ("save_service", "save_package", "save_campaign", "add_coupon", "add_quote"), UPSERT
)
