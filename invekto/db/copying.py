"""Rows out of tables and back into them, within one tenant's bounds.

Both run as the role `owner` under forced row-level security: what is read belongs to the tenant
that was named, what is written cannot belong to another, whatever the archive says. Writing needs
a database owner who may set `session_replication_role`, because triggers would tell of every row
as if it had just happened (events, webhooks, reminders, counts).
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager

from psycopg import errors, sql

from invekto.db.catalogue import Conn, Table
from invekto.db.migrate import connect
from invekto.errors import BadData, Conflict, NotFound, OperatorNeeded, TryAgain

SAME_TEXT = """
SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL intervalstyle = 'postgres';
SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = 'hex'; SET LOCAL client_encoding = 'UTF8'
"""
NOTHING = sql.SQL("")
STAGE = sql.SQL("CREATE TEMP TABLE copied AS SELECT {names} FROM {table} WITH NO DATA")
PUT = sql.SQL(
    "INSERT INTO {table} ({names}) OVERRIDING SYSTEM VALUE SELECT {names} FROM copied {among}"
)
OURS = sql.SQL("WHERE tenant_id = app.current_tenant()")
CATCH_UP = sql.SQL(
    "SELECT setval({name}, top) FROM (SELECT max({column}) AS top FROM copied) AS highest"
    " WHERE top > (SELECT last_value FROM {sequence})"
)

LEFT_OUT = {
    "app.migrations": "the manifest names them; the schema is made by migrating",
    "public.events": "for live pages, a week; their places are this server's transaction numbers",
    "public.rate_limits": "worth seconds",
    "public.conversation_leases": "worth seconds",
    "jobs.procrastinate_workers": "processes of here and now",
}
"""What no archive holds, each with its reason."""


@asynccontextmanager
async def copying(owner_dsn: str, *, quiet: bool = False) -> AsyncIterator[Conn]:
    """A transaction of the role `owner` that sees one moment; `quiet`: triggers stay silent.

    Raises:
        OperatorNeeded: the database's owner may not silence triggers.
        TryAgain: somebody changed the same rows meanwhile.
    """
    try:
        async with await connect(owner_dsn) as conn, conn.transaction():
            await conn.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            await conn.execute(SAME_TEXT)
            if quiet:
                await conn.execute("SET LOCAL session_replication_role = replica")
            await conn.execute("SET LOCAL ROLE owner")
            yield conn
    except errors.SerializationFailure as error:
        raise TryAgain("somebody changed the same rows at the same time: try again") from error
    except errors.InsufficientPrivilege as error:
        raise OperatorNeeded(
            f"the role in INVEKTO_DATABASE_URL lacks a right ({error}): a superuser may GRANT SET"
            " ON PARAMETER session_replication_role TO it"
        ) from error


async def tenants_of(conn: Conn) -> dict[str, bool]:
    """Every tenant, and whether it is active."""
    await conn.execute("SET LOCAL ROLE routing")
    rows = await conn.execute("SELECT tenant_id, active FROM public.tenants ORDER BY 1")
    found = {str(tenant_id): bool(active) for tenant_id, active in await rows.fetchall()}
    await conn.execute("SET LOCAL ROLE owner")
    return found


async def become(conn: Conn, tenant_id: str) -> None:
    """See and write this tenant's rows from here on; with "" those that are nobody's."""
    await conn.execute("SELECT set_config('app.tenant_id', %s, true)", [tenant_id])


async def is_active(conn: Conn, tenant_id: str) -> bool:
    """Whether the tenant is active. Raises NotFound where there is none."""
    found = await tenants_of(conn)
    if tenant_id not in found:
        raise NotFound(f"there is no tenant {tenant_id}")
    return found[tenant_id]


class Counted:
    """Rows on their way out, counted and summed up."""

    def __init__(self) -> None:
        self.rows = 0
        self._sum = hashlib.sha256()

    @property
    def sha256(self) -> str:
        """Of everything so far."""
        return self._sum.hexdigest()

    async def read(
        self,
        conn: Conn,
        table: Table,
        columns: Mapping[str, sql.Composable],
        where: sql.Composable = NOTHING,
    ) -> AsyncIterator[bytes]:
        """The rows of a table, as text, in the order of its key; of a tenant's table those of the
        tenant that the transaction has become. `columns` maps names to the expressions they are
        read with."""
        if table.of_tenants:  # row-level security lets `owner` see what `routing` sees
            where = OURS
        query = sql.SQL("COPY (SELECT {} FROM {} {} ORDER BY {}) TO STDOUT").format(
            sql.SQL(", ").join(columns.values()),
            table.quoted,
            where,
            sql.SQL(", ").join(map(sql.Identifier, table.key)),
        )
        async with conn.cursor() as cursor:
            async with cursor.copy(query) as copy:
                async for raw in copy:
                    chunk = bytes(raw)
                    self._sum.update(chunk)
                    yield chunk
            self.rows += cursor.rowcount


def whole(table: Table) -> dict[str, sql.Composable]:
    """Every column as it is."""
    return {name: sql.Identifier(name) for name in table.columns}


async def write(
    conn: Conn,
    table: Table,
    columns: Sequence[str],
    chunks: Iterable[bytes],
    tenants: Sequence[str] = (),
) -> int:
    """Put rows in, as each of the tenants they belong to; returns how many. The table's sequences
    go on behind the highest numbers.

    Raises:
        BadData: the rows do not fit the table, or belong to somebody else.
        Conflict: some of them are here already.
    """
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    try:
        await conn.execute(STAGE.format(names=names, table=table.quoted))
        into = sql.SQL("COPY copied ({}) FROM STDIN").format(names)
        async with conn.cursor() as cursor, cursor.copy(into) as copy:
            for chunk in chunks:
                await copy.write(chunk)
        written = await _put(conn, table, names, tenants)
        for column in set(table.counted) & set(columns):
            await _catch_up(conn, table, column)
        await conn.execute("DROP TABLE copied")
    except errors.UniqueViolation as error:
        raise Conflict(f"{table.full} holds some of these rows already") from error
    except (errors.DataError, errors.IntegrityError, errors.UndefinedColumn) as error:
        raise BadData(f"{table.full} does not take these rows: {type(error).__name__}") from error
    return written


async def _put(conn: Conn, table: Table, names: sql.Composable, tenants: Sequence[str]) -> int:
    """From the staged rows into the table; those of no tenant in `tenants` stay behind."""
    if not table.of_tenants:
        done = await conn.execute(PUT.format(table=table.quoted, names=names, among=NOTHING))
        return done.rowcount
    await conn.execute("CREATE INDEX ON copied (tenant_id)")
    written = 0
    for tenant in tenants:
        await become(conn, tenant)
        done = await conn.execute(PUT.format(table=table.quoted, names=names, among=OURS))
        written += done.rowcount
    return written


async def _catch_up(conn: Conn, table: Table, column: str) -> None:
    found = await conn.execute("SELECT pg_get_serial_sequence(%s, %s)", [table.full, column])
    row = await found.fetchone()
    assert row is not None
    await conn.execute(
        CATCH_UP.format(
            name=sql.Literal(row[0]),
            column=sql.Identifier(column),
            sequence=sql.Identifier(*row[0].split(".")),
        )
    )
