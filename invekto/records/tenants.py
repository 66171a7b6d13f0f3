"""Tenants, the people who work for them, their sessions, API keys and channel accounts.

Functions take an open tenant transaction and see that tenant only. Secrets and tokens arrive
hashed or encrypted; nothing here knows a plain one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from psycopg import AsyncConnection, errors
from psycopg.rows import TupleRow, class_row, scalar_row
from psycopg.types.json import Jsonb

from invekto.errors import BadRequest, Conflict, NotFound

Connection = AsyncConnection[TupleRow]
Tone = Literal["formal", "short", "friendly"]
Role = Literal["owner", "supervisor", "agent", "knowledge_manager", "read_only"]


@dataclass(frozen=True)
class Tenant:
    """A business. `profile` is what replies may say of it, `settings` how the AI behaves."""

    tenant_id: str
    name: str
    sector: str
    packs: list[str]
    languages: list[str]
    default_language: str
    timezone: str
    currency: str
    tone: Tone
    health: bool
    profile: dict[str, Any]
    settings: dict[str, Any]
    active: bool
    created_at: datetime
    config_version: int


@dataclass(frozen=True)
class User:
    """A person who works for the tenant."""

    user_id: str
    email: str
    name: str
    role: Role
    languages: list[str]
    active: bool


@dataclass(frozen=True)
class ApiKey:
    """An API key without its secret; `prefix` is what a person recognises it by."""

    api_key_id: str
    prefix: str
    name: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True)
class ChannelAccount:
    """One number, shop or widget of the tenant on a channel."""

    channel_account_id: str
    channel: str
    external_id: str
    name: str
    secret_encrypted: bytes | None
    settings: dict[str, Any]
    active: bool


TENANT = (
    "tenant_id, name, sector, packs, languages, default_language, timezone, currency, tone, "
    "health, profile, settings, active, created_at, config_version"
)
USER = "user_id, email, name, role, languages, active"
API_KEY = "api_key_id, prefix, name, scopes, created_at, expires_at, last_used_at, revoked_at"
ACCOUNT = "channel_account_id, channel, external_id, name, secret_encrypted, settings, active"


async def create_tenant(
    conn: Connection,
    *,
    name: str,
    sector: str,
    packs: Sequence[str] = (),
    languages: Sequence[str] = ("tr", "en", "ar"),
    default_language: str = "tr",
    timezone: str = "Europe/Istanbul",
    currency: str = "TRY",
    tone: Tone = "friendly",
    health: bool = False,
    profile: Mapping[str, Any] | None = None,
    settings: Mapping[str, Any] | None = None,
) -> Tenant:
    """Create the tenant that the transaction was opened for. Raises Conflict if it exists."""
    values: list[object] = [name, sector, list(packs), list(languages), default_language]
    values += [timezone, currency, tone, health]
    values += [Jsonb(dict(profile or {})), Jsonb(dict(settings or {}))]
    async with conn.cursor(row_factory=class_row(Tenant)) as cursor:
        await cursor.execute(
            "INSERT INTO tenants (name, sector, packs, languages, default_language, timezone,"
            " currency, tone, health, profile, settings)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
            f" ON CONFLICT DO NOTHING RETURNING {TENANT}",
            values,
        )
        made = await cursor.fetchone()
    if made is None:
        raise Conflict("this tenant exists already: update it, or choose another id")
    return made


async def get_tenant(conn: Connection) -> Tenant:
    """The transaction's tenant. Raises NotFound."""
    async with conn.cursor(row_factory=class_row(Tenant)) as cursor:
        await cursor.execute(f"SELECT {TENANT} FROM tenants")
        tenant = await cursor.fetchone()
    if tenant is None:
        raise NotFound("no such tenant: create it first")
    return tenant


async def update_settings(conn: Connection, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Merge `changes` into the tenant's settings (None removes a key); returns them all."""
    return await _merge(conn, "settings", changes)


async def update_profile(conn: Connection, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Merge `changes` into the tenant's profile (None removes a key); returns it all."""
    return await _merge(conn, "profile", changes)


async def _merge(
    conn: Connection, column: Literal["settings", "profile"], changes: Mapping[str, Any]
) -> dict[str, Any]:
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute(
            f"UPDATE tenants SET {column} = ({column} || %s) - %s::text[] RETURNING {column}",
            [Jsonb(dict(changes)), [key for key, value in changes.items() if value is None]],
        )
        merged: dict[str, Any] | None = await cursor.fetchone()
    if merged is None:
        raise NotFound("no such tenant: create it first")
    return merged


async def set_tone(conn: Connection, tone: Tone) -> None:
    """Change how replies sound."""
    await conn.execute("UPDATE tenants SET tone = %s", [tone])


async def set_languages(conn: Connection, languages: Sequence[str], default: str) -> None:
    """Change which languages customers are answered in; `default` is one of them.

    Raises:
        BadRequest: no language, or the default is not among them.
    """
    if default not in languages:
        raise BadRequest("the default language must be one of the languages", field="default")
    await conn.execute(
        "UPDATE tenants SET languages = %s, default_language = %s", [list(languages), default]
    )


async def add_user(
    conn: Connection,
    *,
    email: str,
    name: str,
    role: Role,
    user_id: str | None = None,
    password_hash: str | None = None,
    languages: Sequence[str] = ("tr",),
) -> User:
    """Add a person. Raises Conflict when the e-mail or the id is taken."""
    async with conn.cursor(row_factory=class_row(User)) as cursor:
        await cursor.execute(
            "INSERT INTO users (user_id, email, name, role, password_hash, languages)"
            " VALUES (coalesce(%s, gen_random_uuid()::text), lower(%s), %s, %s, %s, %s)"
            f" ON CONFLICT DO NOTHING RETURNING {USER}",
            [user_id, email, name, role, password_hash, list(languages)],
        )
        user = await cursor.fetchone()
    if user is None:
        raise Conflict(f"there is a user with the e-mail {email} or the id {user_id} already")
    return user


async def list_users(conn: Connection, *, active_only: bool = True) -> list[User]:
    """The tenant's people, by name."""
    async with conn.cursor(row_factory=class_row(User)) as cursor:
        await cursor.execute(
            f"SELECT {USER} FROM users WHERE active OR NOT %s ORDER BY name, user_id",
            [active_only],
        )
        return await cursor.fetchall()


async def get_user(conn: Connection, user_id: str) -> User:
    """One person, active or not. Raises NotFound."""
    async with conn.cursor(row_factory=class_row(User)) as cursor:
        await cursor.execute(f"SELECT {USER} FROM users WHERE user_id = %s", [user_id])
        user = await cursor.fetchone()
    if user is None:
        raise NotFound(f"no user {user_id}")
    return user


async def update_user(
    conn: Connection,
    user_id: str,
    *,
    role: Role | None = None,
    active: bool | None = None,
    password_hash: str | None = None,
    languages: Sequence[str] | None = None,
) -> User:
    """Change what is given; switching a person off also ends their sessions. Raises NotFound."""
    async with conn.cursor(row_factory=class_row(User)) as cursor:
        await cursor.execute(
            "UPDATE users SET role = coalesce(%s, role), active = coalesce(%s, active),"
            " password_hash = coalesce(%s, password_hash), languages = coalesce(%s, languages)"
            f" WHERE user_id = %s RETURNING {USER}",
            [role, active, password_hash, None if languages is None else list(languages), user_id],
        )
        user = await cursor.fetchone()
    if user is None:
        raise NotFound(f"no user {user_id}")
    if not user.active or password_hash is not None:
        await conn.execute("DELETE FROM sessions WHERE user_id = %s", [user_id])
    return user


async def open_session(
    conn: Connection, user_id: str, token_hash: bytes, expires_at: datetime
) -> None:
    """Remember a signed-in browser. Raises NotFound for an unknown or inactive person."""
    done = await conn.execute(
        "INSERT INTO sessions (token_hash, user_id, expires_at)"
        " SELECT %s, user_id, %s FROM users WHERE user_id = %s AND active",
        [token_hash, expires_at, user_id],
    )
    if done.rowcount == 0:
        raise NotFound(f"no active user {user_id}")


async def close_session(conn: Connection, token_hash: bytes) -> bool:
    """Sign a browser out; False when there was no such session."""
    done = await conn.execute("DELETE FROM sessions WHERE token_hash = %s", [token_hash])
    return done.rowcount > 0


async def add_api_key(
    conn: Connection,
    *,
    key_hash: bytes,
    prefix: str,
    name: str,
    scopes: Sequence[str],
    expires_at: datetime | None = None,
) -> ApiKey:
    """Store a new key by its hash."""
    async with conn.cursor(row_factory=class_row(ApiKey)) as cursor:
        await cursor.execute(
            "INSERT INTO api_keys (key_hash, prefix, name, scopes, expires_at)"
            f" VALUES (%s, %s, %s, %s, %s) RETURNING {API_KEY}",
            [key_hash, prefix, name, list(scopes), expires_at],
        )
        made = await cursor.fetchone()
    assert made is not None
    return made


async def list_api_keys(conn: Connection) -> list[ApiKey]:
    """Every key of the tenant, newest first, revoked ones included."""
    async with conn.cursor(row_factory=class_row(ApiKey)) as cursor:
        await cursor.execute(f"SELECT {API_KEY} FROM api_keys ORDER BY created_at DESC, api_key_id")
        return await cursor.fetchall()


async def revoke_api_key(conn: Connection, api_key_id: str) -> ApiKey:
    """End a key at once; repeating it changes nothing. Raises NotFound."""
    async with conn.cursor(row_factory=class_row(ApiKey)) as cursor:
        await cursor.execute(
            "UPDATE api_keys SET revoked_at = coalesce(revoked_at, now())"
            f" WHERE api_key_id = %s RETURNING {API_KEY}",
            [api_key_id],
        )
        key = await cursor.fetchone()
    if key is None:
        raise NotFound(f"no API key {api_key_id}")
    return key


async def touch_api_key(conn: Connection, api_key_id: str) -> None:
    """Note that a key was used, at most once a minute."""
    await conn.execute(
        "UPDATE api_keys SET last_used_at = now() WHERE api_key_id = %s"
        " AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')",
        [api_key_id],
    )


async def add_channel_account(
    conn: Connection,
    *,
    channel: str,
    external_id: str,
    name: str = "",
    token_hash: bytes | None = None,
    secret_encrypted: bytes | None = None,
    settings: Mapping[str, Any] | None = None,
    channel_account_id: str | None = None,
) -> ChannelAccount:
    """Connect an account. Raises Conflict when some tenant has connected it already."""
    values = [channel_account_id, channel, external_id, name, token_hash, secret_encrypted]
    try:
        async with conn.transaction(), conn.cursor(row_factory=class_row(ChannelAccount)) as cursor:
            await cursor.execute(
                "INSERT INTO channel_accounts (channel_account_id, channel, external_id, name,"
                " token_hash, secret_encrypted, settings)"
                " VALUES (coalesce(%s, gen_random_uuid()::text), %s, %s, %s, %s, %s, %s)"
                f" RETURNING {ACCOUNT}",
                [*values, Jsonb(dict(settings or {}))],
            )
            made = await cursor.fetchone()
    except errors.UniqueViolation as error:
        raise Conflict(
            f"the {channel} account {external_id} is connected already: disconnect it first"
        ) from error
    assert made is not None
    return made


async def list_channel_accounts(conn: Connection) -> list[ChannelAccount]:
    """The tenant's accounts, active or not."""
    async with conn.cursor(row_factory=class_row(ChannelAccount)) as cursor:
        await cursor.execute(
            f"SELECT {ACCOUNT} FROM channel_accounts ORDER BY channel, name, channel_account_id"
        )
        return await cursor.fetchall()


async def get_channel_account(conn: Connection, channel_account_id: str) -> ChannelAccount:
    """One account. Raises NotFound."""
    async with conn.cursor(row_factory=class_row(ChannelAccount)) as cursor:
        await cursor.execute(
            f"SELECT {ACCOUNT} FROM channel_accounts WHERE channel_account_id = %s",
            [channel_account_id],
        )
        account = await cursor.fetchone()
    if account is None:
        raise NotFound(f"no channel account {channel_account_id}")
    return account


async def add_callback_token(
    conn: Connection,
    *,
    token_hash: bytes,
    purpose: str,
    subject_id: str,
    expires_at: datetime | None = None,
) -> None:
    """Remember what an opaque token in a provider's callback address stands for."""
    await conn.execute(
        "INSERT INTO callback_tokens (token_hash, purpose, subject_id, expires_at)"
        " VALUES (%s, %s, %s, %s)",
        [token_hash, purpose, subject_id, expires_at],
    )
