"""A customer's message in: stored for the worker, or answered while the caller waits."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Self

from fastapi import APIRouter
from pydantic import BaseModel, Field, model_validator

from invekto.agent.handling import Handled
from invekto.agent.outcome import why
from invekto.contracts.ids import new_id
from invekto.contracts.messages import Attachment, InboundMessage
from invekto.errors import NotFound
from invekto.records import conversations, tenants, turns
from invekto.records.conversations import Received
from invekto.server.api.suggestions import SuggestionSeen, suggestion_seen
from invekto.server.auth import CurrentCaller
from invekto.server.deps import Deps, ServerDeps
from invekto.server.door import Door
from invekto.server.receiving import enqueue_turn, storable_message, store_and_enqueue
from invekto.server.shapes import Body
from invekto.server.turns import run_turn_for_request

router = APIRouter(prefix="/v1", tags=["messages"], route_class=Door)

RESCUE_SECONDS = 30.0
"""A message that came for an assist request is answered by a job if that request dies."""
PATIENCE_SECONDS = 20.0
Id = Annotated[str, Field(min_length=1, max_length=128)]


class Sender(Body):
    """The customer, as the channel knows them."""

    id: Annotated[str, Field(min_length=1, max_length=200)] = Field(
        description="The channel's id of the person.", examples=["905321112233"]
    )
    name: Annotated[str, Field(max_length=200)] | None = Field(None, examples=["Ayşe Yılmaz"])
    phone: Annotated[str, Field(pattern=r"^\+[0-9]{7,15}$")] | None = Field(
        None, examples=["+905321112233"]
    )
    phone_verified: bool = Field(
        False, description="The channel vouches for the number: its owner may see account data."
    )


class AttachmentSent(Body):
    kind: Annotated[str, Field(min_length=1, max_length=40)] = Field(examples=["image"])
    reference: Annotated[str, Field(max_length=500)] = Field(examples=["media-4711"])
    name: Annotated[str, Field(max_length=200)] | None = None
    mime: Annotated[str, Field(max_length=100)] | None = None


class MessageIn(Body):
    """A customer's message. The same `message_id` on the same channel is stored once."""

    channel: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")] = Field(
        "generic", examples=["instagram"]
    )
    message_id: Id = Field(description="The channel's own id.", examples=["mid.7f3a"])
    sender: Sender = Field(alias="from")
    text: Annotated[str, Field(max_length=200_000)] = Field("", examples=["kargom nerede kaldı"])
    sent_at: datetime | None = Field(None, examples=["2026-11-25T10:00:00+03:00"])
    attachments: Annotated[list[AttachmentSent], Field(max_length=20)] = Field([])
    referral: dict[str, Any] = Field({}, description="Where a click-to-chat ad came from.")
    conversation_id: Id | None = Field(
        None, description="The caller's own conversation, if it keeps them."
    )
    channel_account_id: Id | None = Field(None, description="Where replies are delivered.")


class Stored(BaseModel):
    conversation_id: str
    message_id: str
    seq: int
    fresh: bool = Field(description="False where this message had been stored before.")


class AssistRequest(Body):
    """A new message, or a conversation whose unanswered messages are meant."""

    message: MessageIn | None = None
    conversation_id: Id | None = Field(None, examples=["cv_0199f2"])

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if (self.message is None) == (self.conversation_id is None):
            raise ValueError("give either message or conversation_id")
        return self


class Assisted(BaseModel):
    """How the turn ended. `answered`: the reply is on its way; `suggested`: it waits for a
    verdict; `handed_over`: a person is needed; `nothing_waiting`: all was answered before."""

    conversation_id: str
    outcome: str = Field(examples=["suggested"])
    turn_id: str | None = None
    reply: str | None = Field(None, examples=["Siparişiniz yarın teslim edilecek."])
    suggestion: SuggestionSeen | None = None
    handover_id: str | None = None
    notices: list[str] = Field([], description="Fixed texts that were sent, by name.")
    why: dict[str, Any] = Field({}, description="Intent, sources, tool results, checks, trust.")
    milliseconds: float | None = None


@router.post("/messages", status_code=202)
async def take_message(message: MessageIn, caller: CurrentCaller, deps: Deps) -> Stored:
    """Store a customer's message; its turn runs when the conversation has been quiet for a
    moment. Outcomes come as events, webhooks, and in the conversation."""
    received = await _store(deps, caller.tenant_id, message, deps.settings.quiet_seconds)
    return Stored(
        conversation_id=received.conversation_id,
        message_id=received.message_id,
        seq=received.seq,
        fresh=received.fresh,
    )


@router.post("/assist")
async def assist(request: AssistRequest, caller: CurrentCaller, deps: Deps) -> Assisted:
    """Answer a conversation's unanswered messages now and wait for the outcome."""
    tenant_id, conversation_id = caller.tenant_id, request.conversation_id
    if request.message is not None:
        received = await _store(deps, tenant_id, request.message, RESCUE_SECONDS)
        conversation_id = received.conversation_id
    assert conversation_id is not None
    handled = await run_turn_for_request(
        deps, tenant_id, conversation_id, new_id("assist"), patience=PATIENCE_SECONDS
    )
    if handled is None:
        return await _nothing_waiting(deps, tenant_id, conversation_id)
    return await _assisted(deps, tenant_id, conversation_id, handled)


async def _store(
    deps: ServerDeps, tenant_id: str, message: MessageIn, quiet_seconds: float
) -> Received:
    now = deps.clock()
    inbound = storable_message(inbound_message(message, now))
    async with deps.database.tenant(tenant_id) as conn:
        if message.channel_account_id is not None:
            await tenants.get_channel_account(conn, message.channel_account_id)
        return await store_and_enqueue(conn, inbound, now, quiet_seconds=quiet_seconds)


def inbound_message(message: MessageIn, now: datetime) -> InboundMessage:
    """The message as the rest of the house knows it."""
    sent_at = message.sent_at or now
    return InboundMessage(
        channel=message.channel,
        channel_user_id=message.sender.id,
        provider_message_id=message.message_id,
        text=message.text,
        sent_at=sent_at if sent_at.tzinfo else sent_at.replace(tzinfo=UTC),
        channel_account_id=message.channel_account_id,
        name=message.sender.name,
        phone=message.sender.phone,
        phone_verified=message.sender.phone_verified and message.sender.phone is not None,
        attachments=tuple(
            Attachment(a.kind, a.reference, a.name, a.mime) for a in message.attachments
        ),
        referral=message.referral,
        conversation_id=message.conversation_id,
    )


async def _nothing_waiting(deps: ServerDeps, tenant_id: str, conversation_id: str) -> Assisted:
    async with deps.database.tenant(tenant_id) as conn:
        await conversations.get(conn, conversation_id)
        waiting = await turns.open_suggestion(conn, conversation_id)
        past = await turns.turns_of(conn, conversation_id, last=1)
    return Assisted(
        conversation_id=conversation_id,
        outcome="nothing_waiting",
        turn_id=past[0].turn_id if past else None,
        suggestion=suggestion_seen(waiting) if waiting else None,
    )


async def _assisted(
    deps: ServerDeps, tenant_id: str, conversation_id: str, handled: Handled
) -> Assisted:
    committed = handled.committed
    suggestion = None
    if committed.suggestion_id is not None:
        try:
            async with deps.database.tenant(tenant_id) as conn:
                suggestion = await turns.get_suggestion(conn, committed.suggestion_id)
        except NotFound:
            suggestion = None
    if handled.more_waits:
        async with deps.database.tenant(tenant_id) as conn:
            await enqueue_turn(conn, conversation_id, after=deps.settings.quiet_seconds)
    return Assisted(
        conversation_id=conversation_id,
        outcome=committed.outcome,
        turn_id=committed.turn_id,
        reply=committed.reply,
        suggestion=suggestion_seen(suggestion) if suggestion else None,
        handover_id=committed.handover_id,
        notices=list(committed.notices),
        why=why(handled.worked.state),
        milliseconds=round(handled.worked.milliseconds, 1),
    )
