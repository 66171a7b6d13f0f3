"""Who calls: a signed-in person, the main product on a person's behalf, or a program."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from invekto.agent.verdicts import Person


class Role(StrEnum):
    OWNER = "owner"
    SUPERVISOR = "supervisor"
    AGENT = "agent"
    KNOWLEDGE_MANAGER = "knowledge_manager"
    READ_ONLY = "read_only"


class Scope(StrEnum):
    """What an API key was made for."""

    MESSAGES = "messages"
    """Write messages, ask for suggestions, send verdicts: what an inbox needs."""
    READ = "read"
    """Read conversations, suggestions, hand-overs, figures."""
    KNOWLEDGE = "knowledge"
    """Change documents and FAQs."""
    ADMIN = "admin"
    """Keys, webhooks, trust, settings."""


@dataclass(frozen=True, slots=True)
class Caller:
    """The verified caller of a request. The tenant comes from here and nowhere else."""

    tenant_id: str
    kind: Literal["session", "jwt", "api_key"]
    subject: str
    """The person's id, or the key's."""
    role: Role | None = None
    scopes: frozenset[Scope] = frozenset()
    name: str = ""
    csrf: str = ""
    """What a page must send back with every change; sessions only."""

    @property
    def person(self) -> Person:
        """As the core knows who acts."""
        from invekto.agent.verdicts import Person

        return Person(self.subject, str(self.role or self.kind), self.name)

    @property
    def actor(self) -> str:
        """The kind of actor that the audit log names."""
        return "api_key" if self.kind == "api_key" else "user"

    @property
    def key(self) -> str:
        """Names the caller among all of the tenant, for idempotency and audit."""
        return f"{self.kind}:{self.subject}"
