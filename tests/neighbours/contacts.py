"""Neighbours and records/contacts.py."""

from __future__ import annotations

from tests.neighbours import Conn


async def seed(conn: Conn) -> None:
    return None


CALLS: dict[str, object] = {}
EXEMPT = {"list_contact": "writes a row of the caller's own; its upsert is keyed by the tenant"}
