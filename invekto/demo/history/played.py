"""Each scene once through the graph: the reply that is then told to all who asked alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from invekto.agent.assembly import Engine
from invekto.agent.deps import Reader, TenantKit, TurnScope
from invekto.agent.outcome import why
from invekto.agent.state import Dialogue, TurnInput, TurnState
from invekto.agent.turn import Worked, run_graph
from invekto.contracts.evidence import Cell, Risk
from invekto.contracts.handover import HandOver
from invekto.demo.history.scenes import Scene, Story
from invekto.records.conversations import Contact, Conversation, Message
from invekto.records.history import customers_with_orders
from invekto.tools.contract import TenantView

STAND_INS = {"tr": "Deniz Aksoy", "en": "Robin Hale", "ar": "نورهان"}
"""Whose name stands in a reply until it is told to somebody else."""


@dataclass(frozen=True, slots=True)
class Played:
    """A reply and all that was stored of it. `cell` None: a person had to answer."""

    scene: Scene
    contact: Contact
    text: str
    tones: dict[str, str]
    why: dict[str, Any]
    intents: list[str]
    cell: Cell | None
    risk: Risk
    confidence: float
    path: str | None
    resolving: bool
    handover: HandOver | None
    milliseconds: float

    def said_to(self, name: str) -> str:
        """The reply for somebody of this name."""
        return named(self.text, self.scene.language, name)


def named(text: str, language: str, name: str) -> str:
    """A text in which the stand-in's name is somebody's own."""
    stand_in = STAND_INS[language]
    first, own = stand_in.split(" ")[0], name.split(" ")[0]
    return text.replace(stand_in, name).replace(first, own)


async def play_scenes(engine: Engine, tenant_id: str, story: Story) -> list[Played]:
    """Every scene's reply as the assistant gives it today; nothing is written."""
    reader = Reader(engine.deps.database, tenant_id)
    played: list[Played] = []
    try:
        conn = await reader.conn()
        view, kit = await engine.shelf.kit(conn, tenant_id)
        known = await customers_with_orders(conn, limit=6)
        for scene in story.scenes:
            for contact in known if scene.order else [_stand_in(scene)]:
                turn = _turn(engine, view, contact, scene)
                worked = await run_graph(turn, TurnScope(engine.deps, reader, kit))
                played.append(_played(scene, contact, worked, kit))
    finally:
        await reader.pause()
    return played


def _stand_in(scene: Scene) -> Contact:
    return Contact(
        "history", "whatsapp", "90500", STAND_INS[scene.language], "+90500",
        phone_verified=True, language=scene.language, consent="given",
    )  # fmt: skip


def _turn(engine: Engine, view: TenantView, contact: Contact, scene: Scene) -> TurnInput:
    now = engine.deps.clock()
    conversation = Conversation(
        "history", contact.contact_id, "whatsapp", None, "open", None, None, "normal", [], 1, 1, 0,
        now, {}, [],
    )  # fmt: skip
    return TurnInput(
        turn_id="history",
        tenant=view,
        contact=contact,
        conversation=conversation,
        messages=(Message("history", 1, "history", "customer", scene.say[0], now),),
        history=(),
        dialogue=Dialogue(),
        now=now.astimezone(view.zone),
        shadow=True,
    )


def _played(scene: Scene, contact: Contact, worked: Worked, kit: TenantKit) -> Played:
    state = worked.state
    decision = state.decision
    assert decision is not None
    cell = decision.cells[0] if decision.cells and state.handover is None else None
    return Played(
        scene=scene,
        contact=contact,
        text=state.draft.text if state.draft else "",
        tones=state.draft.tones if state.draft else {},
        why={**why(state), "considered": []},
        intents=_intents(state),
        cell=cell,
        risk=Risk(kit.taxonomy.get(cell.intent, {}).get("risk", "medium")) if cell else Risk.HIGH,
        confidence=decision.confidence,
        path=state.draft.path.value if state.draft else None,
        resolving=bool(state.draft and state.draft.resolving),
        handover=state.handover,
        milliseconds=round(min(worked.milliseconds, 120.0), 2),
    )


def _intents(state: TurnState) -> list[str]:
    heard = state.understanding
    return [r.intent for r in state.results] or ([g.name for g in heard.intents] if heard else [])
