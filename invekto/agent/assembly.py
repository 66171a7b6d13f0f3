"""Building what turns need, once per process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from opentelemetry.trace import Tracer

from invekto.agent.deps import TurnDeps
from invekto.agent.kit import KitShelf
from invekto.agent.sector import load_sectors
from invekto.contracts.clock import Clock, system_clock
from invekto.db.pool import Database
from invekto.db.sealing import Sealer
from invekto.settings import Settings
from invekto.tracing import OFF


@dataclass(frozen=True, slots=True)
class Engine:
    """All a process needs to run turns."""

    deps: TurnDeps
    shelf: KitShelf


def build_engine(
    settings: Settings,
    database: Database,
    *,
    clock: Clock = system_clock,
    gateways: Any = None,
    tracer: Tracer = OFF,
) -> Engine:
    """Load the intent model, the sectors and, where one is configured, the chat model.

    Raises:
        BadData: a sector extension or a playbook is broken; the message says where.
    """
    from invekto.agent.intents.understander import Understander
    from invekto.llm.chat import ChatModel
    from invekto.llm.endpoint_embedding import EndpointEmbedding
    from invekto.llm.endpoints import Endpoints
    from invekto.tools.gateways import TenantGateways

    sectors = load_sectors(settings.sectors)
    understander = Understander.load(settings)
    deps = TurnDeps(
        database=database,
        understander=understander,
        sectors=sectors,
        clock=clock,
        model=ChatModel.from_settings(settings, tracer),
        embedding=EndpointEmbedding.from_settings(settings),
        gateways=TenantGateways.from_settings(settings) if gateways is None else gateways,
        tracer=tracer,
    )
    endpoints = Endpoints(settings, Sealer.from_settings(settings), tracer)
    engine = Engine(deps, KitShelf(sectors, understander, endpoints))
    warm_up(engine)
    return engine


def warm_up(engine: Engine) -> None:
    """Load now what would otherwise be loaded while the first customer waits."""
    from invekto.agent.graph import turn_graph
    from invekto.guardrails.injection import screen
    from invekto.guardrails.rails import ReplyGuard, ReplyUnderCheck, sector_policy
    from invekto.knowledge.search import warm

    turn_graph()
    engine.shelf.warm()
    screen("merhaba")
    warm()
    engine.deps.understander.understand("merhaba", packs=("general",), now=engine.deps.clock())
    guard = ReplyGuard(sector_policy("ecommerce"))
    for _ in range(2):
        guard.check(
            ReplyUnderCheck(
                text="Kargonuz 25 Kasım'da yola çıktı.", language="tr", intent="cargo_tracking",
                sector="ecommerce", facts=["Kargonuz 25 Kasım'da yola çıktı."],
            )
        )  # fmt: skip
