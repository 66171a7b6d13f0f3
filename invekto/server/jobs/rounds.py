"""What comes round without being asked for: each tenant's housekeeping, about once an hour."""

from __future__ import annotations

import asyncio
import random

import structlog

from invekto.db.queue import defer
from invekto.errors import TryAgain
from invekto.records import routing
from invekto.server.deps import ServerDeps
from invekto.server.jobs.months import keep_months
from invekto.server.jobs.sync import enqueue_syncs
from invekto.tools.follow_up import TEND

log = structlog.get_logger(__name__)

ROUND_SECONDS = 3600.0
SPREAD_SECONDS = 900.0
"""Tenants' jobs are spread over this time."""


async def keep_rounds(deps: ServerDeps) -> None:
    """Have every tenant's housekeeping done, for as long as this process runs. Any number of
    processes may: a job that waits already is not doubled."""
    while True:
        try:
            await enqueue_housekeeping(deps, spread=SPREAD_SECONDS)
            await keep_months(deps.database, deps.clock())
        except TryAgain as error:
            log.warning("round_failed", error=error.message)
        await asyncio.sleep(ROUND_SECONDS * random.uniform(0.9, 1.1))


async def enqueue_housekeeping(deps: ServerDeps, *, spread: float = 0.0) -> int:
    """One housekeeping job for each active tenant, and one for each of its connections; returns
    how many tenants there are."""
    async with deps.database.routing() as conn:
        found = await routing.active_tenants(conn)
    for tenant_id in found:
        async with deps.database.tenant(tenant_id) as conn:
            await defer(
                conn,
                "housekeeping",
                line="timed",
                queueing_lock="housekeeping",
                schedule_in=random.uniform(0, spread),
                longest_wait=ROUND_SECONDS,
            )
            await defer(
                conn, TEND, line="timed", queueing_lock=TEND,
                schedule_in=random.uniform(0, spread), longest_wait=ROUND_SECONDS,
            )  # fmt: skip
            await enqueue_syncs(conn, spread=spread)
    return len(found)
