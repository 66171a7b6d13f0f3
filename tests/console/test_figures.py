"""Weeks of history on the dashboard: every figure on it is counted anew, and none is left out."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import httpx
import pytest
from psycopg.rows import dict_row

from invekto.contracts.clock import clock_at, system_clock
from invekto.server.app import create_app
from invekto.server.deps import ServerDeps
from tests.console.conftest import OTHER, TENANT
from tests.console.counting import OUTCOMES, TABLES, Counted
from tests.console.lived import live

FIGURE = re.compile(r'data-figure="([\w.\-]+)"[^>]*>\s*([^<]*?)\s*<')
BOSSES = {TENANT: "burcu", OTHER: "gokhan"}
PACKS = {TENANT: ("ecommerce",), OTHER: ("clinic",)}


@pytest.fixture(scope="module")
async def lived(peopled: ServerDeps) -> ServerDeps:
    """The shop and the clinic with eight weeks behind them; the clock stands still."""
    now = system_clock()
    for tenant_id in BOSSES:
        async with peopled.database.tenant(tenant_id) as conn:
            await live(conn, tenant_id, now)
    return still(peopled, now)


def still(deps: ServerDeps, now: datetime) -> ServerDeps:
    engine = replace(deps.engine, deps=replace(deps.engine.deps, clock=clock_at(now)))
    return replace(deps, engine=engine)


@pytest.fixture(params=sorted(BOSSES))
async def boss(lived: ServerDeps, request: Any) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_app(lived), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://invekto.test") as client:
        form = {"tenant_id": request.param, "user_id": BOSSES[request.param]}
        await client.post("/console/sign-in/demo", data=form)
        client.headers["x-tenant"] = request.param
        yield client


async def counted(deps: ServerDeps, tenant_id: str, days: int) -> Counted:
    rows: dict[str, list[dict[str, Any]]] = {}
    async with deps.database.tenant(tenant_id) as conn, conn.cursor(row_factory=dict_row) as cur:
        for name, query in TABLES.items():
            await cur.execute(query)
            rows[name] = await cur.fetchall()
    return Counted(rows, deps.clock(), days)


@pytest.mark.parametrize(("days", "step"), [(30, "day"), (7, "day"), (90, "week")])
async def test_every_figure_is_counted_anew(
    lived: ServerDeps, boss: httpx.AsyncClient, days: int, step: str
) -> None:
    tenant_id = boss.headers["x-tenant"]
    html = (await boss.get(f"/console/dashboard?days={days}&by={step}")).text
    shown = dict(FIGURE.findall(html))
    expected = (await counted(lived, tenant_id, days)).expected(step, PACKS[tenant_id])
    assert shown == expected
    assert html.count("data-figure=") == len(shown)


async def test_every_figure_has_its_definition_one_hover_away(boss: httpx.AsyncClient) -> None:
    html = (await boss.get("/console/dashboard?days=30")).text
    shown = {name for name, _ in FIGURE.findall(html) if "." not in name}
    defined = set(re.findall(r'<abbr tabindex="0" title="[^"]{20,}">', html))
    assert len(defined) >= len(shown - {"matters"})
    assert "dash.about" not in html


async def test_nothing_of_it_is_nothing(lived: ServerDeps) -> None:
    """The history holds a case of everything: a figure that is always zero proves nothing."""
    told: dict[str, str] = {}
    for tenant_id, packs in PACKS.items():
        told |= (await counted(lived, tenant_id, 30)).expected("day", packs)
    empty = [
        name for name, value in told.items() if "." not in name and value.startswith(("0", "—"))
    ]
    assert empty == []


async def test_bars_are_as_the_table_says(boss: httpx.AsyncClient) -> None:
    html = (await boss.get("/console/dashboard?days=28&by=week")).text
    drawn = re.findall(r"<rect class=\"(\w+)\"[^>]*><title>[^<]*: (\d+)</title>", html)
    shown = dict(FIGURE.findall(html))
    for kind in OUTCOMES:
        total = sum(int(v) for k, v in shown.items() if k.startswith("week.") and k.endswith(kind))
        assert sum(int(count) for one, count in drawn if one == kind) == total


async def test_the_export_holds_the_same_days_and_topics(
    lived: ServerDeps, boss: httpx.AsyncClient
) -> None:
    text = (await boss.get("/console/dashboard.csv?days=30")).text
    rows = list(csv.reader(io.StringIO(text.lstrip("\ufeff"))))[1:]
    expected = (await counted(lived, boss.headers["x-tenant"], 30)).bars("day")
    days = {row[1]: row[2:] for row in rows if row[0] == "day" and row[2:] != ["0", "0", "0"]}
    assert days == {
        day: [expected[f"day.{day}.{one}"] for one in OUTCOMES]
        for day in {name.split(".")[1] for name in expected}
    }
    assert sum(int(row[2]) for row in rows if row[0] == "intent") == sum(
        int(value) for name, value in expected.items() if name.endswith(".answered")
    )


async def test_the_weekly_report_says_the_same_as_html_and_as_text(
    boss: httpx.AsyncClient,
) -> None:
    page = await boss.get("/console/dashboard/weekly")
    text = (await boss.get("/console/dashboard/weekly.txt")).text
    shown = dict(FIGURE.findall((await boss.get("/console/dashboard?days=7")).text))
    assert page.status_code == 200
    assert f"Gelen mesaj: {shown['messages']}" in text
    if "shown_up" in shown:
        assert f"Gelinen randevu: {shown['shown_up'].partition(' ·')[0]}" in text
    assert f"<b>{shown['messages']}</b>" in page.text
    assert " style=" not in page.text
    assert "&" not in text


async def test_the_health_of_knowledge_is_the_same_over_the_api(boss: httpx.AsyncClient) -> None:
    told = (await boss.get("/v1/knowledge/health")).json()
    box = (await boss.get("/console/knowledge/health")).text
    assert f'<span class="big">{told["score"]}</span>' in box
    assert told["open_gaps"] == 7, "of eight one was dismissed"
    assert f">{told['open_gaps']} açık</a>" in box
    for title in (*told["stale"], *told["unused"], *told["failed"], *told["expiring"]):
        assert title in box


async def test_the_same_figures_come_over_the_api(
    lived: ServerDeps, boss: httpx.AsyncClient
) -> None:
    told = (await boss.get("/v1/figures?days=30")).json()
    shown = dict(FIGURE.findall((await boss.get("/console/dashboard?days=30")).text))
    for name in ("messages", *OUTCOMES):
        assert str(told["now"][name]) == shown[name].replace(".", "")
    assert str(told["now"]["minutes_saved"]) == shown["minutes"].replace(".", "")
    for name in ("verified", "contained", "assisted", "recontact"):
        assert str(told["matters"][name]) == shown[name].partition(" ")[0]
    reasons = {f"reason.{name}": str(count) for name, count in told["handover_reasons"].items()}
    assert reasons == {name: value for name, value in shown.items() if name.startswith("reason.")}
    days = {one["name"]: one["answered"] for one in told["daily"] if one["answered"]}
    assert days
    for day, answered in days.items():
        assert shown[f"day.{day}.answered"] == str(answered)
    assert len(told["daily"]) == 30
    for funnel in told["funnels"]:
        assert shown[funnel["name"]].startswith(f"{funnel['ended']} / {funnel['began']}")
