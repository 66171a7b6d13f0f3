"""Neighbours and records/outcomes.py."""

from __future__ import annotations

from datetime import UTC, datetime

from invekto.records import outcomes
from tests.neighbours import Conn
from tests.neighbours import turns as some_turns

BEGIN, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC)
seed = some_turns.seed


async def matters(conn: Conn, ours: object) -> int:
    return (await outcomes.of_period(conn, BEGIN, END, END)).matters


CALLS = {"of_period": matters}
EXEMPT: dict[str, str] = {}
