"""A database of an evaluation's own on the embedded server, dropped at its end."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from psycopg import AsyncConnection, sql
from psycopg.conninfo import make_conninfo

from invekto.db.embedded import EmbeddedServer
from invekto.db.migrate import migrate
from invekto.db.pool import Database
from invekto.db.roles import LOGIN_ROLES, role_password
from invekto.settings import Settings


@asynccontextmanager
async def scratch_database(settings: Settings, purpose: str) -> AsyncIterator[Database]:
    """A pool as role `app` on a fresh, migrated database."""
    server = EmbeddedServer(settings.data_dir / "pg")
    await asyncio.to_thread(server.start)
    name = f"{purpose}_{os.getpid()}"
    try:
        await _run(server, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
        await _run(server, "CREATE DATABASE {}", name)
        dsn = server.dsn(dbname=name)
        passwords = {role: role_password(settings, role) for role in LOGIN_ROLES}
        await migrate(dsn, passwords)
        app = make_conninfo(dsn, user="app", password=passwords["app"])
        async with Database(app, size=4) as database:
            yield database
    finally:
        await _run(server, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
        await asyncio.to_thread(server.stop)


async def _run(server: EmbeddedServer, statement: str, name: str) -> None:
    async with await AsyncConnection.connect(server.dsn(), autocommit=True) as conn:
        await conn.execute(sql.SQL(statement).format(sql.Identifier(name)))
