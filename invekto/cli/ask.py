"""`invekto ask`: one message through the whole graph, with its why."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime
from typing import Any

from rich.console import Console

from invekto.agent.handling import Handled, handle, store
from invekto.agent.outcome import why
from invekto.cli.opened import opened
from invekto.contracts.ids import new_id
from invekto.contracts.messages import InboundMessage


def run_ask(
    tenant: str, sender: str, text: str, *, as_json: bool = False, now: datetime | None = None
) -> None:
    """Store the message as if it had come by WhatsApp from a verified number, answer it, print."""
    handled = asyncio.run(_ask(tenant, sender, text, now))
    if as_json:
        print(json.dumps(as_dict(handled), ensure_ascii=False, indent=2, default=str))
    else:
        show(handled, Console())


async def _ask(tenant: str, sender: str, text: str, now: datetime | None) -> Handled:
    async with opened(now) as engine:
        inbound = InboundMessage(
            channel="whatsapp",
            channel_user_id=sender.lstrip("+"),
            provider_message_id=new_id("ask"),
            text=text,
            sent_at=engine.deps.clock(),
            phone=sender,
            phone_verified=True,
        )
        received = await store(engine, tenant, inbound)
        handled = await handle(engine, tenant, received.conversation_id)
        assert handled is not None
        return handled


def as_dict(handled: Handled) -> dict[str, Any]:
    """Outcome, reply and why, as `--json` prints them."""
    committed, state = handled.committed, handled.worked.state
    return {
        "turn": committed.turn_id,
        "conversation": state.turn.conversation.conversation_id,
        "outcome": committed.outcome,
        "reply": committed.reply,
        "suggestion": committed.suggestion_id,
        "notices": list(committed.notices),
        "milliseconds": round(handled.worked.milliseconds, 1),
        "why": why(state),
    }


def show(handled: Handled, console: Console) -> None:
    """For a person at a terminal."""
    told = as_dict(handled)
    reasons = told["why"]
    console.print(f"[bold]{told['outcome']}[/bold] in {told['milliseconds']} ms   {told['turn']}")
    if told["reply"]:
        console.print(told["reply"], markup=False, highlight=False)
    for name in told["notices"]:
        console.print(f"notice: {name}", style="dim")
    heard = reasons["understanding"]
    if heard:
        intents = ", ".join(f"{name} {chance:.2f}" for name, chance in heard["intents"])
        console.print(f"understood: {intents or '—'} ({heard['language']})", style="dim")
    for result in reasons["results"]:
        for step in result["steps"]:
            console.print(f"  {result['intent']}: {step}", style="dim", markup=False)
    for source in reasons["sources"]:
        console.print(f"source: {source['citation']}", style="dim", markup=False)
    for finding in (reasons["rails"] or {}).get("findings", []):
        console.print(f"rail: {finding['rail']}: {finding['explanation']}", style="dim")
    if reasons["handover"]:
        console.print(reasons["handover"]["summary"], style="yellow", markup=False)
