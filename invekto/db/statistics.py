"""Planner statistics after much has been loaded at once."""

from __future__ import annotations

from typing import Any

from psycopg import AsyncConnection


async def refresh_statistics(conn: AsyncConnection[Any]) -> None:
    """Let the planner know how large the tables of catalogue, orders and diary have become."""
    await conn.execute("SELECT app.refresh_statistics()")
