"""Neighbours and records/leases.py."""

from __future__ import annotations

from invekto.records import leases
from tests.neighbours import Conn


async def seed(conn: Conn) -> str:
    assert await leases.claim(conn, "cv_1", "assist:1")
    return "cv_1"


CALLS = {"release": lambda conn, ours: leases.release(conn, ours, "assist:1")}
EXEMPT = {"claim": "writes a row of the caller's own; see tests/server/test_turns.py"}
