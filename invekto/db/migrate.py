"""Forward-only migrations: `migrations/NNNN_name.sql`, in order, each once, each in a transaction.

procrastinate's own tables count as the migration `procrastinate/<its last schema version>`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources

from psycopg import AsyncConnection, OperationalError, sql
from psycopg.rows import TupleRow

from invekto.db.roles import prepare
from invekto.errors import SchemaOutdated, TryAgain

Connection = AsyncConnection[TupleRow]

LOCK_KEY = 7266710
MAKE_RECORD = """
SET LOCAL ROLE owner;
CREATE TABLE IF NOT EXISTS app.migrations (
    name text PRIMARY KEY,
    hash text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
);
GRANT SELECT ON app.migrations TO app, worker;
"""


@dataclass(frozen=True)
class Migration:
    """One step; `hash` is the SHA-256 of its text."""

    name: str
    text: str
    schema: str = "public"

    @property
    def hash(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


def migrations() -> list[Migration]:
    """Every migration that this code knows, in order."""
    folder = resources.files("invekto.db") / "migrations"
    files = sorted(
        (file for file in folder.iterdir() if file.name.endswith(".sql")),
        key=lambda file: file.name,
    )
    ours = [Migration(file.name.removesuffix(".sql"), file.read_text("utf-8")) for file in files]
    return [_job_tables(), *ours]


def _job_tables() -> Migration:
    folder = resources.files("procrastinate.sql")
    steps = sorted(
        file.name for file in (folder / "migrations").iterdir() if file.name.endswith(".sql")
    )
    text = (folder / "schema.sql").read_text("utf-8")
    return Migration(f"procrastinate/{steps[-1][:8]}", text, schema="jobs")


async def migrate(
    owner_dsn: str, passwords: Mapping[str, str], steps: Sequence[Migration] | None = None
) -> list[str]:
    """Bring the database to this code's schema; returns the names of what was applied.

    `owner_dsn` is the database's owner on a direct connection (no transaction pooler);
    `passwords` are those of the roles `app` and `worker`; `steps` are all migrations unless
    given. Safe to run in several processes at once. A database that newer code has migrated
    further is left as it is. Raises SchemaOutdated when a migration that ran here was edited.
    """
    known = migrations() if steps is None else steps
    async with await connect(owner_dsn) as conn:
        await conn.execute("SELECT pg_advisory_lock(%s)", [LOCK_KEY])
        await prepare(conn, passwords)
        async with conn.transaction():
            await conn.execute(MAKE_RECORD)
        ran = await applied(conn)
        refuse_rewritten_history(ran, known)
        fresh = [step for step in known if step.name not in ran]
        for step in fresh:
            await _apply(conn, step)
        return [step.name for step in fresh]


async def connect(dsn: str) -> Connection:
    """A connection of its own, outside any transaction. Raises TryAgain when there is none."""
    try:
        return await AsyncConnection.connect(dsn, autocommit=True)
    except OperationalError as error:
        raise TryAgain(f"the database cannot be reached: {error}") from error


async def applied(conn: Connection) -> dict[str, str]:
    """Name and hash of every migration that ran here."""
    rows = await conn.execute("SELECT name, hash FROM app.migrations")
    return dict(await rows.fetchall())


async def refuse_empty(conn: Connection) -> None:
    """Raise SchemaOutdated unless there is a database of ours to read."""
    found = await (await conn.execute("SELECT to_regclass('app.migrations') IS NULL")).fetchone()
    if found == (True,):
        raise SchemaOutdated(
            "there are no tables of Invekto in this database: look at INVEKTO_DATABASE_URL and"
            " INVEKTO_DATA_DIR, or run `invekto migrate` first"
        )


def refuse_rewritten_history(ran: Mapping[str, str], known: Sequence[Migration]) -> None:
    """Raise SchemaOutdated if a known migration ran here with other words."""
    hashes = {step.name: step.hash for step in known}
    for name, digest in ran.items():
        if hashes.get(name, digest) != digest:
            raise SchemaOutdated(
                f"migration {name} was edited after it ran here: put it back and add a new one "
                "(a demo database: `make clean` and start afresh)"
            )


async def _apply(conn: Connection, step: Migration) -> None:
    async with conn.transaction():
        await conn.execute("SET LOCAL ROLE owner")
        await conn.execute(
            sql.SQL("SET LOCAL search_path = {}").format(sql.Identifier(step.schema))
        )
        await conn.execute(step.text)
        await conn.execute(
            "INSERT INTO app.migrations (name, hash) VALUES (%s, %s)", [step.name, step.hash]
        )
