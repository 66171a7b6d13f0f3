"""`invekto explain TURN`: a past turn's whole why, and the same inputs run again."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.json import JSON

from invekto.agent import dialogue as memory
from invekto.agent.assembly import Engine
from invekto.agent.deps import TurnScope
from invekto.agent.outcome import why
from invekto.agent.shadow import ShadowReader, Version, shadow_kit, version_named
from invekto.agent.state import TurnInput
from invekto.agent.turn import run_graph
from invekto.cli.opened import opened
from invekto.records import conversations, turns


def run_explain(
    tenant: str,
    turn: str,
    *,
    rerun: bool = False,
    version: str = "present",
    as_json: bool = False,
) -> None:
    """Print the stored why, and with `rerun` what the present code and data, or the tenant's
    newest drafts, would do.

    Raises:
        BadRequest: no such version.
        NotFound: no such turn.
    """
    told = asyncio.run(_explain(tenant, turn, rerun, version_named(version)))
    if as_json:
        print(json.dumps(told, ensure_ascii=False, indent=2, default=str))
    else:
        Console().print(JSON(json.dumps(told, ensure_ascii=False, default=str)))


async def _explain(tenant: str, turn_id: str, rerun: bool, version: Version) -> dict[str, Any]:
    async with opened() as engine:
        async with engine.deps.database.tenant(tenant) as conn:
            turn = await turns.get_turn(conn, turn_id)
        told: dict[str, Any] = {
            "turn": turn.turn_id,
            "outcome": turn.outcome,
            "inputs": turn.inputs,
            "why": turn.why,
        }
        if rerun:
            told["again"] = await run_again(engine, tenant, turn, version)
            told["differs"] = differences(turn.why, told["again"])
        return told


def differences(stored: dict[str, Any], again: dict[str, Any]) -> list[str]:
    """What the second run came to that the first had not: reply, intents, decision, actions."""

    def seen(why: dict[str, Any]) -> dict[str, Any]:
        decision = why.get("decision") or {}
        return {
            "intents": [result["intent"] for result in why.get("results", [])],
            "reply": why.get("reply"),
            "actions": [action["tool"] for action in why.get("actions", [])],
            "mode": decision.get("mode"),
            "behaviour": [cell["behaviour"] for cell in decision.get("cells", [])],
        }

    before, now = seen(stored), seen(again)
    return [
        f"{name}: {before[name]!r} → {now[name]!r}" for name in before if before[name] != now[name]
    ]


async def run_again(
    engine: Engine, tenant_id: str, turn: turns.Turn, version: Version = "present"
) -> dict[str, Any]:
    """The graph on a turn's stored inputs, at its own time; nothing is written or sent."""
    view, kit = await shadow_kit(engine, tenant_id, version)
    reader = ShadowReader(engine.deps.database, tenant_id)
    try:
        conn = await reader.conn()
        conversation = await conversations.get(conn, turn.conversation_id)
        thread = await conversations.thread(conn, turn.conversation_id)
        again = TurnInput(
            turn_id=turn.turn_id,
            tenant=view,
            contact=await conversations.get_contact(conn, conversation.contact_id),
            conversation=replace(conversation, status="open", assigned_to=None),
            messages=tuple(
                m for m in thread
                if turn.first_seq <= m.seq <= turn.last_seq and m.author == "customer"
            ),
            history=tuple(m for m in thread if m.seq < turn.first_seq)[-12:],
            dialogue=memory.from_json(turn.inputs["dialogue"]),
            now=datetime.fromisoformat(turn.inputs["now"]),
            shadow=True,
        )  # fmt: skip
        worked = await run_graph(again, TurnScope(engine.deps, reader, kit))
        return why(worked.state)
    finally:
        await reader.pause()
