"""A tenant's past conversations through a version of the assistant, before it is switched on: thin
over `evals/replay`, run by a worker. No turn of it writes or sends anything.

POST   /v1/replays         a file → it waits for a worker
GET    /v1/replays/{id}    how far it is, and the report once it is done (kept for 30 days)
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from invekto.errors import NotFound
from invekto.evals.replay.telling import NOTE, headline
from invekto.evals.report import Report
from invekto.records import replays
from invekto.records.replays import KeptReplay
from invekto.server.auth import CurrentCaller
from invekto.server.deps import Deps
from invekto.server.door import Door
from invekto.server.replaying import OWN_MONTH, look, own_month, start
from invekto.server.shapes import Body

router = APIRouter(prefix="/v1/replays", tags=["trust"], route_class=Door)

EXAMPLE = (
    "görüşme;tarih;gönderen;mesaj\n"
    "1;23.11.2026 10:02;müşteri;pazar günü açık mısınız\n"
    "1;23.11.2026 10:05;temsilci;Maalesef pazar günü kapalıyız.\n"
)


class ReplayIn(Body):
    """One row a message: when, from whom, what; see `evals/replay/past.py` for the columns."""

    content: Annotated[str, Field(min_length=1, max_length=900_000)] | None = Field(
        None,
        description="CSV, JSON or JSON Lines; left out: one's own last month.",
        examples=[EXAMPLE],
    )
    name: Annotated[str, Field(max_length=200)] = "replay"
    version: Literal["present", "candidate"] = Field(
        "present", description="candidate: with the newest drafts of playbooks and policy."
    )


class ExchangeSeen(BaseModel):
    conversation: str
    at: str
    text: str
    outcome: str = Field(description="drafted, noticed (a fixed notice alone) or handed_over.")
    intents: list[str]
    reason: str | None
    draft: str
    actions: list[str]
    reply: str | None = Field(description="What was written then.")
    likeness: str | None = Field(description="same, agrees, unclear or differs.")
    material: bool | None
    differences: list[str]
    automatic: bool = Field(description="By what the careful reading earns at the end.")
    automatic_generous: bool


class ReportSeen(BaseModel):
    headline: str
    note: str
    figures: dict[str, Any]
    by_intent: dict[str, Any]
    handed_over: dict[str, int]
    problems: list[dict[str, Any]] = Field(description="Rows that could not be read.")
    exchanges: list[ExchangeSeen]


class ReplaySeen(BaseModel):
    replay_id: str
    status: str = Field(description="waiting, running, done or failed")
    name: str
    version: str
    done: int = Field(description="Conversations, of `total`.")
    total: int
    problem: str = Field(description="Why it failed.")
    created_at: datetime
    expires_at: datetime


class ReplayWithReport(ReplaySeen):
    report: ReportSeen | None = Field(description="null until it is done")


@router.post("", status_code=202)
async def start_replay(body: ReplayIn, caller: CurrentCaller, deps: Deps) -> ReplaySeen:
    """Have past conversations replayed: what would have been answered, how it differs from what
    the agents wrote, and how much would be automatic with the trust that it earns."""
    name, data = body.name, (body.content or "").encode()
    if body.content is None:
        name, data = OWN_MONTH, await own_month(deps, caller.tenant_id)
    replay_id = await start(deps, caller, name, data, body.version)
    async with deps.database.tenant(caller.tenant_id) as conn:
        return _seen(await replays.get(conn, replay_id))


@router.get("")
async def list_replays(caller: CurrentCaller, deps: Deps) -> list[ReplaySeen]:
    """The replays that are kept, newest first."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        return [_seen(one) for one in await replays.recent(conn)]


@router.get("/{replay_id}")
async def get_replay(replay_id: str, caller: CurrentCaller, deps: Deps) -> ReplayWithReport:
    """How far a replay is, and what it said."""
    found = await look(deps, caller.tenant_id, replay_id)
    report = _report(found.report) if found.report is not None else None
    return ReplayWithReport(report=report, **_seen(found.entry).model_dump())


@router.delete("/{replay_id}", status_code=204)
async def discard_replay(replay_id: str, caller: CurrentCaller, deps: Deps) -> Response:
    """Throw a replay and its report away."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        if not await replays.discard(conn, replay_id):
            raise NotFound(f"no replay {replay_id}")
    return Response(status_code=204)


def _seen(entry: KeptReplay) -> ReplaySeen:
    return ReplaySeen.model_validate(entry, from_attributes=True)


def _report(report: Report) -> ReportSeen:
    return ReportSeen(
        headline=headline(report),
        note=NOTE,
        figures=report.metrics,
        by_intent=report.by["intent"],
        handed_over=report.by["handed_over"],
        problems=[error for error in report.errors if "problem" in error],
        exchanges=[ExchangeSeen.model_validate(row) for row in report.predictions],
    )
