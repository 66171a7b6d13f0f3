"""The fold: promotion, order of thresholds, ramp, demotion, restarts, settling."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from invekto.agent.trust.cell import CellState, begin
from invekto.agent.trust.decision import Coins, decide, standing
from invekto.agent.trust.ledger import Ledger, at_moment
from invekto.agent.trust.rules import Rules
from invekto.contracts.evidence import Mode, Risk, VerdictKind
from tests.trust.making import CELL, START, verdict

AT_ONCE = Rules(settle=timedelta(0))
RIGHT, WRONG = VerdictKind.SENT_UNCHANGED, VerdictKind.REJECTED


def ledger(rules: Rules = AT_ONCE, risk: Risk = Risk.MEDIUM) -> Ledger:
    """With a reviewer known to change drafts: the first verdict is an edit in another cell."""
    made = Ledger(rules)
    other = replace(CELL, intent="warranty")
    made.add(verdict(0, VerdictKind.EDITED_MATERIAL, cell=other), risk)
    return made


def feed(
    made: Ledger,
    first: int,
    last: int,
    kind: VerdictKind = RIGHT,
    risk: Risk = Risk.MEDIUM,
    **more: Any,
) -> CellState:
    """Rights with a cosmetic edit now and then, as people who read make them."""
    for n in range(first, last):
        how = VerdictKind.EDITED_COSMETIC if kind is RIGHT and n % 15 == 0 else kind
        made.add(verdict(n, how, **more), risk)
    return made.cells[CELL]


def promoted_after(made: Ledger, first: int = 1, **more: Any) -> int:
    for n in range(first, 3000):
        if feed(made, n, n + 1, **more).levels[0].passed:
            return n
    raise AssertionError("never promoted")


def test_clean_cells_are_promoted_as_soon_as_promised() -> None:
    assert promoted_after(ledger()) <= 172
    assert promoted_after(ledger(), risk=Risk.LOW) <= 70


def test_one_correction_costs_more_verdicts() -> None:
    made = ledger()
    feed(made, 1, 2, WRONG)
    assert 250 < promoted_after(made, 2) <= 310


def test_looser_thresholds_pass_only_after_stricter_ones() -> None:
    made = ledger()
    state = feed(made, 1, 400, confidence=0.8)
    assert not any(level.passed for level in state.levels), "0.85 saw nothing yet"
    assert state.levels[1].log_capital > state.levels[1].needed(0.05)
    state = feed(made, 400, 400 + 172)
    assert [level.passed for level in state.levels] == [True] * 3


def test_a_message_feeds_only_the_thresholds_it_reaches() -> None:
    state = feed(ledger(), 1, 2, confidence=0.72)
    assert [level.right for level in state.levels] == [0, 1, 1]


def test_the_ramp_climbs_with_right_verdicts() -> None:
    made = ledger()
    n = promoted_after(made)
    shares = [standing(feed(made, n + 1 + k, n + 2 + k)).steps[0].share for k in range(60)]
    assert shares[13:16] == [0.25, 0.5, 0.5]
    assert shares[28:31] == [0.5, 1.0, 1.0]


@pytest.mark.parametrize(
    "kind", [VerdictKind.AUTO_WRONG_AGENT, VerdictKind.AUTO_WRONG_CUSTOMER, VerdictKind.AUDIT_WRONG]
)
def test_one_wrong_automatic_reply_takes_it_back_at_once(kind: VerdictKind) -> None:
    made = ledger()
    feed(made, 1, 400)
    assert decide(standing(made.cells[CELL]), 0.99, Risk.MEDIUM, (), Coins(0, 1)).mode is Mode.AUTO
    made.add(verdict(400, kind, confidence=0.6, by="x", reading_seconds=None), Risk.MEDIUM)
    state = made.cells[CELL]
    assert not any(level.passed for level in state.levels)
    assert decide(standing(state), 0.99, Risk.MEDIUM, (), Coins(0, 1)).mode is Mode.SUGGEST
    level = state.levels[0]
    assert level.log_capital <= level.needed(0.05) + math.log(0.56), "capped before the loss"
    assert state.wrong_at is not None


def test_the_way_back_is_long_and_begins_with_a_smaller_step() -> None:
    made = ledger()
    feed(made, 1, 400)
    made.add(verdict(400, VerdictKind.AUDIT_WRONG, by="x"), Risk.MEDIUM)
    back = promoted_after(made, 401) - 400
    assert 60 < back < 172
    assert standing(made.cells[CELL]).steps[0].share == 0.10


def test_an_error_among_reviewed_replies_puts_the_cell_under_watch() -> None:
    made = ledger()
    n = promoted_after(made)
    state = feed(made, n + 1, n + 2, WRONG)
    assert state.levels[0].passed
    assert state.watch == 20
    state = feed(made, n + 2, n + 22, VerdictKind.AUDIT_RIGHT, by="auditor")
    assert state.watch == 0


def test_several_reviewed_errors_take_it_back_too() -> None:
    made = ledger()
    n = promoted_after(made)
    assert not feed(made, n + 1, n + 5, WRONG).levels[0].passed


def test_a_poor_process_restarts_once_things_go_well_again() -> None:
    made = ledger()
    feed(made, 1, 12, WRONG)
    state = feed(made, 12, 34)
    assert state.levels[0].restarts == 1
    assert state.levels[0].right < 20, "what came before the restart does not count"
    needed = promoted_after(made, 34)
    assert needed < 500


def test_approvals_settle_and_a_late_error_takes_them_out() -> None:
    made = ledger(Rules())
    state = feed(made, 1, 11, hours=1)
    assert len(state.waiting) == 10
    made.add(verdict(11, WRONG, conversation_id="c3"), Risk.MEDIUM)
    state = made.cells[CELL]
    assert "c3" not in {w.conversation for w in state.waiting}
    later = at_moment(state, START + timedelta(hours=60))
    assert later.levels[0].right == 9
    assert later.levels[0].wrong == 1


def test_a_clock_that_goes_back_is_ignored() -> None:
    made = ledger(Rules())
    feed(made, 1, 50)
    before = made.cells[CELL].clock
    assert before is not None
    made.add(verdict(50, at=START - timedelta(days=900)), Risk.MEDIUM)
    state = made.cells[CELL]
    assert state.clock == before
    assert state.waiting[-1].due == before + timedelta(hours=24)


def test_a_tighter_epsilon_starts_anew_and_a_looser_one_does_not() -> None:
    made = ledger()
    state = feed(made, 1, 100, risk=Risk.LOW)
    assert state.levels[0].passed
    looser = Ledger(Rules(settle=timedelta(0), epsilon_low=0.08), {CELL: state}, made.reviewers)
    assert feed(looser, 100, 101, risk=Risk.LOW).levels[0].right == 100
    tighter = Ledger(AT_ONCE, {CELL: state}, made.reviewers)
    fresh = feed(tighter, 100, 101, risk=Risk.MEDIUM)
    assert not fresh.levels[0].passed
    assert fresh.levels[0].right == 0 or fresh.levels[0].right == 1


def test_high_risk_collects_no_evidence() -> None:
    state = feed(ledger(risk=Risk.HIGH), 1, 300, risk=Risk.HIGH)
    assert state == begin(0.02, 0.05, AT_ONCE.thresholds)
