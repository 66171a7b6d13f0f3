"""A shop and a clinic of our own making, small enough to see through, and contexts to act in."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from invekto.contracts.action import ProposedAction
from invekto.contracts.clock import fixed_clock
from invekto.contracts.messages import InboundMessage
from invekto.db.pool import Database
from invekto.records import catalog, conversations, openings, orders, pricing, tenants
from invekto.records.orders import Item, Order
from invekto.tools.contract import ContactView, TenantView, Tool, ToolContext
from invekto.tools.gateways import SandboxGateways

NOW = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
"""A Wednesday, 11:00 in Istanbul."""

SHOP_PROFILE = {
    "address": "Kasım Sok. No: 14, Güngören / İstanbul",
    "phone": "+90 212 555 01 44",
    "hours": {d: ["09:00", "18:30"] for d in ("mon", "tue", "wed", "thu", "fri")} | {"sun": None},
    "shipping": {
        "fee": 59.9,
        "free_from": 750,
        "couriers": ["Aras Kargo"],
        "delivery_days": [2, 5],
    },
    "returns": {"return_window_days": 14, "exchange_window_days": 30, "refund_days": [2, 7]},
    "payment": {
        "ways_text": {
            "tr": "Kredi kartı ve havale",
            "en": "Card and transfer",
            "ar": "بطاقة وتحويل",
        },
        "instalments": {"max": 6, "interest_free_max": 3, "min_total": 1500},
    },
}
SHOP_SETTINGS = {"coupon_rules": {"max_percent": 15, "default_percent": 10, "min_total": 300}}


@dataclass(frozen=True)
class House:
    """A tenant with its database."""

    db: Database
    view: TenantView

    @property
    def id(self) -> str:
        return self.view.tenant_id


_numbers = itertools.count(1)


async def tenant(db: Database, sector: str, **more: Any) -> House:
    tenant_id = f"{sector}-{next(_numbers)}"
    async with db.tenant(tenant_id) as conn:
        made = await tenants.create_tenant(conn, name=tenant_id.title(), sector=sector, **more)
    view = TenantView(
        tenant_id=tenant_id, name=made.name, sector=sector, health=made.health,
        profile=made.profile, settings=made.settings,
    )  # fmt: skip
    return House(db, view)


def context(
    house: House, conn: Any, contact: ContactView | None, *, now: datetime = NOW,
    key: str | None = None, **more: Any,
) -> ToolContext:  # fmt: skip
    """A tool context in an open transaction."""
    return ToolContext(
        conn=conn, tenant_id=house.id, tenant=house.view, contact=contact,
        conversation_id=more.pop("conversation_id", None), turn_id=more.pop("turn_id", "turn_1"),
        clock=fixed_clock(now), outside=SandboxGateways("http://127.0.0.1:8010"),
        idempotency_key=key, **more,
    )  # fmt: skip


async def commit(
    house: House, tool: Tool[Any, Any], action: ProposedAction, contact: ContactView | None,
    **more: Any,
) -> Any:  # fmt: skip
    """Do a proposed write as the agent does: local in one transaction, outside around it."""

    @asynccontextmanager
    async def opens() -> AsyncIterator[ToolContext]:
        async with house.db.tenant(house.id) as conn:
            yield replace(context(house, conn, contact, key=action.key), **more)

    if tool.outside:
        return await tool.commit_outside(opens, action)
    async with opens() as ctx:
        return await tool.commit(ctx, action)


async def contact(
    house: House, phone: str | None, *, verified: bool = True, name: str | None = "Ayşe Yılmaz",
    language: str = "tr",
) -> ContactView:  # fmt: skip
    """A stored contact as tools see it."""
    number = next(_numbers)
    async with house.db.tenant(house.id) as conn:
        received = await conversations.receive(
            conn,
            InboundMessage(
                channel="whatsapp" if phone else "web", channel_user_id=phone or f"web-{number}",
                provider_message_id=f"m-{number}", text="merhaba", sent_at=NOW, name=name,
                phone=phone, phone_verified=verified and phone is not None,
            ),
            NOW,
        )  # fmt: skip
        conversation = await conversations.get(conn, received.conversation_id)
    return ContactView(
        contact_id=conversation.contact_id, name=name, phone=phone,
        phone_verified=verified and phone is not None, language=language,
        channel="whatsapp" if phone else "web",
    )  # fmt: skip


def order(number: str, status: str = "shipped", **more: Any) -> Order:
    """An order of Ayşe's unless told otherwise."""
    defaults: dict[str, Any] = {
        "order_id": f"ord-{number}", "provider": "own", "placed_at": NOW - timedelta(days=3),
        "total": Decimal("1250.00"), "customer_name": "Ayşe Yılmaz", "postcode": "34700",
        "customer_phone": "+905321112233", "courier": "Aras Kargo",
        "tracking_number": "7340112233445", "promised_until": NOW.date() + timedelta(days=1),
    }  # fmt: skip
    if status == "delivered":
        defaults["delivered_at"] = NOW - timedelta(days=2)
    return Order(number=number, status=status, **(defaults | more))


SHIRT = Item(1, "Keten Gömlek", Decimal("850.00"), product_id="gomlek", size="M", colour="mavi",
             variant_id="gomlek-m-mavi", sku="GML-M-MV")  # fmt: skip
SCARF = Item(2, "İpek Şal", Decimal("400.00"), product_id="sal", sku="SAL-1")


async def fill_shop(conn: Any) -> None:
    """Three products; orders of Ayşe in several states, and one of Mehmet."""
    for product, variants in PRODUCTS:
        await catalog.save_product(conn, product, variants)
    for number, status in (
        ("NM-10451", "preparing"), ("NM-10452", "shipped"), ("NM-10453", "delivered"),
        ("NM-10454", "cancelled"),
    ):  # fmt: skip
        await orders.save_order(conn, order(number, status), [SHIRT, SCARF])
    mehmet = order(
        "NM-20001", "preparing", customer_name="Mehmet Demir", customer_phone="+905449998877",
        postcode="06100",
    )  # fmt: skip
    await orders.save_order(conn, mehmet, [SHIRT])


def variant(product: str, size: str, colour: str, stock: int, **more: Any) -> catalog.Variant:
    key = f"{product}-{size}-{colour}".lower()
    return catalog.Variant(
        variant_id=key, product_id=product, sku=key.upper(), size=size, colour=colour,
        stock_qty=stock, **more,
    )  # fmt: skip


PRODUCTS = (
    (
        catalog.Product(
            "gomlek", "GML", "Keten Gömlek", Decimal("850.00"), category="gömlek",
            names={"tr": "Keten Gömlek", "en": "Linen Shirt"}, margin_tier="high",
            attributes={"kumaş": "%100 keten"}, tags=["yaz", "ofis"], search_text="",
        ),
        [
            variant("gomlek", "M", "mavi", 0, back_on=date(2026, 12, 5)),
            variant("gomlek", "L", "mavi", 2), variant("gomlek", "M", "beyaz", 10),
        ],
    ),
    (
        catalog.Product("sal", "SAL", "İpek Şal", Decimal("400.00"), category="aksesuar",
                        tags=["hediye"], names={"en": "Silk Scarf"}),
        [variant("sal", "", "", 5)],
    ),
    (
        catalog.Product("kazak", "KZK", "Yün Kazak", Decimal("1200.00"), category="kazak",
                        tags=["kış"]),
        [variant("kazak", "M", "gri", 0), variant("kazak", "L", "gri", 0)],
    ),
)  # fmt: skip


async def fill_clinic(conn: Any) -> None:
    """Two services, two dentists on weekdays 09–12 and 13–17."""
    await pricing.save_service(
        conn,
        pricing.Service(
            "temizlik", "Diş taşı temizliği", 40, Decimal(1800), Decimal(2600), buffer_after=5,
            names={"tr": "Diş taşı temizliği", "en": "Cleaning", "ar": "تنظيف الأسنان"},
            synonyms=["diş temizliği", "detertraj"], deposit=Decimal(500),
        ),
    )  # fmt: skip
    await pricing.save_service(
        conn,
        pricing.Service("implant", "İmplant", 60, Decimal(28000), None, starts_from=True,
                        prices={"EUR": [600, 600]}),
    )  # fmt: skip
    for place, (key, name, gives) in enumerate(
        (("ece", "Ece Aydın", ["temizlik", "implant"]), ("kaan", "Kaan Er", ["temizlik"]))
    ):
        hours = [
            openings.OpenHours(f"{key}-{day}-{begin}", key, day, time(begin), time(end))
            for day in range(1, 6)
            for begin, end in ((9, 12), (13, 17))
        ]
        person = openings.Practitioner(key, name, "Dt.", ["tr"], gives, position=place)
        await openings.save_practitioner(conn, person, hours)
