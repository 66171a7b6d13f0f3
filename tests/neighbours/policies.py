"""Neighbours and records/policies.py."""

from __future__ import annotations

from invekto.guardrails.rails import sector_policy
from invekto.records import policies


async def seed(conn) -> int:
    version = await policies.draft(conn, sector_policy("dental"), "u1")
    await policies.publish(conn, version)
    return version


CALLS = {
    "published": lambda conn, ours: policies.published(conn),
    "history": lambda conn, ours: policies.history(conn),
    "publish": lambda conn, ours: policies.publish(conn, ours),
    "withdraw": lambda conn, ours: policies.withdraw(conn),
}
EXEMPT = {"draft": "writes a row of the caller's own, reads none"}
