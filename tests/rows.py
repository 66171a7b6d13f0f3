"""Asking the database in a test."""

from __future__ import annotations

from typing import Any

from psycopg import AsyncConnection


async def one_row(
    conn: AsyncConnection[tuple[Any, ...]], query: str, values: tuple[object, ...] = ()
) -> tuple[Any, ...]:
    """The one row that there must be."""
    [row] = await (await conn.execute(query, values)).fetchall()
    return row
