"""Documents and their versions: what was uploaded, how far it is, what it takes."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from invekto.contracts.ids import new_id
from invekto.errors import BadData, NotFound
from invekto.knowledge import chunks

Conn = AsyncConnection[Any]


@dataclass(frozen=True, slots=True)
class Document:
    """`version` is the one that search sees, 0 before the first. `stage`, `pages_done` and
    `pages_total` tell how far the newest version is; `error` is a stable word."""

    document_id: str
    name: str
    title: str
    source_type: str
    status: str
    version: int
    language: str | None
    pages: int
    chunk_count: int
    bytes: int
    text_bytes: int
    index_bytes: int
    valid_from: date | None
    valid_until: date | None
    warnings: list[dict[str, Any]]
    created_at: datetime
    updated_at: datetime
    tags: list[str]
    newest: int
    stage: str
    pages_done: int
    pages_total: int
    error: str | None
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Upload:
    """Where an upload went; `unchanged` when these bytes are already live or under way."""

    document_id: str
    version: int
    unchanged: bool = False


@dataclass(frozen=True, slots=True)
class Storage:
    """What a tenant's knowledge takes, in bytes, and how many pieces it has."""

    documents: int
    faqs: int
    chunks: int
    file_bytes: int
    text_bytes: int
    index_bytes: int


VECTORS = ("words", "grams", "topic", "subject", "placed", "dense", "dense_next")
"""Columns of a chunk that search reads."""


def _sized(column: str) -> str:
    return f"coalesce(pg_column_size({column}), 0)"


_SELECT = """
SELECT d.document_id, d.name, d.title, d.source_type, d.status, d.version, d.language, d.pages,
    d.chunk_count, d.bytes, d.text_bytes, d.index_bytes, d.valid_from, d.valid_until, d.warnings,
    d.created_at, d.updated_at,
    ARRAY(SELECT t.tag FROM document_tags t WHERE t.tenant_id = d.tenant_id
        AND t.document_id = d.document_id ORDER BY t.tag) AS tags,
    v.version AS newest, v.stage, v.pages_done, v.pages_total, v.error, v.detail
FROM documents d
JOIN LATERAL (SELECT * FROM document_versions v WHERE v.tenant_id = d.tenant_id
    AND v.document_id = d.document_id ORDER BY v.version DESC LIMIT 1) v ON true
WHERE d.tenant_id = app.current_tenant()
"""


async def list_documents(conn: Conn) -> list[Document]:
    """All documents, the newest first."""
    async with conn.cursor(row_factory=class_row(Document)) as cursor:
        await cursor.execute(f"{_SELECT} ORDER BY d.created_at DESC, d.document_id")
        return await cursor.fetchall()


async def get_document(conn: Conn, document_id: str) -> Document:
    """One document. Raises NotFound."""
    async with conn.cursor(row_factory=class_row(Document)) as cursor:
        await cursor.execute(f"{_SELECT} AND d.document_id = %s", [document_id])
        found = await cursor.fetchone()
    if found is None:
        raise NotFound(f"there is no document {document_id}")
    return found


async def accept(
    conn: Conn,
    *,
    name: str,
    data: bytes,
    title: str | None = None,
    tags: Sequence[str] = (),
    valid_from: date | None = None,
    valid_until: date | None = None,
) -> Upload:
    """Store an upload as a new document, or as the next version of the one of that name, which
    keeps what it is not given anew."""
    digest = hashlib.sha256(data).hexdigest()
    if same := await _same(conn, digest):
        return same
    row = await (
        await conn.execute(
            "INSERT INTO documents AS d (document_id, name, title, bytes, valid_from, valid_until)"
            " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (tenant_id, name) DO UPDATE SET"
            " title = coalesce(%s, d.title),"
            " valid_from = coalesce(EXCLUDED.valid_from, d.valid_from),"
            " valid_until = coalesce(EXCLUDED.valid_until, d.valid_until),"
            " updated_at = now() RETURNING document_id",
            [new_id("doc"), name, title or name, len(data), valid_from, valid_until, title],
        )
    ).fetchone()
    assert row is not None
    document_id = str(row[0])
    if tags:
        await set_tags(conn, document_id, tags)
    row = await (
        await conn.execute(
            "INSERT INTO document_versions (document_id, version, sha256, bytes, content)"
            " SELECT %s, coalesce(max(version), 0) + 1, %s, %s, %s FROM document_versions"
            " WHERE tenant_id = app.current_tenant() AND document_id = %s RETURNING version",
            [document_id, digest, len(data), data, document_id],
        )
    ).fetchone()
    assert row is not None
    return Upload(document_id, int(row[0]))


async def _same(conn: Conn, digest: str) -> Upload | None:
    row = await (
        await conn.execute(
            "SELECT document_id, version FROM document_versions WHERE sha256 = %s"
            " AND tenant_id = app.current_tenant() AND status IN ('queued', 'working', 'live')"
            " ORDER BY version DESC LIMIT 1",
            [digest],
        )
    ).fetchone()
    return Upload(row[0], row[1], unchanged=True) if row else None


async def set_tags(conn: Conn, document_id: str, tags: Sequence[str]) -> None:
    """Replace a document's tags; its chunks are filtered by them at once."""
    wanted = sorted({tag.strip() for tag in tags if tag.strip()})
    await conn.execute(
        "DELETE FROM document_tags WHERE tenant_id = app.current_tenant() AND document_id = %s",
        [document_id],
    )
    await conn.execute(
        "INSERT INTO tags (tag) SELECT unnest(%s::text[]) ON CONFLICT DO NOTHING", [wanted]
    )
    await conn.execute(
        "INSERT INTO document_tags (document_id, tag) SELECT %s, unnest(%s::text[])",
        [document_id, wanted],
    )
    await conn.execute(
        "UPDATE chunk_vectors SET tags = %s WHERE tenant_id = app.current_tenant()"
        " AND owner_id = %s AND tags <> %s",
        [wanted, document_id, wanted],
    )


async def describe(
    conn: Conn,
    document_id: str,
    *,
    title: str,
    tags: Sequence[str],
    valid_from: date | None,
    valid_until: date | None,
) -> Document:
    """Change what is said of a document: the title that citations show, and what its chunks are
    filtered by. Raises NotFound, and BadData where it would end before it begins."""
    if valid_from and valid_until and valid_until < valid_from:
        raise BadData(
            f"valid until {valid_until} is before valid from {valid_from}", field="valid_until"
        )
    await conn.execute(
        "UPDATE documents SET title = %s, valid_from = %s, valid_until = %s, updated_at = now()"
        " WHERE tenant_id = app.current_tenant() AND document_id = %s",
        [title, valid_from, valid_until, document_id],
    )
    await conn.execute(
        "UPDATE chunk_vectors SET valid_from = %s, valid_until = %s"
        " WHERE tenant_id = app.current_tenant() AND owner_id = %s",
        [valid_from, valid_until, document_id],
    )
    await conn.execute(
        "UPDATE chunks SET title = %s WHERE tenant_id = app.current_tenant() AND owner_id = %s",
        [title, document_id],
    )
    await get_document(conn, document_id)
    await set_tags(conn, document_id, tags)
    return await get_document(conn, document_id)


async def delete_document(conn: Conn, document_id: str) -> None:
    """Remove a document with all its versions, chunks and bytes, its count of uses, and tags that
    nothing else has. Raises NotFound."""
    await chunks.remove(conn, document_id)
    await chunks.forget_uses(conn, document_id)
    gone = await conn.execute(
        "DELETE FROM documents WHERE tenant_id = app.current_tenant() AND document_id = %s",
        [document_id],
    )
    if gone.rowcount == 0:
        raise NotFound(f"there is no document {document_id}")
    await conn.execute(
        "DELETE FROM tags t WHERE tenant_id = app.current_tenant() AND NOT EXISTS (SELECT 1"
        " FROM document_tags d WHERE d.tenant_id = t.tenant_id AND d.tag = t.tag)"
    )


async def fail(
    conn: Conn, document_id: str, version: int, problem: str, detail: dict[str, Any]
) -> None:
    """Note why a version cannot be read; a live version before it stays."""
    await chunks.drop_unseen(conn, document_id, version)
    await conn.execute(
        "UPDATE document_versions SET status = 'failed', stage = 'failed', error = %s, detail = %s,"
        " updated_at = now(), content = NULL"
        " WHERE tenant_id = app.current_tenant() AND document_id = %s AND version = %s",
        [problem, Jsonb(detail), document_id, version],
    )
    await conn.execute(
        "UPDATE documents SET status = CASE WHEN version > 0 THEN 'live' ELSE 'failed' END,"
        " updated_at = now() WHERE tenant_id = app.current_tenant() AND document_id = %s",
        [document_id],
    )


async def storage(conn: Conn) -> Storage:
    """What the transaction's tenant stores, for metering."""
    row = await (
        await conn.execute(
            "SELECT (SELECT count(*) FROM documents), (SELECT count(*) FROM faqs),"
            " (SELECT count(*) FROM chunks),"
            " (SELECT coalesce(sum(bytes), 0)::bigint FROM document_versions"
            "   WHERE content IS NOT NULL),"
            " (SELECT coalesce(sum(octet_length(content)), 0)::bigint FROM chunks),"
            f" (SELECT coalesce(sum({' + '.join(map(_sized, VECTORS))}), 0)::bigint"
            "   FROM chunk_vectors)"
        )
    ).fetchone()
    assert row is not None
    return Storage(*row)
