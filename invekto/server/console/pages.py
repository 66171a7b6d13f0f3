"""Rendering: one Jinja2 environment, everything escaped, and what every page is given."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, RedirectResponse, Response

from invekto.errors import InvektoError, NotSignedIn
from invekto.knowledge.problems import explained, warned
from invekto.records import tenants
from invekto.server.auth import optional_session
from invekto.server.caller import Caller, Role
from invekto.server.console import dress
from invekto.server.console.static_files import asset
from invekto.server.console.words import LANGUAGES, Words, words
from invekto.server.deps import ServerDeps, server_deps

LANGUAGE_COOKIE = "invekto_language"
SECTIONS = ("inbox", "requests", "knowledge", "trust", "dashboard", "settings")
"""What the rail leads to."""


@cache
def environment() -> Environment:
    """Autoescaping everywhere: what customers write is never HTML."""
    env = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.globals.update(
        asset=asset, mono=dress.monogram, hue=dress.hue, problem=explained, warned=warned
    )
    env.filters.update(dress.FILTERS)
    return env


def language_of(request: Request) -> str:
    """The language of the pages: chosen, else Turkish."""
    chosen = request.cookies.get(LANGUAGE_COOKIE, "")
    return chosen if chosen in LANGUAGES else "tr"


def said(request: Request) -> Words:
    """The catalogue for this request."""
    return words(language_of(request))


def told(request: Request, message: str) -> str:
    """An error's message in the language of the pages; elsewhere as it was said."""
    here = request.url.path.startswith("/console")
    return said(request).told(message) if here else message


def render(
    request: Request,
    template: str,
    caller: Caller | None = None,
    *,
    status: int = 200,
    **given: Any,
) -> Response:
    """A page or a fragment."""
    deps: ServerDeps = server_deps(request)
    w = said(request)
    html = (
        environment()
        .get_template(template)
        .render(
            w=w,
            w_nav=SECTIONS,
            language=w.language,
            me=caller,
            demo=deps.settings.demo,
            path=request.url.path,
            now=deps.clock(),
            supervises=caller is not None and caller.role in (Role.OWNER, Role.SUPERVISOR),
            writes=caller is not None and caller.role in (Role.OWNER, Role.SUPERVISOR, Role.AGENT),
            **given,
        )
    )
    return HTMLResponse(html, status)


async def page(request: Request, template: str, caller: Caller, **given: Any) -> Response:
    """A full page: with the business's name and the people by their ids."""
    deps = server_deps(request)
    async with deps.database.tenant(caller.tenant_id) as conn:
        tenant = await tenants.get_tenant(conn)
        people = await tenants.list_users(conn, active_only=False)
    return render(
        request,
        template,
        caller,
        tenant=tenant,
        people={p.user_id: p.name for p in people},
        **given,
    )


async def error_page(request: Request, error: InvektoError) -> Response | None:
    """An error as a page of the console; None where it is not one of its addresses."""
    if not request.url.path.startswith("/console"):
        return None
    if isinstance(error, NotSignedIn):
        wanted = request.url.path
        after = f"?after={quote(wanted)}" if request.method == "GET" else ""
        return RedirectResponse(f"/console/sign-in{after}", 303)
    caller = await optional_session(request, server_deps(request))
    return render(
        request, "error.html", caller, status=error.status, error=error,
        request_id=getattr(request.state, "request_id", ""),
    )  # fmt: skip
