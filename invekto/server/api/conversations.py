"""Conversations, what a person writes in them, and the hand-over queue."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from invekto.agent import verdicts
from invekto.contracts.ids import new_id
from invekto.records import conversations, inbox, listings, turns
from invekto.server.answering import mind_numbers, not_anothers, not_answered_meanwhile
from invekto.server.api.suggestions import (
    OnBehalf,
    SuggestionSeen,
    acting,
    somebody,
    suggestion_seen,
)
from invekto.server.audited import looked
from invekto.server.auth import CurrentCaller
from invekto.server.deps import Deps
from invekto.server.door import Door
from invekto.server.masking import mask_for
from invekto.server.paging import Page, PageCursor, PageSize, from_cursor, paged, to_cursor
from invekto.server.shapes import Body, storable

router = APIRouter(prefix="/v1", tags=["conversations"], route_class=Door)

LONGEST_SHOWN = 200  # characters of a message in a list
Status = Literal["open", "waiting", "handed_over", "closed"]
Name = Annotated[str, Field(min_length=1, max_length=128)]


class ConversationListed(BaseModel):
    conversation_id: str
    contact_id: str
    contact_name: str | None
    channel: str
    status: Status
    assigned_to: str | None
    language: str | None
    priority: str
    tags: list[str]
    last_message_at: datetime
    last_text: str | None
    last_author: str | None
    intents: list[str] = Field(description="Of the last turn.")
    outcome: str | None = Field(description="Of the last turn.")
    handover_reason: str | None = Field(description="Where it waits for a person.")
    suggestion_id: str | None = Field(description="The draft that waits, if one does.")


class Wanted(Body):
    """Which conversations."""

    view: Literal["all", "mine", "unassigned", "waiting", "handed_over"] = Field(
        "all", description="`mine`: the caller's; `waiting`: a draft waits for somebody."
    )
    status: Status | None = None
    assigned_to: Name | None = None
    channel: Name | None = None
    tag: Name | None = None
    intent: Name | None = Field(None, description="Of the last turn.")
    q: Annotated[str, Field(max_length=120)] | None = Field(
        None, description="Looked for in names and messages."
    )
    limit: Annotated[int, Field(ge=1, le=100, description="Rows of a page.")] = 50
    cursor: Annotated[str, Field(max_length=400)] | None = Field(
        None, description="`next_cursor` of the page before."
    )


class MessageSeen(BaseModel):
    seq: int
    message_id: str
    author: str = Field(description="customer, ai, person, person_for_ai or system")
    author_id: str | None
    text: str
    attachments: list[dict[str, Any]]
    sent_at: datetime
    turn_id: str | None


class TurnSeen(BaseModel):
    turn_id: str
    outcome: str
    intents: list[str]
    language: str | None
    confidence: float | None
    reason: str | None
    why: dict[str, Any]
    milliseconds: float | None
    created_at: datetime | None


class ConversationSeen(BaseModel):
    """A conversation with its newest messages first; older ones by `next_cursor` of messages."""

    conversation_id: str
    contact_id: str
    contact_name: str | None
    channel: str
    status: Status
    assigned_to: str | None
    language: str | None
    priority: str
    tags: list[str]
    messages: Page[MessageSeen]
    suggestion: SuggestionSeen | None = Field(description="The newest draft that waits.")
    suggestions: list[SuggestionSeen] = Field(
        description="All that wait, newest first: one a subject the customer has written about."
    )


class HandOverSeen(BaseModel):
    handover_id: str
    conversation_id: str
    turn_id: str | None
    reason: str
    priority: str
    team: str
    summary: str
    next_step: str
    status: str
    assigned_to: str | None
    created_at: datetime


class ReplyIn(Body):
    """A person's own words."""

    text: Annotated[str, Field(min_length=1, max_length=20_000)] = Field(
        examples=["Hemen bakıyorum, birkaç dakika içinde yazacağım."]
    )
    key: Annotated[str, Field(min_length=1, max_length=128)] | None = Field(
        None, description="The same key twice sends once."
    )
    seen: Annotated[int, Field(ge=0)] | None = Field(
        None,
        description="`seq` of the last message on the person's screen: 409 where a colleague has"
        " written since.",
    )
    mind_numbers: bool = Field(
        False,
        description="409 (`personal_number`) where the text holds an identity or account number"
        " that is not the business's own: ask, then send without this.",
    )
    person: OnBehalf | None = None


class Written(BaseModel):
    outbound_id: str | None = Field(description="Null where this key was sent before.")


class Acting(Body):
    person: OnBehalf | None = None


class WrongIn(Body):
    """An automatic reply was wrong."""

    note: Annotated[str, Field(max_length=2000)] = Field("", examples=["iade süresi 14 gün"])
    said_by_customer: bool = False
    corrected_intent: Annotated[str, Field(max_length=64)] | None = None
    person: OnBehalf | None = None


@router.get("/conversations")
async def list_conversations(
    caller: CurrentCaller,
    deps: Deps,
    wanted: Annotated[Wanted, Query()],
) -> Page[ConversationListed]:
    """Conversations, the most recent first."""
    before = from_cursor(wanted.cursor, datetime, str)
    asked = inbox.Filter(
        wanted.view, wanted.channel, wanted.tag, wanted.intent, storable(wanted.q),
        wanted.status, wanted.assigned_to,
    )  # fmt: skip
    async with deps.database.tenant(caller.tenant_id) as conn:
        found = await inbox.rows(
            conn, asked, caller.subject, limit=wanted.limit + 1,
            before=before and (before[0], before[1]),
        )  # fmt: skip
        mask = await mask_for(conn, caller)
    rows, more = paged(found, wanted.limit)
    return Page(
        items=[_listed(mask.row(row, "text")) for row in rows],
        next_cursor=to_cursor(rows[-1].last_at, rows[-1].conversation_id) if more else None,
    )


def _listed(row: inbox.Row) -> ConversationListed:
    return ConversationListed(
        conversation_id=row.conversation_id,
        contact_id=row.contact_id,
        contact_name=row.name,
        channel=row.channel,
        status=row.status,
        assigned_to=row.assigned_to,
        language=row.language,
        priority=row.priority,
        tags=row.tags,
        last_message_at=row.last_at,
        last_text=row.text[:LONGEST_SHOWN] if row.text else row.text,
        last_author=row.author,
        intents=row.intents or [],
        outcome=row.outcome,
        handover_reason=row.reason,
        suggestion_id=row.suggestion_id,
    )


@router.get("/conversations/{conversation_id}")
async def get_conversation(
    conversation_id: str,
    caller: CurrentCaller,
    deps: Deps,
    limit: PageSize = 50,
    cursor: PageCursor = None,
) -> ConversationSeen:
    """One conversation with its messages, newest first, and the draft that waits."""
    before = from_cursor(cursor, int)
    async with deps.database.tenant(caller.tenant_id) as conn:
        conversation = await conversations.get(conn, conversation_id)
        contact = await conversations.get_contact(conn, conversation.contact_id)
        found = await listings.messages(
            conn, conversation_id, limit=limit + 1, before=before[0] if before else None
        )
        waiting = await turns.open_suggestions(conn, conversation_id)
        mask = await mask_for(conn, caller)
        await looked(conn, caller, "conversation", conversation_id)
    rows, more = paged([mask.row(row, "text") for row in found], limit)
    drafts = [suggestion_seen(mask.suggestion(one)) for one in waiting]
    return ConversationSeen(
        conversation_id=conversation.conversation_id,
        contact_id=conversation.contact_id,
        contact_name=contact.name,
        channel=conversation.channel,
        status=conversation.status,
        assigned_to=conversation.assigned_to,
        language=conversation.language,
        priority=conversation.priority,
        tags=conversation.tags,
        messages=Page(
            items=[MessageSeen.model_validate(row, from_attributes=True) for row in rows],
            next_cursor=to_cursor(rows[-1].seq) if more else None,
        ),
        suggestion=drafts[0] if drafts else None,
        suggestions=drafts,
    )


@router.post("/conversations/{conversation_id}/messages", status_code=202)
async def write(conversation_id: str, reply: ReplyIn, caller: CurrentCaller, deps: Deps) -> Written:
    """Send a person's own words to the customer. 409 where another person holds the
    conversation."""
    person = acting(caller, reply.person)
    async with deps.database.tenant(caller.tenant_id) as conn:
        if reply.mind_numbers:
            await mind_numbers(conn, reply.text)
        conversation = await conversations.get(conn, conversation_id)
        if somebody(caller, reply.person):
            not_anothers(conversation, person.user_id)
        if reply.seen is not None:
            await not_answered_meanwhile(conn, conversation_id, person.user_id, seen=reply.seen)
    queued = await verdicts.write(
        deps.engine.deps,
        caller.tenant_id,
        conversation_id,
        person,
        reply.text,
        reply.key or new_id("key"),
    )
    return Written(outbound_id=queued)


@router.post("/conversations/{conversation_id}/take", status_code=204)
async def take(conversation_id: str, body: Acting, caller: CurrentCaller, deps: Deps) -> Response:
    """Hold the conversation: the assistant only suggests from now on. 409 where another person
    holds it."""
    person = acting(caller, body.person)
    await verdicts.take_over(deps.engine.deps, caller.tenant_id, conversation_id, person)
    return Response(status_code=204)


@router.post("/conversations/{conversation_id}/release", status_code=204)
async def release(
    conversation_id: str, caller: CurrentCaller, deps: Deps, body: Acting | None = None
) -> Response:
    """Give the conversation back to the assistant; its entries of the queue are resolved. 409
    where another person holds it."""
    behalf = body.person if body is not None else None
    person = acting(caller, behalf)
    async with deps.database.tenant(caller.tenant_id) as conn:
        conversation = await conversations.get(conn, conversation_id, lock=True)
        if somebody(caller, behalf):
            not_anothers(conversation, person.user_id)
        await turns.release(conn, conversation_id, deps.clock())
    return Response(status_code=204)


@router.get("/turns/{turn_id}")
async def get_turn(turn_id: str, caller: CurrentCaller, deps: Deps) -> TurnSeen:
    """A past turn with its whole why."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        turn = (await mask_for(conn, caller)).row(await turns.get_turn(conn, turn_id), "why")
    return TurnSeen.model_validate(turn, from_attributes=True)


@router.post("/turns/{turn_id}/wrong", status_code=204)
async def report_wrong(turn_id: str, body: WrongIn, caller: CurrentCaller, deps: Deps) -> Response:
    """ "This automatic reply was wrong": its intent is back on suggest before the next message."""
    await verdicts.report_wrong(
        deps.engine.deps,
        caller.tenant_id,
        turn_id,
        by=acting(caller, body.person).user_id,
        note=body.note,
        customer=body.said_by_customer,
        corrected_intent=body.corrected_intent,
    )
    return Response(status_code=204)


@router.get("/handovers")
async def list_handovers(
    caller: CurrentCaller,
    deps: Deps,
    status: Literal["open", "taken", "resolved"] | None = None,
    limit: PageSize = 50,
    cursor: PageCursor = None,
) -> Page[HandOverSeen]:
    """The queue, most urgent and oldest first; without `status` all that are not resolved."""
    after = from_cursor(cursor, int, datetime, str)
    async with deps.database.tenant(caller.tenant_id) as conn:
        found = await listings.handovers(
            conn, limit=limit + 1, status=status, after=after and (after[0], after[1], after[2])
        )
        mask = await mask_for(conn, caller)
    rows, more = paged(found, limit)
    last = rows[-1] if more else None
    return Page(
        items=[
            HandOverSeen.model_validate(mask.row(row, "summary", "next_step"), from_attributes=True)
            for row in rows
        ],
        next_cursor=to_cursor(listings.rank(last.priority), last.created_at, last.handover_id)
        if last
        else None,
    )


@router.post("/handovers/{handover_id}/take", status_code=204)
async def take_handover(
    handover_id: str, body: Acting, caller: CurrentCaller, deps: Deps
) -> Response:
    """Take an entry of the queue, and with it the conversation."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        await turns.take_handover(conn, handover_id, acting(caller, body.person).user_id)
    return Response(status_code=204)
