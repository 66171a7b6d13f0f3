"""Neighbours and records/replays.py."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from psycopg import AsyncConnection

from invekto.records import replays
from tests.tools.houses import NOW


async def seed(conn: AsyncConnection[Any]) -> None:
    for replay_id in ("rep_ours", "rep_runs"):
        await replays.add(conn, replay_id, "eski.csv", "present", b"sealed", 3, "u1", NOW)
    await replays.begin(conn, "rep_runs", NOW)


CALLS = {
    "get": lambda conn, ours: replays.get(conn, "rep_ours"),
    "recent": lambda conn, ours: replays.recent(conn),
    "begin": lambda conn, ours: replays.begin(conn, "rep_ours", NOW),
    "advance": lambda conn, ours: replays.advance(conn, "rep_runs", 2, NOW),
    "end": lambda conn, ours: replays.end(conn, "rep_ours", b"report", NOW),
    "discard": lambda conn, ours: replays.discard(conn, "rep_ours"),
    "forget_old": lambda conn, ours: replays.forget_old(conn, NOW + timedelta(days=90)),
}
EXEMPT = {"add": "writes a row of the caller's own"}
