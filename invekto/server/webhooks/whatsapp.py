"""Where WhatsApp delivers: one address a number, with an opaque token in it.

Verified, stored and enqueued in one transaction, answered at once: WhatsApp repeats what is not
answered for days, and receipt is idempotent.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import structlog
from fastapi import APIRouter, Request, Response
from psycopg import AsyncConnection

from invekto.channels.whatsapp import CHANNEL, Delivery, Status, check_signature, read_payload
from invekto.db.queue import LONGEST_ID, defer
from invekto.errors import NotAllowed, NotFound, NotSignedIn
from invekto.records import deliveries, routing
from invekto.records.routing import AccountOwner
from invekto.server.deps import Deps, ServerDeps
from invekto.server.receiving import storable_message, store_and_enqueue
from invekto.server.senders import account_secrets

router = APIRouter(prefix="/webhooks/whatsapp", tags=["channels"])
log = structlog.get_logger(__name__)

SECOND_THOUGHTS = 10.0
"""Seconds in which `delivered` may follow `failed`."""


@router.get("/{token}")
async def handshake(token: str, request: Request, deps: Deps) -> Response:
    """WhatsApp's subscription handshake: the challenge comes back where the token is ours."""
    owner = await _owner(deps, token)
    expected = account_secrets(deps, owner.tenant_id, owner.secret_encrypted).get("verify_token")
    query = request.query_params
    if query.get("hub.mode") != "subscribe" or query.get("hub.verify_token") != expected:
        raise NotAllowed("the verify token does not fit")
    return Response(query.get("hub.challenge", ""), media_type="text/plain")


@router.post("/{token}", openapi_extra={"requestBody": {"content": {"application/json": {
    "schema": {"type": "object"}}}}})  # fmt: skip
async def receive(token: str, request: Request, deps: Deps) -> dict[str, int]:
    """Messages and statuses, signed with the app's secret (`X-Hub-Signature-256`)."""
    owner = await _owner(deps, token)
    body = await request.body()
    secrets = account_secrets(deps, owner.tenant_id, owner.secret_encrypted)
    check_signature(request.headers.get("x-hub-signature-256", ""), body, _app_secret(secrets))
    brought = [d for d in read_payload(body) if d.messages or d.statuses]
    counts = {"messages": 0, "statuses": 0}
    for delivery in brought:
        account_id = await _account_of(deps, owner, delivery)
        if account_id is None:
            continue
        await _keep(deps, owner.tenant_id, account_id, delivery)
        counts["messages"] += len(delivery.messages)
        counts["statuses"] += len(delivery.statuses)
    return counts


async def _owner(deps: ServerDeps, token: str) -> AccountOwner:
    async with deps.database.routing() as conn:
        owner = await routing.by_channel_token(conn, token)
    if owner is None or owner.channel != CHANNEL:
        raise NotFound("no such webhook")
    return owner


def _app_secret(secrets: dict[str, object]) -> str:
    secret = secrets.get("app_secret")
    if not isinstance(secret, str) or not secret:
        raise NotSignedIn("this number has no app secret: nothing can be verified")
    return secret


async def _account_of(deps: ServerDeps, owner: AccountOwner, delivery: Delivery) -> str | None:
    """The account of the number that the payload names; None where it is not this tenant's."""
    async with deps.database.routing() as conn:
        named = await routing.by_channel_account(conn, CHANNEL, delivery.phone_number_id)
    if named is None or named.tenant_id != owner.tenant_id:
        log.warning("webhook_for_another_number", tenant_id=owner.tenant_id)
        return None
    return named.channel_account_id


async def _keep(deps: ServerDeps, tenant_id: str, account_id: str, delivery: Delivery) -> None:
    now, quiet = deps.clock(), deps.settings.quiet_seconds
    async with deps.database.tenant(tenant_id) as conn:
        for message in delivery.messages:
            inbound = replace(storable_message(message), channel_account_id=account_id)
            await store_and_enqueue(conn, inbound, now, quiet_seconds=quiet)
        for status in delivery.statuses:
            await _note(conn, status)


async def _note(conn: AsyncConnection[Any], status: Status) -> None:
    """Keep a status; a failure is told to a person, unless `delivered` follows it."""
    fresh = await deliveries.report(
        conn,
        CHANNEL,
        deliveries.StatusReport(
            status.provider_message_id, status.status, status.at, status.own_id, status.reason
        ),
    )
    if fresh and status.status == "failed":
        await defer(
            conn,
            "undelivered",
            line="timed",
            schedule_in=SECOND_THOUGHTS,
            channel=CHANNEL,
            provider_message_id=status.provider_message_id[:LONGEST_ID],
        )
