"""Neighbours and records/policies.py."""

from __future__ import annotations

from datetime import UTC, datetime

from invekto.guardrails.rails import sector_policy
from invekto.records import policies
from tests.neighbours import Conn
from tests.privacy import people
from tests.rows import said

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


async def seed(conn: Conn) -> int:
    version = await policies.draft(conn, sector_policy("dental"), "u1")
    await policies.publish(conn, version)
    who = await people.customer(conn)
    await said(conn, who.conversation_id, author="ai", text="Kargoda.", now=people.NOW)
    return version


CALLS = {
    "published": lambda conn, ours: policies.published(conn),
    "history": lambda conn, ours: policies.history(conn),
    "publish": lambda conn, ours: policies.publish(conn, ours),
    "sent_replies": lambda conn, ours: policies.sent_replies(conn, LONG_AGO),
    "withdraw": lambda conn, ours: policies.withdraw(conn),
}
EXEMPT = {"draft": "writes a row of the caller's own, reads none"}
