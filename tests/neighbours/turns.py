"""Neighbours and records/turns.py."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from invekto.contracts.handover import HandOver, HandOverReason
from invekto.records import conversations, turns
from tests.neighbours import Conn
from tests.neighbours.conversations import inbound

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Ours:
    conversation_id: str
    handover_id: str


async def seed(conn: Conn) -> Ours:
    received = await conversations.receive(conn, inbound("first"), NOW)
    conversation_id = received.conversation_id
    await turns.close_turn(
        conn,
        turns.Turn("turn_ours", conversation_id, 1, 1, "suggested"),
        dialogue={},
        status="waiting",
        now=NOW,
        tags=["kargo"],
    )
    await turns.add_suggestion(
        conn,
        turns.Suggestion(
            "sg_ours", "turn_ours", conversation_id, "cargo_tracking", "yolda", {}, [], 1
        ),
        NOW,
    )
    handover = HandOver(HandOverReason.WANTS_PERSON, summary="görüşmek istiyor")
    handover_id = await turns.add_handover(conn, handover, conversation_id, "turn_ours", NOW)
    return Ours(conversation_id, handover_id)


CALLS = {
    "close_turn": lambda conn, ours: turns.close_turn(
        conn,
        turns.Turn("turn_again", ours.conversation_id, 1, 1, "answered"),
        dialogue={"unclear": 1},
        status="open",
        now=NOW,
        tags=[],
    ),
    "get_turn": lambda conn, ours: turns.get_turn(conn, "turn_ours"),
    "turns_of": lambda conn, ours: turns.turns_of(conn, ours.conversation_id),
    "get_suggestion": lambda conn, ours: turns.get_suggestion(conn, "sg_ours"),
    "open_suggestions": lambda conn, ours: turns.open_suggestions(conn, ours.conversation_id),
    "open_suggestion": lambda conn, ours: turns.open_suggestion(conn, ours.conversation_id),
    "resolve_suggestion": lambda conn, ours: turns.resolve_suggestion(
        conn, "sg_ours", status="sent", by="ayse", now=NOW
    ),
    "mark_shown": lambda conn, ours: turns.mark_shown(conn, "sg_ours", NOW),
    "open_handovers": lambda conn, ours: turns.open_handovers(conn),
    "take_handover": lambda conn, ours: turns.take_handover(conn, ours.handover_id, "ayse"),
    "assign": lambda conn, ours: turns.assign(conn, ours.conversation_id, "ayse"),
    "release": lambda conn, ours: turns.release(conn, ours.conversation_id, NOW),
    "reopen": lambda conn, ours: _reopen(conn, ours),
}
EXEMPT = {
    "add_suggestion": "writes a row of the caller's own, reads none",
    "add_handover": "writes a row of the caller's own, reads none",
}


async def _reopen(conn: Conn, ours: Ours) -> None:
    """As it is done: after the last draft that waited was sent."""
    await turns.resolve_suggestion(conn, "sg_ours", status="sent", by="ayse", now=NOW)
    await turns.reopen(conn, ours.conversation_id)
