"""First steps of a business: how far it has come, from its sector to the first automatic reply."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Response
from psycopg import AsyncConnection
from pydantic import BaseModel, Field

from invekto.records import insights, overrides, tenants
from invekto.server.audited import audited
from invekto.server.auth import CurrentCaller
from invekto.server.deps import Deps
from invekto.server.door import Door

router = APIRouter(prefix="/v1/setup", tags=["settings"], route_class=Door)

Conn = AsyncConnection[Any]
HARMLESS = (
    "greeting", "thanks_goodbye", "working_hours", "location", "payment_options", "campaign_query",
    "delivery_time", "return_policy", "cargo_tracking", "order_status", "insurance_query",
    "appointment_query",
)  # fmt: skip
"""Offered for switching on: low risk, and answered from records, not from judgement."""


@dataclass(frozen=True, slots=True)
class Steps:
    """How far a business has come; `first` is the moment of its first automatic reply."""

    activated: bool
    faqs: int
    offers: int
    on: list[str]
    first: datetime | None

    @property
    def now(self) -> int:
        """The step that is due, from 1; 5 where all are done."""
        done = (self.activated, bool(self.faqs and self.offers), bool(self.on), bool(self.first))
        return next((n for n, one in enumerate(done, 1) if not one), len(done) + 1)


class SetupSeen(BaseModel):
    """Activate → FAQs and prices → topics switched on → first automatic reply."""

    now: int = Field(description="The step that is due, from 1; 5: all are done.")
    activated: bool
    faqs: int
    offers: int = Field(description="Products or services with a price.")
    on: list[str] = Field(description="Topics that are pinned to automatic.")
    first: datetime | None = Field(description="When the first automatic reply went out.")
    harmless: list[str] = Field(
        description="Topics to begin with: POST /v1/trust/overrides pins them for some weeks."
    )


@router.get("")
async def get_setup(caller: CurrentCaller, deps: Deps) -> SetupSeen:
    """How far the first steps are."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        _, kit = await deps.engine.shelf.kit(conn, caller.tenant_id)
        steps = await steps_of(conn, deps.clock())
    return SetupSeen(
        now=steps.now,
        activated=steps.activated,
        faqs=steps.faqs,
        offers=steps.offers,
        on=steps.on,
        first=steps.first,
        harmless=harmless_of(kit.taxonomy),
    )


@router.post("/activate", status_code=204)
async def activate(caller: CurrentCaller, deps: Deps) -> Response:
    """The sector's topics, notices and rules are what the business wants."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        await tenants.update_settings(conn, {"activated_at": deps.clock().isoformat()})
        await audited(conn, caller, "tenant.activated", "tenant", caller.tenant_id)
    return Response(status_code=204)


async def steps_of(conn: Conn, now: datetime) -> Steps:
    """What the business has done so far."""
    tenant = await tenants.get_tenant(conn)
    stock = await insights.stock_of_knowledge(conn)
    held = await overrides.list_overrides(conn, now)
    first = await insights.first_automatic(conn)
    return Steps(
        activated="activated_at" in tenant.settings or first is not None,
        faqs=stock.faqs,
        offers=stock.offers,
        on=sorted(o.intent for o in held if o.kind == "pin_auto" and o.intent),
        first=first,
    )


def harmless_of(taxonomy: dict[str, dict[str, Any]]) -> list[str]:
    """The topics of a business that it may begin with."""
    return [name for name in HARMLESS if name in taxonomy and taxonomy[name]["risk"] == "low"]
