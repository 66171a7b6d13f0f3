"""Handing a conversation to a person, asked for by a model or an outside caller. (Playbooks have
a step of their own for it.)"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from invekto.contracts.evidence import Risk
from invekto.contracts.handover import HandOver, HandOverReason, Priority
from invekto.records import turns
from invekto.tools.contract import (
    Effect,
    Identity,
    Preview,
    Tool,
    ToolArgs,
    ToolContext,
    ToolResult,
)  # fmt: skip
from invekto.tools.wording import LANGUAGES, fact, speaks

TEAMS = {
    HandOverReason.EMERGENCY: "clinical",
    HandOverReason.SELF_HARM: "clinical",
    HandOverReason.SUSPECTED_ATTACK: "supervisor",
    HandOverReason.ABUSE: "supervisor",
}
"""Who takes it, by reason; support otherwise."""
URGENT = frozenset({HandOverReason.EMERGENCY, HandOverReason.SELF_HARM})


class RequestArgs(ToolArgs):
    """Why a person is needed, and what they should know."""

    reason: HandOverReason = HandOverReason.WANTS_PERSON
    summary: str = Field("", max_length=1000)
    next_step: str = Field("", max_length=300)
    priority: Literal["low", "normal", "high", "urgent"] | None = None


class Handed(ToolResult):
    """The entry in the queue."""

    handover_id: str | None
    team: str
    priority: str

    def facts(self, language: str) -> list[str]:
        return [fact("handoff.waiting", language)]


def _hand_over(args: RequestArgs) -> HandOver:
    given = Priority(args.priority) if args.priority else Priority.NORMAL
    return HandOver(
        reason=args.reason,
        priority=Priority.URGENT if args.reason in URGENT else given,
        summary=args.summary,
        next_step=args.next_step,
        team=TEAMS.get(args.reason, "support"),
    )


async def check_request(ctx: ToolContext, args: RequestArgs) -> Preview:
    """Describe the hand-over."""
    told = {language: fact("handoff.waiting", language) for language in LANGUAGES}
    return Preview(
        summary=told, args=args.model_dump(mode="json"), facts=[told[speaks(ctx)]],
        detail={"team": _hand_over(args).team},
    )  # fmt: skip


async def request(ctx: ToolContext, args: RequestArgs) -> Handed:
    """Ask a person to take over this conversation, with the reason and a summary for them."""
    wish = _hand_over(args)
    made = None
    if ctx.conversation_id is not None:
        queue = await turns.open_handovers(ctx.conn)
        made = next(
            (h.handover_id for h in queue if h.conversation_id == ctx.conversation_id), None
        ) or await turns.add_handover(
            ctx.conn, wish, ctx.conversation_id, ctx.turn_id, ctx.now
        )  # in the queue already: one entry is enough
    return Handed(handover_id=made, team=wish.team, priority=wish.priority.value)


TOOLS = (
    Tool(
        "handoff.request", request, RequestArgs, Handed, Effect.WRITE, Risk.LOW,
        Identity.CONTACT, check=check_request,
    ),
)  # fmt: skip
