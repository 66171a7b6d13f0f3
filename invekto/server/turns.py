"""Running a conversation's turn under its lease: for jobs, and for requests that wait."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from invekto.agent.commit import Committed, commit_turn
from invekto.agent.handling import Handled
from invekto.agent.turn import Worked, work_turn
from invekto.errors import TryAgain
from invekto.records import leases
from invekto.server import metrics
from invekto.server.deps import ServerDeps
from invekto.tracing import span

POLL_SECONDS = 0.1


class LeaseTakenError(Exception):
    """Somebody else works on this conversation."""


@asynccontextmanager
async def lease(
    deps: ServerDeps, tenant_id: str, conversation_id: str, holder: str, *, patience: float = 0.0
) -> AsyncIterator[None]:
    """Hold the conversation's lease; waits up to `patience` seconds for it.

    Raises:
        LeaseTakenError: somebody else still holds it.
    """
    deadline = time.monotonic() + patience
    while True:
        async with deps.database.tenant(tenant_id) as conn:
            if await leases.claim(conn, conversation_id, holder):
                break
        if time.monotonic() >= deadline:
            raise LeaseTakenError(conversation_id)
        await asyncio.sleep(POLL_SECONDS)
    try:
        yield
    finally:
        async with deps.database.tenant(tenant_id) as conn:
            await leases.release(conn, conversation_id, holder)


async def run_turn(deps: ServerDeps, tenant_id: str, conversation_id: str) -> Handled | None:
    """One run over what waits, committed; None where nothing waited. The caller holds the
    lease."""
    engine = deps.engine
    with span(
        engine.deps.tracer, "invoke_agent invekto", gen_ai__operation__name="invoke_agent",
        gen_ai__agent__name="invekto", gen_ai__conversation__id=conversation_id,
        invekto__tenant=tenant_id,
    ) as opened:  # fmt: skip
        worked = await work_turn(engine.deps, engine.shelf, tenant_id, conversation_id)
        if worked is None:
            return None
        committed = await commit_turn(engine.deps, worked)
        opened.set_attribute("invekto.outcome", committed.outcome)
        opened.set_attribute("invekto.turn", committed.turn_id)
    _measure(deps, worked, committed)
    return Handled(committed, worked)


async def run_turn_for_request(
    deps: ServerDeps, tenant_id: str, conversation_id: str, holder: str, *, patience: float
) -> Handled | None:
    """As `run_turn`, with the lease, and again while more waits.

    Raises:
        TryAgain: another turn of this conversation runs for longer than `patience` seconds.
    """
    try:
        async with lease(deps, tenant_id, conversation_id, holder, patience=patience):
            last = None
            for _ in range(3):
                handled = await run_turn(deps, tenant_id, conversation_id)
                last = handled or last
                if handled is None or not handled.more_waits:
                    break
            return last
    except LeaseTakenError as error:
        raise TryAgain(
            "another turn of this conversation is running: ask again", retry_after=1
        ) from error


def _measure(deps: ServerDeps, worked: Worked, committed: Committed) -> None:
    own = worked.kit.model
    metrics.measure_model(
        own or deps.engine.deps.model, worked.state.model_calls, shared=own is None
    )
    metrics.OUTCOMES.labels(committed.outcome).inc()
    metrics.TURN_SECONDS.observe(worked.milliseconds / 1000)
    for stop in worked.state.stops:
        metrics.NODE_SECONDS.labels(stop.node).observe(stop.milliseconds / 1000)
