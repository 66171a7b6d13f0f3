"""Neighbours and records/insights.py."""

from __future__ import annotations

from datetime import UTC, datetime

from invekto.records import insights
from tests.neighbours import Conn
from tests.neighbours import turns as some_turns

BEGIN, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC)
seed = some_turns.seed


async def messages(conn: Conn, ours: object) -> int:
    return (await insights.overview(conn, BEGIN, END)).messages


CALLS = {
    "overview": messages,
    "cohorts": lambda conn, ours: insights.cohorts(conn, datetime.now(UTC), "UTC"),
    "hand_over_reasons": lambda conn, ours: insights.hand_over_reasons(conn, BEGIN, END),
}
COUNTED = "counts of the caller's own rows under the same policy; tests/console counts them anew"
EXEMPT = {
    "turns_by_day": COUNTED,
    "turns_by_each": COUNTED,
    "first_value": COUNTED,
    "price_to_appointment": COUNTED,
    "shown_up": COUNTED,
    "deflected": COUNTED,
    "lead_pipeline": COUNTED,
    "stock_of_knowledge": COUNTED,
    "first_automatic": COUNTED,
    "lead_to_appointment": COUNTED,
}
