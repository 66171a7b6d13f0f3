"""API keys: made, shown once, ended."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from invekto.records import tenants
from invekto.server.api import keys as api
from invekto.server.auth import CurrentCaller
from invekto.server.caller import Caller, Scope
from invekto.server.console.settings.frame import (
    HERE,
    Short,
    body_of,
    form_of,
    settings_page,
    to,
)
from invekto.server.deps import Deps, ServerDeps

router = APIRouter(prefix=f"{HERE}/keys", include_in_schema=False)


@router.get("")
async def keys_page(request: Request, caller: CurrentCaller, deps: Deps) -> Response:
    """API keys."""
    return await _keys(request, caller, deps, None)


@router.post("")
async def make_key(request: Request, caller: CurrentCaller, deps: Deps, name: Short) -> Response:
    """Make a key; this page is the only one that ever shows it."""
    form = await form_of(request)
    scopes = [s for s in Scope if s.value in form.getlist("scope")]
    body = body_of(
        api.KeyIn, "a key needs a name and at least one scope", name=name.strip(), scopes=scopes
    )
    made = await api.make_key(body, caller, deps)
    return await _keys(request, caller, deps, made.key)


@router.post("/{api_key_id}/revoke")
async def revoke_key(api_key_id: str, caller: CurrentCaller, deps: Deps) -> Response:
    """End a key at once."""
    await api.revoke_key(api_key_id, caller, deps)
    return to("/keys")


async def _keys(request: Request, caller: Caller, deps: ServerDeps, fresh: str | None) -> Response:
    async with deps.database.tenant(caller.tenant_id) as conn:
        keys = await tenants.list_api_keys(conn)
    return await settings_page(
        request, "settings/keys.html", caller, "keys", keys=keys, fresh=fresh, scopes=list(Scope)
    )
