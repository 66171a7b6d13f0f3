"""Whether anybody is there: opening hours and holidays at a moment."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from psycopg import AsyncConnection

from invekto.records import openings
from invekto.tools.contract import TenantView
from invekto.tools.profile import hours_on


async def off_hours(conn: AsyncConnection[Any], tenant: TenantView, now: datetime) -> bool:
    """True where the business tells its hours and is closed now; a holiday has its own."""
    if not tenant.profile.get("hours"):
        return False
    local = now.astimezone(tenant.zone)
    today = local.date()
    holiday = next(iter(await openings.holidays(conn, today, today)), None)
    if holiday is not None:
        begin, until = holiday.open_from, holiday.open_until
    else:
        begin, until = hours_on(tenant, local.isoweekday()) or (None, None)
    return begin is None or until is None or not begin <= local.time() < until
