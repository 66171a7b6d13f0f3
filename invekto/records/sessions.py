"""Signed-in browsers and wrong passwords in a row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import class_row

from invekto.errors import NotFound

Conn = AsyncConnection[Any]

FAILURES_ALLOWED = 5
LOCK_OUT = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Session:
    """One signed-in browser."""

    session_id: str
    user_id: str
    device: str
    created_at: datetime
    expires_at: datetime


async def open_session(
    conn: Conn, user_id: str, token_hash: bytes, expires_at: datetime, device: str
) -> str:
    """Remember a signed-in browser; returns the session's id.

    Raises:
        NotFound: no such active person.
    """
    row = await (
        await conn.execute(
            """INSERT INTO sessions (token_hash, user_id, expires_at, device)
               SELECT %s, user_id, %s, %s FROM users
               WHERE tenant_id = app.current_tenant() AND user_id = %s AND active
               RETURNING session_id""",
            (token_hash, expires_at, device[:200], user_id),
        )
    ).fetchone()
    if row is None:
        raise NotFound(f"no active user {user_id}")
    return str(row[0])


async def sessions_of(conn: Conn, user_id: str, now: datetime) -> list[Session]:
    """A person's running sessions, newest first."""
    async with conn.cursor(row_factory=class_row(Session)) as cur:
        await cur.execute(
            """SELECT session_id, user_id, device, created_at, expires_at FROM sessions
               WHERE tenant_id = app.current_tenant() AND user_id = %s AND expires_at > %s
               ORDER BY created_at DESC, session_id""",
            (user_id, now),
        )
        return await cur.fetchall()


async def all_sessions(conn: Conn, now: datetime) -> list[Session]:
    """Everybody's running sessions, newest first."""
    async with conn.cursor(row_factory=class_row(Session)) as cur:
        await cur.execute(
            """SELECT session_id, user_id, device, created_at, expires_at FROM sessions
               WHERE tenant_id = app.current_tenant() AND expires_at > %s
               ORDER BY created_at DESC, session_id""",
            (now,),
        )
        return await cur.fetchall()


async def revoke_session(conn: Conn, session_id: str, user_id: str) -> None:
    """End one of a person's sessions.

    Raises:
        NotFound: no such session of this person.
    """
    done = await conn.execute(
        """DELETE FROM sessions
           WHERE tenant_id = app.current_tenant() AND session_id = %s AND user_id = %s""",
        (session_id, user_id),
    )
    if done.rowcount == 0:
        raise NotFound(f"no session {session_id}")


async def forget_expired(conn: Conn, now: datetime) -> int:
    """Delete sessions that have ended; returns how many."""
    done = await conn.execute(
        "DELETE FROM sessions WHERE tenant_id = app.current_tenant() AND expires_at <= %s", (now,)
    )
    return done.rowcount


async def locked_until(conn: Conn, email: str, now: datetime) -> datetime | None:
    """Until when sign-in with this e-mail is refused; None where it is not."""
    row = await (
        await conn.execute(
            """SELECT locked_until FROM sign_in_failures
               WHERE tenant_id = app.current_tenant() AND email = lower(%s)
                 AND locked_until > %s""",
            (email, now),
        )
    ).fetchone()
    return row[0] if row else None


async def note_failure(conn: Conn, email: str, now: datetime) -> datetime | None:
    """Count a wrong password; after `FAILURES_ALLOWED` in a row sign-in is locked. Returns until
    when, or None. Failures older than the lock-out are forgotten."""
    row = await (
        await conn.execute(
            """INSERT INTO sign_in_failures AS f (email, last_at) VALUES (lower(%(email)s), %(now)s)
               ON CONFLICT (tenant_id, email) DO UPDATE SET
                   failures = CASE WHEN f.last_at < %(now)s - %(lock)s THEN 1
                                   ELSE f.failures + 1 END,
                   last_at = %(now)s,
                   locked_until = CASE WHEN f.last_at >= %(now)s - %(lock)s
                                        AND f.failures + 1 >= %(allowed)s
                                       THEN %(now)s + %(lock)s END
               RETURNING locked_until""",
            {"email": email[:200], "now": now, "lock": LOCK_OUT, "allowed": FAILURES_ALLOWED},
        )
    ).fetchone()
    return row[0] if row else None


async def forget_failures(conn: Conn, email: str) -> None:
    """The right password was given."""
    await conn.execute(
        "DELETE FROM sign_in_failures WHERE tenant_id = app.current_tenant() AND email = lower(%s)",
        (email,),
    )
