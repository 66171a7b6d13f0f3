"""From a stored message to a committed outcome: what the worker, the assist endpoint, the command
line and the demo all call."""

from __future__ import annotations

from dataclasses import dataclass

from invekto.agent.assembly import Engine
from invekto.agent.commit import Committed, commit_turn
from invekto.agent.turn import Worked, work_turn
from invekto.contracts.messages import InboundMessage
from invekto.records.conversations import Received, receive

MAX_RUNS = 5
"""A customer who writes faster than this many runs waits for the next job."""


@dataclass(frozen=True, slots=True)
class Handled:
    """A committed turn and the state it came from."""

    committed: Committed
    worked: Worked


async def store(engine: Engine, tenant_id: str, inbound: InboundMessage) -> Received:
    """Store a message once, in a transaction of its own."""
    async with engine.deps.database.tenant(tenant_id) as conn:
        return await receive(conn, inbound, engine.deps.clock())


async def handle(engine: Engine, tenant_id: str, conversation_id: str) -> Handled | None:
    """Work and commit until nothing is unanswered; None where nothing was.

    The caller holds the conversation's lease, so that two of these never overlap.

    Raises:
        NotFound: no such conversation.
        TryAgain: the database; nothing was written.
    """
    handled: Handled | None = None
    for _ in range(MAX_RUNS):
        worked = await work_turn(engine.deps, engine.shelf, tenant_id, conversation_id)
        if worked is None:
            return handled
        handled = Handled(await commit_turn(engine.deps, worked), worked)
        if handled.committed.outcome != "superseded":
            return handled
    return handled
