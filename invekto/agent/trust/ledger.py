"""The fold: what the log says, verdict by verdict.

`apply` is what the database does under row locks with the slice that one verdict needs; `replay`
does it in memory over a whole log. Both give the same states.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from invekto.agent.trust.admission import AUTOMATIC, Admitted, Counted, Earlier, admit
from invekto.agent.trust.betting import Hint
from invekto.agent.trust.cell import CellState, Waiting, approved, begin, failed, settled, under
from invekto.agent.trust.reviewers import Reviewer, Team, caught_at_least, reviewed
from invekto.agent.trust.rules import Rules
from invekto.contracts.evidence import Cell, Risk, Verdict, VerdictKind


@dataclass(frozen=True, slots=True)
class Slice:
    """What one verdict touches: its cell, the cell's earlier verdicts in the same conversation,
    its reviewer, and the sums over the team."""

    cell: CellState
    earlier: tuple[Earlier, ...] = ()
    reviewer: Reviewer = field(default_factory=Reviewer)
    team: Team = field(default_factory=Team)
    """Changes and decisions of the others, seeded drafts of everybody; before this verdict."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a verdict was counted under, kept with it in the log.

    Attributes:
        nominal: tolerated share of wrong replies; 0 for high risk.
        epsilon: what is tested: nominal times the share of errors that reviewers surely catch.
    """

    nominal: float
    epsilon: float
    delta: float
    settle: timedelta


@dataclass(frozen=True, slots=True)
class Applied:
    """The slice afterwards, what the verdict counted for, and under which terms."""

    slice: Slice
    admitted: Admitted
    terms: Terms


def apply(slice_: Slice, verdict: Verdict, risk: Risk, rules: Rules) -> Applied:
    """Fold one verdict in; one that is in the log already changes nothing."""
    nominal = rules.epsilon(risk)
    terms = Terms(nominal, nominal * caught_at_least(slice_.team), rules.delta, rules.settle)
    if any(e.id == verdict.id for e in slice_.earlier):
        return Applied(slice_, Admitted(Counted.NOTHING, "duplicate"), terms)
    admitted = admit(verdict, slice_.earlier, slice_.reviewer, slice_.team)
    mark = Earlier(verdict.id, verdict.turn_id, verdict.kind, admitted.counted)
    after = Slice(
        fold(slice_.cell, verdict, admitted.counted, terms),
        (*slice_.earlier, mark),
        reviewed(slice_.reviewer, verdict),
        slice_.team,
    )
    return Applied(after, admitted, terms)


def fold(cell: CellState, verdict: Verdict, counts: Counted, terms: Terms) -> CellState:
    """The cell after a verdict that was found to count for `counts`."""
    if terms.nominal == 0:
        return cell
    cell = under(cell, terms.nominal, terms.delta)
    at = max(verdict.at, cell.clock or verdict.at)
    if counts is Counted.WRONG:
        automatic = verdict.kind in AUTOMATIC
        return failed(cell, verdict.conversation_id, at, verdict.confidence, automatic=automatic)
    cell = settled(cell, at)
    if counts is Counted.NOTHING:
        return cell
    return approved(
        cell,
        Waiting(
            conversation=verdict.conversation_id,
            given=at,
            due=at + terms.settle,
            confidence=verdict.confidence,
            epsilon=terms.epsilon,
            audit=verdict.kind is VerdictKind.AUDIT_RIGHT,
        ),
    )


def new_cell(risk: Risk, rules: Rules, hint: Hint | None = None) -> CellState:
    """A cell without evidence under a tenant's rules."""
    epsilon = rules.epsilon(risk) or rules.epsilon_medium
    return begin(epsilon, rules.delta, rules.thresholds, hint)


@dataclass
class Ledger:
    """A tenant's whole log, folded in memory."""

    rules: Rules = field(default_factory=Rules)
    cells: dict[Cell, CellState] = field(default_factory=dict)
    reviewers: dict[str, Reviewer] = field(default_factory=dict)
    marks: dict[tuple[Cell, str], tuple[Earlier, ...]] = field(default_factory=dict)

    def add(self, verdict: Verdict, risk: Risk) -> Admitted:
        """Fold one verdict in."""
        key = (verdict.cell, verdict.conversation_id)
        cell = self.cells.get(verdict.cell) or new_cell(risk, self.rules)
        applied = apply(
            Slice(
                cell,
                self.marks.get(key, ()),
                self.reviewers.get(verdict.by, Reviewer()),
                team(self.reviewers, verdict.by),
            ),
            verdict,
            risk,
            self.rules,
        )
        self.cells[verdict.cell] = applied.slice.cell
        self.marks[key] = applied.slice.earlier
        self.reviewers[verdict.by] = applied.slice.reviewer
        return applied.admitted


def team(reviewers: dict[str, Reviewer], by: str) -> Team:
    """Sums over the others (changes) and over all (seeded drafts)."""
    others = [r for name, r in reviewers.items() if name != by]
    return Team(
        decisions=sum(r.decisions for r in others),
        changed=sum(r.changed for r in others),
        seeded=sum(r.seeded for r in reviewers.values()),
        caught=sum(r.caught for r in reviewers.values()),
    )


def replay(verdicts: Iterable[tuple[Verdict, Risk]], rules: Rules) -> Ledger:
    """The states that a log leads to."""
    ledger = Ledger(rules)
    for verdict, risk in verdicts:
        ledger.add(verdict, risk)
    return ledger


def at_moment(state: CellState, now: datetime) -> CellState:
    """The state as it is at `now`: approvals that have settled since the last verdict counted."""
    return settled(state, now)
