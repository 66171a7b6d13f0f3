"""A tool call without network on the demo's data. The goal is a median of 3 ms; the bound here
leaves room for a busy machine. Run with `-s` to see the table."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from psycopg import AsyncConnection

from invekto.db.pool import Database
from invekto.intake.tenants import take_in
from invekto.records import conversations, tenants
from invekto.tools.contract import ContactView
from invekto.tools.tenancy import tenant_view
from invekto.tools.toolbox import Toolbox, standard_tools
from tests.rows import one_row
from tests.tools.houses import NOW, House, context

DEMO = Path(__file__).parents[2] / "invekto" / "demo"
BOUND = 12.0  # milliseconds
CALLS = {
    "nehir-moda": {
        "orders.find": {}, "orders.track": {"number": "NM-10452"}, "orders.refund_status": {},
        "catalog.search": {"query": "siyah elbise"}, "catalog.recommend": {"need": "hediye"},
        "catalog.stock": {"product": "Kaz Tüyü Şişme Mont", "size": "M"},
        "pricing.product": {"product": "mont kaz tüyü"}, "pricing.campaigns": {},
        "payments.ways": {}, "business.info": {}, "leads.score": {"text": "toptan"},
    },
    "inci-dis": {
        "slots.search": {"service": "diş temizliği"}, "slots.mine": {},
        "pricing.service": {"service": "implant"},
    },
}  # fmt: skip


@pytest.fixture(scope="module")
async def demo(db: Database, tmp_path_factory: pytest.TempPathFactory) -> Database:
    """The demo's records, without FAQs and documents."""
    for tenant_id in CALLS:
        folder = tmp_path_factory.mktemp("demo") / tenant_id
        shutil.copytree(
            DEMO / tenant_id, folder, ignore=shutil.ignore_patterns("documents", "faqs.yaml")
        )
        await take_in(db, folder, NOW)
    return db


async def _contact(conn: AsyncConnection[Any]) -> ContactView:
    [contact_id] = await one_row(
        conn,
        "SELECT contact_id FROM contacts WHERE tenant_id = app.current_tenant()"
        " AND phone = '+905321112233' UNION ALL SELECT min(contact_id) FROM contacts"
        " WHERE tenant_id = app.current_tenant() LIMIT 1",
    )
    stored = await conversations.get_contact(conn, contact_id)
    return ContactView(stored.contact_id, stored.name, stored.phone, True, "tr", stored.channel)


async def test_a_tool_call_takes_milliseconds(demo: Database) -> None:
    box = Toolbox(standard_tools())
    table: dict[str, float] = {}
    for tenant_id, calls in CALLS.items():
        async with demo.tenant(tenant_id) as conn:
            house = House(demo, tenant_view(await tenants.get_tenant(conn)))
            ctx = context(house, conn, await _contact(conn))
            for name, args in calls.items():
                took = []
                for _ in range(21):
                    started = time.perf_counter()
                    await box.get(name).read(ctx, args)
                    took.append((time.perf_counter() - started) * 1000)
                table[name] = median(took)
    for name, middle in sorted(table.items(), key=lambda row: -row[1]):
        print(f"{middle:6.2f} ms  {name}")
    print(f"{median(table.values()):6.2f} ms  median")
    assert median(table.values()) < BOUND
