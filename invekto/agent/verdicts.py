"""What a person does with a draft or an automatic reply, and what trust learns of it.

Send executes the proposed actions and queues the reply as the person's own on behalf of the AI;
a draft that went stale is refused with the newer one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import AsyncConnection

from invekto.agent.actions import ActionFailedError, redo_local, redo_outside
from invekto.agent.deps import TurnDeps
from invekto.agent.edits import judge_edit
from invekto.agent.filling import Places, filled, unfilled
from invekto.agent.kit import KitShelf
from invekto.agent.seeded import overlooked, restore
from invekto.agent.trust.evidence import record_verdict
from invekto.contracts.action import ProposedAction
from invekto.contracts.evidence import Cell, Path, Risk, Verdict, VerdictKind
from invekto.errors import BadRequest, Conflict
from invekto.knowledge.faqs import authors_of
from invekto.knowledge.gaps import note_unanswered
from invekto.records import behaviour, conversations, outbox, turns

Conn = AsyncConnection[Any]


@dataclass(frozen=True, slots=True)
class Person:
    """Who acts; from the caller's context."""

    user_id: str
    role: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """A reply on its way, and what the person's edit was judged to be."""

    outbound_id: str | None
    text: str
    verdict: str
    reasons: tuple[str, ...] = ()


async def send(
    deps: TurnDeps,
    shelf: KitShelf,
    tenant_id: str,
    suggestion_id: str,
    person: Person,
    *,
    text: str | None = None,
    actions: bool = True,
) -> Sent:
    """Send a draft, unchanged or edited.

    Args:
        text: the person's version; None sends the draft as it is.
        actions: False sends the words without doing what was proposed.

    Raises:
        NotFound: no such suggestion.
        Conflict: it was resolved, superseded, or the customer wrote again; `newer` holds the id
            of the draft that replaced it, if there is one.
        Refused: an action is no longer possible; nothing was sent.
    """
    now = deps.clock()
    async with deps.database.tenant(tenant_id) as conn:
        suggestion = await turns.get_suggestion(conn, suggestion_id)
        await _still_current(conn, suggestion)
        proposed = [ProposedAction(**raw) for raw in suggestion.actions] if actions else []
    if overlooked(suggestion, text):
        raise Conflict(
            "this draft was wrong on purpose, to see whether it is noticed: it was not sent, and"
            " the right one stands in its place",
            suggestion=suggestion_id,
            newer=await _missed(deps, tenant_id, suggestion_id, person, now),
        )
    try:
        places = await redo_outside(deps, shelf, tenant_id, suggestion, proposed, person.user_id)
        async with deps.database.tenant(tenant_id) as conn:
            await conversations.get(conn, suggestion.conversation_id, lock=True)
            suggestion = await turns.get_suggestion(conn, suggestion_id, lock=True)
            await _still_current(conn, suggestion)
            await redo_local(conn, deps, shelf, tenant_id, suggestion, proposed, person.user_id)
            return await _deliver(conn, suggestion, person, text, now, places)
    except ActionFailedError as failure:
        raise Conflict(
            f"the proposed action can no longer be done: {failure.message}",
            tool=failure.action.tool,
        ) from failure


async def _missed(
    deps: TurnDeps, tenant_id: str, suggestion_id: str, person: Person, now: datetime
) -> str | None:
    """A seeded wrong draft that was approved: evidence about the reviewer, kept apart. The id of
    the right draft."""
    async with deps.database.tenant(tenant_id) as conn:
        suggestion = await turns.get_suggestion(conn, suggestion_id, lock=True)
        _open(suggestion)
        await turns.resolve_suggestion(
            conn, suggestion_id, status="superseded", by=person.user_id, now=now
        )
        await _judge(conn, suggestion, VerdictKind.SENT_UNCHANGED, person, now)
        return await restore(conn, suggestion, now)


async def reject(
    deps: TurnDeps,
    tenant_id: str,
    suggestion_id: str,
    person: Person,
    reason: str,
    *,
    corrected_intent: str | None = None,
) -> None:
    """Reject a draft; with `corrected_intent` the message becomes a training example.

    Raises:
        NotFound, Conflict: see `send`.
    """
    now = deps.clock()
    async with deps.database.tenant(tenant_id) as conn:
        suggestion = await turns.get_suggestion(conn, suggestion_id, lock=True)
        _open(suggestion)
        await turns.resolve_suggestion(
            conn, suggestion_id, status="rejected", by=person.user_id, now=now, reason=reason
        )
        await _learn(conn, suggestion.turn_id, person, corrected_intent)
        await _judge(
            conn, suggestion, VerdictKind.REJECTED, person, now, corrected_intent, {"why": reason}
        )
        if suggestion.seeded_error:
            await restore(conn, suggestion, now)


async def take_over(deps: TurnDeps, tenant_id: str, conversation_id: str, person: Person) -> None:
    """The person holds the conversation from now on; open drafts that were shown count as
    wrong.

    Raises:
        NotFound: no such conversation.
        Conflict: another person holds it.
    """
    now = deps.clock()
    async with deps.database.tenant(tenant_id) as conn:
        conversation = await conversations.get(conn, conversation_id, lock=True)
        if conversation.assigned_to not in (None, person.user_id):
            raise Conflict(
                "another person holds this conversation", assigned_to=conversation.assigned_to
            )
        await turns.assign(conn, conversation_id, person.user_id)
        for suggestion in await turns.open_suggestions(conn, conversation_id):
            await turns.resolve_suggestion(
                conn, suggestion.suggestion_id, status="taken_over", by=person.user_id, now=now
            )
            if suggestion.shown_at is not None:
                await _judge(conn, suggestion, VerdictKind.TAKEN_OVER, person, now)


async def write(
    deps: TurnDeps, tenant_id: str, conversation_id: str, person: Person, text: str, key: str
) -> str | None:
    """A person's own words to the customer; open drafts they had seen count as ignored.

    Args:
        key: the client's idempotency key: the same key twice sends once.

    Raises:
        NotFound: no such conversation.
        BadRequest: there is nothing to send.
    """
    if not text.strip():
        raise BadRequest("the reply is empty: write something or cancel")
    now = deps.clock()
    async with deps.database.tenant(tenant_id) as conn:
        conversation = await conversations.get(conn, conversation_id, lock=True)
        contact = await conversations.get_contact(conn, conversation.contact_id)
        queued = await outbox.enqueue(
            conn,
            contact_id=contact.contact_id,
            channel=conversation.channel,
            channel_account_id=conversation.channel_account_id,
            recipient=contact.channel_user_id,
            conversation_id=conversation_id,
            text=text,
            kind="reply",
            key=f"person:{key}",
            now=now,
            author="person",
            author_id=person.user_id,
        )
        if queued is None:
            return None
        for suggestion in await turns.open_suggestions(conn, conversation_id):
            await turns.resolve_suggestion(
                conn, suggestion.suggestion_id, status="ignored", by=person.user_id, now=now,
                final_text=text,
            )  # fmt: skip
            if suggestion.shown_at is not None:
                await _judge(conn, suggestion, VerdictKind.IGNORED, person, now)
        return queued


async def report_wrong(
    deps: TurnDeps,
    tenant_id: str,
    turn_id: str,
    *,
    by: str,
    note: str = "",
    customer: bool = False,
    corrected_intent: str | None = None,
) -> None:
    """ "This automatic reply was wrong": its cells are on suggest before the next message, a
    knowledge gap opens, and a correction becomes a training example.

    Raises:
        NotFound: no such turn.
        BadRequest: the turn was not answered automatically.
    """
    now = deps.clock()
    async with deps.database.tenant(tenant_id) as conn:
        turn = await turns.get_turn(conn, turn_id)
        if turn.outcome != "answered":
            raise BadRequest(
                f"turn {turn_id} was {turn.outcome}, not answered automatically: use the verdict"
                " on its suggestion instead"
            )
        kind = VerdictKind.AUTO_WRONG_CUSTOMER if customer else VerdictKind.AUTO_WRONG_AGENT
        for cell, risk in cells_of(turn):
            verdict = Verdict(
                id=f"{turn_id}:{cell.intent}:{kind.value}",
                turn_id=turn_id,
                conversation_id=turn.conversation_id,
                cell=cell,
                kind=kind,
                confidence=turn.confidence or 0.0,
                resolving=turn.resolving,
                shared=len(turn.intents) > 1,
                at=now,
                by=by,
                corrected_intent=corrected_intent,
                detail={"note": note},
            )
            await record_verdict(conn, verdict, risk, now)
        await _learn(conn, turn_id, Person(by, "agent"), corrected_intent)
        await note_unanswered(
            conn, str(turn.inputs.get("text", "")), turn.language or "tr",
            turn.intents[0] if turn.intents else None, turn_id, now,
        )  # fmt: skip


def cells_of(turn: turns.Turn) -> list[tuple[Cell, Risk]]:
    """The cells a stored turn was decided in, with their risks."""
    decision = turn.why.get("decision") or {}
    risks = decision.get("risks", {})
    return [
        (
            Cell(raw["intent"], raw["language"], Path(raw["path"]), raw["behaviour"]),
            Risk(risks.get(raw["intent"], "medium")),
        )
        for raw in decision.get("cells", [])
    ]


async def _still_current(conn: Conn, suggestion: turns.Suggestion) -> None:
    conversation = await conversations.get(conn, suggestion.conversation_id)
    if suggestion.status == "open" and conversation.last_inbound_seq <= conversation.answered_seq:
        return
    newer = await turns.open_suggestion(conn, suggestion.conversation_id)
    raise Conflict(
        "this draft is stale: it was resolved, or the customer wrote again",
        status=suggestion.status,
        newer=newer.suggestion_id
        if newer and newer.suggestion_id != suggestion.suggestion_id
        else None,
    )


def _open(suggestion: turns.Suggestion) -> None:
    if suggestion.status != "open":
        raise Conflict("this draft was resolved already", status=suggestion.status)


async def _deliver(
    conn: Conn, suggestion: turns.Suggestion, person: Person, text: str | None, now: datetime,
    places: Places,
) -> Sent:  # fmt: skip
    drafted = (text or suggestion.reply_text).strip()
    if not drafted:
        raise BadRequest("the reply is empty: write something or reject the draft")
    final = filled(drafted, places)
    if unfilled(final):
        raise BadRequest(
            "the reply keeps a place for a link that was not made: take it out, or let the action"
            " be done"
        )
    same = drafted in (suggestion.reply_text, *suggestion.tones.values())
    kind = VerdictKind.SENT_UNCHANGED
    reasons: tuple[str, ...] = ()
    if not same:
        turn = await turns.get_turn(conn, suggestion.turn_id)
        judged = judge_edit(suggestion.reply_text, drafted, turn.language or "tr")
        kind = VerdictKind.EDITED_MATERIAL if judged.material else VerdictKind.EDITED_COSMETIC
        reasons = tuple(judged.reasons)
    conversation = await conversations.get(conn, suggestion.conversation_id)
    contact = await conversations.get_contact(conn, conversation.contact_id)
    queued = await outbox.enqueue(
        conn,
        contact_id=contact.contact_id,
        channel=conversation.channel,
        channel_account_id=conversation.channel_account_id,
        recipient=contact.channel_user_id,
        conversation_id=conversation.conversation_id,
        turn_id=suggestion.turn_id,
        text=final,
        kind="reply",
        key=f"{suggestion.suggestion_id}:sent",
        now=now,
        author="person_for_ai",
        author_id=person.user_id,
    )
    await turns.resolve_suggestion(
        conn, suggestion.suggestion_id, status="sent" if same else "edited", by=person.user_id,
        now=now, final_text=final,
    )  # fmt: skip
    if conversation.status == "waiting":
        await turns.reopen(conn, conversation.conversation_id)
    await _judge(conn, suggestion, kind, person, now, None, {"reasons": list(reasons)})
    return Sent(queued, final, kind.value, reasons)


async def _judge(
    conn: Conn,
    suggestion: turns.Suggestion,
    kind: VerdictKind,
    person: Person,
    now: datetime,
    corrected_intent: str | None = None,
    detail: dict[str, Any] | None = None,
) -> None:
    turn = await turns.get_turn(conn, suggestion.turn_id)
    reading = (now - suggestion.shown_at).total_seconds() if suggestion.shown_at else None
    authors = await authors_of(conn, [one["document"] for one in turn.why.get("sources", [])])
    for cell, risk in cells_of(turn):
        verdict = Verdict(
            id=f"{suggestion.suggestion_id}:{cell.intent}",
            turn_id=turn.turn_id,
            conversation_id=turn.conversation_id,
            cell=cell,
            kind=kind,
            confidence=turn.confidence or 0.0,
            resolving=turn.resolving,
            shared=len(turn.intents) > 1,
            at=now,
            by=person.user_id,
            reading_seconds=reading,
            corrected_intent=corrected_intent,
            seeded_error=suggestion.seeded_error,
            detail={**(detail or {}), "length": len(suggestion.reply_text), "authors": authors},
        )
        await record_verdict(conn, verdict, risk, now)


async def _learn(conn: Conn, turn_id: str, person: Person, corrected_intent: str | None) -> None:
    if corrected_intent is None:
        return
    turn = await turns.get_turn(conn, turn_id)
    conversation = await conversations.get(conn, turn.conversation_id)
    await behaviour.add_example(
        conn,
        intent=corrected_intent,
        text=str(turn.inputs.get("text", "")),
        language=turn.language or "tr",
        source="correction",
        by=person.user_id,
        turn_id=turn_id,
        contact_id=conversation.contact_id,
    )
