"""Verdicts into the database: one fold under a lock, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from psycopg import AsyncConnection

from invekto.agent.trust.admission import AUTOMATIC, Admitted, Counted, Earlier
from invekto.agent.trust.betting import Hint
from invekto.agent.trust.cell import CellState
from invekto.agent.trust.changes import Change, changes
from invekto.agent.trust.decision import standing
from invekto.agent.trust.ledger import Applied, Slice, Terms, apply, fold, new_cell
from invekto.agent.trust.reviewers import Reviewer, Team
from invekto.agent.trust.rules import SEEDED_LIMITS, Rules
from invekto.agent.trust.stored import read_rules, read_state, write_standing, write_state
from invekto.contracts.evidence import Cell, Path, Risk, Verdict, VerdictKind
from invekto.errors import BadRequest, Conflict
from invekto.records import overrides, trust, trust_feed, turns

Conn = AsyncConnection[Any]


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a verdict counted for, and what it changed."""

    admitted: Admitted
    changes: tuple[Change, ...] = ()


async def record_verdict(conn: Conn, verdict: Verdict, risk: Risk, now: datetime) -> Recorded:
    """Log a verdict and move its cell, in the transaction of what was judged.

    A verdict that is in the log already changes nothing. One from the future counts as of now.
    A confirmed wrong automatic reply also ends the intent's pins to automatic.
    """
    verdict = replace(verdict, at=min(verdict.at, now))
    await trust.lock_log(conn)
    earlier = tuple(
        Earlier(row[0], row[1], VerdictKind(row[2]), Counted(row[3]))
        for row in await trust.earlier(conn, verdict)
    )
    if any(e.id == verdict.id for e in earlier):
        return Recorded(Admitted(Counted.NOTHING, "duplicate"))
    rules = read_rules(await trust.get_settings(conn))
    state, hint = await _state(conn, verdict.cell, risk, rules)
    applied = apply(
        Slice(
            state,
            earlier,
            Reviewer(**(await trust.get_reviewer(conn, verdict.by) or {})),
            Team(**await trust.team(conn, verdict.by)),
        ),
        verdict,
        risk,
        rules,
    )
    await _save(conn, verdict, risk, applied, hint, now)
    changed = changes(state, applied.slice.cell)
    await _tell(conn, verdict, applied, changed)
    return Recorded(applied.admitted, changed)


async def resolve_audit(
    conn: Conn, turn_id: str, *, right: bool, by: str, now: datetime, note: str = ""
) -> tuple[Recorded, ...]:
    """A person's check of an automatic reply, counted in each of its cells.

    Raises:
        NotFound: no such turn.
        Conflict: it was not sent by itself, or drew no audit.
    """
    turn = await turns.get_turn(conn, turn_id)
    decision = turn.why.get("decision") or {}
    if turn.outcome != "answered" or not decision.get("audit"):
        raise Conflict(f"turn {turn_id} is not in the audit queue", turn=turn_id)
    kind = VerdictKind.AUDIT_RIGHT if right else VerdictKind.AUDIT_WRONG
    recorded = []
    for raw in decision["cells"]:
        cell = Cell(raw["intent"], raw["language"], Path(raw["path"]), raw["behaviour"])
        verdict = Verdict(
            id=f"{turn_id}:{cell.intent}:audit",
            turn_id=turn_id,
            conversation_id=turn.conversation_id,
            cell=cell,
            kind=kind,
            confidence=turn.confidence or 0.0,
            resolving=turn.resolving,
            shared=len(decision["cells"]) > 1,
            at=now,
            by=by,
            detail={"note": note},
        )
        risk = Risk(decision.get("risks", {}).get(cell.intent, "medium"))
        recorded.append(await record_verdict(conn, verdict, risk, now))
    return tuple(recorded)


async def change_rules(conn: Conn, rules: Rules, *, seeded_share: float | None = None) -> None:
    """Set a tenant's tolerances; `Rules` itself refuses what lies outside the limits.

    Args:
        seeded_share: share of drafts that are wrong on purpose; None keeps what it is.

    Raises:
        BadRequest: the share lies outside its limits.
    """
    more = {}
    if seeded_share is not None:
        low, high = SEEDED_LIMITS
        if not low <= seeded_share <= high:
            raise BadRequest(
                f"seeded_share must lie between {low:g} and {high:g}, not {seeded_share:g}",
                field="seeded_share",
            )
        more["seeded_share"] = seeded_share
    await trust.save_settings(
        conn,
        epsilon_low=rules.epsilon_low,
        epsilon_medium=rules.epsilon_medium,
        delta=rules.delta,
        audit_share=rules.audit_share,
        settle_hours=rules.settle.total_seconds() / 3600,
        **more,
    )


async def rebuild(conn: Conn, cell: Cell) -> CellState | None:
    """The state that the log alone leads to: equal to the stored one, or something is wrong."""
    stored = await trust.get_cell(conn, cell)
    rows = await trust.list_verdicts(conn, cell, limit=1_000_000)
    if stored is None or not rows:
        return None
    hint = Hint(**stored.hint) if stored.hint else None
    first = _terms(rows[0].terms)
    state = new_cell(rows[0].risk, _first_rules(rows[0], first), hint)
    for row in rows:
        state = fold(state, row.verdict, Counted(row.counted), _terms(row.terms))
    return state


def logged_terms(terms: Terms, state: CellState) -> dict[str, Any]:
    """What a verdict was counted under, as the log keeps it; `state` is the cell's afterwards."""
    return {
        "nominal": terms.nominal,
        "epsilon": terms.epsilon,
        "delta": terms.delta,
        "settle": terms.settle.total_seconds(),
        "start": state.epsilon,
        "thresholds": [level.threshold for level in state.levels],
    }


async def _state(
    conn: Conn, cell: Cell, risk: Risk, rules: Rules
) -> tuple[CellState, dict[str, float] | None]:
    stored = await trust.get_cell(conn, cell)
    if stored is not None:
        return read_state(stored.state), stored.hint
    hint = await trust.older_record(conn, cell)
    return new_cell(risk, rules, Hint(**hint) if hint else None), hint


async def _save(
    conn: Conn,
    verdict: Verdict,
    risk: Risk,
    applied: Applied,
    hint: dict[str, float] | None,
    now: datetime,
) -> None:
    state = applied.slice.cell
    await _write(conn, verdict.cell, risk, state, hint, now)
    if applied.slice.reviewer != Reviewer():
        await trust.save_reviewer(conn, verdict.by, asdict(applied.slice.reviewer))
    terms = applied.terms
    await trust.append_verdict(
        conn,
        verdict,
        risk,
        counted=applied.admitted.counted.value,
        why=applied.admitted.why,
        terms=logged_terms(terms, state),
        capital=[level.log_capital for level in state.levels],
    )


async def _write(
    conn: Conn, cell: Cell, risk: Risk, state: CellState, hint: Any, now: datetime
) -> None:
    await trust.save_cell(
        conn,
        cell,
        risk,
        state=write_state(state),
        standing=write_standing(standing(state)),
        hint=hint,
        now=now,
    )


async def _tell(conn: Conn, verdict: Verdict, applied: Applied, changed: Sequence[Change]) -> None:
    for change in changed:
        detail = {**change.detail, "kind": verdict.kind.value, "by": verdict.by, **_note(verdict)}
        await trust_feed.add_event(
            conn, change.kind, verdict.at, cell=verdict.cell, verdict_id=verdict.id, detail=detail
        )
    if applied.admitted.counted is Counted.WRONG and verdict.kind in AUTOMATIC:
        reason = f"a wrong automatic reply was confirmed (turn {verdict.turn_id})"
        ended = await overrides.end_auto_pins(
            conn, verdict.cell.intent, by="trust", now=verdict.at, reason=reason
        )
        if ended:
            await trust_feed.add_event(
                conn,
                "ended",
                verdict.at,
                cell=verdict.cell,
                verdict_id=verdict.id,
                detail={"override": "pin_auto", "by": "trust", "reason": reason},
            )


def _note(verdict: Verdict) -> dict[str, Any]:
    return {
        "turn": verdict.turn_id,
        "note": verdict.detail.get("note") or verdict.detail.get("why") or "",
        "corrected_intent": verdict.corrected_intent,
    }


def _terms(raw: dict[str, Any]) -> Terms:
    return Terms(raw["nominal"], raw["epsilon"], raw["delta"], timedelta(seconds=raw["settle"]))


def _first_rules(row: trust.StoredVerdict, terms: Terms) -> Rules:
    """The rules a cell began under."""
    epsilon = row.terms["start"]
    return Rules(
        epsilon_low=epsilon,
        epsilon_medium=epsilon,
        delta=terms.delta,
        thresholds=tuple(row.terms["thresholds"]),
        settle=terms.settle,
    )
