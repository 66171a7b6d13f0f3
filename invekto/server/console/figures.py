"""The figures of a period, gathered for the dashboard, the export and the weekly report."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from psycopg import AsyncConnection

from invekto.knowledge.gaps import Gap, list_gaps
from invekto.records import insights, outcomes
from invekto.records.insights import Cohort, Funnel, Overview, Slice
from invekto.records.outcomes import Outcomes
from invekto.records.tenants import Tenant

Conn = AsyncConnection[Any]


@dataclass(frozen=True, slots=True)
class Period:
    """Whole local days, today the last."""

    begin: datetime
    end: datetime
    days: int

    @property
    def before(self) -> Period:
        """As many days before it, to compare with."""
        return Period(self.begin - timedelta(days=self.days), self.begin, self.days)


def period_of(now: datetime, zone: str, days: int) -> Period:
    """The last `days` days of the business's calendar, until the end of today."""
    midnight = now.astimezone(ZoneInfo(zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    end = midnight + timedelta(days=1)
    return Period(end - timedelta(days=days), end, days)


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything that is shown of a period; `before` of as many days before it."""

    all: Overview
    before: Overview
    outcomes: Outcomes
    daily: list[Slice]
    weekly: list[Slice]
    reasons: list[tuple[str, int]]
    gaps: list[Gap]
    pipeline: list[tuple[str, int]]
    by: dict[str, list[Slice]]
    cohorts: list[Cohort]
    first_value: timedelta | None
    funnels: list[Funnel] = field(default_factory=list)
    saved: Decimal | None = None
    no_shows: int | None = None


async def gather(conn: Conn, tenant: Tenant, period: Period, now: datetime) -> Figures:
    """All figures, each by a query of its own over the tenant's rows."""
    begin, end = period.begin, period.end
    funnels, saved, no_shows = await _of_sector(conn, tenant, period)
    days = await daily(conn, tenant, period)
    return Figures(
        all=await insights.overview(conn, begin, end),
        before=await insights.overview(conn, period.before.begin, period.before.end),
        outcomes=await outcomes.of_period(conn, begin, end, now),
        daily=days,
        weekly=insights.by_week(days),
        reasons=await insights.hand_over_reasons(conn, begin, end),
        gaps=await list_gaps(conn, limit=6),
        pipeline=await insights.lead_pipeline(conn),
        by=await insights.turns_by_each(conn, begin, end),
        cohorts=await insights.cohorts(conn, now, tenant.timezone),
        first_value=await insights.first_value(conn),
        funnels=funnels,
        saved=saved,
        no_shows=no_shows,
    )


async def daily(conn: Conn, tenant: Tenant, period: Period) -> list[Slice]:
    """Every day of the period, also those on which nothing happened."""
    found = await insights.turns_by_day(conn, period.begin, period.end, zone=tenant.timezone)
    return insights.every_day(found, period.begin.date(), period.days)


async def _of_sector(
    conn: Conn, tenant: Tenant, period: Period
) -> tuple[list[Funnel], Decimal | None, int | None]:
    begin, end = period.begin, period.end
    funnels: list[Funnel] = []
    saved, no_shows = None, None
    if "clinic" in tenant.packs:
        shown_up = await insights.shown_up(conn, begin, end)
        funnels += [
            await insights.price_to_appointment(conn, begin, end),
            await insights.lead_to_appointment(conn, begin, end),
            shown_up,
        ]
        no_shows = shown_up.began - shown_up.ended
    if "ecommerce" in tenant.packs:
        kept, saved = await insights.deflected(conn, begin, end)
        funnels.append(kept)
    return funnels, saved, no_shows
