"""Replay of past conversations before a topic is switched on: nothing is sent or written."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, File, Request, UploadFile
from starlette.responses import Response

from invekto.errors import BadData
from invekto.evals.replay.replaying import replay_file
from invekto.records import inbox
from invekto.records.inbox import Thread
from invekto.server.audited import audited
from invekto.server.auth import CurrentCaller
from invekto.server.console.pages import page
from invekto.server.deps import Deps

router = APIRouter(prefix="/console/trust/replay", include_in_schema=False)

MONTH = timedelta(days=30)
OWN = 80
"""Conversations of one's own month that are replayed while the person waits."""
MOST = 400
"""Messages of a file; more take longer than anybody waits (`invekto replay` has no limit)."""
AUTHORS = {"customer": "customer", "person": "person", "person_for_ai": "person"}
SHOWN = 12


@router.get("")
async def replay_page(request: Request, caller: CurrentCaller) -> Response:
    """What a replay is, and what can be replayed."""
    return await page(request, "trust_replay.html", caller, report=None, own=OWN, most=MOST)


@router.post("")
async def replay(
    request: Request, caller: CurrentCaller, deps: Deps,
    file: Annotated[UploadFile | None, File()] = None,
) -> Response:  # fmt: skip
    """Replay an uploaded file, or without one the latest conversations of the month."""
    if file is not None and file.filename:
        name, data = file.filename, await file.read()
    else:
        name, data = "month.json", await _own_month(caller.tenant_id, deps)
    report = await replay_file(deps.engine, caller.tenant_id, name, data, most=MOST)
    async with deps.database.tenant(caller.tenant_id) as conn:
        await audited(conn, caller, "trust.replayed", "replay", messages=report.metrics["messages"])
    differing = [e for e in report.errors if "problem" not in e]
    return await page(
        request, "trust_replay.html", caller, report=report, own=OWN, most=MOST,
        differing=differing[:SHOWN], problems=len(report.errors) - len(differing),
    )  # fmt: skip


async def _own_month(tenant_id: str, deps: Deps) -> bytes:
    async with deps.database.tenant(tenant_id) as conn:
        found = await inbox.threads_since(conn, deps.clock() - MONTH, limit=OWN)
    if not found:
        raise BadData("nobody has answered a customer in the last month: upload past conversations")
    return json.dumps([_told(one) for one in found], ensure_ascii=False).encode()


def _told(thread: Thread) -> dict[str, Any]:
    """A thread as a file of past conversations holds it."""
    return {
        "conversation": thread.conversation_id,
        "phone": thread.phone,
        "name": thread.name,
        "channel": thread.channel,
        "consent": thread.consent,
        "messages": [
            {"at": at, "from": AUTHORS.get(str(author), "system"), "text": text, "agent": agent}
            for at, author, text, agent in thread.messages
        ],
    }
