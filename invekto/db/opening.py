"""From settings to a migrated database: the embedded server, or the one in the settings."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from types import TracebackType
from typing import Literal

from opentelemetry.trace import Tracer
from psycopg import sql
from psycopg.conninfo import make_conninfo

from invekto.db.embedded import EmbeddedServer
from invekto.db.migrate import connect, migrate
from invekto.db.pool import Database
from invekto.db.roles import LOGIN_ROLES, role_password
from invekto.settings import Settings, settings
from invekto.tracing import OFF, tracer_from

DATABASE = "invekto"


@dataclass(frozen=True)
class OpenDatabase:
    """Connection strings of one database, and the embedded server if that is where it is.

    `app_dsn` and `worker_dsn` go through the transaction pooler if there is one (then
    `Database` must know: `at.pool("app")`), the others are direct: migrations hold a session
    lock, the job queue LISTENs.
    """

    owner_dsn: str
    app_dsn: str
    worker_dsn: str
    jobs_dsn: str
    pooled: bool = False
    tracer: Tracer = OFF
    applied: tuple[str, ...] = ()
    server: EmbeddedServer | None = None

    def pool(self, role: Literal["app", "worker"], *, size: int = 10) -> Database:
        """A pool of connections as this role, not yet open."""
        dsn = self.app_dsn if role == "app" else self.worker_dsn
        return Database(dsn, size=size, pooled=self.pooled, tracer=self.tracer)

    async def __aenter__(self) -> OpenDatabase:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Let go of the embedded server."""
        if self.server is not None:
            await asyncio.to_thread(self.server.stop)


async def open_database(settings: Settings, *, migrating: bool | None = None) -> OpenDatabase:
    """Start what must be started and say where the database is.

    The embedded database is migrated at once, any other only with `migrating=True`.
    Raises OperatorNeeded when the server will not start, SchemaOutdated as `migrate` does.
    """
    server = None
    if settings.database_url is None:
        server = EmbeddedServer(settings.data_dir / "pg")
        await asyncio.to_thread(server.start)
    try:
        owner_dsn = settings.database_url or await _embedded_database(server)
        passwords = {role: role_password(settings, role) for role in LOGIN_ROLES}
        wanted = migrating if migrating is not None else server is not None
        applied = await migrate(owner_dsn, passwords) if wanted else []
    except BaseException:
        if server is not None:
            await asyncio.to_thread(server.stop)
        raise
    front = settings.database_pooler_url or owner_dsn
    return OpenDatabase(
        owner_dsn,
        app_dsn=make_conninfo(front, user="app", password=passwords["app"]),
        worker_dsn=make_conninfo(front, user="worker", password=passwords["worker"]),
        jobs_dsn=make_conninfo(owner_dsn, user="worker", password=passwords["worker"]),
        pooled=settings.database_pooler_url is not None,
        tracer=tracer_from(settings),
        applied=tuple(applied),
        server=server,
    )


async def _embedded_database(server: EmbeddedServer | None) -> str:
    """Ours is the database that initdb made, renamed: a copy would cost half a second."""
    assert server is not None
    async with await connect(server.dsn("template1")) as conn:
        found = await conn.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
        if await found.fetchone() is None:
            await conn.execute(
                sql.SQL("ALTER DATABASE postgres RENAME TO {}").format(sql.Identifier(DATABASE))
            )
    return server.dsn(DATABASE)


def migrate_database() -> tuple[str, ...]:
    """Bring the configured database to this code's schema; returns the migrations that ran.

    Raises:
        OperatorNeeded, SchemaOutdated, TryAgain: see `open_database`.
    """

    async def run() -> tuple[str, ...]:
        async with await open_database(settings(), migrating=True) as at:
            return at.applied

    return asyncio.run(run())
