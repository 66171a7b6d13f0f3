"""Rows of a demo's past, put in by the table: many at once, as they were written elsewhere."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from psycopg import AsyncConnection, sql
from psycopg.rows import class_row

from invekto.records.conversations import CONTACT_COLUMNS, Contact

Conn = AsyncConnection[Any]

TABLES = (
    "contacts", "consent_events", "conversations", "messages", "turns", "suggested_replies",
    "handovers", "trust_verdicts", "trust_events", "trust_cells", "trust_reviewers",
    "appointments", "leads", "return_deflections", "order_requests",
)  # fmt: skip
"""In this order: what others refer to comes first."""


async def put_rows(conn: Conn, table: str, rows: Sequence[dict[str, Any]]) -> int:
    """Insert rows that have the same columns; one that is there already stays. Returns how many
    are new.

    Raises:
        ValueError: a table that has no history.
    """
    if table not in TABLES:
        raise ValueError(f"no history is kept of {table}")
    if not rows:
        return 0
    columns = sql.SQL(", ").join(sql.Identifier(name) for name in rows[0])
    statement = sql.SQL(
        "INSERT INTO {table} ({columns}) SELECT {columns}"
        " FROM jsonb_populate_recordset(NULL::{table}, %s::jsonb) ON CONFLICT DO NOTHING"
    ).format(table=sql.Identifier(table), columns=columns)
    done = await conn.execute(statement, [json.dumps(list(rows), ensure_ascii=False, default=str)])
    return done.rowcount


async def has_history(conn: Conn) -> bool:
    """Whether the tenant's past was put in before."""
    row = await (
        await conn.execute(
            "SELECT EXISTS (SELECT FROM turns WHERE tenant_id = app.current_tenant()"
            " AND turn_id LIKE 'ht-%%')"
        )
    ).fetchone()
    return bool(row and row[0])


async def customers_with_orders(conn: Conn, *, limit: int) -> list[Contact]:
    """Contacts whose latest order is on its way or was delivered, the latest first."""
    async with conn.cursor(row_factory=class_row(Contact)) as cur:
        await cur.execute(
            f"""SELECT {CONTACT_COLUMNS} FROM contacts c
                WHERE c.tenant_id = app.current_tenant() AND c.phone_verified AND (
                    SELECT count(*) FROM orders o WHERE o.tenant_id = app.current_tenant()
                    AND o.contact_id = c.contact_id) = 1
                AND EXISTS (SELECT FROM orders o WHERE o.tenant_id = app.current_tenant()
                    AND o.contact_id = c.contact_id AND o.status IN ('shipped', 'delivered'))
                ORDER BY c.contact_id LIMIT %s""",
            [limit],
        )
        return await cur.fetchall()
