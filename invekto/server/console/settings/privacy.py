"""How long things are kept, and what people asked of their personal data."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from invekto.records import privacy, retention
from invekto.server.api import privacy as api
from invekto.server.api.privacy import LONGEST
from invekto.server.auth import CurrentCaller
from invekto.server.console.settings.frame import (
    HERE,
    body_of,
    form_of,
    number_of,
    settings_page,
    to,
)
from invekto.server.deps import Deps

router = APIRouter(prefix=f"{HERE}/privacy", include_in_schema=False)


@router.get("")
async def privacy_page(request: Request, caller: CurrentCaller, deps: Deps) -> Response:
    """Days by kind of data; open requests, the most urgent first."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        days = await retention.retention(conn)
        requests = await privacy.open_requests(conn)
    return await settings_page(
        request, "settings/privacy.html", caller, "privacy", days=days, requests=requests,
        longest=LONGEST,
    )  # fmt: skip


@router.post("/retention")
async def set_retention(request: Request, caller: CurrentCaller, deps: Deps) -> Response:
    """Keep each kind of data for so many days; only what differs is written."""
    form = await form_of(request)
    days = {k: int(number_of(form, k, 1, LONGEST)) for k in retention.RETENTION if k in form}
    await api.set_retention(days, caller, deps)
    return to("/privacy")


@router.post("/requests/{request_id}")
async def close(
    request_id: str, caller: CurrentCaller, deps: Deps, done: Annotated[bool, Form()],
    note: Annotated[str, Form(max_length=300)] = "",
) -> Response:  # fmt: skip
    """A request was dealt with, or refused with a reason."""
    body = body_of(api.RequestClosing, done=done, note=note)
    await api.close_request(request_id, body, caller, deps)
    return to("/privacy")
