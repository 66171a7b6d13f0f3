"""Outgoing webhooks: one event to one endpoint, signed (Standard Webhooks), repeated for a day.

An event carries ids; what the receiver gets is read when it is sent, so that nothing that was
erased meanwhile leaves the house.
"""

from __future__ import annotations

import json
import time
from functools import partial

import httpx

from invekto.channels.addresses import resolved
from invekto.channels.signing import signed_headers
from invekto.db.queue import Task
from invekto.errors import BadRequest, InvektoError, NotFound, TryAgain
from invekto.records import webhooks
from invekto.records.webhooks import Attempt, Endpoint, WebhookDelivery
from invekto.server import metrics
from invekto.server.deps import ServerDeps
from invekto.server.told import told

SCHEDULE = (5.0, 60.0, 300.0, 1800.0, 7200.0, 18000.0, 36000.0)
"""Seconds before the second, third … attempt."""
TIMEOUT_SECONDS = 10.0
GONE = 410


def webhook_task(deps: ServerDeps) -> Task:
    """The task for the worker."""
    return Task("webhook", partial(_run, deps), partial(_gave_up, deps), len(SCHEDULE) + 1)


def secret_purpose(tenant_id: str) -> str:
    """What webhook secrets of a tenant are sealed for."""
    return f"{tenant_id}/webhook"


async def _run(deps: ServerDeps, *, tenant_id: str, delivery_id: str) -> None:
    try:
        async with deps.database.tenant(tenant_id) as conn:
            delivery = await webhooks.get_delivery(conn, delivery_id)
            endpoint = await webhooks.get_endpoint(conn, delivery.endpoint_id)
            data = await told(conn, delivery.event_type, delivery.subject)
    except NotFound:
        return  # the endpoint, or what the event was about, is gone
    if delivery.status != "waiting" or not endpoint.active:
        return
    attempt = await _deliver(deps, tenant_id, endpoint, delivery, data)
    metrics.WEBHOOKS.labels("delivered" if attempt.delivered else "failed").inc()
    async with deps.database.tenant(tenant_id) as conn:
        await webhooks.note_attempt(conn, delivery_id, attempt, deps.clock())
        if attempt.answer == GONE:
            await webhooks.change_endpoint(conn, endpoint.endpoint_id, active=False)
            await webhooks.give_up(conn, delivery_id)
            return
    if not attempt.delivered:
        wait = SCHEDULE[min(delivery.attempts, len(SCHEDULE) - 1)]
        raise TryAgain("the webhook was not taken", retry_after=wait)


async def _gave_up(deps: ServerDeps, *, tenant_id: str, delivery_id: str) -> None:
    async with deps.database.tenant(tenant_id) as conn:
        await webhooks.give_up(conn, delivery_id)


async def _deliver(
    deps: ServerDeps,
    tenant_id: str,
    endpoint: Endpoint,
    delivery: WebhookDelivery,
    data: dict[str, object],
) -> Attempt:
    body = json.dumps(
        {"type": delivery.event_type, "timestamp": delivery.created_at.isoformat(), "data": data},
        ensure_ascii=False,
        default=str,
    ).encode()
    purpose = secret_purpose(tenant_id)
    started = time.perf_counter()
    try:
        secrets = [deps.sealer.open(sealed, purpose).decode() for sealed in endpoint.secrets]
        headers = signed_headers(delivery.delivery_id, int(deps.clock().timestamp()), body, secrets)
        target = await resolved(endpoint.url, private=deps.settings.allow_private_receivers)
        answer = await deps.http.post(
            target.url,
            content=body,
            headers={**headers, "host": target.host, "content-type": "application/json"},
            extensions=target.extensions,
            timeout=TIMEOUT_SECONDS,
            follow_redirects=False,
        )
    except (BadRequest, InvektoError) as error:
        return Attempt(False, error=error.message)
    except httpx.HTTPError as error:
        return Attempt(False, error=type(error).__name__, milliseconds=_since(started))
    return Attempt(answer.is_success, answer.status_code, milliseconds=_since(started))


def _since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 1)
