"""Gate: who may be answered by a machine at all. Nothing is processed before this says so."""

from __future__ import annotations

from typing import Any

from invekto.agent.deps import TurnScope
from invekto.agent.state import TurnInput, TurnState
from invekto.contracts.handover import HandOver, HandOverReason, Priority
from invekto.guardrails.consent import (
    ConsentAnswer,
    read_consent_answer,
    says_emergency,
    withdraws_consent,
)
from invekto.text.language import detect
from invekto.text.normalise import fold


async def gate(state: TurnState, _scope: TurnScope) -> dict[str, Any]:
    """Opt-out, consent of a health tenant's contact, and messages without words."""
    turn = state.turn
    if turn.contact.opted_out_at is not None:
        if _one_of(turn, RETURNING):
            return _noticed("opt_in_done", {"opted_out_at": None})
        return _person(HandOverReason.OPTED_OUT)
    if not turn.text.strip():
        unreadable = any(m.attachments for m in turn.messages)
        return _person(
            HandOverReason.UNREADABLE_CONTENT, notices=("unreadable",) if unreadable else ()
        )
    if turn.tenant.health and turn.contact.consent != "given":
        return _without_consent(turn)
    if turn.tenant.health and withdraws_consent(turn.text) and not says_emergency(turn.text):
        return _person(
            HandOverReason.NO_CONSENT,
            notices=("consent_withdrawn",),
            changes={"consent": "withdrawn"},
            language=_language(turn),
        )
    return {"text": turn.text}


def _without_consent(turn: TurnInput) -> dict[str, Any]:
    """Store, look only for the fixed emergency phrases, ask for consent, hand over."""
    language = _language(turn)
    if says_emergency(turn.text):
        return _person(
            HandOverReason.EMERGENCY, Priority.URGENT, notices=("emergency",), language=language
        )
    if turn.contact.consent == "asked":
        match read_consent_answer(turn.text):
            case ConsentAnswer.GIVEN:
                return _consented(turn)
            case ConsentAnswer.REFUSED:
                return _person(
                    HandOverReason.NO_CONSENT,
                    notices=("consent_refused",),
                    changes={"consent": "refused"},
                    language=language,
                )
            case ConsentAnswer.UNCLEAR:
                return _person(HandOverReason.NO_CONSENT, language=language)
    if turn.contact.consent is None:
        return _person(
            HandOverReason.NO_CONSENT,
            notices=("consent_request",),
            changes={"consent": "asked"},
            language=language,
        )
    if _one_of(turn, RENEWING):
        return _noticed("consent_given", {"consent": "given"})
    return _person(HandOverReason.NO_CONSENT, language=language)


def _language(turn: TurnInput) -> str:
    return detect(turn.text, turn.contact.language or turn.tenant.default_language).language


def _consented(turn: TurnInput) -> dict[str, Any]:
    """Consent was given: answer what was asked before it, if anything was."""
    waiting = [m.text for m in turn.history if m.author == "customer" and m.text.strip()]
    changes = {"consent": "given"}
    if not waiting:
        return _noticed("consent_given", changes)
    return {"text": waiting[-1], "contact_changes": changes}


RETURNING = frozenset({"start", "baslat", "abone ol", "ابدا"})
"""The word that the notice of an opt-out names, folded."""
RENEWING = frozenset({"onayliyorum", "i agree", "اوافق"})
"""The word that the notice of a refusal or a withdrawal names, folded."""


def _one_of(turn: TurnInput, words: frozenset[str]) -> bool:
    return fold(turn.text).strip(" .!\"'“”") in words


def _noticed(notice: str, changes: dict[str, Any]) -> dict[str, Any]:
    """One notice and nothing else; what else was written waits for the next turn."""
    return {"processed": False, "notices": (notice,), "contact_changes": changes, "text": ""}


def _person(
    reason: HandOverReason,
    priority: Priority = Priority.NORMAL,
    *,
    notices: tuple[str, ...] = (),
    changes: dict[str, Any] | None = None,
    language: str | None = None,
) -> dict[str, Any]:
    return {
        "processed": False,
        "handover": HandOver(reason, priority, detail={"language": language} if language else {}),
        "notices": notices,
        "contact_changes": changes or {},
    }
