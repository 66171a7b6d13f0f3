"""Weeks of history on the dashboard: every figure is what a query of the test's own counts."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from invekto.contracts.clock import system_clock
from invekto.demo.history.telling import tell
from invekto.records import catalog, history, openings, outcomes
from invekto.server.app import create_app
from invekto.server.console.figures import period_of
from invekto.server.deps import ServerDeps
from tests.console.conftest import OTHER
from tests.demo.test_history import PLAYED, STORY

FIGURES = re.compile(r'data-figure="(\w+)">\s*([^<]+?)\s*<')
ZONE = ZoneInfo("Europe/Istanbul")
DAYS = 30


@pytest.fixture(scope="module")
async def lived(peopled: ServerDeps) -> ServerDeps:
    """The clinic with eight weeks of turns, two leads, and appointments kept and missed."""
    now = system_clock()
    book = tell(OTHER, STORY, PLAYED, now, "Europe/Istanbul")
    contacts = [row["contact_id"] for row in book.rows["contacts"]][-3:]
    begin = now - timedelta(days=6)
    book.rows["leads"] = [
        {"lead_id": f"l{n}", "contact_id": contact, "referral": {}, "score_reasons": [],
         "qualification": {}, "source": "organic", "interest": "", "score": 1,
         "pipeline_status": "new", "created_at": begin, "updated_at": begin}
        for n, contact in enumerate(contacts[:2])
    ]  # fmt: skip
    book.rows["appointments"] = [
        {"appointment_id": f"a{n}", "practitioner_id": "dt", "service_id": "bakim",
         "contact_id": contacts[n], "starts_at": at, "ends_at": at + timedelta(minutes=30),
         "busy_from": at, "busy_until": at + timedelta(minutes=30), "seat": 1, "note": "",
         "source": "own", "sequence": 0, "status": status, "created_at": begin + timedelta(hours=1),
         "updated_at": at}
        for n, status in enumerate(("completed", "no_show", "completed"))
        for at in (begin + timedelta(days=1, hours=n),)
    ]  # fmt: skip
    async with peopled.database.tenant(OTHER) as conn:
        await catalog_service(conn)
        await openings.save_practitioner(conn, openings.Practitioner("dt", "Ece"), [])
        for table in history.TABLES:
            await history.put_rows(conn, table, book.rows[table])
    return peopled


async def catalog_service(conn: Any) -> None:
    """A service that appointments can be of."""
    assert catalog
    await conn.execute(
        "INSERT INTO services (service_id, name, duration_minutes) VALUES ('bakim', 'Bakım', 30)"
    )


@pytest.fixture
async def gokhan(lived: ServerDeps) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_app(lived), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://invekto.test") as client:
        await client.post("/console/sign-in/demo", data={"tenant_id": OTHER, "user_id": "gokhan"})
        yield client


async def rows(deps: ServerDeps, query: str, **values: Any) -> list[Any]:
    async with deps.database.tenant(OTHER) as conn:
        return list(await (await conn.execute(query, values)).fetchall())


def first_number(text: str) -> int:
    found = re.search(r"-?\d[\d.]*", text)
    assert found is not None, text
    return int(found.group().replace(".", ""))


async def test_every_figure_of_a_month_is_counted_anew(
    lived: ServerDeps, gokhan: httpx.AsyncClient
) -> None:
    html = (await gokhan.get(f"/console/dashboard?days={DAYS}")).text
    shown = dict(FIGURES.findall(html))
    period = period_of(system_clock(), "Europe/Istanbul", DAYS)
    since = {"begin": period.begin, "end": period.end}
    turns = await rows(
        lived,
        "SELECT outcome FROM turns WHERE created_at >= %(begin)s",
        **since,
    )
    by_outcome = Counter(row[0] for row in turns)
    for name in ("answered", "suggested", "handed_over"):
        assert first_number(shown[name]) == by_outcome[name]
    assert by_outcome["answered"] > 20
    share = by_outcome["answered"] / len(turns)
    assert shown["deflection"] == f"%{100 * share:.0f}"
    [[messages]] = await rows(
        lived, "SELECT count(*) FROM messages WHERE author = 'customer' AND sent_at >= %(begin)s",
        **since,
    )  # fmt: skip
    assert first_number(shown["messages"]) == messages
    drafts = Counter(
        row[0] for row in await rows(
            lived, "SELECT status FROM suggested_replies WHERE resolved_at BETWEEN %(begin)s"
            " AND %(end)s", **since)
    )  # fmt: skip
    decided = drafts["sent"] + drafts["edited"] + drafts["rejected"]
    assert shown["accepted"] == f"%{100 * drafts['sent'] / decided:.0f}"
    minutes = 3 * by_outcome["answered"] + 2 * drafts["sent"] + drafts["edited"]
    assert first_number(shown["minutes"]) == minutes
    [[wrong]] = await rows(
        lived, "SELECT count(DISTINCT turn_id) FROM trust_verdicts WHERE kind LIKE 'auto_wrong%%'"
        " AND at >= %(begin)s", **since,
    )  # fmt: skip
    assert first_number(shown["wrong"]) == wrong == 1
    assert shown["lead_to_appointment"] == "2 / 2 · %100"
    assert shown["shown_up"] == "2 / 3 · %67"
    assert shown["no_shows"] == "1"
    assert shown["price_to_appointment"] == "0 / 0"
    [[first, asked]] = await rows(
        lived, "SELECT (SELECT min(created_at) FROM turns WHERE outcome = 'answered'),"
        " (SELECT min(sent_at) FROM messages)",
    )  # fmt: skip
    assert shown["first_value"] == f"{(first - asked).total_seconds() / 86400:.0f} gün"


async def test_matters_are_counted_as_they_are_defined(
    lived: ServerDeps, gokhan: httpx.AsyncClient
) -> None:
    """Anew from the rows, a contact at a time, by the definitions of records/outcomes.py."""
    shown = dict(FIGURES.findall((await gokhan.get(f"/console/dashboard?days={DAYS}")).text))
    now = system_clock()
    period = period_of(now, "Europe/Istanbul", DAYS)
    said: dict[str, list[outcomes.Said]] = defaultdict(list)
    for contact, at, author in await rows(
        lived, "SELECT contact_id, sent_at, author FROM messages JOIN conversations"
        " USING (tenant_id, conversation_id)",
    ):  # fmt: skip
        said[contact].append(outcomes.Said(at, author))
    begun = [
        matter for contact, messages in said.items()
        for matter in outcomes.matters(contact, messages)
        if period.begin <= matter.said[0].at < period.end
    ]  # fmt: skip
    closed = [m for m in begun if outcomes.outcome(m, now).closed]
    by_person = [m for m in closed if any(s.author == "person_for_ai" for s in m.said)]
    assert first_number(shown["assisted"]) == len(by_person)
    alone = [m for m in closed if not any(s.author.startswith("person") for s in m.said)]
    assert first_number(shown["contained"]) == len(alone)
    assert 0 < first_number(shown["verified"]) <= len(closed)


async def test_days_and_weeks_show_the_same_turns(gokhan: httpx.AsyncClient) -> None:
    cell = re.compile(r"<rect class=\"(\w+)\"[^>]*><title>[^<]*: (\d+)</title>")
    sums = []
    for step in ("day", "week"):
        html = (await gokhan.get(f"/console/dashboard?days=28&by={step}")).text
        found: Counter[str] = Counter()
        for kind, count in cell.findall(html):
            found[kind] += int(count)
        sums.append(found)
    assert sums[0] == sums[1]
    assert sums[0]["answered"] > 0


async def test_cohorts_are_customers_by_their_first_week(
    lived: ServerDeps, gokhan: httpx.AsyncClient
) -> None:
    html = (await gokhan.get("/console/dashboard")).text
    table = html.partition('class="grid small heat"')[2].partition("</table>")[0]
    firsts: dict[str, datetime] = {}
    for contact, at in await rows(
        lived, "SELECT contact_id, t.created_at FROM turns t JOIN conversations"
        " USING (tenant_id, conversation_id)",
    ):  # fmt: skip
        firsts[contact] = min(at, firsts.get(contact, at))
    weeks = Counter(
        (at.astimezone(ZONE) - timedelta(days=at.astimezone(ZONE).weekday())).date()
        for at in firsts.values()
    )
    cells = re.findall(r'<tr><td class="num">[^<]+</td><td class="num">(\d+)', table)
    shown = [int(n) for n in cells]
    assert shown == [weeks[week] for week in sorted(weeks)][-8:]


async def test_the_weekly_report_says_the_same_as_html_and_as_text(
    gokhan: httpx.AsyncClient,
) -> None:
    page = await gokhan.get("/console/dashboard/weekly")
    text = (await gokhan.get("/console/dashboard/weekly.txt")).text
    shown = dict(FIGURES.findall((await gokhan.get("/console/dashboard?days=7")).text))
    assert page.status_code == 200
    assert f"Gelen mesaj: {shown['messages']}" in text
    assert f"Gelinen randevu: {shown['shown_up'].partition(' ·')[0]}" in text
    assert f"<b>{shown['messages']}</b>" in page.text
    assert " style=" not in page.text
    assert "&" not in text
