"""Who did what: the audit log, and whether its chain is whole."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from invekto.records import audit
from invekto.server.auth import CurrentCaller
from invekto.server.deps import Deps
from invekto.server.door import Door
from invekto.server.paging import Page, PageCursor, PageSize, from_cursor, paged, to_cursor

router = APIRouter(prefix="/v1/audit-events", tags=["audit"], route_class=Door)

Text = Annotated[str | None, Query(max_length=200)]


class AuditEventSeen(BaseModel):
    event_id: str
    created_at: datetime
    event_type: str = Field(examples=["policy.published"])
    actor_kind: str = Field(description="user, api_key, ai, customer or system")
    actor_id: str
    resource_type: str
    resource_id: str
    correlation_id: str = Field(description="The request's id.")
    detail: dict[str, Any] = Field(description="Names, counts and versions; no personal values.")


class ChainSeen(BaseModel):
    whole: bool = Field(description="Nothing was changed, taken out or put in.")
    sealed: int
    unsealed: int = Field(description="Of the last minutes, not chained yet.")
    broken: list[str]


@router.get("")
async def list_events(
    caller: CurrentCaller,
    deps: Deps,
    event_type: Text = None,
    actor_id: Text = None,
    resource_id: Text = None,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: PageSize = 50,
    cursor: PageCursor = None,
) -> Page[AuditEventSeen]:
    """Events, the latest first."""
    before = from_cursor(cursor, datetime, str)
    async with deps.database.tenant(caller.tenant_id) as conn:
        found = await audit.search(
            conn, event_type=event_type, actor_id=actor_id, resource_id=resource_id, since=since,
            until=until, before=before and (before[0], before[1]), limit=limit + 1,
        )  # fmt: skip
    rows, more = paged(found, limit)
    return Page(
        items=[AuditEventSeen.model_validate(row, from_attributes=True) for row in rows],
        next_cursor=to_cursor(rows[-1].created_at, rows[-1].event_id) if more else None,
    )


@router.get("/chain")
async def check_chain(caller: CurrentCaller, deps: Deps) -> ChainSeen:
    """Walk the chain of the log from its start or its last signed month."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        found = await audit.verify(conn, audit.audit_key(deps.settings))
    return ChainSeen(
        whole=found.whole,
        sealed=found.sealed,
        unsealed=found.unsealed,
        broken=list(found.broken),
    )
