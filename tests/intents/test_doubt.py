"""Which pair of readings a clarifying question may name."""

from __future__ import annotations

import pytest

from invekto.agent.intents.doubt import worth_offering
from invekto.contracts.understanding import IntentGuess

Readings = list[tuple[str, float]]


@pytest.mark.parametrize(
    ("readings", "offered"),
    [
        ([("price_query", 0.52), ("treatment_info", 0.4)], ("price_query", "treatment_info")),
        ([("price_query", 0.52), ("emergency", 0.4)], ()),
        ([("emergency", 0.45), ("complaint", 0.4)], ()),
        ([("general_question", 0.5), ("out_of_scope", 0.4)], ()),
        ([("price_query", 0.2), ("referral", 0.18)], ()),
        ([("price_query", 0.8), ("package_query", 0.1)], ()),
        ([("price_query", 1.0)], ()),
        ([], ()),
    ],
    ids=["two near ones", "emergency second", "emergency first", "none of our business",
         "the words speak for neither", "one far above", "one", "none"],
)  # fmt: skip
def test_only_two_near_readings_that_hold_most_are_offered(
    readings: Readings, offered: tuple[str, ...]
) -> None:
    assert worth_offering([IntentGuess(name, p) for name, p in readings]) == offered
