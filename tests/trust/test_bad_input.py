"""What goes wrong in a shop's everyday life, each with what the trust curve makes of it. Corrupt
evaluation lines are in tests/evals/test_run.py, a renamed intent also in test_evidence.py."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta

from invekto.agent.trust.admission import Counted
from invekto.agent.trust.explain import explain, missing
from invekto.agent.trust.ledger import Ledger, at_moment
from invekto.agent.trust.reviewers import Reviewer
from invekto.agent.trust.rules import Rules
from invekto.contracts.evidence import Cell, Path, Risk, VerdictKind
from tests.trust.making import CELL, START, verdict

HONEST = {"ayse": Reviewer(decisions=50, changed=5)}


def _ledger() -> Ledger:
    return Ledger(Rules(), reviewers=dict(HONEST))


def test_a_clock_that_goes_backwards_neither_counts_twice_nor_sooner() -> None:
    forward, backward = _ledger(), _ledger()
    for n in range(60):
        forward.add(verdict(n), Risk.MEDIUM)
        late = verdict(n) if n % 3 else replace(verdict(n), at=START - timedelta(days=n))
        backward.add(late, Risk.MEDIUM)
    end = START + timedelta(days=30)
    ahead = at_moment(forward.cells[CELL], end)
    behind = at_moment(backward.cells[CELL], end)
    assert [level.right for level in behind.levels] == [level.right for level in ahead.levels]
    assert behind.clock == end


def test_a_verdict_that_comes_twice_counts_once() -> None:
    once, twice = _ledger(), _ledger()
    for n in range(30):
        once.add(verdict(n), Risk.MEDIUM)
        twice.add(verdict(n), Risk.MEDIUM)
        assert twice.add(verdict(n), Risk.MEDIUM).counted is Counted.NOTHING
    assert once.cells == twice.cells


def test_a_verdict_on_a_superseded_draft_counts_for_nothing() -> None:
    stale = verdict(1, detail={"superseded": True})
    assert _ledger().add(stale, Risk.MEDIUM).why == "superseded"


def test_the_author_of_an_answer_does_not_confirm_it() -> None:
    own = verdict(1, detail={"authors": ["ayse"]})
    assert _ledger().add(own, Risk.MEDIUM).why == "own_source"
    wrong = verdict(2, VerdictKind.REJECTED, detail={"authors": ["ayse"]})
    assert _ledger().add(wrong, Risk.MEDIUM).counted is Counted.WRONG


def test_three_messages_a_month_stay_a_suggestion_and_say_what_is_missing() -> None:
    ledger = _ledger()
    for n in range(36):
        ledger.add(verdict(n, hours=240), Risk.MEDIUM)
    state = at_moment(ledger.cells[CELL], START + timedelta(days=400))
    assert not any(level.passed for level in state.levels)
    left = missing(state)
    assert left is not None
    assert 100 < left.clean < 200
    assert math.isfinite(state.levels[0].log_capital)
    assert str(left.clean) in explain(state, "tr")


def test_an_intent_renamed_midway_is_another_cell() -> None:
    ledger = _ledger()
    for n in range(20):
        ledger.add(verdict(n), Risk.LOW)
    renamed = Cell("stock", "tr", Path.PLAYBOOK, "b1")
    ledger.add(verdict(21, cell=renamed), Risk.LOW)
    assert ledger.cells[renamed].levels[0].right <= 1
    assert set(ledger.cells) == {CELL, renamed}
