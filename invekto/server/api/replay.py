"""A tenant's past conversations through a version of the assistant, before it is switched on: thin
over `evals/replay`. Nothing of it is stored, and no turn of it writes or sends anything."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from invekto.evals.replay.replaying import replay_file
from invekto.evals.replay.telling import NOTE, headline
from invekto.server.audited import audited
from invekto.server.auth import CurrentCaller
from invekto.server.deps import Deps
from invekto.server.door import Door
from invekto.server.shapes import Body

router = APIRouter(prefix="/v1/replay", tags=["trust"], route_class=Door)

MOST = 1_000
"""Messages in one request, some ten seconds; `invekto replay` takes more."""
EXAMPLE = (
    "görüşme;tarih;gönderen;mesaj\n"
    "1;23.11.2026 10:02;müşteri;pazar günü açık mısınız\n"
    "1;23.11.2026 10:05;temsilci;Maalesef pazar günü kapalıyız.\n"
)


class ReplayIn(Body):
    """One row a message: when, from whom, what; see `evals/replay/past.py` for the columns."""

    content: Annotated[str, Field(min_length=1, max_length=900_000)] = Field(
        description="CSV, JSON or JSON Lines.", examples=[EXAMPLE]
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


class ReplaySeen(BaseModel):
    headline: str
    note: str
    figures: dict[str, Any]
    by_intent: dict[str, Any]
    handed_over: dict[str, int]
    problems: list[dict[str, Any]] = Field(description="Rows that could not be read.")
    exchanges: list[ExchangeSeen]


@router.post("")
async def replay(body: ReplayIn, caller: CurrentCaller, deps: Deps) -> ReplaySeen:
    """What would have been answered, how it differs from what the agents wrote, and how much
    would be automatic with the trust that it earns."""
    report = await replay_file(
        deps.engine, caller.tenant_id, body.name, body.content.encode(), version=body.version,
        most=MOST,
    )  # fmt: skip
    async with deps.database.tenant(caller.tenant_id) as conn:
        await audited(
            conn, caller, "trust.replayed", "replay", body.version,
            messages=report.metrics["messages"],
        )  # fmt: skip
    return ReplaySeen(
        headline=headline(report),
        note=NOTE,
        figures=report.metrics,
        by_intent=report.by["intent"],
        handed_over=report.by["handed_over"],
        problems=[error for error in report.errors if "problem" in error],
        exchanges=[ExchangeSeen.model_validate(row) for row in report.predictions],
    )
