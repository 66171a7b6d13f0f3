"""How much knowledge there is to look after: what the tabs of its pages count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import class_row

Conn = AsyncConnection[Any]


@dataclass(frozen=True, slots=True)
class Counts:
    """Documents whatever their state, FAQs by theirs, gaps that wait."""

    documents: int
    drafts: int
    approved: int
    open_gaps: int


async def count(conn: Conn) -> Counts:
    """Of the transaction's tenant."""
    async with conn.cursor(row_factory=class_row(Counts)) as cur:
        await cur.execute(
            """SELECT
                (SELECT count(*) FROM documents
                 WHERE tenant_id = app.current_tenant()) AS documents,
                (SELECT count(*) FROM faqs
                 WHERE tenant_id = app.current_tenant() AND status = 'draft') AS drafts,
                (SELECT count(*) FROM faqs
                 WHERE tenant_id = app.current_tenant() AND status = 'approved') AS approved,
                (SELECT count(*) FROM knowledge_gaps
                 WHERE tenant_id = app.current_tenant() AND status = 'open') AS open_gaps"""
        )
        found = await cur.fetchone()
    assert found is not None
    return found
