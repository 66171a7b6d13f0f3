"""Neighbours and records/retention.py."""

from __future__ import annotations

from datetime import timedelta

from invekto.records import retention
from tests.neighbours import Conn
from tests.privacy.people import NOW, customer


async def seed(conn: Conn) -> str:
    return (await customer(conn)).contact_id


CALLS = {"purge": lambda conn, ours: retention.purge(conn, NOW + timedelta(days=9_000))}
EXEMPT = {
    "retention": "the defaults are everybody's; own rows by row-level security",
    "set_retention": "writes a row of the caller's own, reads none",
}
