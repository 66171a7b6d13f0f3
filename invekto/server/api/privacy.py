"""How long things are kept, and what people asked of their personal data."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from invekto.records import privacy, retention
from invekto.server.auth import CurrentCaller
from invekto.server.deps import Deps
from invekto.server.door import Door
from invekto.server.shapes import Body

router = APIRouter(prefix="/v1/privacy", tags=["settings"], route_class=Door)

LONGEST = 3650  # days
Days = Annotated[int, Field(ge=1, le=LONGEST)]
KindName = Annotated[str, Field(min_length=1, max_length=40)]


class RequestSeen(BaseModel):
    request_id: str
    contact_id: str
    kind: str = Field(description="access, erasure, correction, objection or withdrawal")
    due_at: datetime = Field(description="By then the law wants an answer.")
    turn_id: str | None = Field(description="Where the customer asked.")
    created_at: datetime


class PrivacySeen(BaseModel):
    retention: dict[str, int] = Field(description="Days by kind of data.")
    requests: list[RequestSeen] = Field(description="Open ones, the most urgent first.")


class RequestClosing(Body):
    done: bool = Field(description="False: refused, which wants a reason.")
    note: Annotated[str, Field(max_length=300)] = Field("", examples=["dosya e-posta ile iletildi"])


@router.get("")
async def get_privacy(caller: CurrentCaller, deps: Deps) -> PrivacySeen:
    """Days of keeping, and open requests."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        days = await retention.retention(conn)
        found = await privacy.open_requests(conn)
    seen = [RequestSeen.model_validate(one, from_attributes=True) for one in found]
    return PrivacySeen(retention=days, requests=seen)


@router.patch("/retention")
async def set_retention(
    body: Annotated[dict[KindName, Days], Field(max_length=40, examples=[{"conversations": 365}])],
    caller: CurrentCaller,
    deps: Deps,
) -> dict[str, int]:
    """Keep these kinds of data for so many days; the others stay as they are."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        present = await retention.retention(conn)
        for kind, days in body.items():
            if days != present.get(kind):
                await retention.set_retention(
                    conn, kind, days, by=caller.subject, actor_kind=caller.actor
                )
        return await retention.retention(conn)


@router.post("/requests/{request_id}/close", status_code=204)
async def close_request(
    request_id: str, body: RequestClosing, caller: CurrentCaller, deps: Deps
) -> Response:
    """A request was dealt with, or refused with a reason."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        await privacy.close_request(
            conn, request_id, deps.clock(), by=caller.subject, refused=not body.done,
            note=body.note, actor_kind=caller.actor,
        )  # fmt: skip
    return Response(status_code=204)
