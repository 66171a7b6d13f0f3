"""Signing in and out, the demo's persons, the language of the pages."""

from __future__ import annotations

from importlib.resources import files
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from invekto.errors import InvektoError, NotFound, NotSignedIn, TooMuch
from invekto.records import routing, tenants
from invekto.records.tenants import Tenant, User
from invekto.server import sessions
from invekto.server.auth import CurrentCaller, optional_session
from invekto.server.console.pages import LANGUAGE_COOKIE, render
from invekto.server.console.words import LANGUAGES
from invekto.server.deps import Deps, ServerDeps

router = APIRouter(include_in_schema=False)

START = "/console/inbox"
Field = Annotated[str, Form(max_length=200)]


@router.get("/")
@router.get("/console")
async def start(request: Request, deps: Deps) -> Response:
    """Where people arrive."""
    caller = await optional_session(request, deps)
    return RedirectResponse(START if caller else "/console/sign-in", 303)


@router.get("/console/sign-in")
async def sign_in_page(request: Request, deps: Deps, after: str = START) -> Response:
    """The form; in the demo the businesses' people to be with one click."""
    return render(request, "sign_in.html", houses=await _demo(deps), problem=None, after=after)


@router.post("/console/sign-in")
async def sign_in(
    request: Request, deps: Deps, tenant_id: Field, email: Field, password: Field,
    after: Field = START,
) -> Response:  # fmt: skip
    """With a password."""
    device = request.headers.get("user-agent", "")
    try:
        signed_in = await sessions.sign_in(deps, tenant_id, email, password, device=device)
    except (NotSignedIn, TooMuch) as error:
        return _again(request, error, await _demo(deps), after)
    return _signed(signed_in, deps, after)


@router.post("/console/sign-in/demo")
async def sign_in_demo(request: Request, deps: Deps, tenant_id: Field, user_id: Field) -> Response:
    """As one of the demo's persons. Raises NotFound outside the demo."""
    if not deps.settings.demo or tenant_id not in demo_tenants():
        raise NotFound("there is no demo here")
    device = request.headers.get("user-agent", "")
    return _signed(
        await sessions.open_session(deps, tenant_id, user_id, device=device), deps, START
    )


@router.post("/console/sign-out")
async def sign_out(request: Request, caller: CurrentCaller, deps: Deps) -> Response:
    """End this session."""
    response = RedirectResponse("/console/sign-in", 303)
    if cookie := request.cookies.get(sessions.COOKIE):
        async with deps.database.tenant(caller.tenant_id) as conn:
            await sessions.close_session(conn, cookie)
    sessions.clear_cookie(response)
    return response


@router.post("/console/language")
async def language(request: Request, language: Field) -> Response:
    """Keep the language of the pages in a cookie and go back."""
    back = request.headers.get("referer", START).partition("://")[2].partition("/")[2]
    response = RedirectResponse(f"/{back}" if back.startswith("console") else START, 303)
    if language in LANGUAGES:
        response.set_cookie(LANGUAGE_COOKIE, language, max_age=31_536_000, samesite="lax")
    return response


def demo_tenants() -> list[str]:
    """The demo's businesses."""
    folders = files("invekto.demo").iterdir()
    return sorted(f.name for f in folders if f.is_dir() and f.joinpath("tenant.yaml").is_file())


async def _demo(deps: ServerDeps) -> list[tuple[Tenant, list[User]]]:
    if not deps.settings.demo:
        return []
    houses: list[tuple[Tenant, list[User]]] = []
    for tenant_id in demo_tenants():
        async with deps.database.routing() as conn:
            known = await routing.tenant_exists(conn, tenant_id)
        if known:
            async with deps.database.tenant(tenant_id) as conn:
                tenant, people = await tenants.get_tenant(conn), await tenants.list_users(conn)
            houses.append((tenant, sorted(people, key=lambda p: ORDER.index(p.role))))
    return houses


ORDER = ("agent", "supervisor", "knowledge_manager", "owner", "read_only")


def _signed(signed_in: sessions.SignedIn, deps: ServerDeps, after: str) -> Response:
    """To the page that was wanted, if it is one of ours."""
    wanted = after if after.startswith("/console/") else START
    response = RedirectResponse(wanted, 303)
    sessions.set_cookie(response, signed_in, deps)
    return response


def _again(
    request: Request, error: InvektoError, houses: list[tuple[Tenant, list[User]]], after: str
) -> Response:
    return render(
        request, "sign_in.html", status=error.status, houses=houses, problem=error, after=after
    )
