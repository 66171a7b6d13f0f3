"""Whose approval counts, and how many errors reviewers catch.

An approval says something only when its reviewer was reading. Three signs that they were not: it
came faster than the draft can be read; they have never changed or rejected a draft; they have
accepted so many in a row that, at the rate of the others, a change was due (chance under 1 %).
Such approvals count for nothing; errors always count, so the bound holds (a right reply left out
only lowers the capital).

Seeded wrong drafts measure the share of errors that reviewers catch. Of true errors at rate ε they
would mark at least ε·q wrong, where q is a lower confidence bound of that share: so ε·q is what is
tested. The bound may be looked at any time (Robbins 1970: method of mixtures, Beta(½, ½)).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from invekto.contracts.evidence import Verdict, VerdictKind

READS = 50.0
"""Characters a second that nobody reads faster: twice the adult mean of 238 words a minute
(Brysbaert 2019)."""
SHORTEST = 0.5
"""Seconds that even one word takes."""
UNKNOWN_LENGTH = 80
"""Characters assumed where a verdict does not say how long its draft was."""
RUN_LEAST, RUN_MOST = 20, 100
"""Bounds of the accepted-in-a-row after which approvals stop counting."""
RUN_CHANCE = 0.01
SEED_ALPHA = 0.05

ON_DRAFTS = frozenset(
    {
        VerdictKind.SENT_UNCHANGED,
        VerdictKind.EDITED_COSMETIC,
        VerdictKind.EDITED_MATERIAL,
        VerdictKind.REJECTED,
        VerdictKind.TAKEN_OVER,
    }
)
CAUGHT = frozenset({VerdictKind.EDITED_MATERIAL, VerdictKind.REJECTED, VerdictKind.TAKEN_OVER})


@dataclass(frozen=True, slots=True)
class Reviewer:
    """One person's verdicts on drafts, over all cells."""

    decisions: int = 0
    changed: int = 0
    in_a_row: int = 0
    """Accepted unchanged since their last change or rejection."""
    fast: int = 0
    seeded: int = 0
    caught: int = 0
    last_turn: str = ""


@dataclass(frozen=True, slots=True)
class Team:
    """Sums over a tenant's people: of the *others* for changes, of all for seeded drafts."""

    decisions: int = 0
    changed: int = 0
    seeded: int = 0
    caught: int = 0


def reviewed(reviewer: Reviewer, verdict: Verdict) -> Reviewer:
    """The record after one more verdict; several cells of one turn are one decision."""
    if verdict.kind not in ON_DRAFTS or verdict.turn_id == reviewer.last_turn:
        return reviewer
    if verdict.seeded_error:
        caught = verdict.kind in CAUGHT
        return replace(
            reviewer,
            seeded=reviewer.seeded + 1,
            caught=reviewer.caught + caught,
            in_a_row=0 if caught else reviewer.in_a_row,
            last_turn=verdict.turn_id,
        )
    changed = verdict.kind is not VerdictKind.SENT_UNCHANGED
    return replace(
        reviewer,
        decisions=reviewer.decisions + 1,
        changed=reviewer.changed + changed,
        in_a_row=0 if changed else reviewer.in_a_row + 1,
        fast=reviewer.fast + (not changed and too_fast(verdict)),
        last_turn=verdict.turn_id,
    )


def too_fast(verdict: Verdict) -> bool:
    """Accepted sooner than the draft can be read; False where nothing was measured."""
    if verdict.reading_seconds is None:
        return False
    length = float(verdict.detail.get("length", UNKNOWN_LENGTH))
    return verdict.reading_seconds < SHORTEST + length / READS


def not_reading(reviewer: Reviewer, team: Team) -> str | None:
    """Why this person's approvals count for nothing, or None; from past verdicts only."""
    if reviewer.changed == 0 and reviewer.caught == 0:
        return "never_changed"
    if reviewer.in_a_row >= run_limit(reviewer, team):
        return "all_accept"
    return None


def run_limit(reviewer: Reviewer, team: Team) -> int:
    """Accepted in a row that would be a 1 % chance at the rate of the others (own rate where
    nobody else reviews)."""
    decisions, changed = team.decisions, team.changed
    if decisions < RUN_MOST:
        decisions, changed = reviewer.decisions, reviewer.changed
    rate = (changed + 0.5) / (decisions + 1)
    limit = math.ceil(math.log(RUN_CHANCE) / math.log1p(-min(rate, 0.99)))
    return min(RUN_MOST, max(RUN_LEAST, limit))


def caught_at_least(team: Team) -> float:
    """Lower confidence bound, valid at any time, of the share of errors that reviewers catch; 1
    where no seeded drafts were shown (the claim is then about what reviewers judge)."""
    if team.seeded == 0:
        return 1.0
    hits, misses = team.caught, team.seeded - team.caught
    evidence = _log_beta(hits + 0.5, misses + 0.5) - _log_beta(0.5, 0.5)
    low, high = 0.0, hits / team.seeded
    for _ in range(40):
        share = (low + high) / 2
        against = evidence - hits * _log(share) - misses * _log(1 - share)
        low, high = (share, high) if against > -math.log(SEED_ALPHA) else (low, share)
    return low


def _log_beta(a: float, b: float) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)


def _log(value: float) -> float:
    return math.log(value) if value > 0 else -math.inf
