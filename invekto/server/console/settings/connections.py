"""Marketplaces and payment providers: connected, tested, how far behind. The API's own rules."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from invekto.errors import NotFound
from invekto.intake.connections import connections, providers
from invekto.server.api import connections as api
from invekto.server.auth import CurrentCaller
from invekto.server.console.settings.frame import HERE, body_of, form_of, settings_page, text_of, to
from invekto.server.deps import Deps

router = APIRouter(prefix=f"{HERE}/connections", include_in_schema=False)


@router.get("")
async def connections_page(
    request: Request, caller: CurrentCaller, deps: Deps, works: str = ""
) -> Response:
    """What is connected and what can be."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        found = await connections(conn, deps.clock())
    return await settings_page(
        request, "settings/connections.html", caller, "connections", connections=found,
        providers=providers(), works=works,
    )  # fmt: skip


@router.post("")
async def connect(request: Request, caller: CurrentCaller, deps: Deps) -> Response:
    """Connect an account, or give it new credentials; they are never shown again."""
    form = await form_of(request)
    known = {one.name: one for one in providers()}
    provider = known.get(text_of(form, "provider", 40))
    if provider is None:
        raise NotFound("there is no such provider")
    keys = {name: text_of(form, name, 500) for name in provider.credentials}
    body = body_of(
        api.ConnectionIn, "the account number and every part of the credentials are needed",
        provider=provider.name, external_id=text_of(form, "external_id", 100), credentials=keys,
    )  # fmt: skip
    await api.add_connection(body, caller, deps)
    return to("/connections")


@router.post("/{account_id}/test")
async def test(account_id: str, caller: CurrentCaller, deps: Deps) -> Response:
    """Try the credentials now."""
    tested = await api.test_connection(account_id, caller, deps)
    return to("/connections?works=1" if tested.works else "/connections?works=0")


@router.post("/{account_id}/sync")
async def sync(account_id: str, caller: CurrentCaller, deps: Deps) -> Response:
    """Read what is new now."""
    await api.sync_connection(account_id, caller, deps)
    return to("/connections")


@router.post("/{account_id}/remove")
async def remove(account_id: str, caller: CurrentCaller, deps: Deps) -> Response:
    """Forget an account and its credentials."""
    await api.remove_connection(account_id, caller, deps)
    return to("/connections")
