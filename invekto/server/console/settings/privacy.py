"""How long things are kept, and what people asked of their personal data."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from invekto.records import privacy
from invekto.server.auth import CurrentCaller
from invekto.server.console.settings.frame import HERE, form_of, number_of, settings_page, to
from invekto.server.deps import Deps

router = APIRouter(prefix=f"{HERE}/privacy", include_in_schema=False)

LONGEST = 3650  # days


@router.get("")
async def privacy_page(request: Request, caller: CurrentCaller, deps: Deps) -> Response:
    """Days by kind of data; open requests, the most urgent first."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        days = await privacy.retention(conn)
        requests = await privacy.open_requests(conn)
    return await settings_page(
        request, "settings/privacy.html", caller, "privacy", days=days, requests=requests,
        longest=LONGEST,
    )  # fmt: skip


@router.post("/retention")
async def set_retention(request: Request, caller: CurrentCaller, deps: Deps) -> Response:
    """Keep each kind of data for so many days; only what differs is written."""
    form = await form_of(request)
    async with deps.database.tenant(caller.tenant_id) as conn:
        present = await privacy.retention(conn)
        for kind, before in present.items():
            days = int(number_of(form, kind, 1, LONGEST)) if kind in form else before
            if days != before:
                await privacy.set_retention(conn, kind, days, by=caller.subject)
    return to("/privacy")


@router.post("/requests/{request_id}")
async def close(
    request_id: str, caller: CurrentCaller, deps: Deps, done: Annotated[bool, Form()],
    note: Annotated[str, Form(max_length=300)] = "",
) -> Response:  # fmt: skip
    """A request was dealt with, or refused with a reason."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        await privacy.close_request(
            conn, request_id, deps.clock(), by=caller.subject, refused=not done, note=note
        )
    return to("/privacy")
