"""Tenant transactions on a pool of connections of one plain role."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from types import TracebackType
from typing import Any, Literal

from opentelemetry.trace import Tracer
from psycopg import AsyncConnection, OperationalError, errors, sql
from psycopg.rows import TupleRow
from psycopg.types.json import set_json_dumps
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from invekto.db import binary
from invekto.db.migrate import applied, migrations
from invekto.db.traced import traced_cursor
from invekto.errors import NotFound, SchemaOutdated, TryAgain
from invekto.tracing import OFF

Connection = AsyncConnection[TupleRow]

BEGIN = sql.SQL("BEGIN; SET LOCAL app.tenant_id = {}")
AT_WORK = 3
"""Turns of a process that read and compute at the same time. It has one core: more of them push
each other out of its caches, and Postgres's (docs/performance.md). Three keep the core busy while a
statement takes up to two milliseconds."""
CONNECT_SECONDS = 5.0
RECONNECT_SECONDS = 2.0  # then the next caller tries at once, instead of ever longer pauses


async def adapted(conn: AsyncConnection[Any]) -> None:
    """JSON columns take dates, decimals and enumerations as the text they read as; vectors are
    sent in binary."""
    set_json_dumps(partial(json.dumps, ensure_ascii=False, default=str), conn)
    binary.register(conn)


class Database:
    """A pool of connections as `app` or `worker`: `async with Database(dsn) as db:`.

    `pooled` says that a transaction pooler such as PgBouncer stands in between: then nothing
    outlives a transaction, prepared statements included.
    """

    def __init__(
        self, dsn: str, *, size: int = 10, pooled: bool = False, tracer: Tracer = OFF
    ) -> None:
        kwargs: dict[str, Any] = {
            "autocommit": True, "prepare_threshold": None if pooled else 5,
        }  # fmt: skip
        if tracer is not OFF:
            kwargs["cursor_factory"] = traced_cursor(tracer)
        self.at_work = asyncio.Semaphore(AT_WORK)
        self._pool = AsyncConnectionPool(
            dsn,
            min_size=1,
            max_size=size,
            timeout=CONNECT_SECONDS,
            reconnect_timeout=RECONNECT_SECONDS,
            open=False,
            configure=adapted,
            kwargs=kwargs,
        )

    async def __aenter__(self) -> Database:
        """Connect; raises TryAgain when the server does not answer, SchemaOutdated when behind."""
        try:
            await self._pool.open(wait=True, timeout=CONNECT_SECONDS)
            await self.check_schema()
        except PoolTimeout as error:
            await self._pool.close()
            raise _unreachable(error) from error
        except BaseException:
            await self._pool.close()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._pool.close()

    @asynccontextmanager
    async def tenant(self, tenant_id: str) -> AsyncIterator[Connection]:
        """A transaction that sees `tenant_id` and nothing else; committed unless it raises.

        Inside it, `async with conn.transaction():` is a savepoint. Raises TryAgain when the
        server is away or gives up on a lock, a deadlock or a timeout; if it went away during the
        commit, that may or may not have happened.
        """
        if "\0" in tenant_id:
            raise NotFound("no such tenant")
        async with self._transaction(tenant_id) as conn:
            yield conn

    @asynccontextmanager
    async def routing(self) -> AsyncIterator[Connection]:
        """A transaction without a tenant: sees no row, may call the routing functions."""
        async with self._transaction("") as conn:
            yield conn

    async def check_schema(self) -> None:
        """Raise SchemaOutdated where the database lacks a migration of this code's. Further ones
        are of newer code that runs beside this: migrations only ever add."""
        async with self.routing() as conn:
            try:
                ran = await applied(conn)
            except (errors.UndefinedTable, errors.InvalidSchemaName) as error:
                raise SchemaOutdated("the database is empty: run `invekto migrate`") from error
        if missing := [step.name for step in migrations() if step.name not in ran]:
            raise SchemaOutdated(
                f"the database lacks migration {missing[0]}: run `invekto migrate`"
            )

    @asynccontextmanager
    async def _transaction(self, tenant_id: str) -> AsyncIterator[Connection]:
        try:
            conn = await self._begin(tenant_id)
            try:
                yield conn
            except BaseException:
                await self._end(conn, "ROLLBACK")
                raise
            await self._end(conn, "COMMIT")
        except PoolTimeout as error:
            raise _unreachable(error) from error
        except OperationalError as error:
            said = error.diag.message_primary or type(error).__name__
            raise TryAgain(f"the database gave up on this transaction: {said}") from error

    async def _begin(self, tenant_id: str) -> Connection:
        """A connection in a transaction; those that a restart has broken are passed over."""
        statement = BEGIN.format(sql.Literal(tenant_id))
        for _ in range(self._pool.max_size):
            conn = await self._pool.getconn()
            try:
                await conn.execute(statement)
            except BaseException as error:
                await self._pool.putconn(conn)
                if not isinstance(error, OperationalError):
                    raise
            else:
                return conn
        raise TryAgain("the database has just been restarted: try again")

    async def _end(self, conn: Connection, how: Literal["COMMIT", "ROLLBACK"]) -> None:
        try:
            if not conn.closed:
                await conn.execute(how)
        finally:
            await self._pool.putconn(conn)


def _unreachable(error: Exception) -> TryAgain:
    return TryAgain(
        f"the database does not answer within {CONNECT_SECONDS:g} s ({error}): look whether it "
        "runs and whether INVEKTO_DATABASE_URL names it"
    )
