"""The way of one message.

gate → understand → retrieve → act → compose → guard → decide, and from there to `commit`
(`agent/commit.py`), which is the only place that changes the world. Any stop may end in a
hand-over, which is a decision like the others and carries its reason.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, cast

from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph

from invekto.agent.deps import TurnScope
from invekto.agent.nodes.act import act
from invekto.agent.nodes.compose import compose
from invekto.agent.nodes.decide import decide
from invekto.agent.nodes.gate import gate
from invekto.agent.nodes.guard import guard
from invekto.agent.nodes.retrieve import retrieve
from invekto.agent.nodes.timing import in_line
from invekto.agent.nodes.understand import understand
from invekto.agent.state import TurnState


@lru_cache(maxsize=1)
def turn_graph() -> CompiledStateGraph[TurnState, TurnScope, Any, Any]:
    """The compiled graph; stateless, one for all tenants."""
    graph = StateGraph(TurnState, context_schema=TurnScope)
    for name, node in (
        ("gate_", in_line(gate=gate)),
        ("understand_", in_line(understand=understand, retrieve=retrieve, act=act)),
        ("compose_", in_line(compose=compose, guard=guard)),
        ("decide_", in_line(decide=decide)),
    ):
        graph.add_node(name, cast(Any, node))  # its stubs know no Runtime here
    graph.add_edge(START, "gate_")
    graph.add_conditional_edges("gate_", _after_gate, ["understand_", "decide_"])
    graph.add_conditional_edges("understand_", _after_act, ["compose_", "decide_"])
    graph.add_edge("compose_", "decide_")
    graph.add_edge("decide_", END)
    return graph.compile()


async def _after_gate(state: TurnState) -> str:  # a plain function would be run in a thread
    return "understand_" if state.processed else "decide_"


async def _after_act(state: TurnState) -> str:
    return "compose_" if any(result.texts for result in state.results) else "decide_"
