"""Neighbours and records/idempotency.py."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from invekto.records import idempotency
from tests.neighbours import Conn

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)


async def seed(conn: Conn) -> str:
    assert await idempotency.claim(conn, "jwt:ayse", "k1", b"hash", NOW) is None
    return "k1"


CALLS = {
    "claim": lambda conn, ours: idempotency.claim(conn, "jwt:ayse", ours, b"hash", NOW),
    "answered": lambda conn, ours: idempotency.answered(
        conn, "jwt:ayse", ours, 200, b"{}", "application/json"
    ),
    "forget": lambda conn, ours: idempotency.forget(conn, "jwt:ayse", ours),
    "forget_old": lambda conn, ours: idempotency.forget_old(conn, NOW + timedelta(days=2)),
}
EXEMPT: dict[str, str] = {}
