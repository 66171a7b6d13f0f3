"""Neighbours and records/rate_limits.py."""

from __future__ import annotations

from tests.neighbours import Conn


async def seed(conn: Conn) -> None:
    return None


CALLS: dict[str, object] = {}
EXEMPT = {"take": "counts the caller's own bucket; see tests/server/test_limits.py"}
