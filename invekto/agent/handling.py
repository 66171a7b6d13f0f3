"""From a stored message to a committed outcome: what the worker, the assist endpoint, the command
line and the demo all call."""

from __future__ import annotations

from dataclasses import dataclass

import structlog

from invekto.agent.assembly import Engine
from invekto.agent.commit import Committed, commit_turn
from invekto.agent.deps import TurnDeps
from invekto.agent.kit import KitShelf
from invekto.agent.state import TurnState
from invekto.agent.turn import Worked, failed, turn_input, work_turn
from invekto.contracts.handover import HandOver, HandOverReason, Priority
from invekto.contracts.ids import new_id
from invekto.contracts.messages import InboundMessage
from invekto.records import turns
from invekto.records.conversations import Received, receive
from invekto.records.unanswered import waiting

log = structlog.get_logger(__name__)

MAX_RUNS = 5
"""A customer who writes faster than this many runs waits for the next job."""


@dataclass(frozen=True, slots=True)
class Handled:
    """A committed turn and the state it came from."""

    committed: Committed
    worked: Worked

    @property
    def more_waits(self) -> bool:
        """Whether messages are left for another turn."""
        return self.committed.outcome == "superseded" or self.worked.state.turn.rest_waits


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
        if not handled.more_waits:
            return handled
    return handled


async def give_up(engine: Engine, tenant_id: str, conversation_id: str) -> None:
    """Hand over what could not be answered in any attempt, so that it is not lost: with the usual
    notice, or, where even that breaks, with the bare rows."""
    try:
        while await _hand_over_failed(engine.deps, engine.shelf, tenant_id, conversation_id):
            pass
    except Exception as error:
        log.exception("giving_up_broke", tenant_id=tenant_id, conversation_id=conversation_id)
        while await _close_bare(engine.deps, tenant_id, conversation_id, type(error).__name__):
            pass


async def _hand_over_failed(
    deps: TurnDeps, shelf: KitShelf, tenant_id: str, conversation_id: str
) -> bool:
    """True where more waits than one turn takes. What the customer writes meanwhile has a job of
    its own."""
    async with deps.database.tenant(tenant_id) as conn:
        tenant, kit = await shelf.kit(conn, tenant_id)
        turn = turn_input(tenant, await waiting(conn, conversation_id), deps.clock())
    if turn is None:
        return False
    gave_up = RuntimeError("every attempt failed")
    state = failed(TurnState(turn=turn), HandOverReason.UNEXPECTED_ERROR, gave_up)
    committed = await commit_turn(deps, Worked(state, kit, 0.0))
    return turn.rest_waits and committed.outcome != "superseded"


async def _close_bare(deps: TurnDeps, tenant_id: str, conversation_id: str, error: str) -> bool:
    """True where more may wait."""
    now = deps.clock()
    async with deps.database.tenant(tenant_id) as conn:
        found = await waiting(conn, conversation_id)
        if not found.messages:
            return False
        turn = turns.Turn(
            turn_id=new_id("turn"),
            conversation_id=conversation_id,
            first_seq=found.messages[0].seq,
            last_seq=found.messages[-1].seq,
            outcome="handed_over",
            reason=HandOverReason.UNEXPECTED_ERROR.value,
            inputs={"messages": [{"text": m.text, "seq": m.seq} for m in found.messages]},
            why={"error": error},
        )
        handover = HandOver(
            HandOverReason.UNEXPECTED_ERROR,
            Priority.HIGH,
            summary="\n".join(m.text for m in found.messages),
            detail={"error": error},
        )
        await turns.add_handover(conn, handover, conversation_id, turn.turn_id, now)
        await turns.close_turn(
            conn, turn, dialogue=found.conversation.dialogue, status="handed_over", now=now, tags=[]
        )
        return True
