"""Live updates as server-sent events."""

from __future__ import annotations

import json
import re
import time
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Header, Request
from starlette.responses import StreamingResponse

from invekto.errors import BadRequest
from invekto.records import events
from invekto.records.events import Event, Place
from invekto.server.auth import CurrentCaller
from invekto.server.deps import Deps, ServerDeps
from invekto.server.door import Door

router = APIRouter(prefix="/v1", tags=["events"], route_class=Door)

HEARTBEAT_SECONDS = 15.0
LONGEST_STREAM = 600.0
"""Seconds after which the browser connects anew, and shows again who it is."""
PLACE = re.compile(r"(\d{1,19})\.(\d{1,19})")


@router.get(
    "/events",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {"example": (
        "id: 812.34\nevent: suggestion.ready\n"
        'data: {"suggestion_id": "sg_1", "conversation_id": "cv_1"}\n\n'
    )}}}},
)  # fmt: skip
async def stream(
    request: Request,
    caller: CurrentCaller,
    deps: Deps,
    last_event_id: Annotated[str | None, Header(max_length=50)] = None,
) -> StreamingResponse:
    """What happens from now on, or since `Last-Event-ID`; ids only, fetch what you show. The
    stream ends after ten minutes; browsers connect anew by themselves."""
    since = _place(last_event_id) if last_event_id else None
    lines = _lines(request, deps, caller.tenant_id, since)
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return StreamingResponse(lines, media_type="text/event-stream", headers=headers)


async def _lines(
    request: Request, deps: ServerDeps, tenant_id: str, since: Place | None
) -> AsyncIterator[str]:
    ends = time.monotonic() + LONGEST_STREAM
    async with deps.feed.listening(deps.database, tenant_id) as listener:
        place = min(since or listener.start, listener.start)  # a restore begins numbering anew
        yield f"id: {place.tx}.{place.seq}\nretry: 2000\nevent: ready\ndata: {{}}\n\n"
        behind = since is not None
        while not (deps.feed.closed or time.monotonic() > ends or await request.is_disconnected()):
            if not behind and not await listener.news(place, HEARTBEAT_SECONDS):
                yield ": still here\n\n"
                continue
            async with deps.database.tenant(tenant_id) as conn:
                found = await events.after(conn, place)
            for event in found:
                yield _line(event)
                place = event.place
            behind = len(found) > 0 and behind


def _line(event: Event) -> str:
    data = json.dumps(
        {**event.subject, "at": event.created_at.isoformat()}, ensure_ascii=False, default=str
    )
    return f"id: {event.tx}.{event.seq}\nevent: {event.type}\ndata: {data}\n\n"


def _place(shown: str) -> Place:
    match = PLACE.fullmatch(shown)
    if match is None or int(match[1]) >= 2**63 or int(match[2]) >= 2**63:
        raise BadRequest("Last-Event-ID is not one that was given out here")
    return Place(int(match[1]), int(match[2]))
