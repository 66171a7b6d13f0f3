"""Past conversations through the assistant, as long as it takes: nothing is sent or written."""

from __future__ import annotations

from functools import partial
from typing import Any

import structlog
from psycopg import AsyncConnection

from invekto.agent.shadow import version_named
from invekto.db.queue import Task, defer
from invekto.errors import BadRequest
from invekto.records import replays
from invekto.server.deps import ServerDeps
from invekto.server.progress import Progress

log = structlog.get_logger(__name__)
REPLAY = "replay"
BROKE = "it broke off: start it again"


def replay_task(deps: ServerDeps) -> Task:
    """The task for the worker; one of a tenant runs at a time."""
    return Task(REPLAY, partial(_run, deps), partial(_gave_up, deps), attempts=3)


async def enqueue_replay(conn: AsyncConnection[Any], replay_id: str) -> None:
    """Have a replay that was added run."""
    await defer(conn, REPLAY, line="later", lock=REPLAY, replay_id=replay_id)


async def _run(deps: ServerDeps, *, tenant_id: str, replay_id: str) -> None:
    """A replay whose worker died begins anew: it leaves nothing behind that could be doubled."""
    from invekto.evals.replay.replaying import replay_file

    purpose = replays.purpose(tenant_id, replay_id)
    async with deps.database.tenant(tenant_id) as conn:
        source = await replays.begin(conn, replay_id, deps.clock())
        if source is None:
            return
        entry = await replays.get(conn, replay_id)

    async def advance(done: int) -> None:
        async with deps.database.tenant(tenant_id) as conn:
            await replays.advance(conn, replay_id, done, deps.clock())

    report, problem = None, ""
    try:
        made = await replay_file(
            deps.engine, tenant_id, entry.name, deps.sealer.open(source, purpose),
            version=version_named(entry.version), told=Progress(advance).told,
        )  # fmt: skip
        report = deps.sealer.seal_json(made.as_document(), purpose)
    except BadRequest as error:
        problem = error.message
    async with deps.database.tenant(tenant_id) as conn:
        await replays.end(conn, replay_id, report, deps.clock(), problem=problem)
    log.info("replayed", tenant_id=tenant_id, conversations=entry.total, failed=bool(problem))


async def _gave_up(deps: ServerDeps, *, tenant_id: str, replay_id: str) -> None:
    async with deps.database.tenant(tenant_id) as conn:
        await replays.end(conn, replay_id, None, deps.clock(), problem=BROKE)
