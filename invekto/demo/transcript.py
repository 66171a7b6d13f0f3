"""The live transcript: real messages through the real graph, printed as they are answered."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from rich.console import Console
from rich.padding import Padding

from invekto.agent.assembly import Engine
from invekto.agent.handling import Handled, handle, store
from invekto.agent.verdicts import Person, send
from invekto.contracts.ids import new_id
from invekto.contracts.messages import InboundMessage
from invekto.records import consents, conversations, turns

SCRIPT = Path(__file__).parent / "script.yaml"
AGENT = Person("demo-agent", "agent", "Temsilci")
OUTCOMES = {
    "answered": "[green]otomatik cevap[/green]",
    "suggested": "[cyan]temsilciye öneri[/cyan]",
    "handed_over": "[yellow]bir kişiye devredildi[/yellow]",
}


def read_script(path: Path = SCRIPT) -> list[dict[str, Any]]:
    """The scenes of the demo."""
    scenes: list[dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return scenes


@dataclass
class Teller:
    """Prints, and counts what it saw for the last line."""

    console: Console
    outcomes: Counter[str] = field(default_factory=Counter)
    milliseconds: list[float] = field(default_factory=list)


async def tell(engine: Engine, console: Console, scenes: list[dict[str, Any]]) -> Teller:
    """Play the script; every reply is computed now."""
    teller = Teller(console)
    for scene in scenes:
        console.rule(scene["title"], style="dim")
        await _play(engine, teller, scene)
    counts = ", ".join(f"{n} {OUTCOMES.get(k, k)}" for k, n in sorted(teller.outcomes.items()))
    middle = sorted(teller.milliseconds)[len(teller.milliseconds) // 2]
    console.rule(style="dim")
    console.print(f"{counts} · ortanca {middle:.0f} ms · dil modeli ve ağ kullanılmadı")
    return teller


async def _play(engine: Engine, teller: Teller, scene: dict[str, Any]) -> None:
    handled: Handled | None = None
    await _afresh(engine, scene)
    for step in scene["steps"]:
        if "say" in step:
            handled = await _say(engine, teller, scene, step["say"])
        elif step.get("agent") == "accept" and handled is not None:
            await _accept(engine, teller, scene["tenant"], handled)


async def _afresh(engine: Engine, scene: dict[str, Any]) -> None:
    """Every scene is a conversation of its own, also when the demo is run again."""
    async with engine.deps.database.tenant(scene["tenant"]) as conn:
        contact = await conversations.find_contact(
            conn, "whatsapp", scene["customer"]["phone"].lstrip("+")
        )
        if contact is not None:
            await conversations.close(conn, contact.contact_id, engine.deps.clock())


async def _say(engine: Engine, teller: Teller, scene: dict[str, Any], text: str) -> Handled | None:
    customer, tenant_id = scene["customer"], scene["tenant"]
    inbound = InboundMessage(
        channel="whatsapp",
        channel_user_id=customer["phone"].lstrip("+"),
        provider_message_id=new_id("demo"),
        text=text,
        sent_at=engine.deps.clock(),
        name=customer.get("name"),
        phone=customer["phone"],
        phone_verified=True,
    )
    received = await store(engine, tenant_id, inbound)
    if "consent" in customer:
        await _consent(engine, tenant_id, received.conversation_id, customer["consent"])
    teller.console.print(f"[bold]{customer['name']}:[/bold] ", end="")
    teller.console.print(text, markup=False, highlight=False)
    handled = await handle(engine, tenant_id, received.conversation_id)
    if handled is not None:
        _show(teller, handled)
    return handled


async def _consent(
    engine: Engine, tenant_id: str, conversation_id: str, consent: consents.State
) -> None:
    async with engine.deps.database.tenant(tenant_id) as conn:
        conversation = await conversations.get(conn, conversation_id)
        contact = await conversations.get_contact(conn, conversation.contact_id)
        if contact.consent != consent:
            await consents.record_consent(
                conn, contact.contact_id, consent, recorded_by="assistant"
            )


def _show(teller: Teller, handled: Handled) -> None:
    committed, state = handled.committed, handled.worked.state
    teller.outcomes[committed.outcome] += 1
    teller.milliseconds.append(handled.worked.milliseconds)
    told = OUTCOMES.get(committed.outcome, committed.outcome)
    understanding = state.understanding
    heard = ", ".join(g.name for g in understanding.intents) if understanding else "—"
    teller.console.print(
        f"  [dim]{heard} · {handled.worked.milliseconds:.0f} ms ·[/dim] {told}", highlight=False
    )
    for name in committed.notices:
        teller.console.print(f"  [dim]bildirim: {name}[/dim]")
    if committed.reply:
        teller.console.print(Padding(committed.reply, (0, 0, 0, 4)), markup=False, highlight=False)
    if state.handover is not None:
        teller.console.print(
            Padding(state.handover.summary, (0, 0, 0, 4)), style="yellow", markup=False,
            highlight=False,
        )  # fmt: skip


async def _accept(engine: Engine, teller: Teller, tenant_id: str, handled: Handled) -> None:
    """The agent presses Send on the draft, if there is one."""
    if handled.committed.suggestion_id is None:
        return
    now = engine.deps.clock()
    async with engine.deps.database.tenant(tenant_id) as conn:
        await turns.mark_shown(conn, handled.committed.suggestion_id, now)
    sent = await send(engine.deps, engine.shelf, tenant_id, handled.committed.suggestion_id, AGENT)
    teller.console.print(f"  [dim]temsilci gönderdi: {sent.verdict}[/dim]")
