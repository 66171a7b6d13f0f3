"""What a verdict counts for: right, wrong, or nothing.

One resolving reply counts per conversation and cell. Shown but ignored or taken over is wrong;
never shown is nothing; silence is never right; complaints can only cost. Which approvals are left
out depends on the past and on the approval itself, and errors are hardly ever left out: capital
can only be lower than without these rules.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from invekto.agent.trust.reviewers import Reviewer, Team, not_reading, too_fast
from invekto.contracts.evidence import WRONG, Verdict, VerdictKind

AUTOMATIC = frozenset(
    {
        VerdictKind.AUTO_WRONG_AGENT,
        VerdictKind.AUTO_WRONG_CUSTOMER,
        VerdictKind.AUDIT_WRONG,
    }
)
"""A wrong reply that was sent by itself."""
ONLY_IF_SHOWN = frozenset({VerdictKind.IGNORED, VerdictKind.TAKEN_OVER})


class Counted(StrEnum):
    RIGHT = "right"
    WRONG = "wrong"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Admitted:
    """What it counts for, and the reason where that is nothing."""

    counted: Counted
    why: str = ""


@dataclass(frozen=True, slots=True)
class Earlier:
    """A verdict already in the log, of the same conversation and cell."""

    id: str
    turn_id: str
    kind: VerdictKind
    counted: Counted


def admit(verdict: Verdict, earlier: Sequence[Earlier], reviewer: Reviewer, team: Team) -> Admitted:
    """Decide from the past alone; `reviewer` and `team` are as they were before this verdict."""
    nothing = _never(verdict) or (
        _wrong_again(verdict, earlier)
        if verdict.kind in WRONG
        else _no_approval(verdict, earlier, reviewer, team)
    )
    if nothing:
        return Admitted(Counted.NOTHING, nothing)
    return Admitted(Counted.WRONG if verdict.kind in WRONG else Counted.RIGHT)


def _never(verdict: Verdict) -> str | None:
    if verdict.seeded_error:
        return "seeded"
    if verdict.detail.get("superseded"):
        return "superseded"
    if not verdict.resolving and verdict.kind not in AUTOMATIC:
        return "clarifying"
    return None


def _wrong_again(verdict: Verdict, earlier: Sequence[Earlier]) -> str | None:
    if verdict.kind in ONLY_IF_SHOWN and verdict.reading_seconds is None:
        return "never_shown"
    before = [e for e in earlier if e.counted is Counted.WRONG]
    if verdict.kind in AUTOMATIC:
        before = [e for e in before if e.turn_id == verdict.turn_id]
    return "counted_already" if before else None


def _no_approval(
    verdict: Verdict, earlier: Sequence[Earlier], reviewer: Reviewer, team: Team
) -> str | None:
    if verdict.shared:
        return "several_intents"
    if any(e.counted is not Counted.NOTHING for e in earlier):
        return "one_per_conversation"
    if verdict.by in verdict.detail.get("authors", ()):
        return "own_source"
    if verdict.kind is VerdictKind.AUDIT_RIGHT:
        return None
    if verdict.reading_seconds is None:
        return "never_shown"
    if verdict.kind is VerdictKind.SENT_UNCHANGED and too_fast(verdict):
        return "too_fast"
    return not_reading(reviewer, team)
