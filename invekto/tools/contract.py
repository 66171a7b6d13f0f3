"""What a tool is: a plain async function over an injected context, typed both ways.

A *read* runs at once. A *write* is first checked (`check` validates it against the rules of the
business and describes it), becomes a `ProposedAction`, and runs only at commit. Tenant and contact
come from the context, never from arguments. The same `Tool` serves playbooks, the model's tool
loop, the API, the console and MCP.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar
from zoneinfo import ZoneInfo

from opentelemetry.trace import Span
from psycopg import AsyncConnection
from pydantic import BaseModel, ConfigDict, ValidationError

from invekto.contracts.action import ProposedAction, action_key
from invekto.contracts.clock import Clock
from invekto.contracts.evidence import Risk
from invekto.errors import BadData, NotAllowed, Refused
from invekto.tracing import running, span


class Effect(StrEnum):
    READ = "read"
    WRITE = "write"


class Identity(StrEnum):
    """What must be known of the customer before a tool may run."""

    NONE = "none"
    CONTACT = "contact"
    VERIFIED = "verified"


class ToolArgs(BaseModel):
    """Base of all arguments: unknown fields are an error, so a model cannot smuggle any in."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, str_max_length=2000)


class ToolResult(BaseModel):
    """Base of all results: JSON-serialisable, bounded, free of other people's data."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    def facts(self, language: str) -> list[str]:  # noqa: ARG002 - results may phrase by language
        """What a reply may state because of this result, one plain sentence each, about one named
        thing each, for the grounding rail. The default spells out every field."""
        return [f"{name}: {value}" for name, value in self.model_dump(mode="json").items()]


@dataclass(frozen=True, slots=True)
class ContactView:
    """The customer as tools see them. `proven` holds references (order numbers …) for which a
    second factor was given in this conversation."""

    contact_id: str
    name: str | None
    phone: str | None
    phone_verified: bool
    language: str
    channel: str
    proven: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ToolContext:
    """Injected, never filled from a model's arguments. `conn` is an open transaction of the
    tenant."""

    conn: AsyncConnection[Any]
    tenant_id: str
    tenant: TenantView
    contact: ContactView | None
    conversation_id: str | None
    turn_id: str | None
    clock: Clock
    role: str = "assistant"
    intent: str | None = None
    outside: Any = None
    """Gateways to payment providers and marketplaces, see `tools.gateways`."""
    idempotency_key: str | None = None
    """Set at commit: the key under which this write is done once."""

    @property
    def now(self) -> datetime:
        """The present moment in the tenant's timezone."""
        return self.clock().astimezone(self.tenant.zone)


Opens = Callable[[], AbstractAsyncContextManager[ToolContext]]
"""Opens the context on a transaction of its own, committed at the end: what a write at a provider
is given, so that none is open while the provider is waited for."""


@dataclass(frozen=True, slots=True)
class TenantView:
    """What tools and templates may know of the tenant."""

    tenant_id: str
    name: str
    sector: str
    timezone: str = "Europe/Istanbul"
    currency: str = "TRY"
    default_language: str = "tr"
    languages: tuple[str, ...] = ("tr", "en", "ar")
    tone: str = "friendly"
    health: bool = False
    profile: dict[str, Any] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)

    @property
    def zone(self) -> ZoneInfo:
        """The tenant's timezone."""
        return ZoneInfo(self.timezone)


@dataclass(frozen=True, slots=True)
class Preview:
    """What a write's check answers: the plain words, and the arguments with all choices made."""

    summary: dict[str, str]
    args: dict[str, Any] | None = None
    hold_until: datetime | None = None
    detail: dict[str, Any] = field(default_factory=dict)
    facts: list[str] = field(default_factory=list)


A = TypeVar("A", bound=ToolArgs)
R = TypeVar("R", bound=ToolResult)


@dataclass(frozen=True, slots=True)
class Tool(Generic[A, R]):
    """A typed function with the rules under which it may be used."""

    name: str
    """`group.verb`, for instance `orders.track`."""
    run: Callable[[Any, A], Awaitable[R]]
    """Its first argument is a `ToolContext`; an `outside` write is given `Opens`."""
    args: type[A]
    result: type[R]
    effect: Effect
    risk: Risk = Risk.LOW
    identity: Identity = Identity.NONE
    roles: frozenset[str] = frozenset({"assistant", "agent", "supervisor", "owner"})
    intents: frozenset[str] | None = None
    check: Callable[[ToolContext, A], Awaitable[Preview]] | None = None
    outside: bool = False
    destructive: bool = False

    @property
    def description(self) -> str:
        """The docstring, which is the schema's description."""
        return inspect.cleandoc(self.run.__doc__ or self.name)

    def parse(self, args: dict[str, Any]) -> A:
        """Arguments from a playbook, a model or an API call.

        Raises:
            BadData: naming the tool and every wrong field.
        """
        try:
            return self.args.model_validate(args)
        except ValidationError as error:
            wrong = "; ".join(
                f"{'.'.join(map(str, e['loc'])) or 'arguments'}: {e['msg']}" for e in error.errors()
            )
            raise BadData(
                f"tool {self.name} was called with wrong arguments: {wrong}", tool=self.name
            ) from error

    def allowed(self, ctx: ToolContext) -> None:
        """Checked on offering and again on running.

        Raises:
            NotAllowed: the role or the intent may not use this tool.
            Refused: reason `identity`, the customer has to prove who they are first.
        """
        if ctx.role not in self.roles:
            raise NotAllowed(f"role {ctx.role} may not use tool {self.name}")
        if self.intents is not None and ctx.intent is not None and ctx.intent not in self.intents:
            raise NotAllowed(f"tool {self.name} may not be used for intent {ctx.intent}")
        if self.identity is Identity.NONE:
            return
        contact = ctx.contact
        if contact is None or (
            self.identity is Identity.VERIFIED and not (contact.phone_verified or contact.proven)
        ):
            raise Refused("identity", f"tool {self.name} needs to know who the customer is")

    async def read(self, ctx: ToolContext, args: dict[str, Any]) -> R:
        """Run a read tool.

        Raises:
            NotAllowed, Refused, BadData: see `allowed` and `parse`; Refused also by the tool.
        """
        if self.effect is not Effect.READ:
            raise NotAllowed(f"tool {self.name} is a write: propose it instead of running it")
        self.allowed(ctx)
        with self._running("read"):
            return await self.run(ctx, self.parse(args))

    async def propose(self, ctx: ToolContext, args: dict[str, Any]) -> ProposedAction:
        """Validate a write and describe it; changes nothing but an expiring hold.

        Raises:
            NotAllowed, Refused, BadData: with a reason the model or the agent can act on.
        """
        if self.effect is not Effect.WRITE or self.check is None:
            raise NotAllowed(f"tool {self.name} is a read: there is nothing to propose")
        self.allowed(ctx)
        parsed = self.parse(args)
        with self._running("propose"):
            preview = await self.check(ctx, parsed)
        settled = preview.args if preview.args is not None else parsed.model_dump(mode="json")
        return ProposedAction(
            tool=self.name,
            args=settled,
            summary=preview.summary,
            key=action_key(ctx.turn_id or "-", self.name, settled),
            risk=self.risk.value,
            outside=self.outside,
            hold_until=preview.hold_until,
            detail={**preview.detail, "facts": preview.facts},
        )

    async def commit(self, ctx: ToolContext, action: ProposedAction) -> R:
        """Do a proposed local write. The caller holds the idempotency key (`records.turns`).

        Raises:
            Refused: the world moved on since it was proposed; nothing was changed.
            NotAllowed: also where the write calls a provider: see `commit_outside`.
        """
        if self.outside:
            raise NotAllowed(f"tool {self.name} calls a provider: no transaction may be open")
        self.allowed(ctx)
        with self._running("commit"):
            return await self.run(ctx, self.parse(action.args))

    async def commit_outside(self, opens: Opens, action: ProposedAction) -> R:
        """Do a proposed write at a provider, in transactions of its own before and after.

        Raises:
            Refused: the world moved on, nothing was asked of the provider.
            ProviderUnavailable: what was written says so, and the same key may be tried again.
        """
        async with opens() as ctx:
            self.allowed(ctx)
        with self._running("commit"):
            return await self.run(opens, self.parse(action.args))

    def _running(self, step: str) -> AbstractContextManager[Span]:
        return span(
            running(), f"execute_tool {self.name}", gen_ai__operation__name="execute_tool",
            gen_ai__tool__name=self.name, gen_ai__tool__type="function", invekto__step=step,
        )  # fmt: skip
