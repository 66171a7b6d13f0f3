"""The dashboard: what the assistant does for the business, every figure with its definition."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request
from psycopg import AsyncConnection
from starlette.responses import Response

from invekto.knowledge.gaps import list_gaps
from invekto.records import insights, tenants
from invekto.records.insights import Slice
from invekto.records.tenants import Tenant
from invekto.server.auth import CurrentCaller
from invekto.server.console import charts, dress
from invekto.server.console.pages import language_of, page, said
from invekto.server.deps import Deps

router = APIRouter(prefix="/console", include_in_schema=False)

PERIODS = (7, 30, 90)
Days = Annotated[int, Query(ge=1, le=366)]
FORMULA = ("=", "+", "-", "@", "\t", "\r")
OUTCOMES = ("answered", "suggested", "handed_over")


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


@router.get("/dashboard")
async def dashboard(
    request: Request, caller: CurrentCaller, deps: Deps, days: Days = 30
) -> Response:
    """All figures of a period."""
    language = language_of(request)
    async with deps.database.tenant(caller.tenant_id) as conn:
        tenant = await tenants.get_tenant(conn)
        period = period_of(deps.clock(), tenant.timezone, days)
        figures = await _figures(conn, tenant, period)
    return await page(
        request, "dashboard.html", caller, period=period, periods=PERIODS, **figures,
        picture=_picture(figures["daily"], period, language),
    )  # fmt: skip


@router.get("/dashboard.csv")
async def export(request: Request, caller: CurrentCaller, deps: Deps, days: Days = 30) -> Response:
    """The days of a period, for a spreadsheet."""
    w = said(request)
    async with deps.database.tenant(caller.tenant_id) as conn:
        tenant = await tenants.get_tenant(conn)
        period = period_of(deps.clock(), tenant.timezone, days)
        daily = await _daily(conn, tenant, period)
        by_intent = await insights.turns_by(conn, "intent", period.begin, period.end)
    rows: list[list[object]] = [[w("dash.csv_part"), w("dash.csv_name"), *map(w, _columns())]]
    rows += [["day", s.name, s.answered, s.suggested, s.handed_over] for s in daily]
    rows += [
        ["intent", w(f"intents.{s.name}"), s.answered, s.suggested, s.handed_over]
        for s in by_intent
    ]
    name = f"{tenant.tenant_id}-{period.begin:%Y%m%d}-{days}.csv"
    return Response(
        "\ufeff" + safe_csv(rows), media_type="text/csv; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )  # fmt: skip


def safe_csv(rows: list[list[object]]) -> str:
    """CSV in which no cell is read as a formula: a text that could be is put behind a quote."""
    out = io.StringIO()
    writer = csv.writer(out)
    for row in rows:
        writer.writerow([_safe(cell) for cell in row])
    return out.getvalue()


def _safe(cell: object) -> object:
    if isinstance(cell, str) and cell.lstrip().startswith(FORMULA):
        return f"'{cell}"
    if isinstance(cell, str) and cell.startswith(FORMULA):
        return f"'{cell}"
    return cell


def _columns() -> tuple[str, ...]:
    return tuple(f"dash.{name}" for name in OUTCOMES)


async def _daily(conn: AsyncConnection[Any], tenant: Tenant, period: Period) -> list[Slice]:
    found = await insights.turns_by(conn, "day", period.begin, period.end, zone=tenant.timezone)
    return insights.every_day(found, period.begin.date(), period.days)


async def _figures(conn: AsyncConnection[Any], tenant: Tenant, period: Period) -> dict[str, Any]:
    begin, end = period.begin, period.end
    figures: dict[str, Any] = {
        "all": await insights.overview(conn, begin, end),
        "before": await insights.overview(conn, period.before.begin, period.before.end),
        "daily": await _daily(conn, tenant, period),
        "reasons": await insights.hand_over_reasons(conn, begin, end),
        "gaps": await list_gaps(conn, limit=6),
        "pipeline": await insights.lead_pipeline(conn),
        "by": {
            name: await insights.turns_by(conn, name, begin, end)
            for name in ("intent", "language", "channel")
        },
        "funnels": [],
        "saved": None,
    }
    if "clinic" in tenant.packs:
        figures["funnels"] = [
            await insights.price_to_appointment(conn, begin, end),
            await insights.shown_up(conn, begin, end),
        ]
    if "ecommerce" in tenant.packs:
        kept, revenue = await insights.deflected(conn, begin, end)
        figures["funnels"].append(kept)
        figures["saved"] = revenue
    return figures


def _picture(daily: list[Slice], period: Period, language: str) -> charts.Bars:
    """A bar a day, or a week where the days would be too thin to see."""
    step = 1 if period.days <= 31 else 7
    rows = []
    for first in range(0, len(daily), step):
        group = daily[first : first + step]
        label = dress.day(datetime.fromisoformat(group[0].name).date(), language)[:-5]
        parts = [(kind, sum(getattr(s, kind) for s in group)) for kind in OUTCOMES]
        rows.append((label, parts))
    return charts.bars(rows, width=1120, height=160)
