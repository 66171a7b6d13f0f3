"""The trust curve over past exchanges: what they would have earned, verdict by verdict.

Run twice. *Careful*: only a draft that is the agent's own reply, but for courtesy, is right, and
every other one wrong. *Generous*: a draft that states what the agent stated is right too, and one
of which nothing can be said counts for nothing. The truth lies between, as far as the agents were
right. Whoever judged a draft in the file settles it for both.

An agent who wrote without seeing the draft cannot have rubber-stamped it: the rules against that
do not apply here; all the others do, those of the tenant included.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from invekto.agent.trust.admission import Earlier, admit
from invekto.agent.trust.cell import CellState
from invekto.agent.trust.decision import Coins, Standing, decide, draw, standing
from invekto.agent.trust.ledger import Terms, at_moment, fold, new_cell
from invekto.agent.trust.reviewers import Reviewer, Team
from invekto.agent.trust.rules import Rules
from invekto.contracts.evidence import Cell, Mode, Risk, Verdict, VerdictKind
from invekto.evals.replay.likeness import Likeness

READING = Reviewer(decisions=1, changed=1)
"""Counts as one who reads: see above."""
SECONDS = 60.0
SURE = Coins(0.0, 1.0)
"""The ramp's end: everything that is eligible is sent."""


@dataclass(frozen=True, slots=True)
class Drafted:
    """One exchange for which a draft was made that trust may send.

    Attributes:
        risks: one for each cell.
        likeness: None where nobody answered.
        judged: what a person said of the draft, if anybody did.
        messages: how many the customer had written.
    """

    turn_id: str
    conversation: str
    at: datetime
    cells: tuple[Cell, ...]
    risks: tuple[Risk, ...]
    confidence: float
    resolving: bool
    likeness: Likeness | None
    judged: bool | None
    messages: int


@dataclass
class Earned:
    """What came of one reading of the verdicts.

    Attributes:
        sent: turns that would have been sent on the way, the curve starting from nothing.
        wrong: those of them whose draft this reading calls wrong.
        at_the_end: turns that would be sent by what was earned at the end, at the ramp's end.
    """

    sent: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    at_the_end: list[str] = field(default_factory=list)
    cells: dict[Cell, CellState] = field(default_factory=dict)


def right(drafted: Drafted, *, careful: bool) -> bool | None:
    """Whether a reading calls the draft right; None where it says nothing."""
    if drafted.judged is not None:
        return drafted.judged
    if drafted.likeness is None:
        return None
    if careful:
        return drafted.likeness is Likeness.SAME
    if drafted.likeness is Likeness.UNCLEAR:
        return None
    return drafted.likeness is not Likeness.DIFFERS


def earn(drafts: Sequence[Drafted], rules: Rules, secret: str, *, careful: bool) -> Earned:
    """Run the curve over exchanges in order of time."""
    earned = Earned()
    marks: dict[tuple[Cell, str], tuple[Earlier, ...]] = {}
    for drafted in sorted(drafts, key=lambda d: d.at):
        coins = draw(drafted.turn_id, secret)
        sent, audited = _sent(drafted, earned, rules, coins)
        verdict = right(drafted, careful=careful)
        if sent:
            earned.sent.append(drafted.turn_id)
            if verdict is False:
                earned.wrong.append(drafted.turn_id)
        if verdict is not None and (audited or not sent):
            kind = _kind(verdict, sent=sent)
            for cell, risk in zip(drafted.cells, drafted.risks, strict=True):
                _learn(earned, marks, drafted, cell, risk, kind, rules)
    _settle(earned, drafts, rules)
    return earned


def _sent(drafted: Drafted, earned: Earned, rules: Rules, coins: Coins) -> tuple[bool, bool]:
    decisions = [
        decide(
            _standing(earned, cell, drafted.at), drafted.confidence, risk, (), coins, rules=rules,
            now=drafted.at,
        )
        for cell, risk in zip(drafted.cells, drafted.risks, strict=True)
    ]  # fmt: skip
    sent = bool(decisions) and all(d.mode is Mode.AUTO for d in decisions)
    return sent, sent and any(d.audit for d in decisions)


def _standing(earned: Earned, cell: Cell, at: datetime) -> Standing:
    state = earned.cells.get(cell)
    return standing(at_moment(state, at)) if state is not None else Standing()


def _kind(verdict: bool, *, sent: bool) -> VerdictKind:
    if sent:
        return VerdictKind.AUDIT_RIGHT if verdict else VerdictKind.AUDIT_WRONG
    return VerdictKind.SENT_UNCHANGED if verdict else VerdictKind.EDITED_MATERIAL


def _learn(
    earned: Earned,
    marks: dict[tuple[Cell, str], tuple[Earlier, ...]],
    drafted: Drafted,
    cell: Cell,
    risk: Risk,
    kind: VerdictKind,
    rules: Rules,
) -> None:
    verdict = Verdict(
        id=f"{drafted.turn_id}:{cell.intent}",
        turn_id=drafted.turn_id,
        conversation_id=drafted.conversation,
        cell=cell,
        kind=kind,
        confidence=drafted.confidence,
        resolving=drafted.resolving,
        shared=len(drafted.cells) > 1,
        at=drafted.at,
        by="replay",
        reading_seconds=SECONDS,
    )
    key = (cell, drafted.conversation)
    admitted = admit(verdict, marks.get(key, ()), READING, Team())
    marks[key] = (
        *marks.get(key, ()),
        Earlier(verdict.id, verdict.turn_id, kind, admitted.counted),
    )
    state = earned.cells.get(cell) or new_cell(risk, rules)
    nominal = rules.epsilon(risk)
    earned.cells[cell] = fold(
        state, verdict, admitted.counted, Terms(nominal, nominal, rules.delta, rules.settle)
    )


def _settle(earned: Earned, drafts: Sequence[Drafted], rules: Rules) -> None:
    """What waits is counted; then every exchange is decided once more."""
    if not drafts:
        return
    end = max(d.at for d in drafts) + rules.settle
    earned.cells = {cell: at_moment(state, end) for cell, state in earned.cells.items()}
    earned.at_the_end = [d.turn_id for d in drafts if _sent_at_the_end(d, earned, rules, end)]


def _sent_at_the_end(drafted: Drafted, earned: Earned, rules: Rules, end: datetime) -> bool:
    decisions = [
        decide(
            _standing(earned, cell, end), drafted.confidence, risk, (), SURE, rules=rules, now=end
        )
        for cell, risk in zip(drafted.cells, drafted.risks, strict=True)
    ]
    return bool(decisions) and all(d.mode is Mode.AUTO for d in decisions)
