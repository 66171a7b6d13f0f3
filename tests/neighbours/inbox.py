"""Neighbours and records/inbox.py."""

from __future__ import annotations

from invekto.records import inbox
from tests.neighbours import turns as some_turns

seed = some_turns.seed


async def how_many(conn, ours) -> int:
    return sum((await inbox.counts(conn, "ayse")).values())


async def any_choice(conn, ours) -> list[str]:
    found = await inbox.choices(conn)
    return [*found.channels, *found.tags, *found.intents]


CALLS = {
    "rows": lambda conn, ours: inbox.rows(conn, inbox.Filter(), "ayse"),
    "counts": how_many,
    "choices": any_choice,
    "pulse": lambda conn, ours: inbox.pulse(conn),
    "set_tags": lambda conn, ours: inbox.set_tags(conn, ours.conversation_id, ["iade"]),
}
EXEMPT: dict[str, str] = {}
