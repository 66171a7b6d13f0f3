"""Every address of the console under odd requests: never a 5xx, whatever the form or the query."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import httpx
import pytest

from invekto.server.app import create_app
from invekto.server.console.access import ACCESS
from invekto.server.deps import ServerDeps
from tests.console.conftest import TENANT

ENDLESS = {"/console/events"}
ENDING = {"/console/sign-out"}
ODD = (
    "", "x", "-1", "99999999999999999999", "\0", "a\0b", "2026-02-30", "' OR 1=1 --", "<script>",
    "../../etc", "🙂" * 50, "x" * 5000, "true", "[]", "{}",
)  # fmt: skip
FIELDS = (
    "text", "name", "email", "role", "password", "reason", "kind", "intent", "days", "status",
    "q", "language", "default", "tone", "day", "banned", "max_discount", "max_length", "url",
    "type", "provider", "external_id", "tokens_a_day", "money_a_day", "at_once", "conversations",
    "done", "right", "shortcut", "note", "mon_from", "mon_until", "topic", "question_tr",
    "answer_tr", "scope", "cursor", "since", "until", "actor", "resource", "page", "offset",
    "view", "channel", "tag", "by", "version", "selected", "handed_in", "works", "conversation",
    "active", "on", "fluent", "gap",
)  # fmt: skip


@pytest.fixture
async def owner(peopled: ServerDeps) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_app(peopled), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://invekto.test") as client:
        await client.post("/console/sign-in/demo", data={"tenant_id": TENANT, "user_id": "nehir"})
        html = (await client.get("/console/sessions")).text
        [csrf, *_] = re.findall(r'name="csrf" value="([^"]+)"', html)
        client.headers["x-csrf-token"] = csrf
        yield client


PLACES = sorted(p for p in ACCESS if p[1] not in ENDLESS | ENDING)


async def test_odd_requests_are_refused_and_break_nothing(owner: httpx.AsyncClient) -> None:
    assert not await broken_by(owner, 1, thorough=False)


@pytest.mark.proof
@pytest.mark.timeout(1800)
async def test_every_odd_request_at_every_address(owner: httpx.AsyncClient) -> None:
    assert not await broken_by(owner, len(ODD), thorough=True)


async def broken_by(owner: httpx.AsyncClient, each: int, *, thorough: bool) -> list[str]:
    """What answered with a 5xx, `each` odd values at every address."""
    broken: list[str] = []
    for number, (method, path) in enumerate(PLACES):
        for odd in (ODD[(number + step) % len(ODD)] for step in range(each)):
            safe = re.sub(r"[\0/?#]", "%00", odd)[:60] or "-"
            where = re.sub(r"\{\w+\}", safe.replace("\\", ""), path)
            for answer in await answers(owner, method, where, odd, thorough=thorough):
                if answer.status_code >= 500:
                    broken.append(f"{method} {path} {odd[:12]!r}: {answer.text[:200]}")
    return broken


async def answers(
    owner: httpx.AsyncClient, method: str, where: str, odd: str, *, thorough: bool
) -> list[httpx.Response]:
    """A query or a form; thoroughly also JSON, a file, and bytes that are nothing."""
    if method == "GET":
        return [await owner.get(where, params=dict.fromkeys(FIELDS, odd[:300]))]
    given = dict.fromkeys(FIELDS, odd)
    if not thorough:
        return [await owner.post(where, data=given)]
    return [
        await owner.post(where, data=given),
        await owner.post(where, json=given),
        await owner.post(where, files={"file": (odd[:50] or "x", odd.encode())}),
        await owner.post(where, content=b"\xff\xfe{"),
    ]


async def test_a_script_in_a_query_is_text_on_the_page(owner: httpx.AsyncClient) -> None:
    for path in ("/console/inbox", "/console/knowledge/bench", "/console/knowledge/faqs"):
        html = (await owner.get(path, params={"q": "<script>alert(1)</script>"})).text
        assert "<script>alert(1)</script>" not in html
