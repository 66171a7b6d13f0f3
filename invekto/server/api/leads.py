"""People who may become customers: listed, and how far they have come."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from invekto.records import leads
from invekto.records.leads import Lead
from invekto.server.audited import audited
from invekto.server.auth import CurrentCaller
from invekto.server.deps import Deps
from invekto.server.door import Door
from invekto.server.masking import Mask, mask_for
from invekto.server.shapes import Body

router = APIRouter(prefix="/v1/leads", tags=["leads"], route_class=Door)

Stage = Literal["new", "contacted", "consultation", "appointment", "patient", "won", "lost"]


class LeadSeen(BaseModel):
    lead_id: str
    conversation_id: str | None
    name: str | None
    phone: str | None
    company: str | None
    interest: str
    quantity: int | None
    budget: Decimal | None
    currency: str | None
    source: str
    score: int = Field(description="0 to 100.")
    reasons: list[str] = Field(description="What the score was given for.")
    status: str
    next_followup_at: datetime | None


class Stepped(Body):
    status: Stage = Field(examples=["contacted"])


@router.get("")
async def list_leads(
    caller: CurrentCaller, deps: Deps, status: Annotated[Stage | None, Query()] = None
) -> list[LeadSeen]:
    """Leads, the most promising first, at most two hundred."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        mask = await mask_for(conn, caller)
        found = await leads.pipeline(conn, status)
    return [_seen(one, mask) for one in found]


@router.post("/{lead_id}/status")
async def move_lead(
    lead_id: str, body: Stepped, caller: CurrentCaller, deps: Deps
) -> LeadSeen:  # fmt: skip
    """Say how far a lead has come; it becomes an activity of the lead."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        moved = await leads.move_lead(conn, lead_id, body.status, deps.clock(), by=caller.subject)
        await audited(conn, caller, "lead.moved", "lead", lead_id, status=body.status)
        mask = await mask_for(conn, caller)
    return _seen(moved, mask)


def _seen(lead: Lead, mask: Mask) -> LeadSeen:
    shown = mask.row(lead, "interest", "phone", "company")
    return LeadSeen(
        reasons=[str(name) for name, _ in shown.score_reasons], status=shown.pipeline_status,
        **{name: getattr(shown, name) for name in LeadSeen.model_fields if hasattr(shown, name)},
    )  # fmt: skip
