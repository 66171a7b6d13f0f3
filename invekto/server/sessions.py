"""Plain sign-in for standalone use and the demo: argon2, lock-out, cookies, CSRF tokens."""

from __future__ import annotations

import asyncio
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from psycopg import AsyncConnection
from starlette.responses import Response

from invekto.errors import NotSignedIn, TooMuch
from invekto.records import routing, sessions, tenants
from invekto.records.routing import token_hash
from invekto.server.deps import ServerDeps

COOKIE = "invekto_session"
CSRF_HEADER = "x-csrf-token"
CSRF_FIELD = "csrf"
LIFETIME = timedelta(hours=12)
WRONG = "tenant, e-mail or password are wrong"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A fresh session. `token` goes into the cookie and is stored nowhere."""

    token: str
    session_id: str
    tenant_id: str
    user_id: str
    expires_at: datetime


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _nobodys_hash() -> str:
    """Compared with where there is no such person, so that both take as long."""
    return _hasher().hash(secrets.token_urlsafe(16))


async def hash_password(password: str) -> str:
    """Argon2id with the library's current parameters; off the event loop, it takes 50 ms."""
    return await asyncio.to_thread(_hasher().hash, password)


async def sign_in(
    deps: ServerDeps, tenant_id: str, email: str, password: str, *, device: str = ""
) -> SignedIn:
    """Check a password and open a session.

    Raises:
        NotSignedIn: wrong; which part is not said.
        TooMuch: five failures in a row, wait 15 minutes; `retry_after` in seconds.
    """
    now = deps.clock()
    async with deps.database.routing() as conn:
        known = await routing.tenant_exists(conn, tenant_id)
        person = await routing.for_sign_in(conn, tenant_id, email) if known else None
    if known:
        async with deps.database.tenant(tenant_id) as conn:
            _refuse_locked(await sessions.locked_until(conn, email, now), now)
    stored = person.password_hash if person else None
    right = await asyncio.to_thread(_matches, stored or _nobodys_hash(), password)
    if person is None or stored is None or not right:
        if known:
            async with deps.database.tenant(tenant_id) as conn:
                locked = await sessions.note_failure(conn, email, now)
            _refuse_locked(locked, now)
        raise NotSignedIn(WRONG)
    async with deps.database.tenant(tenant_id) as conn:
        await sessions.forget_failures(conn, email)
    return await open_session(deps, tenant_id, person.user_id, device=device)


async def open_session(
    deps: ServerDeps, tenant_id: str, user_id: str, *, device: str = ""
) -> SignedIn:
    """A session without asking for a password: after `sign_in`, and for the demo's persons.

    Raises:
        NotFound: no such active person.
    """
    token = secrets.token_urlsafe(32)
    expires_at = deps.clock() + LIFETIME
    async with deps.database.tenant(tenant_id) as conn:
        session_id = await sessions.open_session(
            conn, user_id, token_hash(token), expires_at, device
        )
    return SignedIn(token, session_id, tenant_id, user_id, expires_at)


def set_cookie(response: Response, signed_in: SignedIn, deps: ServerDeps) -> None:
    """Give the browser its session."""
    response.set_cookie(
        COOKIE,
        signed_in.token,
        max_age=int(LIFETIME.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=deps.settings.public_url.startswith("https://"),
        path="/",
    )


def clear_cookie(response: Response) -> None:
    """Take the session away from the browser."""
    response.delete_cookie(COOKIE, path="/")


def csrf_token(deps: ServerDeps, token: str) -> str:
    """What pages of this session must send back with every change."""
    return deps.sealer.mark(token.encode(), "csrf").hex()


def csrf_matches(expected: str, shown: str) -> bool:
    """Compare without telling how much of it was right."""
    return hmac.compare_digest(expected.encode(), shown.encode())


def _matches(stored: str, password: str) -> bool:
    try:
        return _hasher().verify(stored, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


def _refuse_locked(until: datetime | None, now: datetime) -> None:
    if until is not None:
        seconds = max(1, int((until - now).total_seconds()))
        raise TooMuch(
            "too many wrong passwords: sign-in is locked for a while", retry_after=seconds
        )


async def close_session(conn: AsyncConnection[Any], token: str) -> None:
    """End the session of this cookie."""
    await tenants.close_session(conn, token_hash(token))
