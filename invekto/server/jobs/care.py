"""The quieter jobs: planned messages, reading documents, and each tenant's housekeeping."""

from __future__ import annotations

from functools import partial
from typing import Any

import structlog
from psycopg import AsyncConnection

from invekto.db.queue import Task, defer
from invekto.errors import ModelUnavailable, NotFound
from invekto.guardrails.pseudonyms import Pseudonyms
from invekto.knowledge import dense, documents, placing
from invekto.knowledge.ingest import process
from invekto.knowledge.refill import fill_subjects
from invekto.records import (
    audit,
    events,
    idempotency,
    imports,
    replays,
    retention,
    sessions,
    webhooks,
)
from invekto.server.deps import ServerDeps
from invekto.server.jobs.months import sign_months
from invekto.tools.contract import ToolContext
from invekto.tools.dispatch import send_due
from invekto.tools.follow_up import TEND
from invekto.tools.tending import tend

log = structlog.get_logger(__name__)

BATCH = 100


def care_tasks(deps: ServerDeps) -> list[Task]:
    """The tasks for the worker."""
    return [
        Task("remind", partial(_remind, deps)),
        Task(TEND, partial(_tend, deps)),
        Task("ingest", partial(_ingest, deps), partial(_not_read, deps), attempts=3),
        Task("housekeeping", partial(_keep_house, deps), attempts=3),
    ]


async def enqueue_ingest(conn: AsyncConnection[Any], document_id: str, version: int) -> None:
    """Have an accepted version read, in the transaction that accepted it."""
    await defer(
        conn, "ingest", line="later", lock=f"ingest:{document_id}", document_id=document_id,
        version=version,
    )  # fmt: skip


async def _remind(deps: ServerDeps, *, tenant_id: str) -> None:
    """Send the planned messages whose time has come: through opt-out, consent, quiet hours,
    window and template, into the outbox."""
    settled = BATCH
    while settled >= BATCH:
        async with deps.database.tenant(tenant_id) as conn:
            outcomes = await send_due(await _context(deps, conn, tenant_id), limit=BATCH)
        settled = sum(outcomes.values())
        if settled:
            log.info("planned_messages", tenant_id=tenant_id, **outcomes)


async def _tend(deps: ServerDeps, *, tenant_id: str) -> None:
    """Offers that lapse, reminders of appointments that came in, leads to write to again."""
    async with deps.database.tenant(tenant_id) as conn:
        done = await tend(await _context(deps, conn, tenant_id))
    if any(done.values()):
        log.info("tended", tenant_id=tenant_id, **done)


async def _context(deps: ServerDeps, conn: AsyncConnection[Any], tenant_id: str) -> ToolContext:
    """The tools' context of the business itself, with no customer in it."""
    tenant, _ = await deps.engine.shelf.kit(conn, tenant_id)
    return ToolContext(
        conn=conn,
        tenant_id=tenant_id,
        tenant=tenant,
        contact=None,
        conversation_id=None,
        turn_id=None,
        clock=deps.clock,
        outside=deps.engine.deps.gateways,
    )


async def _ingest(deps: ServerDeps, *, tenant_id: str, document_id: str, version: int) -> None:
    """Read an uploaded file; a killed reading goes on where it stopped."""
    try:
        report = await process(deps.database, tenant_id, document_id, version)
    except NotFound:
        return  # deleted meanwhile
    log.info(
        "document_read", tenant_id=tenant_id, status=report.status, pages=report.pages,
        seconds=round(report.seconds, 1),
    )  # fmt: skip
    await _embed(deps, tenant_id)
    async with deps.database.tenant(tenant_id) as conn:
        await events.emit(
            conn, "document.read", {"document_id": document_id, "status": report.status}
        )


async def _embed(deps: ServerDeps, tenant_id: str) -> None:
    """Vectors of the configured endpoint for what has none. While it is down, search does without,
    and the next round goes on where this one stopped."""
    embedding = deps.engine.deps.embedding
    if embedding is None:
        return
    try:
        done = await dense.fill(deps.database, tenant_id, embedding, Pseudonyms().hide)
    except ModelUnavailable as error:
        log.warning("not_embedded", tenant_id=tenant_id, problem=str(error))
        return
    if done:
        log.info("embedded", tenant_id=tenant_id, chunks=done, embedding=embedding.name)


async def _not_read(deps: ServerDeps, *, tenant_id: str, document_id: str, version: int) -> None:
    async with deps.database.tenant(tenant_id) as conn:
        await documents.fail(conn, document_id, version, "broken", {})


async def _keep_house(deps: ServerDeps, *, tenant_id: str) -> None:
    """Seal the audit log and sign its months, delete what was kept long enough."""
    now, key = deps.clock(), audit.audit_key(deps.settings)
    sealed = 1
    while sealed:
        async with deps.database.tenant(tenant_id) as conn:
            sealed = await audit.seal(conn, key, now)
    await sign_months(deps.database, tenant_id, key, now)
    async with deps.database.tenant(tenant_id) as conn:
        await retention.purge(conn, now)
    async with deps.database.tenant(tenant_id) as conn:
        await idempotency.forget_old(conn, now)
        await events.forget_old(conn, now)
        await imports.forget_old(conn, now)
        await replays.forget_old(conn, now)
        await webhooks.forget_old(conn, now)
        await sessions.forget_expired(conn, now)
    await fill_subjects(deps.database, tenant_id)
    await placing.housekeep(deps.database, tenant_id)
    await _embed(deps, tenant_id)
