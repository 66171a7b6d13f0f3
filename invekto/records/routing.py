"""From what a caller shows to a tenant: the only look-ups made before a tenant is known.

`conn` is a `Database.routing()` transaction. Each answer holds what is needed to verify the
caller, nothing more; None means unknown, revoked, expired or switched off alike.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from psycopg import AsyncConnection
from psycopg.rows import TupleRow, class_row, scalar_row

Connection = AsyncConnection[TupleRow]


@dataclass(frozen=True)
class KeyOwner:
    """Whose API key it is."""

    tenant_id: str
    api_key_id: str
    scopes: list[str]


@dataclass(frozen=True)
class SessionOwner:
    """Whose session it is."""

    tenant_id: str
    user_id: str


@dataclass(frozen=True)
class SignIn:
    """What a typed password is compared with."""

    tenant_id: str
    user_id: str
    password_hash: str | None


@dataclass(frozen=True)
class AccountOwner:
    """Whose channel account it is, and the secret its signature is checked with."""

    tenant_id: str
    channel_account_id: str
    channel: str
    secret_encrypted: bytes | None


@dataclass(frozen=True)
class Callback:
    """What a callback token stands for."""

    tenant_id: str
    purpose: str
    subject_id: str


def token_hash(token: str) -> bytes:
    """How tokens and API keys are stored: SHA-256; long and random, they need no salt."""
    return hashlib.sha256(token.encode()).digest()


async def by_api_key(conn: Connection, key: str) -> KeyOwner | None:
    """The owner of an API key."""
    async with conn.cursor(row_factory=class_row(KeyOwner)) as cursor:
        await cursor.execute("SELECT * FROM routing.api_key(%s)", [token_hash(key)])
        return await cursor.fetchone()


async def by_session(conn: Connection, token: str) -> SessionOwner | None:
    """The person behind a session token."""
    async with conn.cursor(row_factory=class_row(SessionOwner)) as cursor:
        await cursor.execute("SELECT * FROM routing.session(%s)", [token_hash(token)])
        return await cursor.fetchone()


async def for_sign_in(conn: Connection, tenant_id: str, email: str) -> SignIn | None:
    """The person who says to be `email` of `tenant_id`."""
    async with conn.cursor(row_factory=class_row(SignIn)) as cursor:
        await cursor.execute("SELECT * FROM routing.sign_in(%s, %s)", [tenant_id, email])
        return await cursor.fetchone()


async def by_channel_account(
    conn: Connection, channel: str, external_id: str
) -> AccountOwner | None:
    """The owner of a channel account by the provider's id, as WhatsApp's phone_number_id."""
    async with conn.cursor(row_factory=class_row(AccountOwner)) as cursor:
        await cursor.execute(
            "SELECT * FROM routing.channel_account(%s, %s)", [channel, external_id]
        )
        return await cursor.fetchone()


async def by_channel_token(conn: Connection, token: str) -> AccountOwner | None:
    """The owner of a channel account by the opaque token in its webhook or widget address."""
    async with conn.cursor(row_factory=class_row(AccountOwner)) as cursor:
        await cursor.execute(
            "SELECT * FROM routing.channel_account_by_token(%s)", [token_hash(token)]
        )
        return await cursor.fetchone()


async def by_callback_token(conn: Connection, token: str) -> Callback | None:
    """What an opaque token in a callback address stands for."""
    async with conn.cursor(row_factory=class_row(Callback)) as cursor:
        await cursor.execute("SELECT * FROM routing.callback(%s)", [token_hash(token)])
        return await cursor.fetchone()


async def tenant_exists(conn: Connection, tenant_id: str) -> bool:
    """Whether there is an active tenant of this id (for the tenant that a JWT names)."""
    found = await conn.execute("SELECT 1 FROM routing.tenant(%s)", [tenant_id])
    return await found.fetchone() is not None


async def active_tenants(conn: Connection) -> list[str]:
    """Every active tenant's id; only the worker's role may ask."""
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute("SELECT tenant_id FROM routing.active_tenants()")
        return await cursor.fetchall()
