"""Neighbours and records/imports.py."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from psycopg import AsyncConnection

from invekto.records import imports
from tests.tools.houses import NOW


async def seed(conn: AsyncConnection[Any]) -> None:
    for import_id in ("imp_ours", "imp_runs"):
        await imports.add(conn, import_id, [("stok.csv", b"sealed")], b"report", "u1", NOW)
    await imports.begin(conn, "imp_runs", NOW)


CALLS = {
    "get": lambda conn, ours: imports.get(conn, "imp_ours"),
    "recent": lambda conn, ours: imports.recent(conn),
    "contents": lambda conn, ours: imports.contents(conn, "imp_ours"),
    "recheck": lambda conn, ours: imports.recheck(conn, "imp_ours", [], b"other", NOW),
    "begin": lambda conn, ours: imports.begin(conn, "imp_ours", NOW),
    "advance": lambda conn, ours: imports.advance(conn, "imp_runs", 1, 2, NOW),
    "fail": lambda conn, ours: imports.fail(conn, "imp_runs", "broken", NOW),
    "end": lambda conn, ours: imports.end(conn, "imp_ours", b"other", NOW),
    "discard": lambda conn, ours: imports.discard(conn, "imp_ours"),
    "forget_old": lambda conn, ours: imports.forget_old(conn, NOW + timedelta(days=9)),
}
EXEMPT = {"add": "writes a row of the caller's own"}
