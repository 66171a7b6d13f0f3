"""A persona's whole conversation with the real engine."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from invekto.agent.assembly import Engine
from invekto.agent.handling import Handled, handle
from invekto.errors import Conflict, ModelUnavailable
from invekto.evals.personas.customer import ByModel, ByRules, SimulatedCustomer, heard
from invekto.evals.personas.persona import Persona
from invekto.evals.play import WORLD, Played, act, changed, put, world
from invekto.evals.scenario import Reject, Turn
from invekto.evals.scenarios import state_problems
from invekto.llm.purse import Limits, Purse

ACTS: dict[str, Any] = {
    "accept": "accept",
    "reject": Reject(reject="simulated"),
    "take_over": "take_over",
}


@dataclass
class Talk:
    """What was said, and what stands otherwise than it must."""

    said: list[dict[str, Any]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    milliseconds: float = 0.0


async def talk(engine: Engine, persona: Persona, seed: int) -> Talk:
    """Let the customer talk until done; what it changes stays in the engine's database."""
    scenario, told, played = persona.scenario(), Talk(), Played()
    before = await world(engine, persona.tenant)
    try:
        await _talk(engine, persona, await _customer(engine, persona, seed), told, played)
    except Conflict as conflict:
        told.problems.append(f"the agent's act was refused: {conflict.message}")
    except ModelUnavailable as error:
        told.problems.append(f"the customer's model failed: {error.message}")
    except Exception as error:  # noqa: BLE001 - a crash is this talk's result; others go on
        told.problems.append(f"crashed: {type(error).__name__}: {error}")
    after = await world(engine, persona.tenant)
    played.changes = {
        table: rows for table in WORLD if (rows := changed(before[table], after[table]))
    }
    told.problems += [problem async for problem in state_problems(engine, scenario, played)]
    told.milliseconds = played.milliseconds
    return told


async def _customer(engine: Engine, persona: Persona, seed: int) -> SimulatedCustomer:
    model = engine.deps.model
    if model is None:
        return ByRules(persona, seed)
    day = engine.deps.clock().date()
    return ByModel(persona, model, Purse(engine.deps.database, persona.tenant, day, Limits()), seed)


async def _talk(
    engine: Engine, persona: Persona, customer: SimulatedCustomer, told: Talk, played: Played
) -> None:
    scenario = persona.scenario()
    messages = await customer.says(None)
    while messages:
        for text in messages:
            await put(engine, scenario, Turn(), text, played)
        handled = await handle(engine, persona.tenant, played.conversation_id)
        assert handled is not None
        played.handled.append(handled)
        played.milliseconds += handled.worked.milliseconds
        told.said.append(_line(messages, handled))
        await _agent(engine, persona, handled, played)
        messages = await customer.says(heard(handled))


async def _agent(engine: Engine, persona: Persona, handled: Handled, played: Played) -> None:
    """The person at the desk, on every draft. Raises Conflict where that is refused."""
    if handled.committed.suggestion_id is not None and persona.agent != "nothing":
        await act(engine, persona.tenant, ACTS[persona.agent], played)


def _line(messages: list[str], handled: Handled) -> dict[str, Any]:
    state = handled.worked.state
    return {
        "customer": messages,
        "outcome": handled.committed.outcome,
        "intents": [result.intent for result in state.results],
        "reply": handled.committed.reply,
        "reason": state.handover.reason.value if state.handover else None,
        "actions": [action.tool for action in state.draft.actions] if state.draft else [],
    }
