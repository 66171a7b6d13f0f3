"""Neighbours and records/audit.py."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from invekto.records import audit
from tests.neighbours import Conn

KEY = b"k" * 32
LATER = datetime.now(UTC) + timedelta(hours=1)


async def seed(conn: Conn) -> str:
    await audit.record(conn, "first", actor_kind="system", resource_type="x", resource_id="r1")
    await audit.seal(conn, KEY, LATER)
    await audit.record(conn, "second", actor_kind="system", resource_type="x", resource_id="r1")
    return "r1"


async def _sealed(conn: Conn, _ours: str) -> int:
    return (await audit.verify(conn, KEY)).sealed


CALLS = {
    "search": lambda conn, ours: audit.search(conn, resource_id=ours),
    "months_to_sign": lambda conn, ours: audit.months_to_sign(
        conn, LATER.date().replace(year=2099)
    ),
    "event_types": lambda conn, ours: audit.event_types(conn),
    "seal": lambda conn, ours: audit.seal(conn, KEY, LATER),
    "verify": _sealed,
}
EXEMPT = {
    "viewed": "writes a row of the caller's own",
    "record": "writes a row of the caller's own, reads none",
    "checkpoint": "needs every event of the month sealed: see tests/privacy/test_audit.py",
    "open_month": "makes empty partitions for all tenants",
    "drop_month": "the worker's, for all tenants at once: see tests/privacy/test_audit.py",
}
