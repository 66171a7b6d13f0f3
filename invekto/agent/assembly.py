"""Building what turns need, once per process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from invekto.agent.deps import TurnDeps
from invekto.agent.kit import KitShelf
from invekto.agent.sector import load_sectors
from invekto.contracts.clock import Clock, system_clock
from invekto.db.pool import Database
from invekto.settings import Settings


@dataclass(frozen=True, slots=True)
class Engine:
    """All a process needs to run turns."""

    deps: TurnDeps
    shelf: KitShelf


def build_engine(
    settings: Settings, database: Database, *, clock: Clock = system_clock, gateways: Any = None
) -> Engine:
    """Load the intent model, the sectors and, where one is configured, the chat model.

    Raises:
        BadData: a sector extension or a playbook is broken; the message says where.
    """
    from invekto.agent.intents.overlay import Overlays
    from invekto.agent.intents.understander import Understander
    from invekto.llm.chat import ChatModel

    sectors = load_sectors(settings.sectors)
    understander = Understander.load(settings)
    deps = TurnDeps(
        database=database,
        understander=understander,
        sectors=sectors,
        clock=clock,
        model=ChatModel.from_settings(settings),
        gateways=gateways,
    )
    return Engine(deps, KitShelf(sectors, Overlays(understander)))
