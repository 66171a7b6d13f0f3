"""Decide: send, suggest, or hand over. What a tenant's own people have approved often enough is
sent; everything else waits for one of them."""

from __future__ import annotations

from typing import Any

from invekto.agent.deps import TurnScope
from invekto.agent.nodes.compose import TOOL_RESULT
from invekto.agent.nodes.follow_up import TOGETHER
from invekto.agent.nodes.setting import reply_language
from invekto.agent.playbooks.schema import TONES
from invekto.agent.state import Decision, TaskResult, TurnState
from invekto.agent.summary import hand_over
from invekto.agent.trust.deciding import decide_cells
from invekto.contracts.evidence import Cell, Mode, Risk, behaviour_version
from invekto.contracts.guard import Outcome
from invekto.contracts.handover import HandOver, HandOverReason, Priority

NOTICES = {
    HandOverReason.EMERGENCY: "emergency",
    HandOverReason.SELF_HARM: "self_harm",
    HandOverReason.ABUSE: "abuse",
}


AT_ONCE = (HandOverReason.EMERGENCY, HandOverReason.SELF_HARM)
"""Whoever writes this must be reached, whatever else they seem to say."""


async def decide(state: TurnState, scope: TurnScope) -> dict[str, Any]:
    """The decision, and for a hand-over its reason, summary and notice."""
    if not state.processed:
        return _gated(state)
    reason = _reason(state)
    if reason is not None:
        return _to_person(state, scope, reason)
    told = _marks(state)
    if told and state.draft is None:
        return {**told, "decision": Decision(Mode.AUTO, why={"notice_only": True})}
    return {**told, "decision": await _by_trust(state, scope)}


def _marks(state: TurnState) -> dict[str, Any]:
    """Notices of playbooks that end with one, and what the contact no longer allows."""
    results = [r for r in state.results if r.kind == "notice" and r.notice]
    if not results:
        return {}
    changes: dict[str, Any] = {}
    if any(r.mark == "opted_out" for r in results):
        changes["opted_out_at"] = state.turn.now
    return {
        "notices": tuple(str(r.notice) for r in results),
        "contact_changes": {**state.contact_changes, **changes},
    }


def _gated(state: TurnState) -> dict[str, Any]:
    """The gate let nothing be processed: its own reason, or only a notice."""
    if state.handover is None:
        return {"decision": Decision(Mode.AUTO, why={"notice_only": True})}
    filled = hand_over(state, state.handover.reason, state.handover.priority)
    return {
        "handover": HandOver(
            filled.reason, filled.priority, filled.summary, filled.next_step, filled.team,
            state.handover.detail,
        ),
        "decision": Decision(Mode.HAND_OVER, why={"gate": state.handover.reason.value}),
    }  # fmt: skip


def _reason(state: TurnState) -> HandOverReason | None:
    """Why a person must take this over, the gravest first."""
    for kind, reason in (
        ("self_harm", HandOverReason.SELF_HARM),
        ("abuse", HandOverReason.ABUSE),
    ):
        if kind in state.flagged:
            return reason
    handed = [r.reason for r in state.results if r.kind == "hand_over" and r.reason]
    if HandOverReason.EMERGENCY in handed:
        return HandOverReason.EMERGENCY
    if state.guard is not None and state.guard.outcome is Outcome.BLOCK:
        return HandOverReason.BLOCKED_BY_GUARD
    if handed:
        return handed[0]
    return None


def _to_person(state: TurnState, scope: TurnScope, reason: HandOverReason) -> dict[str, Any]:
    result = next((r for r in state.results if r.reason is reason), None)
    book = scope.kit.playbooks.get(result.intent) if result else None
    handover = hand_over(state, reason, _priority(book), scope.kit.playbooks)
    notice = NOTICES.get(reason) or (result.notice if result else None) or "handover"
    wishes = {} if reason in AT_ONCE else _marks(state)
    notices = wishes.get("notices", ())
    if not _told(state, notice) and not (notices and notice == "handover"):
        notices += (notice,)
    added: dict[str, Any] = {
        **wishes,
        "handover": handover,
        "notices": notices,
        "decision": Decision(Mode.HAND_OVER, _cells(state, scope), _confidence(state)),
    }
    if reason is HandOverReason.BLOCKED_BY_GUARD:
        added["draft"] = None
    return added


def _priority(book: Any) -> Priority | None:
    if book is None or book.playbook.priority is Priority.NORMAL:
        return None
    return Priority(book.playbook.priority)


def _told(state: TurnState, notice: str) -> bool:
    """With a person already, or told the same in the last turn: not again."""
    with_person = state.turn.conversation.status == "handed_over"
    urgent = notice in ("emergency", "self_harm")
    return not urgent and (with_person or notice in state.turn.dialogue.notices)


BY_THEMSELVES = ("clarify", "extract", "withdrawn")
"""Results that do not rest on the reading of the intent."""


def _leaned(state: TurnState) -> bool:
    """Whether a playbook was run on the likeliest reading of a message not surely understood."""
    heard = state.understanding
    if heard is None or heard.answered:
        return False
    return any(
        r.intent == heard.main.name and r.version not in BY_THEMSELVES for r in state.results
    )


async def _by_trust(state: TurnState, scope: TurnScope) -> Decision:
    cells = _cells(state, scope)
    confidence = _confidence(state)
    risks = {r.intent: _risk(r, scope) for r in state.asked_for}
    stop = _never_automatic(state)
    if stop is not None:
        return Decision(Mode.SUGGEST, cells, confidence, {"because": stop, "risks": risks})
    decided = await decide_cells(
        await scope.reader.conn(),
        cells,
        confidence=confidence,
        risks=tuple(Risk(risks[r.intent]) for r in state.asked_for),
        turn_id=state.turn.turn_id,
        now=state.turn.now,
    )
    return Decision(decided.mode, cells, confidence, {**decided.why, "risks": risks}, decided.audit)


def _never_automatic(state: TurnState) -> str | None:
    """What trust cannot outweigh."""
    if TOOL_RESULT in state.flagged:
        return "a record that was read may be trying to manipulate the assistant"
    if state.flagged:
        return "the message may be trying to manipulate the assistant"
    if state.understanding is not None and state.understanding.source == TOGETHER:
        return "the message was read together with the one before it"
    if _leaned(state):
        return "the message was not understood surely enough"
    if state.guard is not None and state.guard.outcome is Outcome.ASK_PERSON:
        return "a rail asks for a person's look"
    if state.turn.conversation.status == "handed_over" or state.turn.conversation.assigned_to:
        return "a person holds the conversation"
    if state.draft is None or not state.draft.text.strip():
        return "there is nothing to send"
    return None


def _risk(result: TaskResult, scope: TurnScope) -> str:
    """The intent's own risk or its playbook's, whichever is higher; so tenants cannot lower it."""
    order = ("low", "medium", "high")
    known = str(scope.kit.taxonomy.get(result.intent, {}).get("risk", "medium"))
    return max(known, result.risk, key=order.index)


def _cells(state: TurnState, scope: TurnScope) -> tuple[Cell, ...]:
    language = reply_language(state)
    model = state.understanding.model_version if state.understanding else ""
    draft = state.draft
    return tuple(
        Cell(
            intent=result.intent,
            language=language,
            path=draft.path if draft else result.path,
            behaviour=behaviour_version(
                playbook=result.version,
                tools=sorted(result.tools),
                policy=scope.kit.guard.policy.version,
                model=model,
                source=draft.source if draft else "template",
                tone=state.turn.tenant.tone,
                tones=TONES,
            ),
        )
        for result in state.asked_for
    )


def _confidence(state: TurnState) -> float:
    return min((r.probability for r in state.asked_for), default=0.0)
