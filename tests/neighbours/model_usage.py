"""Neighbours and records/model_usage.py."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from invekto.records import model_usage
from tests.neighbours import Conn

DAY = date(2026, 11, 25)


async def seed(conn: Conn) -> None:
    used = model_usage.Usage(DAY, "chat", 1, 0, 100, 20, Decimal("0.01"))
    await model_usage.add_usage(conn, used)


async def tokens(conn: Conn, ours: object) -> int:
    return (await model_usage.spent(conn, DAY))[0]


CALLS = {
    "spent": tokens,
    "usage_since": lambda conn, ours: model_usage.usage_since(conn, DAY),
}
EXEMPT = {"add_usage": "writes a row of the caller's own, reads none"}
