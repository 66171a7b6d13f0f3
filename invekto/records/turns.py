"""Terminal turns, suggestions and hand-overs."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from invekto.contracts.handover import HandOver
from invekto.contracts.ids import new_id
from invekto.errors import NotFound
from invekto.records import audit

Conn = AsyncConnection[Any]


@dataclass(frozen=True, slots=True)
class Turn:
    """One terminal outcome for the messages `first_seq`..`last_seq` of a conversation. `inputs`
    holds all that is needed to run it again; `why` all that explains it."""

    turn_id: str
    conversation_id: str
    first_seq: int
    last_seq: int
    outcome: str
    intents: list[str] = field(default_factory=list)
    language: str | None = None
    confidence: float | None = None
    path: str | None = None
    behaviour: str | None = None
    reason: str | None = None
    resolving: bool = False
    inputs: dict[str, Any] = field(default_factory=dict)
    why: dict[str, Any] = field(default_factory=dict)
    milliseconds: float | None = None
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Suggestion:
    suggestion_id: str
    turn_id: str
    conversation_id: str
    intent: str
    reply_text: str
    tones: dict[str, str]
    actions: list[dict[str, Any]]
    answers_seq: int
    status: str = "open"
    seeded_error: bool = False
    shown_at: datetime | None = None
    resolved_at: datetime | None = None
    resolved_by: str | None = None
    final_text: str | None = None
    reject_reason: str | None = None
    created_at: datetime | None = None
    true_draft: dict[str, Any] | None = None
    """Of a seeded draft only: the draft as it was, and the piece that was changed."""


@dataclass(frozen=True, slots=True)
class StoredHandOver:
    handover_id: str
    conversation_id: str
    turn_id: str | None
    reason: str
    priority: str
    team: str
    summary: str
    next_step: str
    detail: dict[str, Any]
    status: str
    assigned_to: str | None
    created_at: datetime


TURN_COLUMNS = """turn_id, conversation_id, first_seq, last_seq, outcome, intents, language,
    confidence, path, behaviour, reason, resolving, inputs, why, milliseconds, created_at"""
SUGGESTION_COLUMNS = """suggestion_id, turn_id, conversation_id, intent, reply_text, tones, actions,
    answers_seq, status, seeded_error, shown_at, resolved_at, resolved_by, final_text,
    reject_reason, created_at, true_draft"""
HANDOVER_COLUMNS = """handover_id, conversation_id, turn_id, reason, priority, team, summary,
    next_step, detail, status, assigned_to, created_at"""


async def close_turn(
    conn: Conn,
    turn: Turn,
    *,
    dialogue: dict[str, Any],
    status: str,
    now: datetime,
    tags: list[str],
    proven: list[str] | None = None,
) -> None:
    """Write the terminal turn, mark its messages answered and move the conversation on, in one
    statement. Open suggestions about the same intents are superseded, and those that would do
    something: the customer may have thought better of it. Words about something else still wait,
    and the conversation with them."""
    await conn.execute(
        """WITH turn AS (
               INSERT INTO turns (turn_id, conversation_id, first_seq, last_seq, outcome, intents,
                   language, confidence, path, behaviour, reason, resolving, inputs, why,
                   milliseconds, created_at)
               VALUES (%(turn)s, %(conversation)s, %(first)s, %(last)s, %(outcome)s, %(intents)s,
                   %(language)s, %(confidence)s, %(path)s, %(behaviour)s, %(reason)s,
                   %(resolving)s, %(inputs)s, %(why)s, %(ms)s, %(now)s)),
           consumed AS (
               UPDATE messages SET turn_id = %(turn)s
               WHERE tenant_id = app.current_tenant() AND conversation_id = %(conversation)s
                 AND seq BETWEEN %(first)s AND %(last)s AND author = 'customer'
                 AND turn_id IS NULL),
           older AS (
               SELECT s.suggestion_id, (t.intents && %(intents)s::text[]
                   OR s.actions <> '[]') AS again
               FROM suggested_replies s JOIN turns t USING (tenant_id, turn_id)
               WHERE s.tenant_id = app.current_tenant() AND s.status = 'open'
                 AND s.conversation_id = %(conversation)s AND s.turn_id <> %(turn)s),
           replaced AS (
               UPDATE suggested_replies SET status = 'superseded', resolved_at = %(now)s
               WHERE tenant_id = app.current_tenant()
                 AND suggestion_id IN (SELECT suggestion_id FROM older WHERE again))
           UPDATE conversations SET answered_seq = greatest(answered_seq, %(last)s),
               status = CASE WHEN %(status)s = 'open' AND EXISTS (SELECT FROM older WHERE NOT again)
                        THEN 'waiting' ELSE %(status)s END,
               dialogue = %(dialogue)s, language = %(language)s,
               tags = (SELECT coalesce(array_agg(DISTINCT t), '{}')
                       FROM unnest(tags || %(tags)s::text[]) t),
               proven = (SELECT coalesce(array_agg(DISTINCT p), '{}')
                         FROM unnest(proven || %(proven)s::text[]) p)
           WHERE tenant_id = app.current_tenant() AND conversation_id = %(conversation)s""",
        {
            "turn": turn.turn_id,
            "conversation": turn.conversation_id,
            "first": turn.first_seq,
            "last": turn.last_seq,
            "outcome": turn.outcome,
            "intents": turn.intents,
            "language": turn.language,
            "confidence": turn.confidence,
            "path": turn.path,
            "behaviour": turn.behaviour,
            "reason": turn.reason,
            "resolving": turn.resolving,
            "inputs": Jsonb(turn.inputs),
            "why": Jsonb(turn.why),
            "ms": turn.milliseconds,
            "now": now,
            "dialogue": Jsonb(dialogue),
            "status": status,
            "tags": tags,
            "proven": proven or [],
        },
    )


async def get_turn(conn: Conn, turn_id: str) -> Turn:
    """A past turn with its inputs and its why.

    Raises:
        NotFound: no such turn for this tenant.
    """
    async with conn.cursor(row_factory=class_row(Turn)) as cur:
        await cur.execute(
            f"SELECT {TURN_COLUMNS} FROM turns"
            " WHERE tenant_id = app.current_tenant() AND turn_id = %s",
            (turn_id,),
        )
        found = await cur.fetchone()
    if found is None:
        raise NotFound(f"turn {turn_id} does not exist for this tenant")
    return found


async def turns_of(conn: Conn, conversation_id: str, *, last: int = 50) -> list[Turn]:
    """The turns of a conversation, newest first."""
    async with conn.cursor(row_factory=class_row(Turn)) as cur:
        await cur.execute(
            f"SELECT {TURN_COLUMNS} FROM turns WHERE tenant_id = app.current_tenant()"
            " AND conversation_id = %s ORDER BY created_at DESC LIMIT %s",
            (conversation_id, last),
        )
        return await cur.fetchall()


async def add_suggestion(conn: Conn, suggestion: Suggestion, now: datetime) -> None:
    """Store a draft that waits for a person."""
    await conn.execute(
        """INSERT INTO suggested_replies (suggestion_id, turn_id, conversation_id, intent,
               reply_text, tones, actions, answers_seq, seeded_error, true_draft, created_at)
           VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)""",
        (
            suggestion.suggestion_id,
            suggestion.turn_id,
            suggestion.conversation_id,
            suggestion.intent,
            suggestion.reply_text,
            Jsonb(suggestion.tones),
            Jsonb(suggestion.actions),
            suggestion.answers_seq,
            suggestion.seeded_error,
            Jsonb(suggestion.true_draft) if suggestion.true_draft is not None else None,
            now,
        ),
    )


async def get_suggestion(conn: Conn, suggestion_id: str, *, lock: bool = False) -> Suggestion:
    """One suggestion; `lock` holds its row.

    Raises:
        NotFound: no such suggestion for this tenant.
    """
    async with conn.cursor(row_factory=class_row(Suggestion)) as cur:
        await cur.execute(
            f"SELECT {SUGGESTION_COLUMNS} FROM suggested_replies"
            " WHERE tenant_id = app.current_tenant() AND suggestion_id = %s"
            + (" FOR UPDATE" if lock else ""),
            (suggestion_id,),
        )
        found = await cur.fetchone()
    if found is None:
        raise NotFound(f"suggestion {suggestion_id} does not exist for this tenant")
    return found


async def open_suggestions(conn: Conn, conversation_id: str) -> list[Suggestion]:
    """The drafts that wait in a conversation, each for other intents, the newest first."""
    async with conn.cursor(row_factory=class_row(Suggestion)) as cur:
        await cur.execute(
            f"SELECT {SUGGESTION_COLUMNS} FROM suggested_replies"
            " WHERE tenant_id = app.current_tenant() AND conversation_id = %s AND status = 'open'"
            " ORDER BY answers_seq DESC, created_at DESC",
            (conversation_id,),
        )
        return await cur.fetchall()


async def open_suggestion(conn: Conn, conversation_id: str) -> Suggestion | None:
    """The newest draft that waits in a conversation, if any."""
    return next(iter(await open_suggestions(conn, conversation_id)), None)


async def resolve_suggestion(
    conn: Conn,
    suggestion_id: str,
    *,
    status: str,
    by: str,
    now: datetime,
    final_text: str | None = None,
    reason: str | None = None,
) -> None:
    """Close a suggestion with what the person did."""
    done = await conn.execute(
        """UPDATE suggested_replies SET status = %s, was_accepted = %s, resolved_at = %s,
               resolved_by = %s, final_text = %s, reject_reason = %s
           WHERE tenant_id = app.current_tenant() AND suggestion_id = %s""",
        (status, status == "sent", now, by, final_text, reason, suggestion_id),
    )
    if done.rowcount:
        await audit.record(
            conn, f"suggestion.{status}", actor_kind="user", actor_id=by,
            resource_type="suggestion", resource_id=suggestion_id,
        )  # fmt: skip


async def mark_shown(conn: Conn, suggestion_id: str, now: datetime) -> None:
    """The agent has the draft on the screen; only the first time counts."""
    await conn.execute(
        """UPDATE suggested_replies SET shown_at = coalesce(shown_at, %s)
           WHERE tenant_id = app.current_tenant() AND suggestion_id = %s""",
        (now, suggestion_id),
    )


async def add_handover(
    conn: Conn, handover: HandOver, conversation_id: str, turn_id: str | None, now: datetime
) -> str:
    """Put a conversation into the hand-over queue; returns the entry's id."""
    handover_id = new_id("ho")
    await conn.execute(
        """INSERT INTO handovers (handover_id, conversation_id, turn_id, reason, priority, team,
               summary, next_step, detail, created_at)
           VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)""",
        (
            handover_id,
            conversation_id,
            turn_id,
            handover.reason.value,
            handover.priority.value,
            handover.team,
            handover.summary,
            handover.next_step,
            Jsonb(handover.detail),
            now,
        ),
    )
    return handover_id


async def open_handovers(conn: Conn, *, limit: int = 100) -> list[StoredHandOver]:
    """The queue, most urgent and oldest first."""
    async with conn.cursor(row_factory=class_row(StoredHandOver)) as cur:
        await cur.execute(
            f"""SELECT {HANDOVER_COLUMNS} FROM handovers
                WHERE tenant_id = app.current_tenant() AND status <> 'resolved'
                ORDER BY array_position(ARRAY['urgent', 'high', 'normal', 'low'], priority),
                    created_at LIMIT %s""",
            (limit,),
        )
        return await cur.fetchall()


async def take_handover(conn: Conn, handover_id: str, by: str) -> None:
    """A person takes an entry of the queue, and with it the conversation.

    Raises:
        NotFound: no such open entry for this tenant.
    """
    row = await (
        await conn.execute(
            """UPDATE handovers SET status = 'taken', assigned_to = %s
               WHERE tenant_id = app.current_tenant() AND handover_id = %s AND status <> 'resolved'
               RETURNING conversation_id""",
            (by, handover_id),
        )
    ).fetchone()
    if row is None:
        raise NotFound(f"hand-over {handover_id} does not exist or is resolved already")
    await assign(conn, str(row[0]), by)


async def assign(conn: Conn, conversation_id: str, by: str) -> None:
    """A person holds the conversation from now on."""
    await conn.execute(
        """UPDATE conversations SET assigned_to = %s, status = 'handed_over'
           WHERE tenant_id = app.current_tenant() AND conversation_id = %s""",
        (by, conversation_id),
    )


async def release(conn: Conn, conversation_id: str, now: datetime) -> None:
    """The person is done: the assistant may answer again, open entries of the queue close."""
    await conn.execute(
        """WITH done AS (UPDATE handovers SET status = 'resolved', resolved_at = %(now)s
               WHERE tenant_id = app.current_tenant() AND conversation_id = %(conversation)s
                 AND status <> 'resolved')
           UPDATE conversations SET assigned_to = NULL, status = 'open'
           WHERE tenant_id = app.current_tenant() AND conversation_id = %(conversation)s""",
        {"now": now, "conversation": conversation_id},
    )


async def reopen(conn: Conn, conversation_id: str) -> None:
    """A waiting draft was sent: the conversation waits for the customer again, if it was the
    last."""
    await conn.execute(
        """UPDATE conversations v SET status = 'open'
           WHERE tenant_id = app.current_tenant() AND conversation_id = %s
             AND status = 'waiting' AND NOT EXISTS (
                 SELECT FROM suggested_replies s WHERE s.tenant_id = v.tenant_id
                   AND s.conversation_id = v.conversation_id AND s.status = 'open')""",
        (conversation_id,),
    )
