"""Neighbours and records/trust.py."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from invekto.contracts.evidence import Cell, Path, Risk, Verdict, VerdictKind
from invekto.records import trust
from tests.neighbours import Conn

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
CELL = Cell("stock_query", "tr", Path.PLAYBOOK, "b1")
TERMS = {"nominal": 0.02, "epsilon": 0.02, "delta": 0.05, "settle": 0}


@dataclass(frozen=True)
class Ours:
    verdict: Verdict


def verdict(name: str) -> Verdict:
    return Verdict(
        name, "t1", "c1", CELL, VerdictKind.REJECTED, 0.9, True, False, NOW, "ayse", 5.0
    )  # fmt: skip


async def seed(conn: Conn) -> Ours:
    given = verdict("v1")
    await trust.save_settings(conn, delta=0.02)
    record = dict.fromkeys(("decisions", "changed", "in_a_row", "fast", "seeded", "caught"), 1)
    await trust.save_reviewer(conn, "ayse", {**record, "last_turn": "t1"})
    await trust.save_cell(conn, CELL, Risk.LOW, state={}, standing={}, hint=None, now=NOW)
    await trust.append_verdict(
        conn, given, Risk.LOW, counted="wrong", why="", terms=TERMS, capital=[0.0]
    )
    return Ours(given)


async def _ours_of_load(conn: Conn) -> object:
    """All that is the tenant's in the hot path's answer (the secret is the system's)."""
    loaded = await trust.load_cells(conn, [CELL])
    return loaded.standings or loaded.overrides or loaded.settings


async def _counted_team(conn: Conn) -> int:
    return sum((await trust.team(conn, "mert")).values())


CALLS = {
    "load_cells": lambda conn, ours: _ours_of_load(conn),
    "get_settings": lambda conn, ours: trust.get_settings(conn),
    "get_reviewer": lambda conn, ours: trust.get_reviewer(conn, "ayse"),
    "list_reviewers": lambda conn, ours: trust.list_reviewers(conn),
    "team": lambda conn, ours: _counted_team(conn),
    "get_cell": lambda conn, ours: trust.get_cell(conn, CELL),
    "older_record": lambda conn, ours: trust.older_record(
        conn, Cell("stock_query", "tr", Path.PLAYBOOK, "b2")
    ),
    "list_cells": lambda conn, ours: trust.list_cells(conn),
    "earlier": lambda conn, ours: trust.earlier(conn, ours.verdict),
    "list_verdicts": lambda conn, ours: trust.list_verdicts(conn, CELL),
}

OWN = "writes a row of the caller's own, reads none"
EXEMPT = {
    "lock_log": "takes the caller's own lock",
    "save_settings": OWN,
    "save_reviewer": OWN,
    "save_cell": OWN,
    "append_verdict": OWN,
}
