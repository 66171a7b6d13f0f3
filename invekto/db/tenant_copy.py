"""One tenant: into a file, out of the database, into another one.

A *move* holds everything that working on needs, sealed secrets, sign-ins and waiting jobs included,
and switches the tenant off where it was, its jobs parked: providers repeat what they could not
deliver meanwhile, and the move may be made again, or called off. A *portable* archive is for the
business itself: no secret, no hash of one, no job.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from psycopg import sql

from invekto import __version__
from invekto.db.archive import ArchiveReader, ArchiveWriter, Entry, Kind, Manifest
from invekto.db.backup import JOBS, require_all, require_schema
from invekto.db.catalogue import Conn, Table, all_tables
from invekto.db.copying import LEFT_OUT, NOTHING, Counted, become, tenants_of, whole, write
from invekto.db.migrate import applied
from invekto.errors import BadData, Conflict, TryAgain

SECRET_TABLES = {
    "public.sessions": "hashes of session tokens",
    "public.api_keys": "hashes of keys: new ones are made",
    "public.callback_tokens": "hashes of tokens in callback addresses",
    "public.idempotency_keys": "answers of a day, which may have shown a key",
    "public.sign_in_failures": "of no use elsewhere",
    "public.imports": "sealed, for a day",
    "public.import_files": "sealed, for a day",
    "public.replays": "sealed, for a time",
    "public.model_endpoints": "the model's key",
}
"""What a portable archive leaves out wholly."""
OFF = sql.SQL("false")
SECRET_COLUMNS: Mapping[str, Mapping[str, sql.Composable]] = {
    "public.users": {"password_hash": sql.SQL("NULL::text")},
    "public.channel_accounts": {
        "secret_encrypted": sql.SQL("NULL::bytea"),
        "token_hash": sql.SQL("NULL::bytea"),
    },
    "public.webhook_endpoints": {"secrets": sql.SQL("'{}'::bytea[]"), "active": OFF},
    "public.integrations": {"credentials": sql.SQL("''::bytea"), "active": OFF},
}
"""What stands in a portable archive instead: connections are off until they are made anew."""

OF_TENANT = sql.SQL("WHERE args ->> 'tenant_id' = app.current_tenant() AND status = 'todo'")
FRESH = frozenset({"id", "worker_id"})
"""Columns of a job that its new queue gives it."""
PARKED = "scheduled_at > now() + interval '200 years'"
"""Parked jobs are due four hundred years later: the calendar's cycle, so that it can be undone."""
PARK = f"""UPDATE jobs.procrastinate_jobs
    SET scheduled_at = coalesce(scheduled_at, now()) + interval '400 years'
    WHERE args ->> 'tenant_id' = app.current_tenant() AND status = 'todo'
        AND ({PARKED}) IS NOT TRUE"""
UNPARK = f"""UPDATE jobs.procrastinate_jobs SET scheduled_at = scheduled_at - interval '400 years'
    WHERE args ->> 'tenant_id' = app.current_tenant() AND status = 'todo' AND {PARKED}"""
DUE = sql.SQL(
    "CASE WHEN scheduled_at > now() + interval '200 years'"
    " THEN scheduled_at - interval '400 years' ELSE scheduled_at END"
)
RUNNING = """SELECT count(*) FROM jobs.procrastinate_jobs
    WHERE args ->> 'tenant_id' = app.current_tenant() AND status = 'doing'"""
FORGET_EVENTS = """DELETE FROM jobs.procrastinate_events e USING jobs.procrastinate_jobs j
    WHERE e.job_id = j.id AND j.args ->> 'tenant_id' = app.current_tenant()"""
FORGET_JOBS = """DELETE FROM jobs.procrastinate_jobs
    WHERE args ->> 'tenant_id' = app.current_tenant()"""


async def switch(conn: Conn, tenant_id: str, *, active: bool) -> None:
    """Let a tenant be served, or not: routing does not find one that is off. One that is served has
    no parked jobs."""
    await become(conn, tenant_id)
    await conn.execute("UPDATE tenants SET active = %s WHERE tenant_id = %s", [active, tenant_id])
    if active:
        await conn.execute(UNPARK)


async def write_tenant(conn: Conn, tenant_id: str, path: Path, kind: Kind, key: str) -> Manifest:
    """Write a tenant's rows to `path`; for a move its waiting jobs too, which are parked.

    Raises:
        TryAgain: one of its jobs is running.
    """
    await become(conn, tenant_id)
    if kind == "move":
        await _require_rest(conn)
        await conn.execute(PARK)
    entries: dict[str, Entry] = {}
    with ArchiveWriter(path) as archive:
        for table in await all_tables(conn):
            if (columns := _columns(table, kind)) is not None:
                counted = Counted()
                with archive.entry(table.full) as into:
                    async for chunk in counted.read(conn, table, columns, _where(table)):
                        into.write(chunk)
                entries[table.full] = Entry(list(columns), counted.rows, counted.sha256)
        manifest = Manifest(
            kind, datetime.now(UTC).isoformat(), __version__, key, [tenant_id],
            await applied(conn), entries,
        )  # fmt: skip
        archive.finish(manifest)
    return manifest


def _columns(table: Table, kind: Kind) -> dict[str, sql.Composable] | None:
    """How this table's columns are read; None: it is left out."""
    if table.full == JOBS:
        kept = {name: said for name, said in whole(table).items() if name not in FRESH}
        return kept | {"scheduled_at": DUE} if kind == "move" else None
    if not table.of_tenants or table.full in LEFT_OUT:
        return None
    if kind == "move":
        return whole(table)
    if table.full in SECRET_TABLES:
        return None
    return whole(table) | dict(SECRET_COLUMNS.get(table.full, {}))


def _where(table: Table) -> sql.Composable:
    return OF_TENANT if table.full == JOBS else NOTHING


async def _require_rest(conn: Conn) -> None:
    """Raise TryAgain while one of the tenant's jobs runs."""
    row = await (await conn.execute(RUNNING)).fetchone()
    if row is None or row[0]:
        raise TryAgain("jobs of this tenant are running: try again when they have ended")


async def require_unchanged(conn: Conn, tenant_id: str, manifest: Manifest) -> None:
    """Raise Conflict unless the tenant's rows are exactly those of its move."""
    if manifest.kind != "move" or manifest.tenants != [tenant_id]:
        raise BadData(f"the archive is no move of {tenant_id}: it does not hold everything")
    await become(conn, tenant_id)
    for table in await all_tables(conn):
        columns = _columns(table, "move")
        if columns is None:
            continue
        counted = Counted()
        async for _ in counted.read(conn, table, columns, _where(table)):
            pass
        entry = manifest.tables.get(table.full)
        if (entry is None and counted.rows) or (entry and entry.sha256 != counted.sha256):
            raise Conflict(f"{table.full} has changed since the archive was made: export again")


async def remove(conn: Conn, tenant_id: str) -> dict[str, int]:
    """Delete every row of the tenant, by the catalogue; returns how many by table. `conn` is
    quiet: the audit log is append-only to everybody who is not.

    Raises:
        TryAgain: one of its jobs is running.
    """
    await become(conn, tenant_id)
    await _require_rest(conn)
    await conn.execute(FORGET_EVENTS)
    gone = {JOBS: (await conn.execute(FORGET_JOBS)).rowcount}
    for table in await all_tables(conn):
        if table.of_tenants:
            done = await conn.execute(
                sql.SQL("DELETE FROM {} WHERE tenant_id = %s").format(table.quoted), [tenant_id]
            )
            gone[table.full] = done.rowcount
    return {name: count for name, count in gone.items() if count}


async def read_tenant(conn: Conn, archive: ArchiveReader) -> str:
    """Put an archive's tenant in; returns its name. Its jobs begin to run after the commit.

    Raises:
        BadData: the archive is none of one tenant, or does not fit. Conflict: the tenant, or one
        of its channel accounts, is here already. SchemaOutdated: it is of newer code.
    """
    manifest = archive.manifest
    if manifest.kind == "backup" or len(manifest.tenants) != 1:
        raise BadData("this is a backup of everything: `invekto restore` takes it")
    require_schema(manifest)
    (tenant_id,) = manifest.tenants
    if tenant_id in await tenants_of(conn):
        raise Conflict(f"there is a tenant {tenant_id} already")
    tables = {table.full: table for table in await all_tables(conn)}
    for name, entry in manifest.tables.items():
        put = await write(conn, tables[name], entry.columns, archive.chunks(name), manifest.tenants)
        require_all(name, put, entry)
    return tenant_id
