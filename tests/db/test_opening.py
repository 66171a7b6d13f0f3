"""From settings to a database: embedded by default, any other by its address."""

from __future__ import annotations

import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from pydantic import SecretStr

from invekto.db.migrate import migrations
from invekto.db.opening import open_database
from invekto.errors import OperatorNeeded, SchemaOutdated, TryAgain
from invekto.settings import Settings
from tests.conftest import fast_folder


@pytest.fixture(scope="module")
def data_dir() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="invekto-test-", dir=fast_folder()))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


async def test_the_embedded_database_is_made_migrated_and_kept(data_dir: Path) -> None:
    settings = Settings(data_dir=data_dir)
    async with await open_database(settings) as first:
        assert list(first.applied) == [step.name for step in migrations()]
        async with first.pool("app") as app, app.tenant("kept") as conn:
            await conn.execute("INSERT INTO tenants (name, sector) VALUES ('Kept', 'dental')")
    async with await open_database(settings) as second:
        assert second.applied == ()
        async with second.pool("worker") as worker, worker.tenant("kept") as conn:
            assert await (await conn.execute("SELECT name FROM tenants")).fetchone() == ("Kept",)


async def test_secrets_of_the_database_are_for_their_owner_only(data_dir: Path) -> None:
    for name in ("role_key", "pg/password", "pg/server.log"):
        assert stat.S_IMODE((data_dir / name).stat().st_mode) == 0o600


async def test_another_database_is_migrated_on_command_only(data_dir: Path) -> None:
    async with await open_database(Settings(data_dir=data_dir)) as embedded:
        with psycopg.connect(embedded.owner_dsn, autocommit=True) as conn:
            conn.execute("CREATE DATABASE elsewhere TEMPLATE template0")
        url = psycopg.conninfo.make_conninfo(embedded.owner_dsn, dbname="elsewhere")
        key = SecretStr("c2V2ZW4gc2VhcyBvZiBzZXZlbiB0ZWFzIQ==")
        settings = Settings(data_dir=data_dir, database_url=url, secret_key=key)
        at = await open_database(settings, migrating=True)
        assert at.server is None
        async with at.pool("app") as app, app.routing() as conn:
            await conn.execute("SELECT 1")

        with psycopg.connect(url, autocommit=True) as conn:
            conn.execute("DROP SCHEMA app CASCADE")
        at = await open_database(settings)
        with pytest.raises(SchemaOutdated, match="run `invekto migrate`"):
            async with at.pool("app"):
                pass


async def test_a_pooler_stands_before_transactions_only(data_dir: Path) -> None:
    at = await open_database(
        Settings(
            data_dir=data_dir,
            database_url="host=db user=shop dbname=shop",
            database_pooler_url="host=pooler port=6432 dbname=shop",
        )
    )
    assert at.pooled
    assert "host=pooler" in at.app_dsn
    assert "host=pooler" in at.worker_dsn
    assert "host=db" in at.jobs_dsn
    assert "host=db" in at.owner_dsn


async def test_a_secret_key_that_is_no_base64_is_named(data_dir: Path) -> None:
    settings = Settings(data_dir=data_dir, secret_key=SecretStr("not base64!"))
    with pytest.raises(OperatorNeeded, match="INVEKTO_SECRET_KEY"):
        await open_database(settings)


async def test_a_database_that_cannot_be_reached_is_try_again(data_dir: Path) -> None:
    settings = Settings(data_dir=data_dir, database_url="host=127.0.0.1 port=1 user=x dbname=x")
    with pytest.raises(TryAgain, match="cannot be reached"):
        await open_database(settings, migrating=True)
