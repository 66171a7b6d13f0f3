"""Outgoing webhooks: receivers, their log, a test, replay. The rules are the API's own."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from invekto.errors import BadRequest
from invekto.records import webhooks
from invekto.server.api import webhooks as api
from invekto.server.auth import CurrentCaller
from invekto.server.caller import Caller
from invekto.server.console.settings.frame import HERE, form_of, settings_page, text_of, to
from invekto.server.deps import Deps, ServerDeps
from invekto.server.paging import from_cursor, to_cursor
from invekto.server.told import EventType

router = APIRouter(prefix=f"{HERE}/webhooks", include_in_schema=False)

PAGE = 30
TOLD = [t for t in EventType if t is not EventType.TEST]


@router.get("")
async def webhooks_page(request: Request, caller: CurrentCaller, deps: Deps) -> Response:
    """All receivers."""
    return await _page(request, caller, deps)


@router.post("")
async def add(request: Request, caller: CurrentCaller, deps: Deps) -> Response:
    """Add a receiver; this page is the only one that ever shows its secret."""
    form = await form_of(request)
    types = [t for t in TOLD if t.value in form.getlist("type")]
    url = text_of(form, "url", 2000)
    if not url:
        raise BadRequest("a receiver needs an address", field="url")
    body = api.EndpointIn(url=url, types=types, description=text_of(form, "description", 200))
    made = await api.add_endpoint(body, caller, deps)
    return await _page(request, caller, deps, made.secret)


@router.get("/{endpoint_id}")
async def log_page(
    endpoint_id: str, request: Request, caller: CurrentCaller, deps: Deps, cursor: str = ""
) -> Response:
    """One receiver with its delivery log, newest first."""
    place = from_cursor(cursor or None, datetime, str)
    async with deps.database.tenant(caller.tenant_id) as conn:
        endpoint = await webhooks.get_endpoint(conn, endpoint_id)
        found = await webhooks.deliveries(
            conn, endpoint_id, limit=PAGE + 1, before=(place[0], place[1]) if place else None
        )
    shown = found[:PAGE]
    return await settings_page(
        request, "settings/webhook.html", caller, "webhooks", endpoint=endpoint, deliveries=shown,
        older=to_cursor(shown[-1].created_at, shown[-1].delivery_id)
        if len(found) > PAGE else None,
    )  # fmt: skip


@router.post("/{endpoint_id}/active")
async def switch(
    endpoint_id: str, caller: CurrentCaller, deps: Deps, on: Annotated[bool, Form()] = False
) -> Response:
    """Switch a receiver on or off."""
    await api.change_endpoint(endpoint_id, api.EndpointChange(active=on), caller, deps)
    return to(f"/webhooks/{endpoint_id}")


@router.post("/{endpoint_id}/rotate")
async def rotate(endpoint_id: str, request: Request, caller: CurrentCaller, deps: Deps) -> Response:
    """A new secret, shown once; the one before still signs beside it."""
    made = await api.change_endpoint(
        endpoint_id, api.EndpointChange(rotate_secret=True), caller, deps
    )
    return await _page(request, caller, deps, made.secret)


@router.post("/{endpoint_id}/test")
async def test(endpoint_id: str, caller: CurrentCaller, deps: Deps) -> Response:
    """Send a `test` event."""
    await api.test_endpoint(endpoint_id, caller, deps)
    return to(f"/webhooks/{endpoint_id}")


@router.post("/{endpoint_id}/delete")
async def delete(endpoint_id: str, caller: CurrentCaller, deps: Deps) -> Response:
    """Delete a receiver with its log."""
    await api.delete_endpoint(endpoint_id, caller, deps)
    return to("/webhooks")


@router.post("/{endpoint_id}/deliveries/{delivery_id}/replay")
async def replay(endpoint_id: str, delivery_id: str, caller: CurrentCaller, deps: Deps) -> Response:
    """Deliver again, under the same id."""
    await api.replay_delivery(delivery_id, caller, deps)
    return to(f"/webhooks/{endpoint_id}")


async def _page(
    request: Request, caller: Caller, deps: ServerDeps, fresh: str | None = None
) -> Response:
    async with deps.database.tenant(caller.tenant_id) as conn:
        endpoints = await webhooks.list_endpoints(conn)
    return await settings_page(
        request, "settings/webhooks.html", caller, "webhooks", endpoints=endpoints, fresh=fresh,
        types=TOLD,
    )  # fmt: skip
