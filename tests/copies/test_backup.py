"""A backup gives back everything, or says why it will not."""

from __future__ import annotations

import os
import stat
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from invekto.db.backup import back_up, dated, restore, surplus
from invekto.db.copying import LEFT_OUT
from invekto.db.migrate import migrations
from invekto.db.pool import Database
from invekto.db.sealing import Sealer
from invekto.db.worker import keep_house_once
from invekto.errors import BadData, Conflict, OperatorNeeded, SchemaOutdated
from tests.conftest import TestDatabase, role_passwords
from tests.copies.conftest import NEIGHBOUR, OURS, UNLIKE, Street, rows, sealer, without

KEY = sealer().fingerprints()
JOBS = "jobs.procrastinate_jobs"


async def test_after_a_restore_everything_is_equal(
    street: Street, elsewhere: TestDatabase, tmp_path: Path
) -> None:
    before = street.rows()
    assert len(before) > 85, sorted(before)
    file = tmp_path / "all.zip"
    told = await back_up(street.made.owner_dsn, file, KEY[0])
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert os.listdir(tmp_path) == ["all.zip"]
    assert told.tenants == [OURS, NEIGHBOUR]

    await restore(elsewhere.owner_dsn, file, KEY, role_passwords())
    assert without(rows(elsewhere.owner_dsn)) == without(before)
    assert street.rows() == before


def test_of_a_folder_the_newest_backups_stay(tmp_path: Path) -> None:
    moments = [datetime(2026, month, 28, 2, 30, tzinfo=UTC) for month in (1, 2, 11, 12)]
    for moment in moments:
        (tmp_path / dated(moment)).touch()
    (tmp_path / "invekto-notes.txt").touch()
    assert [p.name for p in surplus(tmp_path, 2)] == [dated(m) for m in moments[:2]]
    assert surplus(tmp_path, 9) == []
    assert len(surplus(tmp_path, 0)) == 3  # never the last one


async def test_what_is_left_out_is_named_with_its_reason() -> None:
    assert set(LEFT_OUT) == UNLIKE
    assert all(LEFT_OUT.values())


async def test_a_restored_database_goes_on(
    street: Street, elsewhere: TestDatabase, tmp_path: Path
) -> None:
    """Numbers go on behind the highest, running jobs are revived, the application connects."""
    with psycopg.connect(street.made.owner_dsn) as conn:
        worker = conn.execute(
            "INSERT INTO jobs.procrastinate_workers DEFAULT VALUES RETURNING id"
        ).fetchone()
        conn.execute(
            "UPDATE jobs.procrastinate_jobs SET status = 'doing', worker_id = %s"
            " WHERE task_name = 'turn'",
            worker,
        )
    await back_up(street.made.owner_dsn, tmp_path / "all.zip", KEY[0])
    await restore(elsewhere.owner_dsn, tmp_path / "all.zip", KEY, role_passwords())
    assert await keep_house_once(elsewhere.worker_dsn) == 2
    highest = "SELECT max(seq) FROM trust_verdicts"
    sequence = "SELECT nextval(pg_get_serial_sequence('trust_verdicts', 'seq'))"
    with psycopg.connect(elsewhere.owner_dsn) as conn:
        for last, following in (
            (highest, sequence),
            (
                f"SELECT max(id) FROM {JOBS}",
                f"SELECT nextval(pg_get_serial_sequence('{JOBS}', 'id'))",
            ),
        ):
            top, after = conn.execute(last).fetchone(), conn.execute(following).fetchone()
            assert (after or (0,)) > (top or (0,))
    async with Database(elsewhere.app_dsn) as database, database.tenant(OURS) as conn:
        found = await (await conn.execute("SELECT count(*) FROM messages")).fetchone()
        assert found is not None
        assert found[0] > 0


async def test_a_database_with_tenants_is_not_overwritten(street: Street, tmp_path: Path) -> None:
    await back_up(street.made.owner_dsn, tmp_path / "all.zip", KEY[0])
    before = street.rows()
    with pytest.raises(Conflict, match="has 2 tenants"):
        await restore(street.made.owner_dsn, tmp_path / "all.zip", KEY, role_passwords())
    assert street.rows() == before


async def test_another_secret_key_is_noticed(
    street: Street, elsewhere: TestDatabase, tmp_path: Path
) -> None:
    file = tmp_path / "all.zip"
    await back_up(street.made.owner_dsn, file, KEY[0])
    other = Sealer(os.urandom(32))
    with pytest.raises(OperatorNeeded, match="another secret key"):
        await restore(elsewhere.owner_dsn, file, other.fingerprints(), role_passwords())
    rotating = [*other.fingerprints(), *KEY]
    await restore(elsewhere.owner_dsn, file, rotating, role_passwords())


async def test_damage_and_other_files_are_noticed(
    street: Street, elsewhere: TestDatabase, tmp_path: Path
) -> None:
    file = tmp_path / "all.zip"
    await back_up(street.made.owner_dsn, file, KEY[0])
    whole = file.read_bytes()
    for harmed in (whole[:-200], b"no archive", changed(file, "public.messages"), b""):
        file.write_bytes(harmed)
        with pytest.raises(BadData):
            await restore(elsewhere.owner_dsn, file, KEY, role_passwords())
    with pytest.raises(BadData):
        await restore(elsewhere.owner_dsn, tmp_path / "none", KEY, role_passwords())
    assert without(rows(elsewhere.owner_dsn), "public.trust_system") == {}


def changed(file: Path, name: str) -> bytes:
    """The archive with one byte of a table's rows changed, put together as it should be."""
    other = file.with_name("other.zip")
    with zipfile.ZipFile(file) as source, zipfile.ZipFile(other, "w") as into:
        for entry in source.namelist():
            body = source.read(entry)
            into.writestr(entry, body.replace(b"a", b"b", 1) if entry == name else body)
    return other.read_bytes()


async def test_a_backup_of_newer_code_is_refused(
    street: Street, elsewhere: TestDatabase, tmp_path: Path
) -> None:
    with psycopg.connect(street.made.owner_dsn) as conn:
        conn.execute("INSERT INTO app.migrations (name, hash) VALUES ('9999_future', 'x')")
    await back_up(street.made.owner_dsn, tmp_path / "all.zip", KEY[0])
    with pytest.raises(SchemaOutdated, match="9999_future"):
        await restore(elsewhere.owner_dsn, tmp_path / "all.zip", KEY, role_passwords())


async def test_a_restore_migrates_what_is_older(
    street: Street, elsewhere: TestDatabase, tmp_path: Path
) -> None:
    """An archive from before a migration is put into a database that has it already."""
    last = migrations()[-1].name
    with psycopg.connect(street.made.owner_dsn) as conn:
        conn.execute("DELETE FROM app.migrations WHERE name = %s", [last])
    before = street.rows()
    told = await back_up(street.made.owner_dsn, tmp_path / "all.zip", KEY[0])
    assert last not in told.migrations
    await restore(elsewhere.owner_dsn, tmp_path / "all.zip", KEY, role_passwords())
    assert without(rows(elsewhere.owner_dsn)) == without(before)
