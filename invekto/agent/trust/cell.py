"""The state of one cell: a process for each confidence threshold, ramp and demotion.

Everything here is pure: a state and one admitted verdict give the next state. Thresholds are
tested in a fixed order, strictest first, each at the full δ; a looser one may pass only after all
stricter ones (fixed-sequence testing: the first threshold that is truly worse than ε must be
passed wrongly before any other can be, so that one δ covers them all; Maurer, Hothorn and
Lehmacher 1995).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from invekto.agent.trust import betting
from invekto.agent.trust.betting import Hint
from invekto.agent.trust.rules import RAMP, RAMP_AGAIN, RAMP_VERDICTS, WATCH

IN_A_ROW = 20
"""A restart is worth its price only once so many were right in a row."""


@dataclass(frozen=True, slots=True)
class Level:
    """The process of one threshold. `capital` is logarithmic, one share for each bet."""

    threshold: float
    capital: tuple[float, ...]
    right: int = 0
    wrong: int = 0
    in_a_row: int = 0
    restarts: int = 0
    began: datetime | None = None
    """Approvals given before this moment belong to an earlier process and count for none."""
    passed: bool = False
    step: int = 0
    """Step of the ramp."""
    since_step: int = 0
    """Right verdicts since then without a wrong one between."""

    @property
    def log_capital(self) -> float:
        """Natural logarithm of the capital of the running process."""
        return betting.log_sum(self.capital)

    def needed(self, delta: float) -> float:
        """Log capital at which this process has passed."""
        return betting.log_needed(delta, self.restarts)


@dataclass(frozen=True, slots=True)
class Waiting:
    """An approval that counts at `due` unless its conversation brings an error before."""

    conversation: str
    given: datetime
    due: datetime
    confidence: float
    epsilon: float
    audit: bool


@dataclass(frozen=True, slots=True)
class CellState:
    """All that is known of a cell. `epsilon` and `delta` are what its claim stands on."""

    epsilon: float
    delta: float
    levels: tuple[Level, ...]
    waiting: tuple[Waiting, ...] = ()
    falls: int = 0
    """How often it was automatic and lost it."""
    watch: int = 0
    """Automatic replies still to be audited without exception."""
    wrong_at: datetime | None = None
    """The last confirmed wrong automatic reply."""
    clock: datetime | None = None
    """The latest moment seen; it never goes back."""

    @property
    def ramp(self) -> tuple[float, ...]:
        """The shares it climbs through."""
        return RAMP_AGAIN if self.falls else RAMP


def begin(
    epsilon: float, delta: float, thresholds: tuple[float, ...], hint: Hint | None = None
) -> CellState:
    """A cell without evidence; `hint` sets the bets, never the capital."""
    capital = betting.start(hint, epsilon)
    return CellState(epsilon, delta, tuple(Level(threshold, capital) for threshold in thresholds))


def under(state: CellState, epsilon: float, delta: float) -> CellState:
    """The state under the rules in force now.

    A looser ε keeps its capital (what was earned against less tolerance holds for more); a tighter
    one starts anew. A smaller δ asks more at once; a larger one is only for cells yet to begin.
    """
    if epsilon < state.epsilon:
        fresh = begin(epsilon, delta, tuple(level.threshold for level in state.levels))
        levels = tuple(replace(level, began=state.clock) for level in fresh.levels)
        return replace(
            fresh, levels=levels, falls=state.falls, wrong_at=state.wrong_at, clock=state.clock
        )
    return replace(state, epsilon=epsilon, delta=min(delta, state.delta))


def settled(state: CellState, now: datetime) -> CellState:
    """Approvals whose time has come are counted, in the order in which they were given."""
    now = max(now, state.clock or now)
    state = replace(state, clock=now)
    due = [w for w in state.waiting if w.due <= now]
    if not due:
        return state
    state = replace(state, waiting=tuple(w for w in state.waiting if w.due > now))
    for approval in due:
        state = _gained(state, approval)
    return state


def approved(state: CellState, approval: Waiting) -> CellState:
    """A right reply; it counts at once where its time to settle is zero."""
    return settled(replace(state, waiting=(*state.waiting, approval)), approval.given)


def failed(
    state: CellState, conversation: str, at: datetime, confidence: float, *, automatic: bool
) -> CellState:
    """A wrong reply. A confirmed wrong *automatic* one costs every threshold and takes the cell
    back to suggesting at once; the processes go on, capped at what passing asked."""
    state = settled(state, at)
    state = replace(
        state, waiting=tuple(w for w in state.waiting if w.conversation != conversation)
    )
    was_automatic = any(level.passed for level in state.levels)
    levels = _nested(
        tuple(
            _lost(level, state.delta, automatic)
            if automatic or confidence >= level.threshold
            else level
            for level in state.levels
        )
    )
    fell = was_automatic and not any(level.passed for level in levels)
    return replace(
        state,
        levels=levels,
        falls=state.falls + fell,
        watch=0 if fell else WATCH if was_automatic else state.watch,
        wrong_at=state.clock if automatic else state.wrong_at,
    )


def _gained(state: CellState, approval: Waiting) -> CellState:
    levels: list[Level] = []
    stricter_passed = True
    for level in state.levels:
        if approval.confidence >= level.threshold and not _older(approval, level):
            level = _won(level, approval.epsilon, state.ramp)
        if not level.passed and stricter_passed and level.log_capital >= level.needed(state.delta):
            level = replace(level, passed=True, step=0, since_step=0)
        level = _restarted(level, state)
        levels.append(level)
        stricter_passed = stricter_passed and level.passed
    watch = max(0, state.watch - 1) if approval.audit else state.watch
    return replace(state, levels=tuple(levels), watch=watch)


def _older(approval: Waiting, level: Level) -> bool:
    return level.began is not None and approval.given <= level.began


def _won(level: Level, epsilon: float, ramp: tuple[float, ...]) -> Level:
    level = replace(
        level,
        capital=betting.after_right(level.capital, epsilon),
        right=level.right + 1,
        in_a_row=level.in_a_row + 1,
    )
    if not level.passed:
        return level
    climbs = level.since_step + 1 >= RAMP_VERDICTS and level.step + 1 < len(ramp)
    return replace(
        level,
        step=level.step + climbs,
        since_step=0 if climbs else level.since_step + 1,
    )


def _lost(level: Level, delta: float, automatic: bool) -> Level:
    capital = level.capital
    if level.passed:
        capital = betting.capped(capital, level.needed(delta))
    level = replace(
        level,
        capital=betting.after_wrong(capital),
        wrong=level.wrong + 1,
        in_a_row=0,
        since_step=0,
    )
    if level.passed and (automatic or level.log_capital < 0):
        return replace(level, passed=False, step=0)
    return level


def _nested(levels: tuple[Level, ...]) -> tuple[Level, ...]:
    """No threshold stays passed below one that is not."""
    kept: list[Level] = []
    for level in levels:
        held = level.passed and all(stricter.passed for stricter in kept)
        kept.append(level if held == level.passed else replace(level, passed=False, step=0))
    return tuple(kept)


def _restarted(level: Level, state: CellState) -> Level:
    """Start anew where that is at least twice as near to passing as going on."""
    if level.passed or level.in_a_row < IN_A_ROW:
        return level
    distance = level.needed(state.delta) - level.log_capital
    anew = betting.log_needed(state.delta, level.restarts + 1)
    if distance < anew + 0.7:
        return level
    return Level(
        threshold=level.threshold,
        capital=betting.start(),
        restarts=level.restarts + 1,
        began=state.clock,
    )
