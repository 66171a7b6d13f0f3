"""Neighbours and records/events.py. What was just written is read as ours only after it is
committed, which is so where the calls are made."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from invekto.records import events
from tests.neighbours import Conn

LATER = datetime.now(UTC) + timedelta(days=30)


async def seed(conn: Conn) -> None:
    await events.emit(conn, "lead.changed", {"lead_id": "l1"})


CALLS = {
    "after": lambda conn, ours: events.after(conn, events.Place(0, 0)),
    "forget_old": lambda conn, ours: events.forget_old(conn, LATER),
}
EXEMPT = {
    "emit": "writes a row of the caller's own, reads none",
    "last_place": "a place, (0, 0) where there is none; see tests/server/test_events.py",
}
