"""Taking in a business's own files, once somebody has confirmed what was understood of them."""

from __future__ import annotations

from functools import partial
from typing import Any

import structlog
from psycopg import AsyncConnection

from invekto.db.pool import Database
from invekto.db.queue import Task, defer
from invekto.errors import BadData, NotFound
from invekto.intake.handing_in import take_in_files
from invekto.knowledge import documents
from invekto.records import imports
from invekto.server.deps import ServerDeps
from invekto.server.jobs.care import enqueue_ingest
from invekto.server.progress import Progress

log = structlog.get_logger(__name__)
IMPORT = "import"
BROKE = "it broke off: take it in again"


def import_task(deps: ServerDeps) -> Task:
    """The task for the worker; one of a tenant runs at a time."""
    return Task(IMPORT, partial(_run, deps), partial(_gave_up, deps), attempts=3)


async def enqueue_import(conn: AsyncConnection[Any], import_id: str) -> None:
    """Have an import that was claimed taken in."""
    await defer(conn, IMPORT, line="later", lock=IMPORT, import_id=import_id)


async def _run(deps: ServerDeps, *, tenant_id: str, import_id: str) -> None:
    async def advance(done: int, total: int) -> None:
        async with deps.database.tenant(tenant_id) as conn:
            await imports.advance(conn, import_id, done, total, deps.clock())

    try:
        taken = await take_in_files(
            deps.database, deps.sealer, tenant_id, import_id, deps.clock(),
            keep_document=_keep_document, told=Progress(advance).told,
        )  # fmt: skip
    except NotFound:
        return  # thrown away meanwhile
    except BadData as error:
        log.warning("import_failed", tenant_id=tenant_id, import_id=import_id, error=error.code)
        return
    log.info("imported", tenant_id=tenant_id, changes=taken.report["changes"])


async def _gave_up(deps: ServerDeps, *, tenant_id: str, import_id: str) -> None:
    async with deps.database.tenant(tenant_id) as conn:
        await imports.fail(conn, import_id, BROKE, deps.clock())


async def _keep_document(database: Database, tenant_id: str, name: str, data: bytes) -> str:
    async with database.tenant(tenant_id) as conn:
        upload = await documents.accept(conn, name=name, data=data)
        if upload.unchanged:
            return "unchanged"
        await enqueue_ingest(conn, upload.document_id, upload.version)
    return "to be read"
