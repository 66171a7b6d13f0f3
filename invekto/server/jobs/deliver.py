"""Delivering a contact's messages in order, each at most once for certain.

A job takes one contact. It sends the oldest message that is not settled; a passing fault keeps
the message at the head and the job is repeated with growing pauses. A message whose fate is
unknown waits for the channel's status callback; if none comes, one that answers a customer is
sent once more (losing it is worse than repeating it, and the repeat is counted apart), a
commercial one never is.
"""

from __future__ import annotations

import random
from datetime import timedelta
from functools import partial
from typing import Any, Literal

from psycopg import AsyncConnection

from invekto.channels.sending import (
    FateUnknown,
    NotTaken,
    Outgoing,
    RefusedForGood,
    Sender,
    Taken,
)
from invekto.contracts.handover import HandOver, HandOverReason, Priority
from invekto.db.queue import Task
from invekto.errors import NotFound
from invekto.records import deliveries, tenants, turns
from invekto.records.deliveries import Ready
from invekto.records.outbox import Outbound
from invekto.server import metrics
from invekto.server.deps import ServerDeps
from invekto.server.jobs.words import say
from invekto.server.senders import sender_for

ATTEMPTS = 30
"""With pauses growing to five minutes: two hours of a channel that is down."""
LONGEST_PAUSE = 300.0  # seconds
BATCH = 50
"""Messages to one contact in one job, so that nobody keeps a worker for long."""
Ending = Literal["failed", "dead", "cancelled"]
PROACTIVE = frozenset({"reminder", "follow_up", "template"})


def deliver_task(deps: ServerDeps) -> Task:
    """The task for the worker. Faults of the channel are counted with each message; these
    attempts are for faults of our own."""
    return Task("deliver", partial(_run, deps), partial(_gave_up, deps))


def deliver_due_task(deps: ServerDeps) -> Task:
    """Messages that were queued for a later time take their place in line when it has come."""
    return Task("deliver_due", partial(_enqueue, deps))


def undelivered_task(deps: ServerDeps) -> Task:
    """Messages that a channel took and then said it could not deliver."""
    return Task("undelivered", partial(_undelivered, deps))


async def _enqueue(deps: ServerDeps, *, tenant_id: str, contact_id: str) -> None:
    async with deps.database.tenant(tenant_id) as conn:
        await deliveries.enqueue_delivery(conn, contact_id)


async def _run(deps: ServerDeps, *, tenant_id: str, contact_id: str) -> None:
    for _ in range(BATCH):
        if not await _one(deps, tenant_id, contact_id):
            return
    await _enqueue(deps, tenant_id=tenant_id, contact_id=contact_id)


async def _gave_up(deps: ServerDeps, *, tenant_id: str, contact_id: str) -> None:
    """Something other than the channel fails again and again: the head becomes a dead letter."""
    async with deps.database.tenant(tenant_id) as conn:
        ready = await deliveries.next_of_contact(conn, contact_id, deps.clock())
    if ready is not None:
        await _bury(deps, tenant_id, ready, "dead", "delivery failed again and again")
        await _enqueue(deps, tenant_id=tenant_id, contact_id=contact_id)


async def _one(deps: ServerDeps, tenant_id: str, contact_id: str) -> bool:
    """Settle the contact's next message; False where the job's work is done, or has to wait and
    another job was enqueued for then."""
    now = deps.clock()
    async with deps.database.tenant(tenant_id) as conn:
        ready = await deliveries.next_of_contact(conn, contact_id, now)
        if ready is None:
            return False
        outbound = ready.outbound
        if outbound.status == "sending":
            await deliveries.doubt(conn, outbound.outbound_id, "the worker died while sending")
            wait = deps.settings.uncertain_seconds
        elif outbound.status == "uncertain":
            wait = deps.settings.uncertain_seconds - (ready.doubtful_for or 0.0)
        else:
            wait = (outbound.due_at - max(now, outbound.created_at)).total_seconds()
        if wait > 0:
            if outbound.attempts > 0:
                await deliveries.enqueue_delivery(conn, contact_id, after=min(wait, LONGEST_PAUSE))
            return False
        if outbound.status == "queued" and not _unwanted(ready):
            await deliveries.begin(conn, outbound.outbound_id)
    if outbound.status == "uncertain":
        await _decide(deps, tenant_id, ready)
        return True
    if _unwanted(ready):
        await _bury(deps, tenant_id, ready, "cancelled", "opted_out")
        return True
    return await _send(deps, tenant_id, ready)


def _unwanted(ready: Ready) -> bool:
    return ready.opted_out_at is not None and ready.outbound.kind in PROACTIVE


async def _send(deps: ServerDeps, tenant_id: str, ready: Ready) -> bool:
    outbound = ready.outbound
    try:
        sender = await _sender(deps, tenant_id, ready)
        taken = await sender.send(_outgoing(ready))
    except RefusedForGood as error:
        metrics.DELIVERIES.labels(outbound.channel, "refused").inc()
        await _bury(deps, tenant_id, ready, "failed", f"{error.reason}: {error.message}")
        return True
    except FateUnknown as error:
        metrics.DELIVERIES.labels(outbound.channel, "uncertain").inc()
        await _wait_for_status(deps, tenant_id, ready, error)
        return False
    except NotTaken as error:
        metrics.DELIVERIES.labels(outbound.channel, "again").inc()
        return await _later(deps, tenant_id, ready, error)
    metrics.DELIVERIES.labels(outbound.channel, "taken").inc()
    await _accept(deps, tenant_id, ready, taken)
    return True


async def _sender(deps: ServerDeps, tenant_id: str, ready: Ready) -> Sender:
    outbound = ready.outbound
    account = None
    if outbound.channel_account_id is not None:
        async with deps.database.tenant(tenant_id) as conn:
            try:
                account = await tenants.get_channel_account(conn, outbound.channel_account_id)
            except NotFound:
                account = None
    return sender_for(deps, tenant_id, outbound.channel, account)


async def _accept(deps: ServerDeps, tenant_id: str, ready: Ready, taken: Taken) -> None:
    async with deps.database.tenant(tenant_id) as conn:
        await deliveries.accepted(
            conn,
            ready.outbound.outbound_id,
            taken.provider_message_id,
            deps.clock(),
            final=taken.final,
        )


def _outgoing(ready: Ready) -> Outgoing:
    outbound = ready.outbound
    return Outgoing(
        message_id=outbound.outbound_id,
        recipient=outbound.recipient,
        text=outbound.text,
        kind=outbound.kind,
        template=outbound.template,
        conversation_id=outbound.conversation_id,
        last_inbound_at=ready.last_inbound_at,
        attempt=outbound.attempts + 1,
    )


async def _later(deps: ServerDeps, tenant_id: str, ready: Ready, error: NotTaken) -> bool:
    """The channel certainly does not have it: wait and try again, or give up."""
    outbound = ready.outbound
    attempt = outbound.attempts + 1
    if attempt >= ATTEMPTS:
        await _bury(deps, tenant_id, ready, "dead", error.message)
        return True
    asked = error.detail.get("retry_after")
    seconds = float(asked) if isinstance(asked, int | float) else pause(attempt)
    due_at = deps.clock() + timedelta(seconds=seconds)
    async with deps.database.tenant(tenant_id) as conn:
        await deliveries.put_back(conn, outbound.outbound_id, error.message, due_at)
        await deliveries.enqueue_delivery(conn, outbound.contact_id, after=seconds)
    return False


async def _wait_for_status(
    deps: ServerDeps, tenant_id: str, ready: Ready, error: FateUnknown
) -> None:
    outbound, seconds = ready.outbound, deps.settings.uncertain_seconds
    async with deps.database.tenant(tenant_id) as conn:
        await deliveries.doubt(conn, outbound.outbound_id, error.message)
        await deliveries.enqueue_delivery(conn, outbound.contact_id, after=seconds)


async def _decide(deps: ServerDeps, tenant_id: str, ready: Ready) -> None:
    """No status came for long enough: once more, or never."""
    outbound = ready.outbound
    if outbound.message_class == "commercial" or ready.uncertain_times > 1:
        await _bury(deps, tenant_id, ready, "dead", "fate_unknown: the channel never said")
        return
    metrics.DELIVERIES.labels(outbound.channel, "repeated").inc()
    async with deps.database.tenant(tenant_id) as conn:
        await deliveries.put_back(
            conn, outbound.outbound_id, "fate unknown: sent once more", deps.clock()
        )


async def _bury(deps: ServerDeps, tenant_id: str, ready: Ready, how: Ending, reason: str) -> None:
    """It will not arrive."""
    async with deps.database.tenant(tenant_id) as conn:
        await deliveries.settle(conn, ready.outbound.outbound_id, how, reason)
        await _tell(conn, deps, ready.outbound, reason)


async def _undelivered(
    deps: ServerDeps, *, tenant_id: str, channel: str, provider_message_id: str
) -> None:
    """The channel had taken it and could not deliver it, and no later status says otherwise."""
    async with deps.database.tenant(tenant_id) as conn:
        outbound = await deliveries.find_failed(conn, channel, provider_message_id)
        if outbound is not None:
            await _tell(conn, deps, outbound, outbound.failed_reason or "")


async def _tell(
    conn: AsyncConnection[Any], deps: ServerDeps, outbound: Outbound, reason: str
) -> None:
    """What was an answer goes to a person, who can reach the customer."""
    if outbound.conversation_id is None or outbound.kind in PROACTIVE:
        return
    language = (await tenants.get_tenant(conn)).default_language
    handover = HandOver(
        HandOverReason.PROVIDER_DOWN,
        Priority.HIGH,
        summary=say("undelivered", language, text=outbound.text, reason=reason),
        next_step=say("undelivered_step", language),
        detail={"outbound_id": outbound.outbound_id},
    )
    await turns.add_handover(
        conn, handover, outbound.conversation_id, outbound.turn_id, deps.clock()
    )


def pause(attempt: int) -> float:
    """Seconds before the next attempt: 1, 2, 4 … 300, with jitter."""
    return float(min(2.0 ** (attempt - 1), LONGEST_PAUSE)) * random.uniform(0.75, 1.25)
