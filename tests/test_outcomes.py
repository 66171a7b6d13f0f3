"""Outcome definitions, case by case."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invekto.contracts.evidence import Cell, Path, Risk, Verdict, VerdictKind
from invekto.db.pool import Database
from invekto.records import conversations
from invekto.records.outcomes import (
    PAUSE,
    Judged,
    Matter,
    Outcome,
    Outcomes,
    Said,
    Worked,
    matters,
    of_period,
    outcome,
    summary,
)  # fmt: skip
from invekto.records.trust import append_verdict
from invekto.records.turns import Turn, close_turn
from tests.conftest import TenantPair
from tests.neighbours.conversations import inbound
from tests.rows import said

START = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
LATER = START + timedelta(days=30)


def at(hours: float) -> datetime:
    return START + timedelta(hours=hours)


def automatic(hours: float = 0, intent: str = "cargo_tracking", **more: Any) -> Matter:
    """Asked, and answered by itself a minute later."""
    return Matter(
        "ct",
        (Said(at(hours), "customer"), Said(at(hours + 0.02), "ai")),
        (Worked(at(hours + 0.01), "answered", (intent,), resolving=True),),
        **more,
    )


def test_an_automatic_answer_is_contained_and_resolved_but_not_verified() -> None:
    assert outcome(automatic(), LATER) == Outcome(closed=True, contained=True, resolved=True)


def test_nothing_is_said_of_it_while_it_is_open() -> None:
    assert outcome(automatic(), at(23)) == Outcome()


def test_an_unanswered_customer_keeps_it_open_for_ever() -> None:
    matter = Matter("ct", (Said(at(0), "customer"),))
    assert outcome(matter, LATER) == Outcome()


def test_a_draft_sent_by_a_person_is_assisted_and_verified_by_them() -> None:
    matter = Matter(
        "ct",
        (Said(at(0), "customer"), Said(at(1), "person_for_ai")),
        (Worked(at(0.1), "suggested", ("price_query",), resolving=True),),
        (Judged(at(1), VerdictKind.SENT_UNCHANGED),),
    )
    assert outcome(matter, LATER) == Outcome(
        closed=True, assisted=True, resolved=True, verified=True
    )


def test_a_handed_over_matter_is_not_contained() -> None:
    matter = Matter(
        "ct",
        (Said(at(0), "customer"), Said(at(0), "system"), Said(at(2), "person")),
        (Worked(at(0), "handed_over", ("complaint",)),),
    )
    assert outcome(matter, LATER) == Outcome(closed=True)


def test_only_a_question_back_resolves_nothing() -> None:
    matter = Matter(
        "ct",
        (Said(at(0), "customer"), Said(at(0.1), "ai")),
        (Worked(at(0.1), "answered", ("cargo_tracking",), resolving=False),),
    )
    assert not outcome(matter, LATER).resolved


@pytest.mark.parametrize("kind", [VerdictKind.AUTO_WRONG_AGENT, VerdictKind.AUDIT_WRONG])
def test_called_wrong_is_not_resolved(kind: VerdictKind) -> None:
    assert not outcome(automatic(judged=(Judged(at(5), kind),)), LATER).resolved


def test_thanks_after_the_answer_verify_it() -> None:
    answered = automatic()
    matter = Matter(
        "ct",
        (*answered.said, Said(at(0.1), "customer")),
        (*answered.worked, Worked(at(0.1), "answered", ("thanks_goodbye",))),
    )
    assert outcome(matter, LATER).verified


@pytest.mark.parametrize(
    ("hours", "intent", "again"),
    [(71, "cargo_tracking", True), (73, "cargo_tracking", False), (71, "price_query", False)],
)
def test_the_same_matter_again_within_three_days_cancels_it(
    hours: int, intent: str, again: bool
) -> None:
    told = outcome(automatic(), LATER, [automatic(hours, intent)])
    assert (told.recontact, told.resolved) == (again, not again)


def test_a_neighbours_matter_is_no_recontact() -> None:
    other = automatic(30)
    stranger = Matter("other", other.said, other.worked)
    assert outcome(automatic(), LATER, [stranger]).resolved


def test_a_conversation_is_cut_at_its_pauses() -> None:
    said = [Said(at(h), "customer") for h in (0, 1, 26, 100)]
    worked = [Worked(at(h), "answered") for h in (0, 1, 26, 100)]
    cut = matters("ct", said, worked, [Judged(at(30), VerdictKind.AUDIT_RIGHT)])
    assert [len(m.said) for m in cut] == [2, 1, 1]
    assert [len(m.worked) for m in cut] == [2, 1, 1]
    assert [len(m.judged) for m in cut] == [0, 1, 0]


def test_shares_are_of_the_closed_ones() -> None:
    told = summary([automatic(), automatic(30), Matter("x", (Said(at(0), "customer"),))], LATER)
    assert told["matters"] == 3
    assert told["closed"] == 2
    assert told["resolved"] == told["recontact"] == 0.5


@given(st.lists(st.integers(0, 500), min_size=1, max_size=30))
def test_cutting_loses_no_message_and_parts_only_at_pauses(hours: list[int]) -> None:
    said = [Said(at(h), "customer") for h in hours]
    cut = matters("ct", said)
    assert [m for matter in cut for m in matter.said] == sorted(said, key=lambda m: m.at)
    for before, after in pairwise(cut):
        assert after.said[0].at - before.said[-1].at > PAUSE


async def test_the_period_is_read_from_the_rows(db: Database, tenant_pair: TenantPair) -> None:
    begin, now = at(0), at(200)
    async with db.tenant(tenant_pair.ours) as conn:
        for number, (hours, outcome_, author, intent) in enumerate(
            [
                (-10, "answered", "ai", "working_hours"),  # begun before the period
                (1, "answered", "ai", "cargo_tracking"),  # contained, resolved
                (2, "suggested", "person_for_ai", "price_query"),  # assisted, verified
                (3, "answered", "ai", "order_status"),  # called wrong later
                (60, "answered", "ai", "cargo_tracking"),  # another contact
            ]
        ):
            message = replace(
                inbound(f"o{number}"), channel_user_id=f"90555000{number}", sent_at=at(hours)
            )
            received = await conversations.receive(conn, message, at(hours))
            turn = Turn(
                f"turn_{number}", received.conversation_id, 1, 1, outcome_, [intent],
                resolving=True,
            )  # fmt: skip
            await close_turn(conn, turn, dialogue={}, status="open", now=at(hours + 0.01), tags=[])
            await said(
                conn, received.conversation_id, author=author, text="x", now=at(hours + 0.02)
            )
        for turn_id, kind in (
            ("turn_2", VerdictKind.SENT_UNCHANGED), ("turn_3", VerdictKind.AUDIT_WRONG),
        ):  # fmt: skip
            verdict = Verdict(
                f"v_{turn_id}", turn_id, "c", Cell("x", "tr", Path.PLAYBOOK, "b"), kind, 0.9, True,
                False, at(150), "ayse",
            )  # fmt: skip
            await append_verdict(
                conn, verdict, Risk.LOW, counted="right", why="", terms={}, capital=[]
            )
        told = await of_period(conn, begin, at(72), now)
    assert told == Outcomes(
        matters=4, closed=4, contained=3, assisted=1, resolved=3, verified=1, recontact=0
    )
    async with db.tenant(tenant_pair.neighbour) as conn:
        assert await of_period(conn, begin, at(72), now) == Outcomes()
