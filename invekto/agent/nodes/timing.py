"""Every node is timed the same way."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Any

from langgraph.runtime import Runtime

from invekto.agent.deps import TurnScope
from invekto.agent.state import Stop, TurnState
from invekto.tracing import span

Node = Callable[[TurnState, TurnScope], Awaitable[dict[str, Any]]]


def timed(
    name: str, node: Node
) -> Callable[[TurnState, Runtime[TurnScope]], Awaitable[dict[str, Any]]]:
    """A graph node that adds its own time to the state."""

    async def run(state: TurnState, runtime: Runtime[TurnScope]) -> dict[str, Any]:
        start = time.perf_counter()
        with span(runtime.context.deps.tracer, f"node {name}"):
            added = await node(state, runtime.context)
        spent = (time.perf_counter() - start) * 1000
        return {**added, "stops": (Stop(name, round(spent, 3)),)}

    run.__name__ = name
    return run
