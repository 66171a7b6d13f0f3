"""What customers asked the shop to do with their orders: listed, and what became of it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from invekto.records import order_requests
from invekto.server.audited import audited
from invekto.server.auth import CurrentCaller
from invekto.server.deps import Deps
from invekto.server.door import Door
from invekto.server.masking import mask_for
from invekto.server.shapes import Body

router = APIRouter(prefix="/v1/requests", tags=["requests"], route_class=Door)

Settled = Annotated[bool, Query(description="True: those that were dealt with, newest first.")]


class RequestSeen(BaseModel):
    request_id: str
    order_id: str
    number: str = Field(description="The order's number as the customer knows it.")
    kind: str = Field(description="cancel, change, return, exchange, invoice or problem")
    status: str = Field(description="requested, approved, in_progress, done, rejected or withdrawn")
    reason: str | None
    items: list[str]
    detail: dict[str, Any] = Field(description="What is wanted: a new address, a size …")
    amount: Decimal | None
    currency: str
    customer: str
    conversation_id: str | None
    created_at: datetime
    updated_at: datetime
    resolved_by: str | None


class RequestMoved(BaseModel):
    request_id: str
    order_id: str
    status: str
    updated_at: datetime
    resolved_by: str | None


class Move(Body):
    status: Literal["requested", "approved", "in_progress", "done", "rejected", "withdrawn"] = (
        Field(examples=["approved"], description="`requested` opens a rejected one again.")
    )


@router.get("")
async def list_requests(
    caller: CurrentCaller, deps: Deps, settled: Settled = False
) -> list[RequestSeen]:
    """Requests that wait for the shop, oldest first, at most two hundred."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        mask = await mask_for(conn, caller)
        found = await order_requests.list_requests(conn, settled=settled)
    shown = [mask.row(one, "detail") for one in found]
    return [RequestSeen.model_validate(one, from_attributes=True) for one in shown]


@router.post("/{request_id}/status")
async def move_request(
    request_id: str, body: Move, caller: CurrentCaller, deps: Deps
) -> RequestMoved:
    """Say what became of a request. The assistant tells the customer who asks for it."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        moved = await order_requests.move_request(
            conn, request_id, body.status, by=caller.subject, now=deps.clock()
        )
        await audited(
            conn, caller, "order_request.moved", "order_request", request_id, status=body.status
        )
    return RequestMoved.model_validate(moved, from_attributes=True)
