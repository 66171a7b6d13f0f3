"""Who is handed to a person outside opening hours is told so, in the business's own words."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from invekto.agent.notices import load_notices, notice_text
from invekto.agent.opening import off_hours
from invekto.agent.sector import load_sectors
from invekto.db.pool import Database
from invekto.records import openings, tenants
from invekto.tools.tenancy import tenant_view
from tests.conftest import TenantPair

HOURS = {"wed": ["09:00", "18:00"], "thu": ["09:00", "18:00"]}
NOTICES = load_sectors()["ecommerce"].notices


@pytest.mark.parametrize(
    ("moment", "closed"),
    [
        (datetime(2026, 11, 25, 6, 0, tzinfo=UTC), False),  # Wednesday 09.00 in Istanbul
        (datetime(2026, 11, 25, 5, 59, tzinfo=UTC), True),
        (datetime(2026, 11, 25, 15, 0, tzinfo=UTC), True),  # 18.00
        (datetime(2026, 11, 27, 9, 0, tzinfo=UTC), True),  # Friday has no hours
        (datetime(2026, 11, 26, 9, 0, tzinfo=UTC), True),  # a holiday until 12.30
        (datetime(2026, 11, 26, 9, 45, tzinfo=UTC), False),
    ],
)
async def test_hours_and_holidays_say_whether_anybody_is_there(
    db: Database, tenant_pair: TenantPair, moment: datetime, closed: bool
) -> None:
    async with db.tenant(tenant_pair.ours) as conn:
        await tenants.update_profile(conn, {"hours": HOURS})
        await openings.save_holiday(
            conn, openings.Holiday(date(2026, 11, 26), "Arife", {}, time(12, 30), time(17))
        )
        tenant = tenant_view(await tenants.get_tenant(conn))
        assert await off_hours(conn, tenant, moment) is closed


async def test_a_business_that_tells_no_hours_is_never_closed(
    db: Database, tenant_pair: TenantPair
) -> None:
    async with db.tenant(tenant_pair.ours) as conn:
        tenant = tenant_view(await tenants.get_tenant(conn))
        assert not await off_hours(conn, tenant, datetime(2026, 11, 25, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("own", "said"),
    [
        (
            {"handover": {"tr": "Yarın {{ 7 * 7 }} yazarız."}},
            "Yarın {{ 7 * 7 }} yazarız.",
        ),
        ({"handover": {"tr": "  "}}, None),
        ({"handover": {"en": "Tomorrow."}}, None),
        (None, None),
    ],
)
def test_own_words_win_and_are_plain_text(own: Any, said: str | None) -> None:
    sector = load_notices(NOTICES)["handover"].wording("tr", "friendly")
    told = notice_text(NOTICES, "handover", "tr", "friendly", {}, own)
    assert told == (said or sector)
