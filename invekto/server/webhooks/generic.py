"""The generic channel's own address: messages signed as Standard Webhooks, for systems that
cannot keep an API key."""

from __future__ import annotations

from dataclasses import replace

from fastapi import APIRouter, Request
from pydantic import ValidationError

from invekto.channels.signing import verify
from invekto.errors import BadRequest, NotFound, NotSignedIn
from invekto.records import routing
from invekto.server.api.messages import MessageIn, Stored, inbound_message
from invekto.server.deps import Deps
from invekto.server.receiving import storable_message, store_and_enqueue
from invekto.server.senders import account_secrets

router = APIRouter(prefix="/webhooks/generic", tags=["channels"])
SCHEMA = {"requestBody": {"content": {"application/json": {
    "schema": {"$ref": "#/components/schemas/MessageIn"}}}}}  # fmt: skip


@router.post("/{token}", status_code=202, openapi_extra=SCHEMA)
async def receive(token: str, request: Request, deps: Deps) -> Stored:
    """A customer's message, signed with the account's secret; repeats are harmless."""
    async with deps.database.routing() as conn:
        owner = await routing.by_channel_token(conn, token)
    if owner is None or owner.channel != "generic":
        raise NotFound("no such webhook")
    secrets = account_secrets(deps, owner.tenant_id, owner.secret_encrypted).get("secrets", [])
    if not secrets:
        raise NotSignedIn("this account has no signing secret: nothing can be verified")
    body, now = await request.body(), deps.clock()
    verify(request.headers, body, secrets, now.timestamp())
    try:
        message = MessageIn.model_validate_json(body)
    except ValidationError as error:
        faults = [
            {"at": ".".join(str(part) for part in fault["loc"]), "message": fault["msg"]}
            for fault in error.errors()
        ]
        raise BadRequest("the message does not fit: see errors", errors=faults[:20]) from error
    inbound = replace(
        storable_message(inbound_message(message, now)),
        channel="generic",
        channel_account_id=owner.channel_account_id,
    )
    async with deps.database.tenant(owner.tenant_id) as conn:
        received = await store_and_enqueue(
            conn, inbound, now, quiet_seconds=deps.settings.quiet_seconds
        )
    return Stored.model_validate(received, from_attributes=True)
