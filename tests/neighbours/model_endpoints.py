"""Neighbours and records/model_endpoints.py."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from psycopg import AsyncConnection

from invekto.records import model_endpoints
from invekto.records.model_endpoints import ModelEndpoint
from tests.tools.houses import NOW

OURS = ModelEndpoint(
    "https://model.example/v1", "big", b"sealed", Decimal(1), Decimal(2), "u1", NOW
)


async def seed(conn: AsyncConnection[Any]) -> None:
    await model_endpoints.save(conn, OURS)


CALLS = {
    "get": lambda conn, ours: model_endpoints.get(conn),
    "checked": lambda conn, ours: model_endpoints.checked(conn, "refused", NOW),
    "remove": lambda conn, ours: model_endpoints.remove(conn),
}
EXEMPT = {"save": "writes a row of the caller's own"}
