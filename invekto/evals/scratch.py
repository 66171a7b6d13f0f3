"""Databases of an evaluation's own on the embedded server, dropped at its end."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from psycopg import AsyncConnection, OperationalError, sql
from psycopg.conninfo import make_conninfo

from invekto.db.embedded import EmbeddedServer
from invekto.db.migrate import migrate
from invekto.db.opening import DATABASE
from invekto.db.pool import Database
from invekto.db.roles import LOGIN_ROLES, role_password
from invekto.settings import Settings


@asynccontextmanager
async def scratch_database(settings: Settings, purpose: str) -> AsyncIterator[Database]:
    """A pool as role `app` on a fresh, migrated database."""
    async with scratch_dsn(settings, purpose) as dsn, Database(dsn, size=4) as database:
        yield database


@asynccontextmanager
async def scratch_dsn(settings: Settings, purpose: str) -> AsyncIterator[str]:
    """The same without a pool: the connection string of role `app`."""
    async with _server(settings) as server, _created(server, _name(purpose)) as dsn:
        await migrate(dsn, _passwords(settings))
        yield _as_app(settings, dsn)


@asynccontextmanager
async def empty_database(settings: Settings, purpose: str) -> AsyncIterator[str]:
    """A database without anything of ours, for somebody else's tables: its superuser's DSN."""
    async with _server(settings) as server, _created(server, _name(purpose)) as dsn:
        yield dsn


@asynccontextmanager
async def copied_database(settings: Settings, purpose: str, number: int) -> AsyncIterator[Database]:
    """A pool on a copy of the scratch database of the same purpose, to which nobody may be
    connected while it is copied."""
    base = _name(purpose)
    async with (
        _server(settings) as server,
        _created(server, f"{base}_{number}", template=base) as dsn,
        Database(_as_app(settings, dsn), size=4) as database,
    ):
        yield database


@asynccontextmanager
async def _server(settings: Settings) -> AsyncIterator[EmbeddedServer]:
    server = EmbeddedServer(settings.data_dir / "pg")
    await asyncio.to_thread(server.start)
    try:
        yield server
    finally:
        await asyncio.to_thread(server.stop)


@asynccontextmanager
async def _created(
    server: EmbeddedServer, name: str, template: str = "template1"
) -> AsyncIterator[str]:
    """Its superuser's DSN; dropped at the end."""
    try:
        await _run(server, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
        await _run(server, "CREATE DATABASE {} TEMPLATE {}", name, template)
        yield server.dsn(dbname=name)
    finally:
        await _run(server, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


def _name(purpose: str) -> str:
    return f"{purpose}_{os.getpid()}"


def _passwords(settings: Settings) -> dict[str, str]:
    return {role: role_password(settings, role) for role in LOGIN_ROLES}


def _as_app(settings: Settings, dsn: str) -> str:
    return make_conninfo(dsn, user="app", password=_passwords(settings)["app"])


async def _run(server: EmbeddedServer, statement: str, *names: str) -> None:
    async with await _maintenance(server) as conn:
        await conn.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


async def _maintenance(server: EmbeddedServer) -> AsyncConnection[Any]:
    """A connection of the superuser to a database that is surely there: once the product's own
    was made of it, `postgres` is gone."""
    try:
        return await AsyncConnection.connect(server.dsn(), autocommit=True)
    except OperationalError:
        return await AsyncConnection.connect(server.dsn(dbname=DATABASE), autocommit=True)
