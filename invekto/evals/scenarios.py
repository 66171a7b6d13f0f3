"""`invekto eval scenarios FILES…`: conversations through the real engine on the demo businesses.

Scored on the final state of the records first: which rows must stand there, and that nothing else
of the world was touched. Then on what each turn came to. All scenarios share one database; each
has a customer of its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import invekto
from invekto.agent.assembly import Engine, build_engine
from invekto.agent.handling import Handled
from invekto.contracts.clock import fixed_clock
from invekto.db.pool import Database
from invekto.evals.matching import fits, holds
from invekto.evals.play import Played, play, rows_of
from invekto.evals.ragas_measures import tool_calls
from invekto.evals.report import Report
from invekto.evals.scenario import Expect, Scenario, State, read_scenarios
from invekto.settings import Settings, settings
from invekto.tools.gateways import SandboxGateways

NOW = datetime(2026, 11, 25, 7, 30, tzinfo=UTC)
"""A Wednesday, half past ten in Istanbul."""
DEMO = Path(invekto.__file__).parent / "demo"
TENANTS = ("nehir-moda", "inci-dis", "lale-estetik")


def score_scenarios(files: Sequence[Path], config: Settings | None = None) -> Report:
    """Play and score all scenarios of the files. Raises BadData for unusable files."""
    scenarios, problems = read_scenarios(files)
    report = asyncio.run(_on_scratch(scenarios, config or settings()))
    report.errors = [*problems, *report.errors]
    return report


async def _on_scratch(scenarios: Sequence[Scenario], config: Settings) -> Report:
    from invekto.evals.scratch import scratch_database

    async with scratch_database(config, "scenarios") as database:
        return await run_scenarios(await demo_engine(database, config), scenarios)


async def demo_engine(database: Database, config: Settings) -> Engine:
    """The real engine on an empty database, the demo businesses taken in at `NOW`."""
    from invekto.intake.tenants import take_in

    for name in TENANTS:
        await take_in(database, DEMO / name, NOW)
    return opened_engine(database, config)


def opened_engine(database: Database, config: Settings) -> Engine:
    """The real engine, at `NOW`, on a database that the demo businesses were taken in to."""
    gateways = SandboxGateways(config.public_url)
    return build_engine(config, database, clock=fixed_clock(NOW), gateways=gateways)


async def run_scenarios(engine: Engine, scenarios: Sequence[Scenario]) -> Report:
    """One report, a prediction for each scenario in order."""
    told = [await _score(engine, scenario) for scenario in scenarios]
    automatic = [turn for row in told for turn in row["turns"] if turn["outcome"] == "answered"]
    metrics = {
        "passed": _share([row["passed"] for row in told]),
        "final_state_right": _share([not row["state_problems"] for row in told]),
        "turns_right": _share([not t["problems"] for row in told for t in row["turns"]]),
        "automatic_replies": len(automatic),
        "wrong_automatic_replies": sum(bool(turn["problems"]) for turn in automatic),
        "milliseconds_p50": sorted(row["milliseconds"] for row in told)[len(told) // 2],
        **tool_calls([pair for row in told for pair in row["tools"]]),
    }
    by = {name: _by(told, name) for name in ("kind", "tenant")}
    errors = [row for row in told if not row["passed"]]
    return Report("scenarios", len(told), metrics, by, errors, told)


def _share(values: Sequence[bool]) -> float:
    return sum(values) / len(values) if values else 0.0


def _by(told: Sequence[dict[str, Any]], name: str) -> dict[str, Any]:
    groups: dict[str, list[bool]] = {}
    for row in told:
        groups.setdefault(row[name], []).append(row["passed"])
    return {k: {"n": len(v), "passed": _share(v)} for k, v in sorted(groups.items())}


async def _score(engine: Engine, scenario: Scenario) -> dict[str, Any]:
    played = await play(engine, scenario)
    state = [problem async for problem in state_problems(engine, scenario, played)]
    if played.crash is not None:
        state.insert(0, played.crash)
    turns = [
        _told(turn.say, handled, list(_turn_problems(turn.expect, handled)))
        for turn, handled in zip(scenario.turns, played.handled, strict=False)  # less after a crash
    ]
    for turn, told, refused in zip(scenario.turns, turns, played.refused, strict=False):
        if refused != turn.agent_refused:
            told["problems"].append(f"the agent's act was {'' if refused else 'not '}refused")
    wrong = state or any(turn["problems"] for turn in turns)
    return {
        "name": scenario.name,
        "tenant": scenario.tenant,
        "kind": scenario.kind,
        "passed": not wrong,
        "state_problems": state,
        "turns": turns,
        "tools": [
            (told["actions"], turn.expect.actions)
            for turn, told in zip(scenario.turns, turns, strict=False)
            if turn.expect.actions is not None and "actions" in told
        ],
        "milliseconds": round(played.milliseconds, 1),
    }


def _told(say: str | list[str], handled: Handled | None, problems: list[str]) -> dict[str, Any]:
    if handled is None:
        return {"say": say, "outcome": None, "problems": problems}
    committed, state = handled.committed, handled.worked.state
    return {
        "say": say,
        "outcome": committed.outcome,
        "intents": _intents(handled),
        "reply": committed.reply,
        "because": state.decision.why.get("because") if state.decision else None,
        "reason": state.handover.reason.value if state.handover else None,
        "detail": dict(state.handover.detail) if state.handover else {},
        "findings": [f"{f.reason}: {f.explanation}" for f in state.guard.findings]
        if state.guard
        else [],
        "notices": list(committed.notices),
        "actions": _actions(handled),
        "asked": _asked(handled),
        "milliseconds": round(handled.worked.milliseconds, 1),
        "problems": problems,
    }


def _turn_problems(expect: Expect, handled: Handled | None) -> Iterator[str]:
    if handled is None:
        return
    told = _told("", handled, [])
    outcomes = [expect.outcome] if isinstance(expect.outcome, str) else expect.outcome
    if outcomes is not None and told["outcome"] not in outcomes:
        because = told["because"] or told["reason"] or "no reason told"
        yield f"outcome {told['outcome']} ({because}), expected {' or '.join(outcomes)}"
    for name in ("intents", "notices", "actions", "asked", "reason"):
        wanted = getattr(expect, name)
        if wanted is not None and told[name] != wanted:
            yield f"{name} {told[name]}, expected {wanted}"
    reply = (told["reply"] or "").casefold()
    for words in expect.reply_has:
        if not any(word.casefold() in reply for word in words.split("|")):
            yield f"the reply lacks {words!r}: {told['reply']!r}"
    for words in expect.reply_not:
        if words.casefold() in reply:
            yield f"the reply must not say {words!r}: {told['reply']!r}"


def _intents(handled: Handled) -> list[str]:
    state = handled.worked.state
    if state.results:
        return [result.intent for result in state.asked_for]
    return [guess.name for guess in state.understanding.intents] if state.understanding else []


def _actions(handled: Handled) -> list[str]:
    draft = handled.worked.state.draft
    return [action.tool for action in draft.actions] if draft else []


def _asked(handled: Handled) -> str | None:
    dialogue = handled.worked.state.dialogue
    task = dialogue.task if dialogue else None
    return task.asked.slot if task and task.asked else None


async def state_problems(engine: Engine, scenario: Scenario, played: Played) -> Any:
    """Where the tenant's records stand otherwise than they must, in words."""
    wanted = {table: count for table, count in scenario.changes.items() if count}
    if played.changes != wanted:
        yield f"rows changed {played.changes}, expected {wanted}"
    ours = {"$contact": played.contact_id, "$conversation": played.conversation_id}
    async with engine.deps.database.tenant(scenario.tenant) as conn:
        for state in scenario.final:
            for problem in _row_problems(state, await rows_of(conn, state.table), ours):
                yield problem


def _row_problems(state: State, rows: list[dict[str, Any]], ours: dict[str, str]) -> Iterator[str]:
    where = {k: ours.get(v, v) if isinstance(v, str) else v for k, v in state.where.items()}
    found = [row for row in rows if fits(row, where)]
    if state.count is not None and len(found) != state.count:
        yield f"{state.table} {state.where}: {len(found)} rows, expected {state.count}"
    if state.fields and not found:
        yield f"{state.table} {state.where}: no such row"
    for row in found:
        for name, value in state.fields.items():
            if not holds(row.get(name), value):
                yield f"{state.table}.{name} is {row.get(name)!r}, expected {value!r}"
