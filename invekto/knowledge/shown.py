"""What a person sees of a document: its file, and the chunks that were read from a page."""

from __future__ import annotations

from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import namedtuple_row

Conn = AsyncConnection[Any]
MOST = 80
"""Chunks shown of one page."""


async def chunks_on_page(conn: Conn, owner: str, version: int, number: int) -> list[Any]:
    """The chunks that stand on a page, in reading order."""
    async with conn.cursor(row_factory=namedtuple_row) as cur:
        await cur.execute(
            """SELECT chunk_index, kind, content, heading, page, flagged,
                   owner_id || '.' || version || '.' || chunk_index AS chunk_id
               FROM chunks WHERE tenant_id = app.current_tenant() AND owner_id = %(owner)s
                 AND version = %(version)s
                 AND (page IS NULL OR %(page)s BETWEEN page AND coalesce(page_end, page))
               ORDER BY chunk_index LIMIT %(most)s""",
            {"owner": owner, "version": version, "page": number, "most": MOST},
        )
        return list(await cur.fetchall())


async def file_content(conn: Conn, document_id: str, version: int) -> bytes | None:
    """The bytes that were uploaded; None where they are no longer kept."""
    done = await conn.execute(
        "SELECT content FROM document_versions WHERE tenant_id = app.current_tenant()"
        " AND document_id = %s AND version = %s",
        [document_id, version],
    )
    row = await done.fetchone()
    return bytes(row[0]) if row is not None and row[0] is not None else None
