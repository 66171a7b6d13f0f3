"""Files a business has handed in: kept sealed until they are taken in, a day at most."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from invekto.contracts.ids import new_id
from invekto.errors import Conflict, NotFound

Conn = AsyncConnection[Any]
KEPT = timedelta(hours=24)
"""Files wait this long for somebody to confirm them; a report of what was taken in as long."""


@dataclass(frozen=True, slots=True)
class Import:
    """`status`: checked (waits to be confirmed), applying, applied. Contents and report are
    sealed for `purpose`. `done` of `total` sheets and documents are taken in; `problem` says why
    taking in ended without success."""

    import_id: str
    status: str
    names: list[str]
    choices: list[dict[str, Any]]
    report: bytes = field(repr=False)
    created_by: str
    created_at: datetime
    changed_at: datetime
    expires_at: datetime
    done: int = 0
    total: int = 0
    problem: str = ""


IMPORT = ", ".join(Import.__dataclass_fields__)


def purpose(tenant_id: str, import_id: str) -> str:
    """What an import's files and report are sealed for."""
    return f"{tenant_id}/import/{import_id}"


def new_import_id() -> str:
    """An id, needed before anything can be sealed under it."""
    return new_id("imp")


async def add(
    conn: Conn, import_id: str, files: Iterable[tuple[str, bytes]], report: bytes, by: str,
    now: datetime,
) -> Import:  # fmt: skip
    """Keep files that were looked through; `files` are names with sealed bytes."""
    kept = list(files)
    async with conn.cursor(row_factory=class_row(Import)) as cur:
        await cur.execute(
            f"""INSERT INTO imports (import_id, names, report, created_by, created_at, changed_at,
                    expires_at)
                VALUES (%s, %s, %s, %s, %s, %s, %s) RETURNING {IMPORT}""",
            (import_id, [name for name, _ in kept], report, by, now, now, now + KEPT),
        )
        made = await cur.fetchone()
    for position, (name, content) in enumerate(kept):
        await conn.execute(
            "INSERT INTO import_files (import_id, position, name, content) VALUES (%s, %s, %s, %s)",
            (import_id, position, name, content),
        )
    assert made is not None
    return made


async def get(conn: Conn, import_id: str) -> Import:
    """One import. Raises NotFound: unknown, or kept no longer."""
    async with conn.cursor(row_factory=class_row(Import)) as cur:
        await cur.execute(
            f"""SELECT {IMPORT} FROM imports
                WHERE tenant_id = app.current_tenant() AND import_id = %s""",
            (import_id,),
        )
        found = await cur.fetchone()
    if found is None:
        raise NotFound(f"no import {import_id}: files are kept for a day, upload them again")
    return found


async def recent(conn: Conn, *, limit: int = 50) -> list[Import]:
    """The imports that are kept, newest first."""
    async with conn.cursor(row_factory=class_row(Import)) as cur:
        await cur.execute(
            f"""SELECT {IMPORT} FROM imports WHERE tenant_id = app.current_tenant()
                ORDER BY created_at DESC, import_id LIMIT %s""",
            (limit,),
        )
        return await cur.fetchall()


async def contents(conn: Conn, import_id: str) -> list[tuple[str, bytes]]:
    """Names and sealed bytes, in the order in which they came; none once they were taken in."""
    rows = await conn.execute(
        """SELECT name, content FROM import_files
           WHERE tenant_id = app.current_tenant() AND import_id = %s ORDER BY position""",
        (import_id,),
    )
    return [(str(name), bytes(content)) for name, content in await rows.fetchall()]


async def recheck(
    conn: Conn, import_id: str, choices: list[dict[str, Any]], report: bytes, now: datetime
) -> None:
    """Keep what was decided and the report that follows.

    Raises:
        NotFound: there is none. Conflict: it is being, or was, taken in.
    """
    done = await conn.execute(
        """UPDATE imports SET choices = %s, report = %s, changed_at = %s
           WHERE tenant_id = app.current_tenant() AND import_id = %s AND status = 'checked'""",
        (Jsonb(choices), report, now, import_id),
    )
    if done.rowcount != 1:
        await get(conn, import_id)
        raise Conflict("this import is being taken in already: look at its report")


async def begin(conn: Conn, import_id: str, now: datetime) -> bool:
    """Claim an import for taking it in; False where it was claimed or taken in before."""
    done = await conn.execute(
        """UPDATE imports SET status = 'applying', problem = '', done = 0, total = 0,
               changed_at = %s
           WHERE tenant_id = app.current_tenant() AND import_id = %s AND status = 'checked'""",
        (now, import_id),
    )
    return done.rowcount == 1


async def advance(conn: Conn, import_id: str, done: int, total: int, now: datetime) -> None:
    """Note how far taking in has come."""
    await conn.execute(
        """UPDATE imports SET done = %s, total = %s, changed_at = %s
           WHERE tenant_id = app.current_tenant() AND import_id = %s AND status = 'applying'""",
        (done, total, now, import_id),
    )


async def end(conn: Conn, import_id: str, report: bytes, now: datetime) -> None:
    """It was taken in: the report stays, the files go."""
    await conn.execute(
        """UPDATE imports SET status = 'applied', report = %s, done = total, changed_at = %s
           WHERE tenant_id = app.current_tenant() AND import_id = %s""",
        (report, now, import_id),
    )
    await conn.execute(
        "DELETE FROM import_files WHERE tenant_id = app.current_tenant() AND import_id = %s",
        (import_id,),
    )


async def fail(conn: Conn, import_id: str, problem: str, now: datetime) -> None:
    """Taking in ended without success; it can be tried again."""
    await conn.execute(
        """UPDATE imports SET status = 'checked', problem = %s, changed_at = %s
           WHERE tenant_id = app.current_tenant() AND import_id = %s AND status = 'applying'""",
        (problem, now, import_id),
    )


async def discard(conn: Conn, import_id: str) -> bool:
    """Throw an import away with its files; False: there is none."""
    done = await conn.execute(
        "DELETE FROM imports WHERE tenant_id = app.current_tenant() AND import_id = %s",
        (import_id,),
    )
    return done.rowcount == 1


async def forget_old(conn: Conn, now: datetime) -> int:
    """Delete what is kept no longer; returns how many."""
    done = await conn.execute(
        "DELETE FROM imports WHERE tenant_id = app.current_tenant() AND expires_at < %s", (now,)
    )
    return done.rowcount
