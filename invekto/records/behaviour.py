"""How a tenant departs from its sector: playbook versions, intent settings, example messages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import class_row

from invekto.contracts.ids import new_id
from invekto.errors import NotFound

Conn = AsyncConnection[Any]


@dataclass(frozen=True, slots=True)
class PlaybookVersion:
    intent: str
    version: int
    status: str
    source: str
    author: str
    created_at: datetime
    published_at: datetime | None


@dataclass(frozen=True, slots=True)
class IntentSetting:
    intent: str
    label: str | None
    pack: str | None
    risk: str | None
    description: str | None
    disabled: bool


@dataclass(frozen=True, slots=True)
class IntentExample:
    intent: str
    text: str
    language: str
    source: str


COLUMNS = "intent, version, status, source, author, created_at, published_at"


async def published_playbooks(conn: Conn) -> list[PlaybookVersion]:
    """The tenant's own playbooks in force."""
    async with conn.cursor(row_factory=class_row(PlaybookVersion)) as cur:
        await cur.execute(
            f"SELECT {COLUMNS} FROM playbook_versions"
            " WHERE tenant_id = app.current_tenant() AND status = 'published'"
        )
        return await cur.fetchall()


async def playbook_history(conn: Conn, intent: str) -> list[PlaybookVersion]:
    """All versions of one playbook, newest first."""
    async with conn.cursor(row_factory=class_row(PlaybookVersion)) as cur:
        await cur.execute(
            f"SELECT {COLUMNS} FROM playbook_versions"
            " WHERE tenant_id = app.current_tenant() AND intent = %s ORDER BY version DESC",
            (intent,),
        )
        return await cur.fetchall()


async def newest_drafts(conn: Conn) -> list[PlaybookVersion]:
    """Of each intent the latest version, where it is a draft: what would be published next."""
    async with conn.cursor(row_factory=class_row(PlaybookVersion)) as cur:
        await cur.execute(
            f"SELECT {COLUMNS} FROM (SELECT DISTINCT ON (intent) {COLUMNS} FROM playbook_versions"
            " WHERE tenant_id = app.current_tenant() ORDER BY intent, version DESC) latest"
            " WHERE status = 'draft'"
        )
        return await cur.fetchall()


async def draft_playbook(conn: Conn, intent: str, source: str, author: str) -> int:
    """Store a draft; returns its version. The caller has checked that it parses."""
    row = await (
        await conn.execute(
            """INSERT INTO playbook_versions (intent, version, source, author)
               SELECT %(intent)s, coalesce(max(version), 0) + 1, %(source)s, %(author)s
               FROM playbook_versions
               WHERE tenant_id = app.current_tenant() AND intent = %(intent)s
               RETURNING version""",
            {"intent": intent, "source": source, "author": author},
        )
    ).fetchone()
    return int(row[0])  # type: ignore[index]


async def publish_playbook(conn: Conn, intent: str, version: int, now: datetime) -> None:
    """Put a version in force and retire the one before; publishing an older one rolls back.

    Raises:
        NotFound: no such version.
    """
    await conn.execute(
        """UPDATE playbook_versions SET status = 'retired'
           WHERE tenant_id = app.current_tenant() AND intent = %s AND status = 'published'""",
        (intent,),
    )
    done = await conn.execute(
        """UPDATE playbook_versions SET status = 'published', published_at = %s
           WHERE tenant_id = app.current_tenant() AND intent = %s AND version = %s""",
        (now, intent, version),
    )
    if done.rowcount == 0:
        raise NotFound(f"playbook {intent} has no version {version}")


async def intent_settings(conn: Conn) -> list[IntentSetting]:
    """Renamed, disabled and own intents."""
    async with conn.cursor(row_factory=class_row(IntentSetting)) as cur:
        await cur.execute(
            """SELECT intent, label, pack, risk, description, disabled FROM intent_settings
               WHERE tenant_id = app.current_tenant()"""
        )
        return await cur.fetchall()


async def set_intent(conn: Conn, setting: IntentSetting) -> None:
    """Create or change an intent's setting."""
    await conn.execute(
        """INSERT INTO intent_settings (intent, label, pack, risk, description, disabled)
           VALUES (%s, %s, %s, %s, %s, %s)
           ON CONFLICT (tenant_id, intent) DO UPDATE SET label = excluded.label,
               pack = excluded.pack, risk = excluded.risk, description = excluded.description,
               disabled = excluded.disabled""",
        (
            setting.intent,
            setting.label,
            setting.pack,
            setting.risk,
            setting.description,
            setting.disabled,
        ),
    )


async def examples(conn: Conn) -> list[IntentExample]:
    """The tenant's example messages: of its own intents, and corrections by its people."""
    async with conn.cursor(row_factory=class_row(IntentExample)) as cur:
        await cur.execute(
            """SELECT intent, text, language, source FROM intent_examples
               WHERE tenant_id = app.current_tenant() ORDER BY created_at"""
        )
        return await cur.fetchall()


async def add_example(
    conn: Conn,
    *,
    intent: str,
    text: str,
    language: str,
    source: str,
    by: str,
    turn_id: str | None = None,
    contact_id: str | None = None,
) -> str:
    """Store an example message for the tenant's overlay; returns its id."""
    example_id = new_id("ex")
    await conn.execute(
        """INSERT INTO intent_examples (example_id, intent, text, language, source, turn_id,
               contact_id, created_by) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)""",
        (example_id, intent, text, language, source, turn_id, contact_id, by),
    )
    return example_id
