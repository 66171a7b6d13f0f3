"""Replay of past conversations before a topic is switched on: a worker does it, a page follows."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, File, Request, UploadFile
from starlette.responses import RedirectResponse, Response

from invekto.errors import BadRequest, NotFound
from invekto.records import replays
from invekto.server.auth import CurrentCaller
from invekto.server.console.pages import page, render
from invekto.server.deps import Deps
from invekto.server.replaying import MOST, OWN, OWN_MONTH, Seen, look, own_month, start
from invekto.server.shapes import storable

HERE = "/console/trust/replay"
router = APIRouter(prefix=HERE, include_in_schema=False)

SHOWN = 12


@router.get("")
async def replay_page(request: Request, caller: CurrentCaller, deps: Deps) -> Response:
    """What a replay is, what can be replayed, and what was."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        kept = await replays.recent(conn)
    return await page(
        request, "trust_replay.html", caller, kept=kept, own=OWN, most=MOST, own_month=OWN_MONTH
    )


@router.post("")
async def replay(
    caller: CurrentCaller, deps: Deps, file: Annotated[UploadFile | None, File()] = None
) -> Response:
    """Have an uploaded file replayed, or without one the latest conversations of the month."""
    if file is not None and file.filename:
        name, data = str(storable(file.filename)).strip()[-200:], await file.read()
    else:
        name, data = OWN_MONTH, await own_month(deps, caller.tenant_id)
    if not name:
        raise BadRequest("the file needs a name")
    replay_id = await start(deps, caller, name, data)
    return RedirectResponse(f"{HERE}/{replay_id}", 303)


@router.get("/{replay_id}")
async def replayed_page(
    replay_id: str, request: Request, caller: CurrentCaller, deps: Deps
) -> Response:
    """How far a replay is, or what it said."""
    seen = await look(deps, caller.tenant_id, replay_id)
    return await page(request, "trust_replayed.html", caller, **_given(seen))


@router.get("/{replay_id}/state")
async def replayed_state(
    replay_id: str, request: Request, caller: CurrentCaller, deps: Deps
) -> Response:
    """The same without the page around it, for a page that follows."""
    seen = await look(deps, caller.tenant_id, replay_id)
    return render(request, "trust_replay_state.html", caller, **_given(seen))


@router.post("/{replay_id}/discard")
async def discard(replay_id: str, caller: CurrentCaller, deps: Deps) -> Response:
    """Throw a replay away."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        if not await replays.discard(conn, replay_id):
            raise NotFound(f"no replay {replay_id}")
    return RedirectResponse(HERE, 303)


def _given(seen: Seen) -> dict[str, Any]:
    errors = seen.report.errors if seen.report is not None else []
    differing = [error for error in errors if "problem" not in error]
    return {
        "entry": seen.entry,
        "report": seen.report,
        "own_month": OWN_MONTH,
        "differing": differing[:SHOWN],
        "problems": len(errors) - len(differing),
    }
