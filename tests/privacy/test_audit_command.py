"""`invekto audit verify` as an operator types it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import date

import psycopg
import pytest
from click.testing import Result
from typer.testing import CliRunner

from invekto.cli.app import app
from invekto.db.pool import Database
from invekto.errors import BadData
from invekto.records import audit
from invekto.records.tenants import create_tenant
from invekto.settings import settings
from tests.conftest import TestDatabase
from tests.privacy.test_audit import LATER, write


@pytest.fixture
def database_of_shops(
    fresh_database: TestDatabase, monkeypatch: pytest.MonkeyPatch
) -> Iterator[TestDatabase]:
    """Two shops whose events are sealed under this process's key, named in the settings."""
    monkeypatch.setenv("INVEKTO_DATABASE_URL", fresh_database.owner_dsn)
    settings.cache_clear()
    asyncio.run(_sealed(fresh_database))
    yield fresh_database
    monkeypatch.undo()
    settings.cache_clear()


async def _sealed(made: TestDatabase) -> None:
    key = audit.audit_key(settings())
    async with Database(made.app_dsn) as db:
        for name in ("shop", "other"):
            async with db.tenant(name) as conn:
                await create_tenant(conn, name=name, sector="ecommerce")
                await write(conn)
                await audit.seal(conn, key, LATER)


def _verified(*more: str) -> Result:
    return CliRunner().invoke(app, ["audit", "verify", *more])


def test_whole_logs_are_told_and_a_changed_one_is_named(database_of_shops: TestDatabase) -> None:
    said = _verified()
    assert said.exit_code == 0, said.output
    assert "shop: whole, 5 sealed" in said.output
    assert "other: whole, 5 sealed" in said.output
    with psycopg.connect(database_of_shops.owner_dsn) as owner:
        owner.execute("SET session_replication_role = replica")
        owner.execute(
            f"UPDATE audit_events_{date.today():%Y%m} SET actor_id = 'x'"
            " WHERE tenant_id = 'shop' AND resource_id = 'c2'"
        )
    said = _verified()
    assert isinstance(said.exception, BadData)
    assert "shop" in str(said.exception)
    assert "other" not in str(said.exception)
    assert "shop: BROKEN" in said.output
    assert "was changed" in said.output
    assert _verified("--tenant", "other").exit_code == 0
