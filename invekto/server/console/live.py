"""Live updates: server-sent events, and the same by polling where streams do not get through."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator

from fastapi import APIRouter, Request
from starlette.responses import StreamingResponse

from invekto.records import inbox
from invekto.server.auth import CurrentCaller
from invekto.server.deps import Deps, ServerDeps

router = APIRouter(prefix="/console", include_in_schema=False)

LONGEST = 600.0  # seconds; the browser reconnects, and the session is looked at again
UNTOLD = 5.0  # seconds; notes and tags make no event: they are looked for as often
BEAT = 3  # rounds without news until a comment keeps proxies awake


@router.get("/events")
async def events(request: Request, caller: CurrentCaller, deps: Deps) -> StreamingResponse:
    """`changed` events: the ids of conversations that look different from before."""
    return StreamingResponse(
        _changes(request, deps, caller.tenant_id),
        media_type="text/event-stream",
        headers={"x-accel-buffering": "no"},
    )


@router.get("/inbox/pulse")
async def pulse(caller: CurrentCaller, deps: Deps) -> dict[str, str]:
    """The marks of recent conversations, for comparing."""
    return await _pulse(deps, caller.tenant_id)


async def _changes(request: Request, deps: ServerDeps, tenant_id: str) -> AsyncIterator[str]:
    """Looks when the tenant's feed, which all its streams share, says that something happened."""
    ends, quiet = time.monotonic() + LONGEST, 0
    async with deps.feed.listening(deps.database, tenant_id) as listener:
        yield "retry: 2000\n\n"
        place, before = listener.start, await _pulse(deps, tenant_id)
        while not (deps.feed.closed or time.monotonic() > ends or await request.is_disconnected()):
            if await listener.news(place, UNTOLD):
                place = listener.watch.place
            after = await _pulse(deps, tenant_id)
            changed = [one for one, mark in after.items() if before.get(one) != mark]
            before, quiet = after, 0 if changed else quiet + 1
            if changed:
                yield f"event: changed\ndata: {json.dumps(changed)}\n\n"
            elif quiet % BEAT == 0:
                yield ": still here\n\n"


async def _pulse(deps: ServerDeps, tenant_id: str) -> dict[str, str]:
    async with deps.database.tenant(tenant_id) as conn:
        return await inbox.pulse(conn)
