"""Reading marketplaces: a job for each connection, which leaves the next one behind."""

from __future__ import annotations

import random
from functools import partial
from typing import Any

import structlog
from psycopg import AsyncConnection

from invekto.db.queue import Task, defer
from invekto.errors import InvektoError, NotFound
from invekto.intake.connections import STREAMS, Desk
from invekto.records import integrations
from invekto.server.deps import ServerDeps

log = structlog.get_logger(__name__)
SYNC = "sync"


def sync_task(deps: ServerDeps) -> Task:
    """The task for the worker. A fault is kept with the connection and the next round tries anew,
    so that a marketplace that is down is not asked again and again."""
    return Task(SYNC, partial(_run, deps), attempts=3)


async def enqueue_sync(conn: AsyncConnection[Any], account_id: str, *, after: float = 0.0) -> None:
    """Have a connection read; one job waits at most, at the earlier of both times."""
    await defer(
        conn, SYNC, line="later", lock=f"sync:{account_id}", queueing_lock=f"sync:{account_id}",
        schedule_in=after, account_id=account_id,
    )  # fmt: skip


async def enqueue_syncs(conn: AsyncConnection[Any], *, spread: float) -> int:
    """For the rounds: every connection of the tenant is read, also where its chain of jobs broke;
    returns how many."""
    reads = [a for a in await integrations.list_accounts(conn) if STREAMS.get(a.provider)]
    for account in reads:
        await enqueue_sync(conn, account.account_id, after=random.uniform(0, spread))
    return len(reads)


async def _run(deps: ServerDeps, *, tenant_id: str, account_id: str) -> None:
    desk = Desk(deps.database, deps.sealer, deps.http, deps.settings)
    try:
        done = await desk.read_all(tenant_id, account_id, deps.clock())
    except NotFound:
        return  # disconnected meanwhile
    except InvektoError as error:
        log.warning("sync_failed", tenant_id=tenant_id, account_id=account_id, error=error.code)
    else:
        rows = {stream: progress.rows for stream, progress in done.items()}
        log.info("synced", tenant_id=tenant_id, account_id=account_id, **rows)
    async with deps.database.tenant(tenant_id) as conn:
        await enqueue_sync(
            conn, account_id, after=deps.settings.sync_seconds * random.uniform(0.9, 1.1)
        )
