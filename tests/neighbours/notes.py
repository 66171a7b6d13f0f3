"""Neighbours and records/notes.py."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from invekto.records import conversations, notes
from tests.neighbours import Conn
from tests.neighbours.conversations import inbound

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Ours:
    conversation_id: str
    canned_id: str


async def seed(conn: Conn) -> Ours:
    received = await conversations.receive(conn, inbound("first"), NOW)
    await notes.add_note(conn, received.conversation_id, "ayse", "aradım", NOW)
    await notes.save_canned(conn, "selam", "tr", "Merhaba", "ayse")
    [canned] = await notes.list_canned(conn)
    return Ours(received.conversation_id, canned.canned_id)


CALLS = {
    "notes_of": lambda conn, ours: notes.notes_of(conn, ours.conversation_id),
    "list_canned": lambda conn, ours: notes.list_canned(conn),
    "delete_canned": lambda conn, ours: notes.delete_canned(conn, ours.canned_id),
}
EXEMPT = {
    "add_note": "writes a row of the caller's own; another's conversation fails its foreign key",
    "save_canned": "writes a row of the caller's own, reads none",
}
