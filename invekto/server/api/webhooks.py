"""Outgoing webhooks: receivers, their delivery log, replay; and the outbox's dead letters."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from invekto.channels.addresses import resolved
from invekto.channels.signing import new_secret
from invekto.errors import NotFound
from invekto.records import deliveries, webhooks
from invekto.records.webhooks import Endpoint
from invekto.server.audited import audited
from invekto.server.auth import CurrentCaller
from invekto.server.deps import Deps, ServerDeps
from invekto.server.door import Door
from invekto.server.jobs.webhook import secret_purpose
from invekto.server.paging import Page, PageCursor, PageSize, from_cursor, paged, to_cursor
from invekto.server.shapes import Body
from invekto.server.told import EventType

router = APIRouter(prefix="/v1", tags=["webhooks"], route_class=Door)

Url = Annotated[str, Field(min_length=1, max_length=2000)]
Types = Annotated[list[EventType], Field(max_length=len(EventType))]


class EndpointIn(Body):
    url: Url = Field(examples=["https://inbox.example/hooks/invekto"])
    types: Types = Field([], description="Empty: all.", examples=[["suggestion.ready"]])
    description: Annotated[str, Field(max_length=200)] = ""


class EndpointChange(Body):
    url: Url | None = None
    types: Types | None = None
    description: Annotated[str, Field(max_length=200)] | None = None
    active: bool | None = None
    rotate_secret: bool = Field(
        False, description="Make a new secret; the one before still signs beside it."
    )


class EndpointSeen(BaseModel):
    endpoint_id: str
    url: str
    types: list[str]
    description: str
    active: bool
    failing_since: datetime | None
    created_at: datetime


class EndpointMade(EndpointSeen):
    secret: str | None = Field(description="`whsec_…`; shown this once.")


class DeliverySeen(BaseModel):
    delivery_id: str
    event_type: str
    subject: dict[str, Any]
    status: str = Field(description="waiting, delivered or failed")
    attempts: int
    answer: int | None = Field(description="The receiver's HTTP status.")
    error: str | None
    milliseconds: float | None
    created_at: datetime
    tried_at: datetime | None


class DeadLetter(BaseModel):
    outbound_id: str
    conversation_id: str | None
    channel: str
    kind: str
    text: str
    status: str
    attempts: int
    failed_reason: str | None
    created_at: datetime


def _seen(endpoint: Endpoint) -> EndpointSeen:
    return EndpointSeen.model_validate(endpoint, from_attributes=True)


async def _acceptable(deps: ServerDeps, url: str) -> None:
    """Refuse an address that could not be called, while somebody is there to mend it."""
    await resolved(url, private=deps.settings.allow_private_receivers)


@router.get("/webhooks")
async def list_endpoints(caller: CurrentCaller, deps: Deps) -> list[EndpointSeen]:
    """The tenant's receivers."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        return [_seen(endpoint) for endpoint in await webhooks.list_endpoints(conn)]


@router.post("/webhooks", status_code=201)
async def add_endpoint(body: EndpointIn, caller: CurrentCaller, deps: Deps) -> EndpointMade:
    """Add a receiver. Deliveries are signed as Standard Webhooks and repeated for a day."""
    await _acceptable(deps, body.url)
    secret = new_secret()
    sealed = deps.sealer.seal(secret.encode(), secret_purpose(caller.tenant_id))
    async with deps.database.tenant(caller.tenant_id) as conn:
        made = await webhooks.add_endpoint(
            conn,
            url=body.url,
            secret=sealed,
            types=[t.value for t in body.types],
            description=body.description,
        )
        await audited(conn, caller, "webhook.created", "webhook", made.endpoint_id)
    return EndpointMade(secret=secret, **_seen(made).model_dump())


@router.patch("/webhooks/{endpoint_id}")
async def change_endpoint(
    endpoint_id: str, body: EndpointChange, caller: CurrentCaller, deps: Deps
) -> EndpointMade:
    """Change a receiver, switch it on or off, or rotate its secret."""
    if body.url is not None:
        await _acceptable(deps, body.url)
    secret = new_secret() if body.rotate_secret else None
    async with deps.database.tenant(caller.tenant_id) as conn:
        present = await webhooks.get_endpoint(conn, endpoint_id)
        kept = None
        if secret is not None:
            sealed = deps.sealer.seal(secret.encode(), secret_purpose(caller.tenant_id))
            kept = [sealed, present.secrets[0]]
        changed = await webhooks.change_endpoint(
            conn,
            endpoint_id,
            url=body.url,
            types=None if body.types is None else [t.value for t in body.types],
            description=body.description,
            active=body.active,
            secrets=kept,
        )
        await audited(conn, caller, "webhook.changed", "webhook", endpoint_id)
    return EndpointMade(secret=secret, **_seen(changed).model_dump())


@router.delete("/webhooks/{endpoint_id}", status_code=204)
async def delete_endpoint(endpoint_id: str, caller: CurrentCaller, deps: Deps) -> Response:
    """Delete a receiver with its log."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        await webhooks.delete_endpoint(conn, endpoint_id)
        await audited(conn, caller, "webhook.deleted", "webhook", endpoint_id)
    return Response(status_code=204)


@router.post("/webhooks/{endpoint_id}/test", status_code=202)
async def test_endpoint(endpoint_id: str, caller: CurrentCaller, deps: Deps) -> DeliverySeen:
    """Send a `test` event to see whether the receiver works."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        await webhooks.get_endpoint(conn, endpoint_id)
        delivery_id = await webhooks.add_delivery(conn, endpoint_id, "test", {})
        made = await webhooks.get_delivery(conn, delivery_id)
    return DeliverySeen.model_validate(made, from_attributes=True)


@router.get("/webhooks/{endpoint_id}/deliveries")
async def list_deliveries(
    endpoint_id: str,
    caller: CurrentCaller,
    deps: Deps,
    limit: PageSize = 50,
    cursor: PageCursor = None,
) -> Page[DeliverySeen]:
    """The delivery log of a receiver, newest first."""
    before = from_cursor(cursor, datetime, str)
    async with deps.database.tenant(caller.tenant_id) as conn:
        await webhooks.get_endpoint(conn, endpoint_id)
        found = await webhooks.deliveries(
            conn, endpoint_id, limit=limit + 1, before=before and (before[0], before[1])
        )
    rows, more = paged(found, limit)
    return Page(
        items=[DeliverySeen.model_validate(row, from_attributes=True) for row in rows],
        next_cursor=to_cursor(rows[-1].created_at, rows[-1].delivery_id) if more else None,
    )


@router.post("/webhook-deliveries/{delivery_id}/replay", status_code=202)
async def replay_delivery(delivery_id: str, caller: CurrentCaller, deps: Deps) -> DeliverySeen:
    """Deliver again, under the same `webhook-id`."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        await webhooks.replay(conn, delivery_id)
        again = await webhooks.get_delivery(conn, delivery_id)
    return DeliverySeen.model_validate(again, from_attributes=True)


@router.get("/outbox/dead-letters")
async def list_dead_letters(caller: CurrentCaller, deps: Deps) -> list[DeadLetter]:
    """Messages to customers that were refused or given up, newest first."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        found = await deliveries.dead_letters(conn)
    return [DeadLetter.model_validate(row, from_attributes=True) for row in found]


@router.post("/outbox/{outbound_id}/replay", status_code=202)
async def replay_message(outbound_id: str, caller: CurrentCaller, deps: Deps) -> Response:
    """Send a dead letter again."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        if not await deliveries.replay(conn, outbound_id, deps.clock()):
            raise NotFound(f"no dead letter {outbound_id}")
        await audited(conn, caller, "outbox.replayed", "outbound_message", outbound_id)
    return Response(status_code=202)
