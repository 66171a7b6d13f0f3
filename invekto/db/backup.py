"""The whole database into one file, and back into an empty one.

Logical and consistent: one moment of every tenant's rows, of the waiting jobs and of what tenants
share. Sealed values stay sealed, so the secret key must be kept, apart from the file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from psycopg import sql

from invekto import __version__
from invekto.db.archive import ArchiveReader, ArchiveWriter, Entry, Manifest
from invekto.db.catalogue import Conn, Table, all_tables
from invekto.db.copying import LEFT_OUT, Counted, become, copying, tenants_of, whole, write
from invekto.db.migrate import applied, connect, migrate, migrations, refuse_empty
from invekto.errors import BadData, Conflict, OperatorNeeded, SchemaOutdated

JOBS = "jobs.procrastinate_jobs"
NO_WORKER = {JOBS: {"worker_id": sql.SQL("NULL")}}
"""A restored job belongs to no worker: what was running is revived."""


NAME = "invekto-{:%Y%m%dT%H%M%SZ}.backup"
"""Of a backup in a folder of backups; the names sort by their moments."""


def dated(moment: datetime) -> str:
    """The name of a backup made at `moment` (UTC)."""
    return NAME.format(moment)


def surplus(folder: Path, keep: int) -> list[Path]:
    """The backups in `folder` but for the newest `keep`, which are at least one."""
    found = sorted(folder.glob("invekto-*Z.backup"))
    return found[: -max(keep, 1)]


async def back_up(owner_dsn: str, path: Path, key: str) -> Manifest:
    """Write everything to `path`. `key` is the mark of the secret key that seals are made with.

    Raises:
        SchemaOutdated: there is nothing of ours in this database.
    """
    async with await connect(owner_dsn) as conn:
        await refuse_empty(conn)
    async with copying(owner_dsn) as conn:
        tenants = list(await tenants_of(conn))
        tables = [table for table in await all_tables(conn) if table.full not in LEFT_OUT]
        with ArchiveWriter(path) as archive:
            entries = {table.full: await _kept(conn, archive, table, tenants) for table in tables}
            manifest = Manifest(
                "backup", datetime.now(UTC).isoformat(), __version__, key, tenants,
                await applied(conn), entries,
            )  # fmt: skip
            archive.finish(manifest)
    return manifest


async def _kept(conn: Conn, archive: ArchiveWriter, table: Table, tenants: Sequence[str]) -> Entry:
    columns = whole(table) | NO_WORKER.get(table.full, {})
    counted = Counted()
    with archive.entry(table.full) as into:
        for tenant in tenants if table.of_tenants else [""]:
            await become(conn, tenant)
            async for chunk in counted.read(conn, table, columns):
                into.write(chunk)
    return Entry(list(columns), counted.rows, counted.sha256)


async def restore(
    owner_dsn: str, path: Path, keys: Sequence[str], passwords: Mapping[str, str]
) -> Manifest:
    """Put a backup into a database without tenants, then bring it to this code's schema.

    Args:
        keys: marks of the secret keys that are set.
        passwords: of the roles `app` and `worker`.

    Raises:
        BadData: the file is damaged, or no backup. Conflict: there are tenants already.
        OperatorNeeded: made under another secret key. SchemaOutdated: by newer code.
    """
    with ArchiveReader(path) as archive:
        manifest = archive.manifest
        if manifest.kind != "backup":
            raise BadData(f"{path} holds one tenant: `invekto tenant import` takes it in")
        require_key(manifest, keys)
        require_schema(manifest)
        known = [step for step in migrations() if step.name in manifest.migrations]
        await migrate(owner_dsn, passwords, known)
        async with copying(owner_dsn, quiet=True) as conn:
            if found := await tenants_of(conn):
                raise Conflict(f"the database has {len(found)} tenants: restore into an empty one")
            await _fill(conn, archive)
    await migrate(owner_dsn, passwords)
    async with await connect(owner_dsn) as conn:
        await conn.execute("ANALYZE")
    return manifest


async def _fill(conn: Conn, archive: ArchiveReader) -> None:
    tables = {table.full: table for table in await all_tables(conn)}
    for name, entry in archive.manifest.tables.items():
        table = tables[name]
        if not table.of_tenants:  # what migrating put in
            await conn.execute(sql.SQL("DELETE FROM {}").format(table.quoted))
        put = await write(
            conn, table, entry.columns, archive.chunks(name), archive.manifest.tenants
        )
        require_all(name, put, entry)


def require_all(name: str, put: int, entry: Entry) -> None:
    """Raise BadData where rows stayed behind: they belong to no tenant of the archive."""
    if put != entry.rows:
        raise BadData(f"{name}: only {put} of {entry.rows} rows belong to the archive's tenants")


def require_key(manifest: Manifest, keys: Sequence[str]) -> None:
    """Raise OperatorNeeded where the archive's sealed values would not open."""
    if manifest.key not in keys:
        raise OperatorNeeded(
            "the archive was made under another secret key: set INVEKTO_SECRET_KEY (or"
            " INVEKTO_SECRET_KEY_PREVIOUS) to it, or put its role_key into INVEKTO_DATA_DIR"
        )


def require_schema(manifest: Manifest) -> None:
    """Raise SchemaOutdated where newer code made the archive, or a migration was edited since."""
    known = {step.name: step.hash for step in migrations()}
    for name, digest in manifest.migrations.items():
        if known.get(name) != digest:
            raise SchemaOutdated(
                f"the archive is of a schema with migration {name}, which this code does not have:"
                f" use version {manifest.version} or newer"
            )
