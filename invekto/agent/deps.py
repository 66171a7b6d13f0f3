"""What a turn is given: built once per process, plus one open reader per turn."""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any, Protocol

from opentelemetry.trace import Tracer
from psycopg import AsyncConnection

from invekto.agent.intents.words import TenantWords
from invekto.agent.playbooks.loader import LoadedPlaybook
from invekto.agent.sector import Sector
from invekto.agent.state import Asked
from invekto.contracts.clock import Clock
from invekto.contracts.understanding import Understanding
from invekto.db.pool import Database
from invekto.guardrails.rails import ReplyGuard
from invekto.tools.contract import Tool
from invekto.tracing import OFF


class Understands(Protocol):
    """The intent model with its entities, as the understand node calls it."""

    def understand(
        self,
        text: str,
        *,
        packs: tuple[str, ...],
        now: Any,
        default_language: str = "tr",
        language_hint: str | None = None,
        asked: Asked | None = None,
        words: TenantWords | None = None,
        overlay: Any = None,
    ) -> Understanding: ...


@dataclass(frozen=True, slots=True)
class TurnDeps:
    """Shared by all turns of a process; nothing here changes while it runs."""

    database: Database
    understander: Understands
    sectors: dict[str, Sector]
    clock: Clock
    model: Any = None
    """The chat model behind `llm/`, or None: everything works without."""
    embedding: Any = None
    """The embedding endpoint behind `llm/`, or None: search uses the built-in one."""
    gateways: Any = None
    """Payment providers and marketplaces, for tools that reach outside."""
    tracer: Tracer = OFF


class Reader:
    """One tenant transaction for a turn's reads, opened when first needed and closed before
    anything outside is waited for. While it is open the turn is at work, and only so many are."""

    def __init__(self, database: Database, tenant_id: str) -> None:
        self._database = database
        self._tenant_id = tenant_id
        self._stack = AsyncExitStack()
        self._conn: AsyncConnection[Any] | None = None

    async def conn(self) -> AsyncConnection[Any]:
        """The open transaction."""
        if self._conn is not None:
            return self._conn
        await self._stack.enter_async_context(self._database.at_work)
        opened = await self._stack.enter_async_context(self._database.tenant(self._tenant_id))
        self._conn = opened
        return opened

    async def pause(self) -> None:
        """Close it: a model or a provider is about to be waited for, and another turn may work."""
        self._conn = None
        await self._stack.aclose()


@dataclass(frozen=True, slots=True)
class TenantKit:
    """A tenant's own configuration, kept between turns until its version changes."""

    sector: Sector
    packs: tuple[str, ...]
    taxonomy: dict[str, Any]
    playbooks: dict[str, LoadedPlaybook]
    tools: dict[str, Tool[Any, Any]]
    words: TenantWords
    guard: ReplyGuard
    overlay: Any = None
    disabled: frozenset[str] = frozenset()
    version: str = ""
    model: Any = None
    """The chat model of the tenant's own endpoint; None: the process's, if it has one."""


@dataclass(frozen=True, slots=True)
class TurnScope:
    """The context every node receives."""

    deps: TurnDeps
    reader: Reader
    kit: TenantKit
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def model(self) -> Any:
        """The chat model for this turn, or None: everything works without."""
        return self.kit.model if self.kit.model is not None else self.deps.model
