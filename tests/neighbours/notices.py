"""Neighbours and records/notices.py."""

from __future__ import annotations

from typing import Any

from psycopg import AsyncConnection

from invekto.records import notices
from tests.tools.houses import NOW


async def seed(conn: AsyncConnection[Any]) -> int:
    first = await notices.draft(conn, "handover", {"tr": "Bir dakika."}, "u1", NOW)
    await notices.publish(conn, "handover", first, NOW)
    return await notices.draft(conn, "handover", {"tr": "Hemen."}, "u1", NOW)


CALLS = {
    "history": lambda conn, ours: notices.history(conn),
    "publish": lambda conn, ours: notices.publish(conn, "handover", ours, NOW),
    "withdraw": lambda conn, ours: notices.withdraw(conn, "handover", NOW),
    "drop_draft": lambda conn, ours: notices.drop_draft(conn, "handover", ours),
}
EXEMPT = {"draft": "writes a row of the caller's own, and drops the caller's own draft"}
