"""API keys: made, shown once, ended."""

from __future__ import annotations

import secrets

from fastapi import APIRouter, Request
from starlette.responses import Response

from invekto.errors import BadRequest
from invekto.records import tenants
from invekto.records.routing import token_hash
from invekto.server.audited import audited
from invekto.server.auth import KEY_PREFIX, CurrentCaller
from invekto.server.caller import Caller, Scope
from invekto.server.console.settings.frame import HERE, Short, form_of, settings_page, to
from invekto.server.deps import Deps, ServerDeps
from invekto.server.shapes import storable

router = APIRouter(prefix=f"{HERE}/keys", include_in_schema=False)


@router.get("")
async def keys_page(request: Request, caller: CurrentCaller, deps: Deps) -> Response:
    """API keys."""
    return await _keys(request, caller, deps, None)


@router.post("")
async def make_key(request: Request, caller: CurrentCaller, deps: Deps, name: Short) -> Response:
    """Make a key; this page is the only one that ever shows it."""
    form = await form_of(request)
    scopes = [s.value for s in Scope if s.value in form.getlist("scope")]
    if not scopes or not name.strip():
        raise BadRequest("a key needs a name and at least one scope")
    key = KEY_PREFIX + secrets.token_urlsafe(32)
    async with deps.database.tenant(caller.tenant_id) as conn:
        made = await tenants.add_api_key(
            conn, key_hash=token_hash(key), prefix=key[:8], name=str(storable(name)), scopes=scopes
        )
        await audited(conn, caller, "api_key.created", "api_key", made.api_key_id)
    return await _keys(request, caller, deps, key)


@router.post("/{api_key_id}/revoke")
async def revoke_key(api_key_id: str, caller: CurrentCaller, deps: Deps) -> Response:
    """End a key at once."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        await tenants.revoke_api_key(conn, api_key_id)
        await audited(conn, caller, "api_key.revoked", "api_key", api_key_id)
    return to("/keys")


async def _keys(request: Request, caller: Caller, deps: ServerDeps, fresh: str | None) -> Response:
    async with deps.database.tenant(caller.tenant_id) as conn:
        keys = await tenants.list_api_keys(conn)
    return await settings_page(
        request, "settings/keys.html", caller, "keys", keys=keys, fresh=fresh, scopes=list(Scope)
    )
