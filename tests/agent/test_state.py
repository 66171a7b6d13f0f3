"""The turn's state as it is handed on."""

from __future__ import annotations

import operator
from typing import Any, cast, get_type_hints

from langgraph.runtime import Runtime

from invekto.agent.deps import TurnScope
from invekto.agent.nodes.timing import in_line
from invekto.agent.state import ADDING, TurnInput, TurnState
from invekto.tracing import OFF


class Deps:
    tracer = OFF


class Scope:
    deps = Deps()


def test_the_fields_that_grow_are_those_that_the_graph_adds_up() -> None:
    hints = get_type_hints(TurnState, include_extras=True)
    grows = {n for n, hint in hints.items() if operator.add in getattr(hint, "__metadata__", ())}
    assert grows == ADDING


async def test_stops_of_one_node_see_what_those_before_them_added() -> None:
    seen: list[tuple[str, tuple[str, ...]]] = []

    async def first(state: TurnState, _: TurnScope) -> dict[str, Any]:
        seen.append((state.text, state.notices))
        return {"text": "kargo", "notices": ("handover",)}

    async def second(state: TurnState, _: TurnScope) -> dict[str, Any]:
        seen.append((state.text, state.notices))
        return {"processed": False, "notices": ("emergency",)}

    node = in_line(first=first, second=second)
    before = TurnState(turn=cast(TurnInput, None), text="selam", notices=("welcome",))
    told = await node(before, Runtime(context=cast(TurnScope, Scope())))
    assert seen == [("selam", ("welcome",)), ("kargo", ("welcome", "handover"))]
    assert [stop.node for stop in told.pop("stops")] == ["first", "second"]
    assert told == {"text": "kargo", "processed": False, "notices": ("handover", "emergency")}
