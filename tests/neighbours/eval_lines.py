"""Neighbours and records/eval_lines.py."""

from __future__ import annotations

from datetime import UTC, datetime

from invekto.records import behaviour, eval_lines
from tests.neighbours import Conn

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)


async def seed(conn: Conn) -> str:
    await behaviour.add_example(
        conn, intent="greeting", text="selamlar", language="tr", source="correction", by="ayse"
    )
    line = {"text": "selam", "lang": "tr", "intent": "greeting"}
    await eval_lines.propose(
        conn, line, kind="intents", example_id="ex_1", turn_id=None, contact_id=None, now=NOW
    )
    return (await eval_lines.list_lines(conn, "proposed"))[0].line_id


CALLS = {
    "corrections": lambda conn, ours: eval_lines.corrections(conn),
    "list_lines": lambda conn, ours: eval_lines.list_lines(conn, "proposed"),
    "decide": lambda conn, ours: eval_lines.decide(conn, [ours], "approved", by="x", now=NOW),
}
EXEMPT = {"propose": "writes a row of the caller's own, reads none"}
