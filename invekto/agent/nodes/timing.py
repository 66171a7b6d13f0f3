"""Stops as nodes of the graph, every one timed the same way."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from langgraph.runtime import Runtime

from invekto.agent.deps import TurnScope
from invekto.agent.state import ADDING, Stop, TurnState
from invekto.tracing import span

Added = dict[str, Any]
"""The fields of the state that a stop adds."""
Node = Callable[[TurnState, TurnScope], Awaitable[Added]]


def in_line(**stops: Node) -> Callable[[TurnState, Runtime[TurnScope]], Awaitable[Added]]:
    """One graph node of stops that always follow one another: each is timed, and sees what those
    before it added. A node of its own costs as much as what most stops do."""

    async def run(state: TurnState, runtime: Runtime[TurnScope]) -> Added:
        told: Added = {}
        for name, stop in stops.items():
            added = await _timed(name, stop, state, runtime.context)
            state = replace(state, **_joined(vars(state), added))
            told |= _joined(told, added)
        return told

    return run


def _joined(before: Added, added: Added) -> Added:
    """What was added, where it adds to what is there together with that."""
    return {
        name: (*before.get(name, ()), *value) if name in ADDING else value
        for name, value in added.items()
    }


async def _timed(name: str, stop: Node, state: TurnState, scope: TurnScope) -> Added:
    start = time.perf_counter()
    with span(scope.deps.tracer, f"node {name}"):
        added = await stop(state, scope)
    spent = (time.perf_counter() - start) * 1000
    return {**added, "stops": (Stop(name, round(spent, 3)),)}
