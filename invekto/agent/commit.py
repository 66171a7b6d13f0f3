"""Commit: the only place where a turn changes the world.

One transaction locks the conversation, compares the last inbound number, does the local writes and
writes turn, reply, outbox and hand-over together. Outside writes are done before it and never
inside it. A draft that went stale is superseded, never sent.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

from psycopg import AsyncConnection

from invekto.agent import dialogue as memory
from invekto.agent.actions import ActionFailedError, do_local, do_outside
from invekto.agent.deps import TenantKit, TurnDeps
from invekto.agent.filling import filled
from invekto.agent.nodes.setting import reply_language, template_names
from invekto.agent.notices import notice_text
from invekto.agent.opening import off_hours
from invekto.agent.outcome import audited, why
from invekto.agent.seeded import perhaps_seeded
from invekto.agent.state import Decision, Dialogue, TurnState
from invekto.agent.summary import hand_over
from invekto.agent.turn import Worked
from invekto.agent.wishes import keep
from invekto.contracts.evidence import Mode
from invekto.contracts.handover import HandOver, HandOverReason
from invekto.contracts.ids import new_id
from invekto.knowledge.health import note_uses
from invekto.records import audit, conversations, executed, outbox, turns

Conn = AsyncConnection[Any]


@dataclass(frozen=True, slots=True)
class Committed:
    """How a turn ended. `reply` is what was sent or suggested."""

    turn_id: str
    outcome: str
    reply: str | None = None
    suggestion_id: str | None = None
    handover_id: str | None = None
    outbound_ids: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()


async def commit_turn(deps: TurnDeps, worked: Worked) -> Committed:
    """Write a worked turn's outcome; a stale one is written as superseded by the next.

    Raises:
        TryAgain: the database; nothing was written and the job is repeated.
    """
    state = worked.state
    if state.decision is not None and state.decision.mode is Mode.AUTO and state.draft is not None:
        try:
            places = await do_outside(deps, worked, state.draft.actions, by=executed.ASSISTANT)
            draft = replace(state.draft, text=filled(state.draft.text, places))
            worked = replace(worked, state=replace(state, draft=draft))
        except ActionFailedError as failure:
            worked = replace(worked, state=_refused(state, failure, worked.kit))
    try:
        return await _write(deps, worked)
    except ActionFailedError as failure:
        return await _write(deps, replace(worked, state=_refused(state, failure, worked.kit)))


async def _write(deps: TurnDeps, worked: Worked) -> Committed:
    state = worked.state
    async with deps.database.tenant(state.turn.tenant.tenant_id) as conn:
        current = await conversations.get(conn, state.turn.conversation.conversation_id, lock=True)
        if current.answered_seq >= state.turn.last_seq:
            return Committed(state.turn.turn_id, "superseded")
        if current.last_inbound_seq != state.turn.newest_seq:
            # The customer wrote again: the next turn takes these messages with the new ones.
            return Committed(state.turn.turn_id, "superseded")
        contact = await conversations.get_contact(conn, current.contact_id, lock=True)
        if _allows(contact) != _allows(state.turn.contact):
            # Consent was given or taken back while the turn ran: the next run asks the gate anew.
            return Committed(state.turn.turn_id, "superseded")
        if current.assigned_to is not None and state.decision is not None:
            state = _held(state)
        return await _write_outcome(conn, deps, replace(worked, state=state))


def _allows(contact: conversations.Contact) -> tuple[str | None, bool]:
    return contact.consent, contact.opted_out_at is not None


async def _write_outcome(conn: Conn, deps: TurnDeps, worked: Worked) -> Committed:
    state, kit = worked.state, worked.kit
    assert state.decision is not None
    await keep(conn, state)
    sent = [await _queue_notice(conn, state, kit, name) for name in state.notices]
    mode = state.decision.mode
    reply = suggestion_id = handover_id = None
    if mode is Mode.AUTO and state.draft is not None:
        await do_local(conn, deps, worked, state.draft.actions, by=executed.ASSISTANT)
        reply = state.draft.text
        sent.append(await _queue_reply(conn, state, reply))
    elif state.draft is not None and state.draft.text:
        reply = state.draft.text
        suggestion_id = await _suggest(conn, state)
    if state.handover is not None and not _already_with_person(state):
        handover_id = await turns.add_handover(
            conn, state.handover, state.turn.conversation.conversation_id, state.turn.turn_id,
            state.turn.now,
        )  # fmt: skip
    outcome = _outcome(state, mode, suggestion_id)
    turn = _turn(worked, state, outcome)
    await turns.close_turn(
        conn,
        turn,
        dialogue=memory.to_json(_remember(state)),
        status=_status(state, outcome),
        now=state.turn.now,
        tags=sorted(_tags(state)),
        proven=[number for r in state.results for number in r.proven],
    )
    await audit.record(
        conn, f"turn.{outcome}", actor_kind="ai", actor_id=executed.ASSISTANT,
        resource_type="turn", resource_id=turn.turn_id,
        detail=audited(state, turn.path, turn.behaviour),
    )  # fmt: skip
    if reply and state.draft is not None and state.draft.passages:
        quoted = (passage.document_id for passage in state.draft.passages)
        await note_uses(conn, quoted, state.turn.now.date())
    return Committed(
        state.turn.turn_id,
        outcome,
        reply,
        suggestion_id,
        handover_id,
        tuple(filter(None, sent)),
        state.notices,
    )


def _outcome(state: TurnState, mode: Mode, suggestion_id: str | None) -> str:
    if mode is Mode.AUTO:
        return "answered"
    if state.handover is not None:
        return "handed_over"
    return "suggested" if suggestion_id else "handed_over"


def _status(state: TurnState, outcome: str) -> str:
    if state.turn.conversation.status == "handed_over" or state.handover is not None:
        return "handed_over"
    return "waiting" if outcome == "suggested" else "open"


def _already_with_person(state: TurnState) -> bool:
    """In the queue already: no second entry, except where it has become urgent."""
    urgent = state.handover is not None and state.handover.priority.value == "urgent"
    return state.turn.conversation.status == "handed_over" and not urgent


def _remember(state: TurnState) -> Dialogue:
    dialogue = state.dialogue or state.turn.dialogue
    if state.handover is not None:
        asked = dialogue.task.asked if dialogue.task else None
        offered = dialogue.task if asked is not None and asked.is_offer else None
        dialogue = replace(dialogue, task=offered, parked=None, unclear=0)
    return replace(dialogue, notices=state.notices)


def _tags(state: TurnState) -> set[str]:
    understanding = state.understanding
    tags = {r.intent for r in state.results}
    if understanding is not None:
        tags |= set(understanding.tags)
    return tags


def _turn(worked: Worked, state: TurnState, outcome: str) -> turns.Turn:
    understanding, decision = state.understanding, state.decision
    assert decision is not None
    return turns.Turn(
        turn_id=state.turn.turn_id,
        conversation_id=state.turn.conversation.conversation_id,
        first_seq=state.turn.first_seq,
        last_seq=state.turn.last_seq,
        outcome=outcome,
        intents=[r.intent for r in state.asked_for]
        or ([g.name for g in understanding.intents] if understanding else []),
        language=understanding.language if understanding else None,
        confidence=decision.confidence,
        path=state.draft.path.value if state.draft else None,
        behaviour=decision.cells[0].behaviour if decision.cells else None,
        reason=state.handover.reason.value if state.handover else None,
        resolving=bool(state.draft and state.draft.resolving),
        inputs={
            "messages": [{"text": m.text, "seq": m.seq} for m in state.turn.messages],
            "text": state.text,
            "dialogue": asdict(state.turn.dialogue),
            "now": state.turn.now.isoformat(),
        },
        why=why(state),
        milliseconds=round(worked.milliseconds, 2),
    )


async def _suggest(conn: Conn, state: TurnState) -> str:
    draft = state.draft
    assert draft is not None
    suggestion = turns.Suggestion(
        suggestion_id=new_id("sg"),
        turn_id=state.turn.turn_id,
        conversation_id=state.turn.conversation.conversation_id,
        intent=state.results[0].intent if state.results else "general_question",
        reply_text=draft.text,
        tones=draft.tones,
        actions=[asdict(action) for action in draft.actions],
        answers_seq=state.turn.last_seq,
    )
    if draft.resolving and state.handover is None and not state.flagged:
        suggestion = await perhaps_seeded(conn, suggestion, reply_language(state))
    await turns.add_suggestion(conn, suggestion, state.turn.now)
    return suggestion.suggestion_id


async def _queue_reply(conn: Conn, state: TurnState, text: str) -> str | None:
    return await _queue(conn, state, text, "reply", "ai", f"{state.turn.turn_id}:reply")


async def _queue_notice(conn: Conn, state: TurnState, kit: TenantKit, name: str) -> str | None:
    language = reply_language(state) if state.understanding is not None else _notice_language(state)
    settings = state.turn.tenant.settings
    if name == "handover" and settings.get("off_hours_reply", True):
        closed = await off_hours(conn, state.turn.tenant, state.turn.now)
        name = "handover_off_hours" if closed else name
    text = notice_text(
        kit.sector.notices,
        name,
        language,
        state.turn.tenant.tone,
        template_names(state.turn, language),
        settings.get("notices"),
    )
    return await _queue(conn, state, text, "notice", "system", f"{state.turn.turn_id}:{name}")


def _notice_language(state: TurnState) -> str:
    handover = state.handover
    said = handover.detail.get("language") if handover else None
    known = said or state.turn.contact.language or state.turn.tenant.default_language
    return known if known in state.turn.tenant.languages else "en"


async def _queue(
    conn: Conn, state: TurnState, text: str, kind: str, author: str, key: str
) -> str | None:
    turn = state.turn
    return await outbox.enqueue(
        conn,
        contact_id=turn.contact.contact_id,
        channel=turn.conversation.channel,
        channel_account_id=turn.conversation.channel_account_id,
        recipient=turn.contact.channel_user_id,
        conversation_id=turn.conversation.conversation_id,
        turn_id=turn.turn_id,
        text=text,
        kind=kind,
        key=key,
        now=turn.now,
        author=author,
    )


def _held(state: TurnState) -> TurnState:
    """A person took the conversation while the turn ran: never automatic, no notices."""
    decision = state.decision
    assert decision is not None
    mode = Mode.SUGGEST if decision.mode is Mode.AUTO else decision.mode
    urgent = state.handover is not None and state.handover.priority.value == "urgent"
    return replace(
        state,
        decision=Decision(
            mode, decision.cells, decision.confidence, {**decision.why, "held": True}
        ),
        notices=state.notices if urgent else (),
    )


def _refused(state: TurnState, failure: ActionFailedError, kit: TenantKit) -> TurnState:
    """The world moved on between proposal and commit, or a provider is down: nothing was sent, a
    person is told why."""
    down = failure.provider_down
    reason = HandOverReason.PROVIDER_DOWN if down else HandOverReason.ACTION_REFUSED
    handover: HandOver = hand_over(state, reason, None, kit.playbooks)
    handover = replace(handover, summary=f"{handover.summary}\n{failure.message}")
    assert state.decision is not None
    return replace(
        state,
        draft=None,
        handover=handover,
        notices=(*state.notices, "handover"),
        decision=replace(state.decision, mode=Mode.HAND_OVER),
    )
