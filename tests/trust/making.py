"""Verdicts for tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from invekto.contracts.evidence import Cell, Path, Verdict, VerdictKind

START = datetime(2026, 11, 2, 9, tzinfo=UTC)
CELL = Cell("stock_query", "tr", Path.PLAYBOOK, "b1")


def verdict(
    n: int,
    kind: VerdictKind = VerdictKind.SENT_UNCHANGED,
    *,
    cell: Cell = CELL,
    confidence: float = 0.99,
    hours: float = 1.0,
    **more: Any,
) -> Verdict:
    """The n-th verdict, `hours` after the one before, in a conversation of its own."""
    fields: dict[str, Any] = {
        "id": f"v{n}",
        "turn_id": f"t{n}",
        "conversation_id": f"c{n}",
        "cell": cell,
        "kind": kind,
        "confidence": confidence,
        "resolving": True,
        "shared": False,
        "at": START + timedelta(hours=hours * n),
        "by": "ayse",
        "reading_seconds": 9.0,
    }
    return Verdict(**{**fields, **more})
