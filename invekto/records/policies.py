"""A tenant's own rules for replies: drafted, tested, published, rolled back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from invekto.contracts.policy import Policy, policy_from_data
from invekto.errors import NotFound

Conn = AsyncConnection[Any]


@dataclass(frozen=True, slots=True)
class PolicyVersion:
    """One version; `rules` as `Policy.as_data` gives them."""

    version: int
    status: str
    rules: dict[str, Any]
    author: str
    note: str
    created_at: datetime
    published_at: datetime | None

    @property
    def policy(self) -> Policy:
        """The rules as a value. Raises BadData where they no longer fit the code."""
        return policy_from_data(self.rules)


COLUMNS = "version, status, rules, author, note, created_at, published_at"


async def published(conn: Conn) -> Policy | None:
    """The policy in force, or None where the tenant lives by its sector's."""
    async with conn.cursor(row_factory=class_row(PolicyVersion)) as cur:
        await cur.execute(f"SELECT {COLUMNS} FROM policy_versions WHERE status = 'published'")
        row = await cur.fetchone()
    return row.policy if row else None


async def history(conn: Conn) -> list[PolicyVersion]:
    """All versions, newest first."""
    async with conn.cursor(row_factory=class_row(PolicyVersion)) as cur:
        await cur.execute(f"SELECT {COLUMNS} FROM policy_versions ORDER BY version DESC")
        return await cur.fetchall()


async def draft(conn: Conn, policy: Policy, author: str, note: str = "") -> int:
    """Store a draft; returns its version."""
    cursor = await conn.execute(
        "INSERT INTO policy_versions (version, rules, author, note)"
        " SELECT coalesce(max(version), 0) + 1, %s, %s, %s FROM policy_versions RETURNING version",
        [Jsonb(policy.as_data()), author, note],
    )
    row = await cursor.fetchone()
    assert row is not None
    return int(row[0])


async def publish(conn: Conn, version: int) -> PolicyVersion:
    """Put a version in force, also an older one again (roll back). Raises NotFound."""
    await conn.execute(
        "UPDATE policy_versions SET status = 'retired'"
        " WHERE status = 'published' AND version <> %s",
        [version],
    )
    async with conn.cursor(row_factory=class_row(PolicyVersion)) as cur:
        await cur.execute(
            "UPDATE policy_versions SET status = 'published', published_at = now()"
            f" WHERE version = %s RETURNING {COLUMNS}",
            [version],
        )
        row = await cur.fetchone()
    if row is None:
        raise NotFound(f"there is no policy version {version}: draft it first", version=version)
    return row


async def withdraw(conn: Conn) -> bool:
    """Back to the sector's rules; False where no own policy was in force."""
    cursor = await conn.execute(
        "UPDATE policy_versions SET status = 'retired' WHERE status = 'published'"
    )
    return cursor.rowcount > 0


@dataclass(frozen=True, slots=True)
class SentReply:
    """A reply of the product, sent by itself or by a person, as the customer got it."""

    text: str
    channel: str
    language: str | None
    intents: list[str]


async def sent_replies(conn: Conn, since: datetime, limit: int = 2_000) -> list[SentReply]:
    """The product's own replies since then, newest first: what a draft is tried on."""
    async with conn.cursor(row_factory=class_row(SentReply)) as cur:
        await cur.execute(
            "SELECT m.text, m.channel, t.language, coalesce(t.intents, '{}') AS intents"
            " FROM messages m LEFT JOIN turns t ON t.turn_id = m.turn_id"
            " WHERE m.author IN ('ai', 'person_for_ai') AND m.sent_at >= %s AND m.text <> ''"
            " ORDER BY m.sent_at DESC LIMIT %s",
            [since, limit],
        )
        return await cur.fetchall()
