"""Neighbours and records/rate_limits.py."""

from __future__ import annotations


async def seed(conn) -> None:
    return None


CALLS: dict = {}
EXEMPT = {"take": "counts the caller's own bucket; see tests/server/test_limits.py"}
