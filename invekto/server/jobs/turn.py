"""The turn of a conversation, as a job."""

from __future__ import annotations

from functools import partial

from invekto.agent.handling import give_up
from invekto.db.queue import Task
from invekto.errors import NotFound
from invekto.records.leases import JOB
from invekto.server.deps import ServerDeps
from invekto.server.receiving import TURN, enqueue_turn
from invekto.server.turns import LeaseTakenError, lease, run_turn

AGAIN_SECONDS = 1.0


def turn_task(deps: ServerDeps) -> Task:
    """The task for the worker."""
    return Task(TURN, partial(_run, deps), partial(_gave_up, deps))


async def _run(deps: ServerDeps, *, tenant_id: str, conversation_id: str) -> None:
    """Answer what waits. Where a request works on it, the customer wrote meanwhile, or more waits
    than one turn takes, another job looks again."""
    after = deps.settings.quiet_seconds
    try:
        async with lease(deps, tenant_id, conversation_id, JOB):
            handled = await run_turn(deps, tenant_id, conversation_id)
        if handled is None or not handled.more_waits:
            return
    except LeaseTakenError:
        after = AGAIN_SECONDS
    except NotFound:
        return  # erased meanwhile: there is nobody to answer
    async with deps.database.tenant(tenant_id) as conn:
        await enqueue_turn(conn, conversation_id, after=after)


async def _gave_up(deps: ServerDeps, *, tenant_id: str, conversation_id: str) -> None:
    await give_up(deps.engine, tenant_id, conversation_id)
