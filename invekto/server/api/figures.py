"""The dashboard's figures for a page of the main product's own: the same queries, as JSON."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from invekto.records import tenants
from invekto.records.insights import Overview, Slice
from invekto.server.auth import CurrentCaller
from invekto.server.console.figures import Figures, gather, period_of
from invekto.server.console.weekly import weekly
from invekto.server.console.words import words
from invekto.server.deps import Deps
from invekto.server.door import Door

router = APIRouter(prefix="/v1/figures", tags=["figures"], route_class=Door)


class OverviewSeen(BaseModel):
    messages: int = Field(description="That customers wrote.")
    answered: int = Field(description="Turns answered without a person.")
    suggested: int
    handed_over: int
    drafts: int = Field(description="Drafts that people decided on.")
    unchanged: int = Field(description="Of these, sent as they were.")
    edited: int
    wrong: int = Field(description="Automatic replies that somebody called wrong.")
    minutes_saved: int = Field(description="3 an automatic reply, 2 an unchanged, 1 an edited.")
    auto_seconds: float | None = Field(description="Median to an automatic reply.")
    reply_seconds: float | None = Field(description="Median to the first reply of anybody.")


class SliceSeen(BaseModel):
    name: str
    answered: int
    suggested: int
    handed_over: int


class MattersSeen(BaseModel):
    matters: int = Field(description="What a customer wrote without a day's pause.")
    closed: int
    contained: int = Field(description="No person wrote and nothing waited for one.")
    assisted: int = Field(description="A person sent what was drafted.")
    resolved: int
    verified: int = Field(description="Resolved, and a person or the customer's thanks says so.")
    recontact: int = Field(description="Came back with the same matter within 72 hours.")


class FunnelSeen(BaseModel):
    name: str
    began: int
    ended: int


class CohortSeen(BaseModel):
    week: date
    customers: int
    shares: list[float | None] = Field(description="Answered without a person, by week.")


class FiguresSeen(BaseModel):
    begin: datetime
    end: datetime
    now: OverviewSeen
    before: OverviewSeen = Field(description="As many days before.")
    matters: MattersSeen
    daily: list[SliceSeen]
    by_intent: list[SliceSeen]
    by_language: list[SliceSeen]
    by_channel: list[SliceSeen]
    handover_reasons: dict[str, int]
    leads: dict[str, int] = Field(description="All leads by where they are.")
    funnels: list[FunnelSeen]
    no_shows: int | None
    saved_revenue: Decimal | None
    first_value_seconds: float | None = Field(
        description="From the first message of a customer to the first automatic reply."
    )
    cohorts: list[CohortSeen]


class ReportSeen(BaseModel):
    subject: str
    html: str = Field(description="Without styles or pictures.")
    text: str = Field(description="The same words.")


@router.get("")
async def get_figures(
    caller: CurrentCaller, deps: Deps, days: Annotated[int, Query(ge=1, le=366)] = 30
) -> FiguresSeen:
    """What the assistant did in the last days of the business's calendar, today included."""
    now = deps.clock()
    async with deps.database.tenant(caller.tenant_id) as conn:
        tenant = await tenants.get_tenant(conn)
        period = period_of(now, tenant.timezone, days)
        found = await gather(conn, tenant, period, now)
    return _seen(found, period.begin, period.end)


@router.get("/weekly")
async def get_weekly(
    caller: CurrentCaller, deps: Deps, language: Literal["tr", "en"] = "tr"
) -> ReportSeen:
    """The weekly mini-report, ready to be mailed."""
    made = await weekly(deps, caller.tenant_id, words(language))
    return ReportSeen.model_validate(made, from_attributes=True)


def _seen(found: Figures, begin: datetime, end: datetime) -> FiguresSeen:
    value = found.first_value
    return FiguresSeen(
        begin=begin,
        end=end,
        now=_overview(found.all),
        before=_overview(found.before),
        matters=MattersSeen.model_validate(found.outcomes, from_attributes=True),
        daily=_slices(found.daily),
        by_intent=_slices(found.by["intent"]),
        by_language=_slices(found.by["language"]),
        by_channel=_slices(found.by["channel"]),
        handover_reasons=dict(found.reasons),
        leads=dict(found.pipeline),
        funnels=[FunnelSeen.model_validate(f, from_attributes=True) for f in found.funnels],
        no_shows=found.no_shows,
        saved_revenue=found.saved,
        first_value_seconds=value.total_seconds() if value is not None else None,
        cohorts=[CohortSeen.model_validate(c, from_attributes=True) for c in found.cohorts],
    )


def _overview(found: Overview) -> OverviewSeen:
    return OverviewSeen.model_validate(found, from_attributes=True)


def _slices(found: list[Slice]) -> list[SliceSeen]:
    return [SliceSeen.model_validate(one, from_attributes=True) for one in found]
