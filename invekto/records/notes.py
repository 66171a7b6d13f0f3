"""Internal notes of conversations, and canned replies with variables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import class_row

from invekto.contracts.ids import new_id
from invekto.errors import BadRequest, NotFound

Conn = AsyncConnection[Any]

LONGEST_NOTE = 4_000  # characters


@dataclass(frozen=True, slots=True)
class Note:
    """Seen by the business's people only."""

    note_id: str
    written_by: str
    text: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Canned:
    """A reply kept under a shortcut. `{name}`, `{business}` and `{agent}` are filled in."""

    canned_id: str
    shortcut: str
    language: str
    text: str


async def add_note(conn: Conn, conversation_id: str, by: str, text: str, now: datetime) -> str:
    """Add a note; returns its id. Raises BadRequest when it is empty or too long."""
    kept = text.strip()
    if not kept or len(kept) > LONGEST_NOTE:
        raise BadRequest(f"a note has 1 to {LONGEST_NOTE} characters")
    note_id = new_id("note")
    await conn.execute(
        "INSERT INTO conversation_notes (note_id, conversation_id, written_by, text, created_at)"
        " VALUES (%s, %s, %s, %s, %s)",
        [note_id, conversation_id, by, kept, now],
    )
    return note_id


async def notes_of(conn: Conn, conversation_id: str) -> list[Note]:
    """A conversation's notes, oldest first."""
    async with conn.cursor(row_factory=class_row(Note)) as cur:
        await cur.execute(
            "SELECT note_id, written_by, text, created_at FROM conversation_notes"
            " WHERE tenant_id = app.current_tenant() AND conversation_id = %s"
            " ORDER BY created_at, note_id",
            [conversation_id],
        )
        return await cur.fetchall()


async def list_canned(conn: Conn) -> list[Canned]:
    """All canned replies by shortcut."""
    async with conn.cursor(row_factory=class_row(Canned)) as cur:
        await cur.execute(
            "SELECT canned_id, shortcut, language, text FROM canned_replies"
            " WHERE tenant_id = app.current_tenant() ORDER BY shortcut, language"
        )
        return await cur.fetchall()


async def save_canned(conn: Conn, shortcut: str, language: str, text: str, by: str) -> Canned:
    """Keep a reply under a shortcut, in place of the one that was there.

    Raises:
        BadRequest: shortcut or text are empty.
    """
    if not shortcut.strip() or not text.strip():
        raise BadRequest("a canned reply needs a shortcut and a text")
    async with conn.cursor(row_factory=class_row(Canned)) as cur:
        await cur.execute(
            """INSERT INTO canned_replies (canned_id, shortcut, language, text, created_by)
               VALUES (%s, %s, %s, %s, %s)
               ON CONFLICT (tenant_id, shortcut, language) DO UPDATE SET text = excluded.text
               RETURNING canned_id, shortcut, language, text""",
            [new_id("cn"), shortcut.strip().lower(), language, text.strip(), by],
        )
        kept = await cur.fetchone()
    assert kept is not None
    return kept


async def delete_canned(conn: Conn, canned_id: str) -> None:
    """Remove a canned reply. Raises NotFound."""
    done = await conn.execute(
        "DELETE FROM canned_replies WHERE tenant_id = app.current_tenant() AND canned_id = %s",
        [canned_id],
    )
    if done.rowcount == 0:
        raise NotFound(f"there is no canned reply {canned_id}")
