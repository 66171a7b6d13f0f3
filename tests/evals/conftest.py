"""The demo businesses taken in once, and a copy of them for every module that changes them."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from invekto.agent.assembly import Engine
from invekto.db.embedded import EmbeddedServer
from invekto.db.pool import Database
from invekto.evals.scenarios import opened_engine
from invekto.settings import Settings
from tests.conftest import HOME, MakeDatabase, TestDatabase


@dataclass(frozen=True)
class House:
    """The real engine over the demo businesses, and their database."""

    engine: Engine
    database: TestDatabase


@pytest.fixture(scope="session")
async def taken_in(make_database: MakeDatabase, demo_businesses: str) -> AsyncIterator[House]:
    """Nobody is connected to it, so that it can be copied."""
    async with make_database(demo_businesses) as made:
        async with Database(made.app_dsn) as pool:
            engine = opened_engine(pool, Settings(data_dir=HOME))
        yield House(engine, made)


@pytest.fixture(scope="module")
async def house(taken_in: House, postgres: EmbeddedServer) -> AsyncIterator[House]:
    """A copy for one module."""
    base = taken_in.database
    name = f"test_{os.getpid()}_{os.urandom(3).hex()}"
    with psycopg.connect(postgres.dsn(), autocommit=True) as conn:
        copy = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
        conn.execute(copy.format(sql.Identifier(name), sql.Identifier(base.name)))
        dsns = [
            make_conninfo(dsn, dbname=name)
            for dsn in (base.owner_dsn, base.app_dsn, base.worker_dsn)
        ]
        made = TestDatabase(name, *dsns)
        try:
            async with Database(made.app_dsn) as pool:
                deps = replace(taken_in.engine.deps, database=pool)
                yield House(replace(taken_in.engine, deps=deps), made)
        finally:
            drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
            conn.execute(drop.format(sql.Identifier(name)))
