"""One policy in one world: who becomes automatic, what is sent, what is found out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from invekto.agent.trust.reviewers import Reviewer, Team, run_limit
from invekto.agent.trust.simulate.worlds import (
    FAST,
    HONEST,
    TIRED,
    Bools,
    Draws,
    Floats,
    Ints,
    World,
    draw,
)

TIRED_LIMIT = run_limit(Reviewer(), Team(decisions=1000, changed=120))
"""Accepted in a row after which the rules find a reviewer out, among honest colleagues."""


class Policy(Protocol):
    """What `Curve` and the baselines have in common."""

    name: str
    settles: bool
    thresholds: Floats

    @property
    def passed(self) -> Bools: ...
    def share(self, confidence: Floats) -> Floats: ...
    def audits_all(self) -> Bools: ...
    def counted(self) -> Ints: ...
    def approve(
        self, cells: Bools, confidence: Floats, audit: Bools, given: int, now: int
    ) -> None: ...
    def reject(self, cells: Bools, confidence: Floats, automatic: bool) -> None: ...
    def restart(self, places: Bools, now: int) -> None: ...


@dataclass
class Played:
    """Per cell: the first step and the verdicts counted at which it became automatic (-1: never),
    whether a threshold marked bad ever was, and, step by step, what was sent without a person."""

    first: Ints
    verdicts: Ints
    bad: Bools
    sent: Bools
    """(steps, cells): sent without a person."""
    wrong: Bools
    """(steps, cells): that, and wrong."""
    audits: int = 0
    restarts: float = 0.0
    notes: dict[str, Any] = field(default_factory=dict)


@dataclass
class _Later:
    """Rings of things that happen some steps after they were caused."""

    approvals: Floats
    """Confidence of approvals that wait to settle; NaN where there is none."""
    audits: Bools
    corrections: Bools
    found: Floats
    """Confidence of wrong automatic replies to be found."""
    late: Floats
    """Confidence of wrong drafts to be corrected."""


def play(
    policy: Policy,
    world: World,
    cells: int,
    seed: int,
    *,
    bad: Bools | None = None,
    silence_is_right: bool = False,
    trusting: bool = False,
) -> Played:
    """Let a policy live through a world.

    Args:
        bad: which of the policy's thresholds are truly at or above ε.
        silence_is_right: the forbidden rule of a negative control.
        trusting: counts approvals of people who do not read (baselines know no better).
    """
    random = np.random.default_rng(seed)
    played = Played(
        np.full(cells, -1), np.full(cells, -1), np.zeros(cells, bool),
        np.zeros((world.steps, cells), bool), np.zeros((world.steps, cells), bool),
    )  # fmt: skip
    later = _rings(world, cells, policy.settles)
    tired = np.zeros(cells, np.int64)
    asked = 0
    marked = np.zeros(len(policy.thresholds), bool) if bad is None else bad
    for step in range(world.steps):
        drawn = draw(world, cells, step, random)
        _arrivals(policy, later, step)
        sent = drawn.ramp < policy.share(drawn.confidence)
        audit = sent & ((drawn.audit < world.audit) | policy.audits_all())
        played.sent[step], played.wrong[step] = sent, sent & drawn.wrong
        played.audits += int(audit.sum())
        found = sent & drawn.wrong & (audit | drawn.complained)
        later.found[(step + max(world.audit_lag, 1)) % len(later.found)][found] = drawn.confidence[
            found
        ]
        audited = sent & ~found if silence_is_right else audit & ~found
        wrong, right, late = _verdicts(drawn, ~sent, tired, silence_is_right, trusting)
        _approve(policy, later, right | audited, drawn.confidence, audited, step)
        policy.reject(wrong, drawn.confidence, False)
        later.late[(step + world.lag) % len(later.late)][late] = drawn.confidence[late]
        tired = np.where(drawn.reviewer == TIRED, tired + 1 + world.elsewhere, tired)
        if world.restart_every and (step + 1) % world.restart_every == 0 and asked < 20:
            policy.restart(~policy.passed, step)
            asked += 1
        _note(played, policy, marked, step)
    played.restarts = float(np.mean(getattr(policy, "restarts", np.zeros(1))))
    return played


def _rings(world: World, cells: int, settles: bool) -> _Later:
    settle = world.settle if settles else 0
    return _Later(
        np.full((settle + 1, cells), np.nan),
        np.zeros((settle + 1, cells), bool),
        np.zeros((world.lag + 1, cells), bool),
        np.full((max(world.audit_lag, 1) + 1, cells), np.nan),
        np.full((world.lag + 1, cells), np.nan),
    )


def _arrivals(policy: Policy, later: _Later, step: int) -> None:
    """What was caused earlier and comes in now: settled approvals, findings, corrections."""
    settle = len(later.approvals) - 1
    if settle:
        _settle(policy, later, step, step - settle)
    for ring, automatic in ((later.found, True), (later.late, False)):
        slot = ring[step % len(ring)]
        due = ~np.isnan(slot)
        if due.any():
            policy.reject(due, np.nan_to_num(slot), automatic)
            slot[:] = np.nan
            if not automatic and settle:
                later.approvals[(step - len(ring) + 1) % len(later.approvals)][due] = np.nan


def _settle(policy: Policy, later: _Later, step: int, given: int) -> None:
    slot = later.approvals[given % len(later.approvals)]
    ready = ~np.isnan(slot)
    audits = later.audits[given % len(later.approvals)]
    policy.approve(ready, np.nan_to_num(slot), audits, given, step)
    slot[:] = np.nan
    audits[:] = False


def _approve(
    policy: Policy, later: _Later, cells: Bools, confidence: Floats, audit: Bools, step: int
) -> None:
    if len(later.approvals) == 1:
        policy.approve(cells, confidence, audit, step, step)
        return
    slot = step % len(later.approvals)
    later.approvals[slot] = np.where(cells, confidence, later.approvals[slot])
    later.audits[slot] |= cells & audit


def _verdicts(
    drawn: Draws, shown: Bools, tired: Ints, silence_is_right: bool, trusting: bool
) -> tuple[Bools, Bools, Bools]:
    """(counted wrong, counted right, approved and to be corrected later) among drafts shown."""
    shown = shown & drawn.labelled
    ignored = shown & drawn.ignored
    noticed = shown & drawn.wrong & ~ignored & (drawn.reviewer == HONEST)
    late = noticed & drawn.delayed
    wrong = noticed & ~late
    right = shown & ~ignored & ~wrong
    if not trusting:
        right &= drawn.reviewer != FAST
        right &= (drawn.reviewer != TIRED) | (tired < TIRED_LIMIT)
    if silence_is_right:
        return wrong, right | ignored, late
    return wrong | ignored, right, late


def _note(played: Played, policy: Policy, marked: Bools, step: int) -> None:
    on = policy.passed.any(axis=1)
    fresh = on & (played.first < 0)
    if fresh.any():
        played.first[fresh] = step
        played.verdicts[fresh] = policy.counted()[fresh].astype(np.int64)
    if marked.any():
        played.bad |= (policy.passed & marked).any(axis=1)
