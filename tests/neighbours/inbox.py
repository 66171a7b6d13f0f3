"""Neighbours and records/inbox.py."""

from __future__ import annotations

from datetime import UTC, datetime

from invekto.records import inbox
from tests.neighbours import Conn
from tests.neighbours import turns as some_turns
from tests.rows import said

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


async def seed(conn: Conn) -> some_turns.Ours:
    ours = await some_turns.seed(conn)
    await said(conn, ours.conversation_id, author="person", text="Bakıyorum", now=datetime.now(UTC))
    return ours


async def how_many(conn: Conn, ours: some_turns.Ours) -> int:
    return sum((await inbox.counts(conn, "ayse")).values())


async def any_choice(conn: Conn, ours: some_turns.Ours) -> list[str]:
    found = await inbox.choices(conn)
    return [*found.channels, *found.tags, *found.intents]


CALLS = {
    "threads_since": lambda conn, ours: inbox.threads_since(conn, LONG_AGO, limit=5),
    "rows": lambda conn, ours: inbox.rows(conn, inbox.Filter(), "ayse"),
    "counts": how_many,
    "choices": any_choice,
    "pulse": lambda conn, ours: inbox.pulse(conn),
    "set_tags": lambda conn, ours: inbox.set_tags(conn, ours.conversation_id, ["iade"]),
}
EXEMPT: dict[str, str] = {}
