"""A business's own wording of the fixed texts: drafted, published, rolled back.

Publishing puts the wording into the tenant's settings (`notices`, and its version into
`notice_versions`), where turns read it without another statement.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from invekto.errors import NotFound
from invekto.records import tenants

Conn = AsyncConnection[Any]


@dataclass(frozen=True, slots=True)
class NoticeVersion:
    """One wording of one notice, `texts` by language; `status`: draft, published, retired."""

    name: str
    version: int
    status: str
    texts: dict[str, str]
    author: str
    created_at: datetime
    published_at: datetime | None


NOTICE = ", ".join(NoticeVersion.__dataclass_fields__)


async def history(conn: Conn, name: str | None = None) -> list[NoticeVersion]:
    """The versions of a notice, or of all, newest first."""
    async with conn.cursor(row_factory=class_row(NoticeVersion)) as cur:
        await cur.execute(
            f"""SELECT {NOTICE} FROM notice_versions WHERE tenant_id = app.current_tenant()
                AND (%(name)s::text IS NULL OR name = %(name)s) ORDER BY name, version DESC""",
            {"name": name},
        )
        return await cur.fetchall()


async def draft(conn: Conn, name: str, texts: dict[str, str], by: str, now: datetime) -> int:
    """Keep a wording that is not in force yet, in the place of an earlier draft; its version. One
    that came with the business's files, and has no version yet, becomes the first."""
    await _first(conn, name, now)
    await conn.execute(
        """DELETE FROM notice_versions
           WHERE tenant_id = app.current_tenant() AND name = %s AND status = 'draft'""",
        (name,),
    )
    row = await (
        await conn.execute(
            """INSERT INTO notice_versions (name, version, texts, author, created_at)
               SELECT %(name)s, coalesce(max(version), 0) + 1, %(texts)s, %(by)s, %(now)s
               FROM notice_versions WHERE tenant_id = app.current_tenant() AND name = %(name)s
               RETURNING version""",
            {"name": name, "texts": Jsonb(texts), "by": by, "now": now},
        )
    ).fetchone()
    assert row is not None
    return int(row[0])


async def publish(conn: Conn, name: str, version: int, now: datetime) -> NoticeVersion:
    """Put a wording in force from the next turn on, also an older one again (roll back).

    Raises:
        NotFound: there is no such version.
    """
    await _retire(conn, name, but=version)
    async with conn.cursor(row_factory=class_row(NoticeVersion)) as cur:
        await cur.execute(
            f"""UPDATE notice_versions SET status = 'published', published_at = %s
                WHERE tenant_id = app.current_tenant() AND name = %s AND version = %s
                RETURNING {NOTICE}""",
            (now, name, version),
        )
        found = await cur.fetchone()
    if found is None:
        raise NotFound(f"there is no version {version} of {name}: draft it first")
    await _in_force(conn, name, found.texts, version)
    return found


async def withdraw(conn: Conn, name: str, now: datetime) -> bool:
    """The sector's wording again; False where no own one was in force."""
    await _first(conn, name, now)
    settings = (await tenants.get_tenant(conn)).settings
    known = name in (settings.get("notices") or {})
    retired = await _retire(conn, name)
    if known:
        await _in_force(conn, name, None, None)
    return known or retired > 0


async def drop_draft(conn: Conn, name: str, version: int) -> bool:
    """Throw a draft away; False: there is none."""
    done = await conn.execute(
        """DELETE FROM notice_versions WHERE tenant_id = app.current_tenant() AND name = %s
           AND version = %s AND status = 'draft'""",
        (name, version),
    )
    return done.rowcount == 1


async def _first(conn: Conn, name: str, now: datetime) -> None:
    texts = ((await tenants.get_tenant(conn)).settings.get("notices") or {}).get(name)
    if not texts or await history(conn, name):
        return
    await conn.execute(
        """INSERT INTO notice_versions (name, version, status, texts, author, created_at,
               published_at) VALUES (%s, 1, 'published', %s, 'import', %s, %s)""",
        (name, Jsonb(texts), now, now),
    )


async def _retire(conn: Conn, name: str, *, but: int | None = None) -> int:
    done = await conn.execute(
        """UPDATE notice_versions SET status = 'retired'
           WHERE tenant_id = app.current_tenant() AND name = %s AND status = 'published'
             AND version IS DISTINCT FROM %s""",
        (name, but),
    )
    return done.rowcount


async def _in_force(
    conn: Conn, name: str, texts: dict[str, str] | None, version: int | None
) -> None:
    settings = (await tenants.get_tenant(conn)).settings
    wordings = {**(settings.get("notices") or {}), name: texts}
    versions = {**(settings.get("notice_versions") or {}), name: version}
    changes = {
        "notices": {key: value for key, value in wordings.items() if value},
        "notice_versions": {key: value for key, value in versions.items() if value},
    }
    await tenants.update_settings(conn, changes)
