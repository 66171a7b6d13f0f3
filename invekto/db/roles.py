"""The database's roles and schemas, made by whoever owns the database before any migration.

owner    no login; owns every table and runs the migrations
app      login; the API's role: bound by row-level security, owns nothing
worker   login; the job worker's role: likewise, and may use the job tables
routing  no login; owns the functions that find a tenant before one is known
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import hmac
import os
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from pathlib import Path

from psycopg import AsyncConnection, errors, sql
from psycopg.rows import TupleRow

from invekto.errors import OperatorNeeded, TryAgain
from invekto.settings import Settings

Connection = AsyncConnection[TupleRow]

OLDEST_POSTGRES = 15
OLDEST_VECTOR = (0, 8)
PATIENCE = 100  # times 50 ms
LIMITS = {"statement_timeout": "30s", "idle_in_transaction_session_timeout": "60s"}
NO_VECTOR = (errors.InsufficientPrivilege, errors.FeatureNotSupported, errors.UndefinedFile)
LOGIN_ROLES = ("app", "worker")
BOUNDS = "NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION"

FOUNDATIONS = """
GRANT owner, routing TO CURRENT_USER;
GRANT routing TO owner;
CREATE SCHEMA IF NOT EXISTS app AUTHORIZATION owner;
CREATE SCHEMA IF NOT EXISTS jobs AUTHORIZATION owner;
CREATE SCHEMA IF NOT EXISTS routing AUTHORIZATION routing;
GRANT USAGE ON SCHEMA app, routing, jobs TO app, worker;
GRANT USAGE ON SCHEMA app TO routing;
GRANT USAGE, CREATE ON SCHEMA public TO owner;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
"""


def role_password(settings: Settings, role: str) -> str:
    """The password of a login role, derived from the secret key (or one kept in the data folder).

    Every process that has the same key knows it; nothing has to be handed around.
    """
    return hmac.new(
        root_key(settings), f"database role {role}".encode(), hashlib.sha256
    ).hexdigest()


def root_key(settings: Settings) -> bytes:
    """The secret key, or one kept in the data folder. Raises OperatorNeeded if it is no base64."""
    if settings.secret_key is not None:
        return _decoded(settings.secret_key.get_secret_value(), "INVEKTO_SECRET_KEY")
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    return _kept_key(settings.data_dir / "role_key")


def previous_key(settings: Settings) -> bytes | None:
    """The secret key before the present one, while it is being rotated."""
    if settings.secret_key_previous is None:
        return None
    return _decoded(settings.secret_key_previous.get_secret_value(), "INVEKTO_SECRET_KEY_PREVIOUS")


def _decoded(value: str, name: str) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except binascii.Error as error:
        raise OperatorNeeded(f"{name} is not base64: set 32 random bytes") from error


def _kept_key(path: Path) -> bytes:
    """The key in `path`, made at the first call; whoever links it first wins."""
    if not path.exists():
        fresh = path.with_name(f"{path.name}.{os.getpid()}")
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(os.urandom(32))
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_bytes()


async def prepare(conn: Connection, passwords: Mapping[str, str]) -> None:
    """Create what is missing: roles, the vector extension, schemas, their grants.

    `conn` is of the database's owner, outside a transaction. Raises OperatorNeeded when it may
    not create what is missing, or when Postgres or pgvector are too old.
    """
    await _recent_enough(conn)
    try:
        for role in ("owner", "routing"):
            await _patiently(conn, partial(_ensure_role, role=role, kind=sql.SQL("NOLOGIN")))
        for role, password in passwords.items():
            login = sql.SQL("LOGIN PASSWORD {}").format(sql.Literal(password))
            await _patiently(conn, partial(_ensure_role, role=role, kind=login))
        await _ensure_vector(conn)
        await _patiently(conn, _lay_foundations)
    except errors.InsufficientPrivilege as error:
        raise OperatorNeeded(
            f"the role in INVEKTO_DATABASE_URL may not prepare the database ({error}): it must "
            "own the database and have CREATEROLE"
        ) from error


async def _patiently(conn: Connection, step: Callable[[Connection], Awaitable[None]]) -> None:
    """Roles belong to the whole server: another database's migration may get in the way."""
    for _ in range(PATIENCE):
        try:
            async with conn.transaction():
                await step(conn)
        except (errors.InternalError_, errors.UniqueViolation, errors.DuplicateObject):
            await asyncio.sleep(0.05)
        else:
            return
    raise TryAgain("other migrations on this server keep changing the roles: try again")


async def _ensure_role(conn: Connection, role: str, kind: sql.Composable) -> None:
    name = sql.Identifier(role)
    found = await conn.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
    if await found.fetchone() is None:
        await conn.execute(sql.SQL("CREATE ROLE {} " + BOUNDS).format(name))
    await conn.execute(sql.SQL("ALTER ROLE {} {}").format(name, kind))
    if role in LOGIN_ROLES:
        for limit, value in LIMITS.items():
            await conn.execute(
                sql.SQL("ALTER ROLE {} SET {} = {}").format(name, sql.SQL(limit), value)
            )


async def _lay_foundations(conn: Connection) -> None:
    await conn.execute(FOUNDATIONS)


async def _recent_enough(conn: Connection) -> None:
    if conn.info.server_version < OLDEST_POSTGRES * 10_000:
        raise OperatorNeeded(
            f"the database is PostgreSQL {conn.info.server_version // 10_000}: "
            f"{OLDEST_POSTGRES} or newer is needed"
        )


async def _ensure_vector(conn: Connection) -> None:
    query = "SELECT extversion FROM pg_extension WHERE extname = 'vector'"
    found = await (await conn.execute(query)).fetchone()
    if found is None:
        try:
            await conn.execute("CREATE EXTENSION vector WITH SCHEMA public")
        except NO_VECTOR as error:
            raise OperatorNeeded(
                f"the database has no pgvector and this role cannot add it ({error}): install "
                "pgvector >= 0.8 and run CREATE EXTENSION vector as a superuser"
            ) from error
        found = await (await conn.execute(query)).fetchone()
    version = str(found[0]) if found else "0"
    if tuple(int(part) for part in version.split(".")[:2]) < OLDEST_VECTOR:
        raise OperatorNeeded(
            f"the database has pgvector {version}: install 0.8 or newer, then run "
            "ALTER EXTENSION vector UPDATE"
        )
