"""The dashboard: what the assistant does for the business, every figure with its definition."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from invekto.records import insights, tenants
from invekto.records.insights import Slice
from invekto.server.auth import CurrentCaller
from invekto.server.console import charts, dress
from invekto.server.console.figures import daily, gather, period_of
from invekto.server.console.pages import language_of, page, said
from invekto.server.console.weekly import weekly
from invekto.server.deps import Deps

router = APIRouter(prefix="/console", include_in_schema=False)

PERIODS = (7, 30, 90)
Days = Annotated[int, Query(ge=1, le=366)]
Step = Literal["day", "week"]
FORMULA = ("=", "+", "-", "@", "\t", "\r")
OUTCOMES = ("answered", "suggested", "handed_over")
MOST_DAYS = 31
"""More bars than this would be too thin to see: weeks are shown."""


@router.get("/dashboard")
async def dashboard(
    request: Request, caller: CurrentCaller, deps: Deps, days: Days = 30, by: Step | None = None
) -> Response:
    """All figures of a period."""
    now = deps.clock()
    async with deps.database.tenant(caller.tenant_id) as conn:
        tenant = await tenants.get_tenant(conn)
        period = period_of(now, tenant.timezone, days)
        figures = await gather(conn, tenant, period, now)
    step: Step = by or ("day" if days <= MOST_DAYS else "week")
    bars = figures.daily if step == "day" else figures.weekly
    return await page(
        request, "dashboard.html", caller, period=period, periods=PERIODS, f=figures, step=step,
        bars=bars, picture=_picture(bars, language_of(request)),
    )  # fmt: skip


@router.get("/dashboard.csv")
async def export(request: Request, caller: CurrentCaller, deps: Deps, days: Days = 30) -> Response:
    """The days and topics of a period, for a spreadsheet."""
    w = said(request)
    async with deps.database.tenant(caller.tenant_id) as conn:
        tenant = await tenants.get_tenant(conn)
        period = period_of(deps.clock(), tenant.timezone, days)
        each_day = await daily(conn, tenant, period)
        by_intent = (await insights.turns_by_each(conn, period.begin, period.end))["intent"]
    rows: list[list[object]] = [[w("dash.csv_part"), w("dash.csv_name"), *map(w, _columns())]]
    rows += [["day", s.name, s.answered, s.suggested, s.handed_over] for s in each_day]
    rows += [
        ["intent", w(f"intents.{s.name}"), s.answered, s.suggested, s.handed_over]
        for s in by_intent
    ]
    name = f"{tenant.tenant_id}-{period.begin:%Y%m%d}-{days}.csv"
    return Response(
        "\ufeff" + safe_csv(rows), media_type="text/csv; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )  # fmt: skip


@router.get("/dashboard/weekly")
async def weekly_page(request: Request, caller: CurrentCaller, deps: Deps) -> Response:
    """The weekly mini-report as it would be mailed."""
    made = await weekly(deps, caller.tenant_id, said(request))
    return await page(request, "weekly_page.html", caller, report=made)


@router.get("/dashboard/weekly.txt")
async def weekly_text(request: Request, caller: CurrentCaller, deps: Deps) -> Response:
    """The same as plain text."""
    made = await weekly(deps, caller.tenant_id, said(request))
    return Response(f"{made.subject}\n\n{made.text}", media_type="text/plain; charset=utf-8")


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


def _picture(slices: list[Slice], language: str) -> charts.Bars:
    rows = [
        (
            dress.day(datetime.fromisoformat(one.name).date(), language)[:-5],
            [(kind, getattr(one, kind)) for kind in OUTCOMES],
        )
        for one in slices
    ]
    return charts.bars(rows, width=1120, height=160)
