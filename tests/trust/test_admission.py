"""What counts, point by point."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from invekto.agent.trust.admission import Counted, Earlier, admit
from invekto.agent.trust.ledger import Ledger, replay
from invekto.agent.trust.reviewers import (
    Reviewer,
    Team,
    caught_at_least,
    not_reading,
    run_limit,
)
from invekto.agent.trust.rules import Rules
from invekto.agent.trust.stored import read_state, write_state
from invekto.contracts.evidence import Risk, Verdict, VerdictKind
from tests.trust.making import CELL, START, verdict

READS = Reviewer(decisions=50, changed=8, in_a_row=2)
RIGHT, WRONG, NOTHING = Counted.RIGHT, Counted.WRONG, Counted.NOTHING
K = VerdictKind


def counted(
    given: Verdict, earlier: Sequence[Earlier] = (), reviewer: Reviewer = READS, team: Team = Team()
) -> tuple[Counted, str]:
    found = admit(given, earlier, reviewer, team)
    return (found.counted, found.why)


@pytest.mark.parametrize(
    ("kind", "counts"),
    [
        (K.SENT_UNCHANGED, RIGHT),
        (K.EDITED_COSMETIC, RIGHT),
        (K.EDITED_MATERIAL, WRONG),
        (K.REJECTED, WRONG),
        (K.TAKEN_OVER, WRONG),
        (K.IGNORED, WRONG),
        (K.AUTO_WRONG_AGENT, WRONG),
        (K.AUTO_WRONG_CUSTOMER, WRONG),
        (K.AUDIT_RIGHT, RIGHT),
        (K.AUDIT_WRONG, WRONG),
    ],
)
def test_what_each_kind_counts_for(kind: VerdictKind, counts: Counted) -> None:
    assert counted(verdict(1, kind)) == (counts, "")


def test_what_counts_for_nothing() -> None:
    cases = {
        "seeded": verdict(1, K.REJECTED, seeded_error=True),
        "superseded": verdict(1, K.REJECTED, detail={"superseded": True}),
        "clarifying": verdict(1, resolving=False),
        "never_shown": verdict(1, K.IGNORED, reading_seconds=None),
        "several_intents": verdict(1, shared=True),
        "own_source": verdict(1, detail={"authors": ["ayse"]}),
        "too_fast": verdict(1, reading_seconds=1.2, detail={"length": 200}),
    }
    for why, given_ in cases.items():
        assert counted(given_) == (NOTHING, why)
    assert counted(verdict(1, reading_seconds=None)) == (NOTHING, "never_shown")
    assert counted(verdict(1, K.REJECTED, resolving=False)) == (NOTHING, "clarifying")


def test_errors_count_whoever_says_so_and_however_fast() -> None:
    assert counted(verdict(1, K.REJECTED, shared=True))[0] is WRONG
    assert counted(verdict(1, K.REJECTED, reading_seconds=0.1))[0] is WRONG
    assert counted(verdict(1, K.REJECTED), reviewer=Reviewer())[0] is WRONG
    assert counted(verdict(1, K.AUTO_WRONG_AGENT, resolving=False))[0] is WRONG


def test_one_resolving_reply_counts_per_conversation() -> None:
    made = Ledger(reviewers={"ayse": READS})

    def same(n: int, kind: VerdictKind = K.SENT_UNCHANGED, **more: Any) -> Verdict:
        return verdict(n, kind, conversation_id="c", **more)

    assert made.add(same(1), Risk.LOW).counted is RIGHT
    assert made.add(same(2), Risk.LOW).why == "one_per_conversation"
    assert made.add(same(3, K.REJECTED), Risk.LOW).counted is WRONG
    assert made.add(same(4, K.REJECTED), Risk.LOW).why == "counted_already"
    assert made.add(same(5), Risk.LOW).counted is NOTHING
    assert made.add(same(6, K.AUTO_WRONG_AGENT), Risk.LOW).counted is WRONG
    again = same(7, K.AUDIT_WRONG, turn_id="t6")
    assert made.add(again, Risk.LOW).why == "counted_already"
    assert made.add(same(8, cell=replace(CELL, language="en")), Risk.LOW).counted is RIGHT


def test_a_correction_from_a_to_b_is_an_error_of_a_and_nothing_for_b() -> None:
    made = Ledger()
    made.add(verdict(1, K.REJECTED, corrected_intent="order_status"), Risk.LOW)
    assert set(made.cells) == {CELL}
    assert made.cells[CELL].levels[0].wrong == 1


def test_a_reviewer_who_never_changed_anything_does_not_count() -> None:
    assert counted(verdict(1), reviewer=Reviewer(decisions=30, in_a_row=30)) == (
        NOTHING,
        "never_changed",
    )
    assert counted(verdict(1), reviewer=Reviewer(seeded=2, caught=1))[0] is RIGHT


def test_a_long_run_of_accepting_stops_counting_until_the_next_change() -> None:
    others = Team(decisions=400, changed=60)
    assert run_limit(READS, others) == 29
    assert not_reading(replace(READS, in_a_row=28), others) is None
    assert not_reading(replace(READS, in_a_row=29), others) == "all_accept"
    assert run_limit(Reviewer(decisions=500, changed=5), Team()) == 100


def test_seeded_drafts_tighten_epsilon_by_a_lower_bound() -> None:
    assert caught_at_least(Team()) == 1.0
    few = caught_at_least(Team(seeded=5, caught=5))
    many = caught_at_least(Team(seeded=60, caught=60))
    leaky = caught_at_least(Team(seeded=60, caught=40))
    assert few < leaky < 0.667 < 0.9 < many < 1
    assert caught_at_least(Team(seeded=10, caught=0)) == 0.0


def test_the_lower_bound_is_missed_as_rarely_as_claimed() -> None:
    draw, missed = random.Random(6), 0
    for _ in range(300):
        hits = 0
        for n in range(1, 41):
            hits += draw.random() < 0.7
            if caught_at_least(Team(seeded=n, caught=hits)) > 0.7:
                missed += 1
                break
    assert missed / 300 <= 0.05


# Properties of the fold -------------------------------------------------------------------------

events = st.lists(
    st.builds(
        lambda kind, conversation, confidence, by, hours, shared, resolving, risk: (
            kind, conversation, confidence, by, hours, shared, resolving, risk
        ),
        st.sampled_from(list(VerdictKind)),
        st.integers(0, 12),
        st.sampled_from([0.4, 0.6, 0.8, 0.9, 0.97]),
        st.sampled_from(["ayse", "mert"]),
        st.integers(-5, 60),
        st.booleans(),
        st.booleans(),
        st.sampled_from([Risk.LOW, Risk.MEDIUM]),
    ),
    max_size=60,
)  # fmt: skip


Drawn = tuple[VerdictKind, int, float, str, int, bool, bool, Risk]


def log(drawn: list[Drawn]) -> list[Verdict]:
    at, made = START, []
    for n, (kind, conversation, confidence, by, hours, shared, resolving, _) in enumerate(drawn):
        at += timedelta(hours=hours)
        made.append(
            verdict(
                n, kind, conversation_id=f"c{conversation}", confidence=confidence, by=by, at=at,
                shared=shared, resolving=resolving,
            )
        )  # fmt: skip
    return made


@settings(deadline=None)
@given(events, st.integers(0, 60))
def test_replaying_the_log_gives_the_same_state_also_in_stored_pieces(
    drawn: list[Drawn], half: int
) -> None:
    verdicts = [(v, Risk.MEDIUM) for v in log(drawn)]
    whole = replay(verdicts, Rules())
    pieces = replay(verdicts[:half], Rules())
    pieces.cells = {c: read_state(write_state(s)) for c, s in pieces.cells.items()}
    for given_, risk in verdicts[half:]:
        pieces.add(given_, risk)
    assert pieces.cells == whole.cells


@settings(deadline=None)
@given(events, st.integers(0, 59), st.integers(0, 59))
def test_a_duplicate_changes_nothing(drawn: list[Drawn], which: int, later: int) -> None:
    verdicts = log(drawn)
    if not verdicts:
        return
    once = replay([(v, Risk.LOW) for v in verdicts], Rules())
    which %= len(verdicts)
    position = max(which + 1, later % (len(verdicts) + 1))
    doubled = [*verdicts[:position], verdicts[which], *verdicts[position:]]
    twice = replay([(v, Risk.LOW) for v in doubled], Rules())
    assert twice.cells == once.cells
    assert twice.reviewers == once.reviewers


@settings(deadline=None)
@given(events, st.sampled_from([0.6, 0.8, 0.97]))
def test_more_right_replies_never_lower_capital_and_wrong_ones_never_raise_it(
    drawn: list[Drawn], confidence: float
) -> None:
    rules = Rules(settle=timedelta(0))
    made = replay([(v, Risk.MEDIUM) for v in log(drawn)], rules)
    made.reviewers["ayse"] = READS
    made.add(verdict(900, K.REJECTED, confidence=0.1), Risk.MEDIUM)
    before = made.cells[CELL]
    made.add(verdict(1000, confidence=confidence), Risk.MEDIUM)
    better = made.cells[CELL]
    made.cells[CELL] = before
    made.add(verdict(1001, K.REJECTED, confidence=confidence), Risk.MEDIUM)
    worse = made.cells[CELL]
    for one, up, down in zip(before.levels, better.levels, worse.levels, strict=True):
        if up.restarts == one.restarts:
            assert up.log_capital >= one.log_capital
        assert down.log_capital <= one.log_capital
        assert up.passed >= one.passed
        assert down.passed <= one.passed
