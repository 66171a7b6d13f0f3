"""The database's roles and schemas, made by whoever owns the database before any migration.

owner    no login; owns every table and runs the migrations
app      login; the API's role: bound by row-level security, owns nothing
worker   login; the job worker's role: likewise, and may use the job tables
routing  no login; owns the functions that find a tenant before one is known
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from collections.abc import Mapping
from pathlib import Path

from psycopg import AsyncConnection, errors, sql

from invekto.errors import OperatorNeeded
from invekto.settings import Settings

LOGIN_ROLES = ("app", "worker")
UNAVAILABLE = (errors.InsufficientPrivilege, errors.FeatureNotSupported, errors.UndefinedFile)
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
    return hmac.new(_key(settings), f"database role {role}".encode(), hashlib.sha256).hexdigest()


def _key(settings: Settings) -> bytes:
    if settings.secret_key is not None:
        return base64.b64decode(settings.secret_key.get_secret_value())
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    return _kept_key(settings.data_dir / "role_key")


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


async def prepare(conn: AsyncConnection[object], passwords: Mapping[str, str]) -> None:
    """Create what is missing: roles, the vector extension, schemas, their grants.

    `conn` is of the database's owner, who may create roles (or finds them created).
    """
    for role in ("owner", "routing"):
        await _ensure_role(conn, role, sql.SQL("NOLOGIN"))
    for role, password in passwords.items():
        await _ensure_role(conn, role, sql.SQL("LOGIN PASSWORD {}").format(sql.Literal(password)))
    await _ensure_vector(conn)
    await conn.execute(FOUNDATIONS)


async def _ensure_role(conn: AsyncConnection[object], role: str, kind: sql.Composable) -> None:
    name = sql.Identifier(role)
    found = await conn.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
    if await found.fetchone() is None:
        await conn.execute(sql.SQL("CREATE ROLE {} " + BOUNDS).format(name))
    await conn.execute(sql.SQL("ALTER ROLE {} {}").format(name, kind))
    if role in LOGIN_ROLES:
        await conn.execute(sql.SQL("ALTER ROLE {} SET statement_timeout = '30s'").format(name))
        await conn.execute(
            sql.SQL("ALTER ROLE {} SET idle_in_transaction_session_timeout = '60s'").format(name)
        )


async def _ensure_vector(conn: AsyncConnection[object]) -> None:
    found = await conn.execute("SELECT 1 FROM pg_extension WHERE extname = 'vector'")
    if await found.fetchone() is not None:
        return
    try:
        await conn.execute("CREATE EXTENSION vector WITH SCHEMA public")
    except (
        errors.InsufficientPrivilege,
        errors.FeatureNotSupported,
        errors.UndefinedFile,
    ) as error:
        raise OperatorNeeded(
            f"the database has no pgvector and this role cannot add it ({error}): install "
            "pgvector >= 0.8 and run CREATE EXTENSION vector as a superuser"
        ) from error
