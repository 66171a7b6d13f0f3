"""Migrations: forward only, each once; every way to the schema leads to the same schema."""

from __future__ import annotations

import asyncio
import difflib
import hashlib
import re
import subprocess
from collections.abc import Iterator
from importlib import resources

import psycopg
import pytest
from psycopg import sql

from invekto.db import binaries
from invekto.db.embedded import EmbeddedServer
from invekto.db.migrate import Migration, migrate, migrations
from invekto.db.pool import Database
from invekto.errors import SchemaOutdated, TryAgain
from tests.conftest import TestDatabase, role_passwords


@pytest.fixture
def empty(postgres: EmbeddedServer, fresh_database: TestDatabase) -> Iterator[str]:
    """An empty database beside a migrated one, on the suite's server."""
    name = f"{fresh_database.name}_empty"
    with psycopg.connect(postgres.dsn(), autocommit=True) as conn:
        conn.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield postgres.dsn(name)
        conn.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _schema(server: EmbeddedServer, dsn: str) -> str:
    """The whole catalogue as DDL."""
    folder = binaries.programs(binaries.server_user(server.log))
    dump = subprocess.run(
        [folder / "pg_dump", "--schema-only", "--restrict-key=x", dsn],
        check=True,
        capture_output=True,
        text=True,
    )
    return dump.stdout


async def test_one_at_a_time_or_all_at_once_gives_the_same_schema(
    postgres: EmbeddedServer, empty: str, fresh_database: TestDatabase
) -> None:
    steps = migrations()
    for count in range(1, len(steps) + 1):
        assert await migrate(empty, role_passwords(), steps[:count]) == [steps[count - 1].name]
    stepwise, at_once = _schema(postgres, empty), _schema(postgres, fresh_database.owner_dsn)
    difference = difflib.unified_diff(at_once.splitlines(), stepwise.splitlines(), lineterm="")
    assert list(difference) == []


async def test_migrating_again_changes_nothing(
    postgres: EmbeddedServer, fresh_database: TestDatabase
) -> None:
    before = _schema(postgres, fresh_database.owner_dsn)
    assert await migrate(fresh_database.owner_dsn, role_passwords()) == []
    assert _schema(postgres, fresh_database.owner_dsn) == before


async def test_two_processes_may_migrate_at_once(empty: str) -> None:
    names = [step.name for step in migrations()]
    both = await asyncio.gather(*[migrate(empty, role_passwords()) for _ in range(2)])
    assert sorted(both) == [[], names]


async def test_a_migration_that_fails_leaves_nothing_and_may_be_mended(empty: str) -> None:
    steps = migrations()
    broken = Migration("9999_last", "CREATE TABLE half (id int); SELECT 1 / 0;")
    with pytest.raises(psycopg.errors.DivisionByZero):
        await migrate(empty, role_passwords(), [*steps, broken])
    mended = Migration("9999_last", "CREATE TABLE half (id int);")
    assert await migrate(empty, role_passwords(), [*steps, mended]) == ["9999_last"]


async def test_an_edited_migration_is_refused(fresh_database: TestDatabase) -> None:
    first, *rest = migrations()
    edited = Migration(first.name, first.text + "\n-- one more line", first.schema)
    with pytest.raises(SchemaOutdated, match=f"{first.name} was edited"):
        await migrate(fresh_database.owner_dsn, role_passwords(), [edited, *rest])


async def test_code_older_than_the_database_runs_beside_newer_code(
    fresh_database: TestDatabase,
) -> None:
    future = Migration("9999_future", "CREATE TABLE a_later_one (id int);")
    assert await migrate(fresh_database.owner_dsn, role_passwords(), [*migrations(), future]) == [
        "9999_future"
    ]
    async with Database(fresh_database.app_dsn) as database:
        await database.check_schema()
    assert await migrate(fresh_database.owner_dsn, role_passwords()) == []


async def test_code_newer_than_the_database_is_refused(fresh_database: TestDatabase) -> None:
    last = migrations()[-1].name
    with psycopg.connect(fresh_database.owner_dsn) as conn:
        conn.execute("DELETE FROM app.migrations WHERE name = %s", [last])
    with pytest.raises(SchemaOutdated, match=f"lacks migration {last}: run `invekto migrate`"):
        async with Database(fresh_database.app_dsn):
            pass


async def test_an_empty_database_is_refused(empty: str) -> None:
    with pytest.raises(SchemaOutdated, match="is empty"):
        async with Database(empty):
            pass


async def test_a_database_that_is_down_is_try_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("invekto.db.pool.CONNECT_SECONDS", 0.2)
    with pytest.raises(TryAgain, match="does not answer"):
        async with Database("host=127.0.0.1 port=1 user=app dbname=x"):
            pass


def test_released_migrations_are_never_edited() -> None:
    text = (resources.files("invekto.db") / "migrations" / "RELEASED").read_text("utf-8")
    released = [line.split() for line in text.splitlines() if line and not line.startswith("#")]
    hashes = {step.name: hashlib.sha256(step.text.encode()).hexdigest() for step in migrations()}
    assert [name for digest, name in released if hashes.get(name) != digest] == []


def test_migrations_only_add() -> None:
    """Older code goes on while newer code has migrated: nothing that it reads may go or change."""
    taking_away = re.compile(
        r"\bDROP\s+(TABLE|COLUMN|SCHEMA)|\bRENAME\b|^\s*TRUNCATE\b|ALTER\s+(COLUMN\s+)?\w+\s+"
        r"(SET\s+DATA\s+)?TYPE\b",
        re.IGNORECASE | re.MULTILINE,
    )
    inside_functions = re.compile(r"(\$\w*\$).*?\1", re.DOTALL)
    for step in migrations()[1:]:
        plain = inside_functions.sub("", step.text)
        found = [match.group() for match in taking_away.finditer(plain)]
        assert not found, f"{step.name} takes away: {found}; see docs/runbook.md, Deploying"


def test_migrations_are_numbered_in_order() -> None:
    names = [step.name for step in migrations()[1:]]
    assert names == sorted(names)
    assert all(name[:4].isdigit() and name[4] == "_" for name in names)
