"""One turn from the conversation's rows to a terminal outcome.

This is the one boundary at which any failure becomes a hand-over: nothing a customer writes may be
lost because something here broke.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from invekto.agent import dialogue as memory
from invekto.agent.deps import Reader, TenantKit, TurnDeps, TurnScope
from invekto.agent.graph import turn_graph
from invekto.agent.kit import KitShelf
from invekto.agent.state import Decision, TurnInput, TurnState
from invekto.agent.summary import hand_over
from invekto.contracts.evidence import Mode
from invekto.contracts.handover import HandOverReason
from invekto.contracts.ids import new_id
from invekto.errors import ProviderUnavailable
from invekto.records.unanswered import Waiting, waiting
from invekto.tools.contract import TenantView

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Worked:
    """A finished run of the graph, not yet committed."""

    state: TurnState
    kit: TenantKit
    milliseconds: float


async def work_turn(
    deps: TurnDeps, shelf: KitShelf, tenant_id: str, conversation_id: str
) -> Worked | None:
    """Run the graph over a conversation's unanswered messages; None where there are none.

    Raises:
        NotFound: no such conversation for this tenant.
        TryAgain, OperatorNeeded: the database; the caller's job is repeated.
    """
    reader = Reader(deps.database, tenant_id)
    try:
        conn = await reader.conn()
        found = await waiting(conn, conversation_id)
        tenant, kit = await shelf.kit(conn, tenant_id, found.config_version)
        turn = turn_input(tenant, found, deps.clock())
        if turn is None:
            return None
        return await run_graph(turn, TurnScope(deps, reader, kit))
    finally:
        await reader.pause()


def turn_input(tenant: TenantView, found: Waiting, now: datetime) -> TurnInput | None:
    """A turn over all that waits; None where nothing does."""
    if not found.messages:
        return None
    return TurnInput(
        turn_id=new_id("turn"),
        tenant=tenant,
        contact=found.contact,
        conversation=found.conversation,
        messages=tuple(found.messages),
        history=tuple(found.history),
        dialogue=memory.from_json(found.conversation.dialogue),
        now=now.astimezone(tenant.zone),
    )


async def run_graph(turn: TurnInput, scope: TurnScope) -> Worked:
    """The graph on given inputs; also used by replay and evaluation."""
    start = time.perf_counter()
    initial = TurnState(turn=turn)
    try:
        final = await turn_graph().ainvoke(initial, context=scope)
        state = TurnState(**final)
    except ProviderUnavailable as error:
        state = failed(initial, HandOverReason.PROVIDER_DOWN, error)
    except Exception as error:
        log.exception("turn_failed", turn_id=turn.turn_id, tenant_id=turn.tenant.tenant_id)
        state = failed(initial, HandOverReason.UNEXPECTED_ERROR, error)
    return Worked(state, scope.kit, (time.perf_counter() - start) * 1000)


def failed(state: TurnState, reason: HandOverReason, error: Exception) -> TurnState:
    """The state of a turn that broke: a hand-over that names the kind of failure."""
    handover = hand_over(state, reason)
    return replace(
        state,
        handover=replace(handover, detail={"error": type(error).__name__}),
        decision=Decision(Mode.HAND_OVER, why={"error": type(error).__name__}),
        notices=("handover",),
    )
