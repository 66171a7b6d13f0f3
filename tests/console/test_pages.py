"""Pages without a browser: figures against queries of the test's own, time, size, and safe CSV."""

from __future__ import annotations

import csv
import io
import re
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from importlib.resources import files

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import given, settings
from hypothesis import strategies as st

from invekto.agent.handling import handle, store
from invekto.agent.kit import sector_taxonomy
from invekto.agent.sector import load_sectors
from invekto.contracts.clock import system_clock
from invekto.contracts.evidence import VerdictKind
from invekto.contracts.handover import HandOverReason
from invekto.contracts.ids import new_id
from invekto.contracts.messages import InboundMessage
from invekto.knowledge.ingest import ingest
from invekto.server.answering import personal_numbers
from invekto.server.app import create_app
from invekto.server.console import add_console
from invekto.server.console.cards import MAKERS, cards_of
from invekto.server.console.charts import nice
from invekto.server.console.dashboard import safe_csv
from invekto.server.console.why import readable
from invekto.server.console.words import LANGUAGES, words
from invekto.server.deps import ServerDeps
from tests.console.conftest import OTHER, TENANT

QUICK = 0.1  # seconds
FIGURES = re.compile(r'data-figure="(\w+)">\s*([^<]+?)\s*<')
PAGES = (
    "/console/inbox", "/console/trust", "/console/trust/location", "/console/dashboard",
    "/console/knowledge", "/console/knowledge/faqs", "/console/knowledge/gaps",
    "/console/knowledge/bench", "/console/settings", "/console/settings/people",
    "/console/settings/start", "/console/settings/hours", "/console/settings/rules",
    "/console/settings/notices", "/console/settings/webhooks", "/console/settings/connections",
    "/console/settings/model", "/console/settings/privacy", "/console/sessions",
    "/console/trust/replay", "/console/dashboard/weekly", "/console/requests",
    "/console/requests/diary", "/console/requests/leads",
)  # fmt: skip


@pytest.fixture(scope="module")
async def app(peopled: ServerDeps) -> FastAPI:
    made = create_app(peopled)
    if getattr(made.state, "error_page", None) is None:
        add_console(made)
    texts = ("adres", "insan", "merhaba", "saat kaç", "adres ve saat", "olmayan bir şey")
    for place, text in enumerate(texts):
        inbound = InboundMessage(
            "whatsapp", f"90555000000{place}", new_id("t"), text, system_clock(), name=f"M {place}"
        )
        received = await store(peopled.engine, TENANT, inbound)
        await handle(peopled.engine, TENANT, received.conversation_id)
    return made


@pytest.fixture
async def burcu(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://invekto.test") as client:
        await client.post("/console/sign-in/demo", data={"tenant_id": TENANT, "user_id": "burcu"})
        yield client


async def test_every_figure_is_what_a_query_counts(
    peopled: ServerDeps, burcu: httpx.AsyncClient
) -> None:
    html = (await burcu.get("/console/dashboard?days=30")).text
    shown = dict(FIGURES.findall(html))
    since = system_clock() - timedelta(days=29)
    async with peopled.database.tenant(TENANT) as conn:

        async def count(query: str) -> int:
            row = await (await conn.execute(query, [since])).fetchone()
            assert row is not None
            return int(row[0])

        outcome = "SELECT count(*) FROM turns WHERE created_at > %s AND outcome = "
        messages = await count(
            "SELECT count(*) FROM messages WHERE sent_at > %s AND author = 'customer'"
        )
        answered = await count(f"{outcome} 'answered'")
        assert int(shown["messages"]) == messages == 6
        assert int(shown["answered"]) == answered
        assert int(shown["suggested"]) == await count(f"{outcome} 'suggested'")
        assert int(shown["handed_over"]) == await count(f"{outcome} 'handed_over'")
        assert int(shown["minutes"]) == 3 * answered
        assert shown["accepted"] == "—"
        assert shown["verified"] == "0"


async def fetched(client: httpx.AsyncClient, path: str) -> tuple[httpx.Response, float]:
    """A page, and the seconds it takes where nothing else keeps the machine: the best of some."""
    await client.get(path)
    best = 60.0
    for _ in range(10):
        began = time.perf_counter()
        answer = await client.get(path)
        best = min(best, time.perf_counter() - began)
        if best < QUICK:
            break
    return answer, best


@pytest.mark.parametrize("path", PAGES)
async def test_pages_are_small_and_quick(burcu: httpx.AsyncClient, path: str) -> None:
    answer, took = await fetched(burcu, path)
    assert answer.status_code == 200
    assets = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', answer.text))
    whole = len(answer.content) + sum([len((await burcu.get(a)).content) for a in assets])
    assert whole < 300_000
    assert took < QUICK, f"{path} took {took:.3f} s"


async def test_nobody_is_shown_to_the_door(app: FastAPI) -> None:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://invekto.test") as nobody:
        answer = await nobody.get("/console/trust", headers={"accept": "text/html"})
        assert answer.status_code == 303
        assert answer.headers["location"] == "/console/sign-in?after=/console/trust"
        assert (await nobody.get("/console/trust")).status_code == 401


async def test_a_page_that_breaks_is_a_page_still(peopled: ServerDeps) -> None:
    made = create_app(peopled)
    made.state.public.add(("GET", "/console/broken"))

    @made.get("/console/broken")
    async def broken(days: int) -> None:
        raise RuntimeError(f"it broke after {days}")

    transport = httpx.ASGITransport(made, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://invekto.test") as nobody:
        html = {"accept": "text/html"}
        for query, status in (("days=1", 500), ("days=many", 422)):
            answer = await nobody.get(f"/console/broken?{query}", headers=html)
            assert answer.status_code == status
            assert "Bir sorun oldu" in answer.text
            assert "it broke" not in answer.text
        assert (await nobody.get("/console/broken?days=1")).json()["code"] == "internal"


async def test_a_change_without_the_pages_token_is_refused(burcu: httpx.AsyncClient) -> None:
    form = {"kind": "kill", "reason": "gizlice"}
    assert (await burcu.post("/console/trust/overrides", data=form)).status_code == 403


async def test_after_signing_in_people_stay_here(app: FastAPI) -> None:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://invekto.test") as nobody:
        page = await nobody.get("/console/sign-in?after=//evil.example")
        assert page.status_code == 200
        form = {"tenant_id": OTHER, "email": "x@x", "password": "no", "after": "//evil.example"}
        answer = await nobody.post("/console/sign-in", data=form)
        assert answer.status_code == 401


async def test_the_export_can_be_opened_without_fear(burcu: httpx.AsyncClient) -> None:
    answer = await burcu.get("/console/dashboard.csv?days=7")
    rows = list(csv.reader(io.StringIO(answer.text.lstrip("\ufeff"))))
    assert len([r for r in rows if r[0] == "day"]) == 7


@given(st.lists(st.lists(st.text(), min_size=1), min_size=1))
def test_no_cell_of_a_csv_is_a_formula(rows: list[list[object]]) -> None:
    for row in csv.reader(io.StringIO(safe_csv(rows), newline="")):
        assert not any(cell.lstrip().startswith(("=", "+", "-", "@")) for cell in row)


def test_numbers_of_persons_are_found_in_replies() -> None:
    assert personal_numbers("TCKN 10000000146, IBAN TR33 0006 1005 1978 6457 8413 26") == {
        "10000000146", "tr330006100519786457841326",
    }  # fmt: skip
    assert personal_numbers("Sipariş 12345678901 ve takip 10000000147") == set()


def test_a_hand_overs_summary_is_read_by_people() -> None:
    summary = (
        "Acil\nSon mesaj: “date: bugün”\nKonu: price_query (%91)\nBilinenler: date: dün\n"
        "Yapılanlar: x"
    )
    told = readable(summary, words("tr")).splitlines()
    assert told == [
        "Acil",
        "Son mesaj: “date: bugün”",
        "Konu: Fiyat (%91)",
        "Bilinenler: Tarih: dün",
    ]


async def test_a_documents_pages_are_drawn_quickly(
    peopled: ServerDeps, burcu: httpx.AsyncClient
) -> None:
    folder = files("invekto.demo").joinpath("nehir-moda", "documents")
    data = folder.joinpath("beden-rehberi.pdf").read_bytes()
    document = await ingest(peopled.database, TENANT, name="beden-rehberi.pdf", data=data)
    for path in ("", "/pages/1.png"):
        where = f"/console/knowledge/documents/{document.document_id}{path}"
        answer, took = await fetched(burcu, where)
        assert answer.status_code == 200
        assert len(answer.content) < 300_000
        assert took < QUICK, f"{where} took {took:.3f} s"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(MAKERS)), JSON | st.lists(st.dictionaries(
    st.sampled_from(["name", "low", "number", "status"]), st.text(max_size=4))))
)  # fmt: skip
def test_no_result_of_a_tool_breaks_the_panel(result: dict[str, object]) -> None:
    cards_of([{"cards": [{"result": result}]}], words("tr"), "Europe/Istanbul")


def test_everything_the_assistant_names_has_words() -> None:
    for language in LANGUAGES:
        w = words(language)
        for reason in HandOverReason:
            assert w.has(f"reasons.{reason.value}"), reason
        for kind in VerdictKind:
            assert w.has(f"verdicts.{kind.value}"), kind
        for sector in load_sectors().values():
            for intent in sector_taxonomy(sector):
                assert w.has(f"intents.{intent}"), intent


def test_both_languages_say_the_same_things() -> None:
    assert set(words("tr").flat) == set(words("en").flat)


@given(st.integers(0, 10_000_000))
def test_scales_hold_what_they_show(most: int) -> None:
    assert most <= nice(most) <= max(4, 5 * most)
