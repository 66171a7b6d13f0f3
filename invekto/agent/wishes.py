"""What a turn writes down of a contact's wishes: consent, no more messages, a privacy request."""

from __future__ import annotations

from typing import Any, cast

from psycopg import AsyncConnection

from invekto.agent.state import TurnState
from invekto.records import consents, privacy
from invekto.text.normalise import fold

WORDS: dict[privacy.Kind, tuple[str, ...]] = {
    "erasure": ("sil", "kaldir", "unut", "delete", "erase", "remove", "حذف", "امسح", "مسح"),
    "withdrawal": ("geri cek", "riza", "onayimi", "withdraw", "revoke", "سحب", "الغاء موافق"),
    "correction": ("duzelt", "guncelle", "yanlis", "correct", "wrong", "تصحيح", "تعديل"),
}
"""First match wins; asking what is held is the rest."""


async def keep(conn: AsyncConnection[Any], state: TurnState) -> None:
    """Record the wishes in the turn's own transaction, before its notices are queued."""
    contact_id = state.turn.contact.contact_id
    message_id = state.turn.messages[-1].message_id
    consent = state.contact_changes.get("consent")
    if consent == "withdrawn":
        await consents.withdraw_consent(
            conn, contact_id, message_id=message_id, recorded_by="assistant"
        )
    elif consent is not None:
        await consents.record_consent(
            conn, contact_id, cast(consents.State, consent), message_id=message_id,
            wording=wording(state.turn.tenant.settings), recorded_by="assistant",
        )  # fmt: skip
    if "opted_out_at" in state.contact_changes:
        await _messages(conn, state, message_id)
    if "privacy_received" in state.notices:
        await privacy.open_request(
            conn, contact_id, request_kind(state.turn.text), state.turn.now,
            turn_id=state.turn.turn_id,
        )  # fmt: skip


async def _messages(conn: AsyncConnection[Any], state: TurnState, message_id: str) -> None:
    """Whether messages are wanted, from now on."""
    contact_id, since = state.turn.contact.contact_id, state.contact_changes["opted_out_at"]
    if since is None:
        await consents.opt_in(conn, contact_id, message_id=message_id, recorded_by="assistant")
    else:
        await consents.opt_out(
            conn, contact_id, since, message_id=message_id, recorded_by="assistant"
        )


def wording(settings: dict[str, Any]) -> str:
    """Which consent text the customer was shown: its version, for the proof."""
    version = (settings.get("notice_versions") or {}).get("consent_request")
    own = (settings.get("notices") or {}).get("consent_request")
    return f"consent_request@{version or ('own' if own else 'sector')}"


def request_kind(text: str) -> privacy.Kind:
    """Which right a privacy request uses; a person may still change it."""
    flat = fold(text)
    for kind, words in WORDS.items():
        if any(fold(word) in flat for word in words):
            return kind
    return "access"
