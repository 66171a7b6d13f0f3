"""`/docs`: the API on a page of our own, with calls to copy; the five that an inbox needs first."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from invekto.server.auth import optional_session
from invekto.server.console.pages import render
from invekto.server.deps import Deps
from invekto.server.openapi import Document, describe, example

router = APIRouter(include_in_schema=False)

FIVE = (
    ("POST", "/v1/messages"),
    ("POST", "/v1/assist"),
    ("POST", "/v1/suggestions/{suggestion_id}/verdict"),
    ("POST", "/v1/turns/{turn_id}/wrong"),
    ("GET", "/v1/handovers"),
)
"""What an inbox needs."""
LONG = 80
"""Characters of a body from which on it is written over several lines."""


@dataclass(frozen=True, slots=True)
class Call:
    """An operation; `curl` is ready to be copied, with `$KEY` for the credential."""

    method: str
    path: str
    group: str
    summary: str
    about: str
    roles: list[str]
    scope: str | None
    curl: str


@router.get("/docs")
async def docs(request: Request, deps: Deps) -> Response:
    """Every call of the API."""
    base = deps.settings.public_url.rstrip("/")
    found = calls(describe(request.app), base)
    groups: dict[str, list[Call]] = {}
    for one in found:
        groups.setdefault(one.group, []).append(one)
    by_place = {(one.method, one.path): one for one in found}
    return render(
        request, "api_docs.html", await optional_session(request, deps),
        five=[by_place[place] for place in FIVE], groups=groups, base=base,
    )  # fmt: skip


def calls(document: Document, base: str) -> list[Call]:
    """The operations of a description, by group and path."""
    found = [
        _call(document, base, method.upper(), path, operation)
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    ]
    return sorted(found, key=lambda one: (one.group, one.path, one.method))


def _call(document: Document, base: str, method: str, path: str, operation: Document) -> Call:
    return Call(
        method=method,
        path=path,
        group=(operation.get("tags") or ["other"])[0],
        summary=operation["summary"],
        about=" ".join(operation.get("description", "").split()),
        roles=operation.get("x-roles", []),
        scope=operation.get("x-scope"),
        curl=_curl(base, method, path, bool(operation["security"]), _body(document, operation)),
    )


def _body(document: Document, operation: Document) -> tuple[str, Any] | None:
    """The kind of body and an example of it."""
    content = operation.get("requestBody", {}).get("content", {})
    for kind, about in content.items():
        return kind, example(document, about["schema"])
    return None


def _curl(base: str, method: str, path: str, signed: bool, body: tuple[str, Any] | None) -> str:
    parts = [f"curl -s{'' if method in ('GET', 'POST') else f' -X {method}'} '{base}{path}'"]
    if method == "POST" and body is None:
        parts[0] = f"curl -s -X POST '{base}{path}'"
    if signed:
        parts.append('-H "Authorization: Bearer $KEY"')
    if body is not None and body[0] == "application/json":
        said = json.dumps(body[1], ensure_ascii=False)
        if len(said) > LONG:
            said = json.dumps(body[1], ensure_ascii=False, indent=2)
        said = said.replace("'", "'\\''")
        parts += ["-H 'Content-Type: application/json'", f"-d '{said}'"]
    elif body is not None:
        parts += [f"-F {name}=@file" for name in body[1]]
    return " \\\n  ".join(parts)
