"""Neighbours and records/impersonal.py."""

from __future__ import annotations

from tests.neighbours import Conn


async def seed(conn: Conn) -> None:
    del conn


CALLS: dict[str, object] = {}
EXEMPT = {"uncovered": "reads the catalogue, no tenant's rows"}
