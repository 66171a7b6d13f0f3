"""Neighbours and records/sessions.py."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from invekto.records import sessions, tenants
from tests.neighbours import Conn

NOW = datetime.now(UTC)
LATER = NOW + timedelta(hours=1)


@dataclass(frozen=True)
class Ours:
    user_id: str
    session_id: str


async def seed(conn: Conn) -> Ours:
    tenant = (await tenants.get_tenant(conn)).tenant_id
    user = await tenants.add_user(conn, email="ayse@example.com", name="Ayşe", role="agent")
    token = f"sessions of {tenant}".encode()
    session_id = await sessions.open_session(conn, user.user_id, token, LATER, "Firefox")
    for _ in range(sessions.FAILURES_ALLOWED):
        await sessions.note_failure(conn, "locked@example.com", NOW)
    return Ours(user.user_id, session_id)


CALLS = {
    "open_session": lambda conn, ours: sessions.open_session(
        conn, ours.user_id, b"another", LATER, ""
    ),
    "sessions_of": lambda conn, ours: sessions.sessions_of(conn, ours.user_id, NOW),
    "all_sessions": lambda conn, ours: sessions.all_sessions(conn, NOW),
    "revoke_session": lambda conn, ours: sessions.revoke_session(
        conn, ours.session_id, ours.user_id
    ),
    "forget_expired": lambda conn, ours: sessions.forget_expired(conn, LATER + timedelta(days=1)),
    "locked_until": lambda conn, ours: sessions.locked_until(conn, "locked@example.com", NOW),
    "forget_failures": lambda conn, ours: sessions.forget_failures(conn, "locked@example.com"),
}
EXEMPT = {"note_failure": "counts for the caller's own tenant; see tests/server/test_auth.py"}
