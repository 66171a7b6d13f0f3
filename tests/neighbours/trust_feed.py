"""Neighbours and records/trust_feed.py."""

from __future__ import annotations

from datetime import UTC, datetime

from psycopg.types.json import Jsonb

from invekto.contracts.evidence import Risk
from invekto.records import trust, trust_feed
from tests.neighbours import Conn
from tests.neighbours.trust import TERMS, verdict

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


async def seed(conn: Conn) -> None:
    await trust_feed.add_event(conn, "killed", NOW, intent="stock_query")
    await trust.append_verdict(
        conn, verdict("v1"), Risk.LOW, counted="wrong", why="", terms=TERMS, capital=[0.0]
    )
    await conn.execute(
        """INSERT INTO turns (turn_id, conversation_id, first_seq, last_seq, outcome, why)
           VALUES ('t9', 'c9', 1, 1, 'answered', %s)""",
        [Jsonb({"decision": {"audit": True}, "reply": "Var."})],
    )


CALLS = {
    "list_events": lambda conn, ours: trust_feed.list_events(conn),
    "list_errors": lambda conn, ours: trust_feed.list_errors(conn),
    "audit_queue": lambda conn, ours: trust_feed.audit_queue(conn),
}
EXEMPT = {"add_event": "writes a row of the caller's own, reads none"}
