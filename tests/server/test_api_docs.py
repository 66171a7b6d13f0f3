"""The API's description says what is so, and its examples are taken as they stand."""

from __future__ import annotations

import html
import json
import re
import shlex
from typing import Any

from fastapi import FastAPI

from invekto.server.access import ACCESS, PUBLIC
from invekto.server.console.api_docs import FIVE
from invekto.server.openapi import describe, example
from tests.server.conftest import House

UNFIT = "the request does not fit"
NEAR = "https://203.0.113.7/in"
"""Needs no look-up, which the suite's fence would refuse."""
LARGEST = 300_000  # bytes
LISTED = re.compile(r'<pre class="copy" [^>]*aria-label="curl (\w+) ([^"]+)">([^<]+)</pre>')


def operations(app: FastAPI) -> list[tuple[str, str, dict[str, Any]]]:
    paths = describe(app)["paths"]
    return [(m.upper(), p, o) for p, found in paths.items() for m, o in found.items()]


def test_every_call_says_who_may_and_how_it_is_refused(app: FastAPI) -> None:
    document = describe(app)
    assert document["openapi"].startswith("3.1")
    assert "HTTPValidationError" not in json.dumps(document)
    for method, path, operation in operations(app):
        assert operation["summary"], path
        assert "application/problem+json" in operation["responses"]["4XX"]["content"]
        if (method, path) in PUBLIC:
            assert operation["security"] == []
        else:
            access = ACCESS[method, path]
            assert operation["x-roles"] == sorted(access.roles)
            assert ({"key": []} in operation["security"]) is (access.scope is not None)


async def test_every_example_is_a_body_that_fits(app: FastAPI, house: House) -> None:
    """Sent to an id that is not there, so that nothing but its shape decides."""
    sent = 0
    async with house.role("owner") as owner:
        for method, path, operation in operations(app):
            content = operation.get("requestBody", {}).get("content", {}).get("application/json")
            if content is None or (method, path) in PUBLIC:
                continue
            body = example(describe(app), content["schema"])
            body |= {name: NEAR for name in ("url", "base_url") if name in body}
            where = path.replace("{day}", "2026-10-29").replace("{version}", "1")
            answer = await owner.request(method, re.sub(r"[{}]", "", where), json=body)
            assert UNFIT not in answer.text, (method, path, body, answer.text)
            assert answer.status_code < 500, (method, path, answer.text)
            sent += 1
    assert sent > 35


async def test_the_page_has_the_five_calls_first_and_all_of_them(house: House) -> None:
    async with house.client() as nobody:
        page = await nobody.get("/docs")
    assert page.status_code == 200
    assert len(page.content) < LARGEST
    listed = [(m, p, html.unescape(curl)) for m, p, curl in LISTED.findall(page.text)]
    assert [(m, p) for m, p, _ in listed[:5]] == list(FIVE)
    assert {(m, p) for m, p, _ in listed} >= set(ACCESS) - {("GET", "/v1/events")}
    words = shlex.split(listed[0][2])
    body = json.loads(words[words.index("-d") + 1])
    async with house.program() as program:
        assert (await program.post("/v1/messages", json=body)).status_code == 202
