"""Live updates: server-sent events, and the same by polling where streams do not get through."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

from fastapi import APIRouter, Request
from starlette.responses import StreamingResponse

from invekto.records import inbox
from invekto.server.auth import CurrentCaller
from invekto.server.deps import Deps, ServerDeps

router = APIRouter(prefix="/console", include_in_schema=False)

EVERY = 1.0  # seconds
LONGEST = 600.0  # seconds; the browser reconnects, and the session is looked at again
BEAT = 15  # rounds without news until a comment keeps proxies awake


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
    async with deps.database.tenant(caller.tenant_id) as conn:
        return await inbox.pulse(conn)


async def _changes(request: Request, deps: ServerDeps, tenant_id: str) -> AsyncIterator[str]:
    yield "retry: 2000\n\n"
    before: dict[str, str] | None = None
    quiet = 0
    for _ in range(int(LONGEST / EVERY)):
        if await request.is_disconnected():
            return
        async with deps.database.tenant(tenant_id) as conn:
            after = await inbox.pulse(conn)
        changed = [] if before is None else [k for k, v in after.items() if before.get(k) != v]
        before, quiet = after, quiet + 1
        if changed:
            yield f"event: changed\ndata: {json.dumps(changed)}\n\n"
            quiet = 0
        elif quiet >= BEAT:
            yield ": still here\n\n"
            quiet = 0
        await asyncio.sleep(EVERY)
