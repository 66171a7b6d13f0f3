"""Decisions: what a person says comes first, then risk, then what was earned."""

from __future__ import annotations

import timeit
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from invekto.agent.trust.decision import (
    Coins,
    Override,
    Standing,
    Step,
    decide,
    draw,
)
from invekto.contracts.evidence import Mode, Risk

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
EARNED = Standing((Step(0.95, True, 1.0), Step(0.85, True, 0.25), Step(0.7, False, 0.25)))
HEADS = Coins(0.1, 0.9)
PIN_AUTO = Override("pin_auto", "Elif", "holiday season", "stock_query", NOW + timedelta(days=7))


def mode(
    confidence: float = 0.99,
    risk: Risk = Risk.LOW,
    overrides: tuple[Override, ...] = (),
    coins: Coins = HEADS,
    cell: Standing = EARNED,
) -> Mode:
    return decide(cell, confidence, risk, overrides, coins, now=NOW).mode


def test_earned_levels_ramp_and_thresholds() -> None:
    assert mode(0.99) is Mode.AUTO
    assert mode(0.9) is Mode.AUTO
    assert mode(0.9, coins=Coins(0.25, 0.9)) is Mode.SUGGEST
    assert mode(0.8) is Mode.SUGGEST
    assert mode(0.2) is Mode.SUGGEST


def test_the_audit_coin_and_the_watch() -> None:
    assert decide(EARNED, 0.99, Risk.LOW, (), Coins(0.1, 0.05)).audit
    assert not decide(EARNED, 0.99, Risk.LOW, (), Coins(0.1, 0.1)).audit
    watched = Standing(EARNED.steps, watch=True)
    assert decide(watched, 0.99, Risk.LOW, (), HEADS).audit


def test_a_kill_beats_every_pin() -> None:
    for kill in (
        Override("kill", "Elif", "wrong prices", "stock_query"),
        Override("kill", "Elif", "wrong prices"),
        Override("kill", "operator", "incident", system=True),
    ):
        assert mode(overrides=(PIN_AUTO, kill)) is Mode.SUGGEST


def test_pins_and_their_end() -> None:
    assert mode(cell=Standing(), overrides=(PIN_AUTO,)) is Mode.AUTO
    over = Override("pin_auto", "Elif", "season", "x", NOW)
    assert mode(cell=Standing(), overrides=(over,)) is Mode.SUGGEST
    assert mode(overrides=(Override("pin_suggest", "Elif", "new prices"),)) is Mode.SUGGEST


override = st.builds(
    Override,
    st.sampled_from(["kill", "pin_suggest", "pin_auto"]),
    st.just("x"),
    st.just("y"),
    st.none() | st.just("stock_query"),
    st.none() | st.just(NOW + timedelta(days=1)),
    st.booleans(),
)
steps = st.lists(st.builds(Step, st.floats(0, 1), st.booleans(), st.floats(0, 1)), max_size=4).map(
    tuple
)


@given(
    st.builds(Standing, steps, st.booleans()),
    st.floats(0, 1),
    st.lists(override, max_size=3).map(tuple),
    st.builds(Coins, st.floats(0, 0.99), st.floats(0, 0.99)),
)
def test_high_risk_is_never_automatic(
    cell: Standing, confidence: float, overrides: tuple[Override, ...], coins: Coins
) -> None:
    assert decide(cell, confidence, Risk.HIGH, overrides, coins, now=NOW).mode is Mode.SUGGEST


def test_coins_are_fixed_by_turn_and_secret_and_look_uniform() -> None:
    assert draw("turn_1", "a") == draw("turn_1", "a") != draw("turn_1", "b")
    ramps = [draw(f"turn_{n}", "secret").ramp for n in range(4000)]
    audits = [draw(f"turn_{n}", "secret").audit for n in range(4000)]
    assert abs(sum(r < 0.25 for r in ramps) / 4000 - 0.25) < 0.03
    assert abs(sum(a < 0.1 for a in audits) / 4000 - 0.1) < 0.02


def test_a_decision_takes_less_than_a_fifth_of_a_millisecond() -> None:
    call = lambda: decide(EARNED, 0.8, Risk.LOW, (PIN_AUTO,), draw("turn_1", "s"), now=NOW)  # noqa: E731
    assert min(timeit.repeat(call, number=200, repeat=5)) / 200 < 0.0002
