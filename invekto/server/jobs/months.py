"""The audit log by months: each is opened ahead of time, signed when it is over, and dropped as a
whole when every tenant has kept it long enough."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import structlog

from invekto.db.pool import Database
from invekto.errors import Conflict
from invekto.records import audit, retention, routing

log = structlog.get_logger(__name__)

AHEAD = 2
"""Months that are there before they begin."""
LOOKED_BACK = 12
"""Months behind the retention that are looked for: a worker may have stood still that long."""


async def sign_months(database: Database, tenant_id: str, key: bytes, now: datetime) -> int:
    """Sign the tenant's months that are over and sealed whole; returns how many."""
    ended = (now - audit.SETTLED).date()
    async with database.tenant(tenant_id) as conn:
        months = await audit.months_to_sign(conn, ended)
        signed = [month for month in months if await audit.checkpoint(conn, key, month)]
    return len(signed)


async def keep_months(database: Database, now: datetime) -> list[date]:
    """Open the months to come, drop those that are older than any tenant keeps them; returns what
    was dropped. A month that is not signed for every tenant stays."""
    async with database.routing() as conn:
        for ahead in range(1, AHEAD + 1):
            await audit.open_month(conn, _months_from(now.date(), ahead))
        tenants = await routing.active_tenants(conn)
    oldest = (now - timedelta(days=await _longest_kept(database, tenants))).date()
    due = [_months_from(oldest, -back) for back in range(LOOKED_BACK, 0, -1)]
    return [month for month in due if await _dropped(database, month)]


async def _longest_kept(database: Database, tenants: list[str]) -> int:
    kept = retention.RETENTION["audit"]
    for tenant_id in tenants:
        async with database.tenant(tenant_id) as conn:
            kept = max(kept, (await retention.retention(conn))["audit"])
    return kept


async def _dropped(database: Database, month: date) -> bool:
    try:
        async with database.routing() as conn:
            return await audit.drop_month(conn, month)
    except Conflict as error:
        log.warning("audit_month_stays", month=f"{month:%Y-%m}", why=error.message)
        return False


def _months_from(day: date, months: int) -> date:
    """The first day of the month so many months later, or earlier."""
    number = day.year * 12 + day.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)
