"""The fixed texts of a business: as its sector words them, its own wording, and its versions. What
the API and the pages share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from psycopg import AsyncConnection

from invekto.agent.notices import NAMES, load_notices
from invekto.agent.playbooks.render import render
from invekto.errors import BadRequest, NotAllowed, NotFound
from invekto.records import notices
from invekto.records.notices import NoticeVersion
from invekto.server.audited import audited
from invekto.server.caller import Caller, Role
from invekto.server.deps import ServerDeps

Conn = AsyncConnection[Any]
LONGEST = 1_000  # characters
LONGEST_CONSENT = 4_000
CONSENT = "consent_request"
HEALTH = (CONSENT, "consent_given", "consent_refused", "consent_withdrawn")
"""Sent by businesses that handle health data only."""


@dataclass(frozen=True, slots=True)
class FixedText:
    """`usual` is the sector's wording and `own` the business's own that is in force, by language;
    versions newest first."""

    name: str
    usual: dict[str, str]
    own: dict[str, str]
    versions: list[NoticeVersion] = field(default_factory=list)

    @property
    def draft(self) -> NoticeVersion | None:
        """The wording that waits to be published."""
        return next((one for one in self.versions if one.status == "draft"), None)

    def in_force(self, language: str) -> str:
        """What a customer gets in a language."""
        return self.own.get(language) or self.usual.get(language, "")


async def fixed_texts(conn: Conn, deps: ServerDeps, tenant_id: str) -> list[FixedText]:
    """Every notice that this business sends."""
    tenant, kit = await deps.engine.shelf.kit(conn, tenant_id)
    sector = load_notices(kit.sector.notices)
    own = tenant.settings.get("notices") or {}
    scope = {"firma": tenant.name, "tenant": tenant}
    versions = await notices.history(conn)
    return [
        FixedText(
            name,
            {
                language: render(sector[name].wording(language, tenant.tone), scope)
                for language in tenant.languages
            },
            own.get(name) or {},
            [one for one in versions if one.name == name],
        )
        for name in NAMES
        if tenant.health or name not in HEALTH
    ]


async def draft(deps: ServerDeps, caller: Caller, name: str, texts: dict[str, str]) -> int:
    """Keep a wording that is not in force yet; returns its version.

    Raises:
        NotFound: there is no such notice. NotAllowed: the consent text is the owner's.
        BadRequest: a language the business does not speak, too long, empty, or with placeholders.
    """
    _check(caller, name)
    async with deps.database.tenant(caller.tenant_id) as conn:
        tenant, _ = await deps.engine.shelf.kit(conn, caller.tenant_id)
        kept = _usable(name, texts, tenant.languages)
        version = await notices.draft(conn, name, kept, caller.subject, deps.clock())
        await audited(
            conn, caller, "notice.drafted", "notice", name, version=version, languages=sorted(kept)
        )
    return version


async def publish(deps: ServerDeps, caller: Caller, name: str, version: int) -> None:
    """Put a wording in force, also an older one again. Raises NotFound, NotAllowed."""
    _check(caller, name)
    async with deps.database.tenant(caller.tenant_id) as conn:
        await notices.publish(conn, name, version, deps.clock())
        await audited(conn, caller, "notice.published", "notice", name, version=version)


async def discard(deps: ServerDeps, caller: Caller, name: str, version: int) -> None:
    """Throw a draft away. Raises NotFound, NotAllowed."""
    _check(caller, name)
    async with deps.database.tenant(caller.tenant_id) as conn:
        if not await notices.drop_draft(conn, name, version):
            raise NotFound(f"there is no draft {version} of {name}")


async def withdraw(deps: ServerDeps, caller: Caller, name: str) -> None:
    """The sector's wording again. Raises NotFound: no own one is in force; NotAllowed."""
    _check(caller, name)
    async with deps.database.tenant(caller.tenant_id) as conn:
        if not await notices.withdraw(conn, name, deps.clock()):
            raise NotFound(f"{name} is worded as the sector words it already")
        await audited(conn, caller, "notice.withdrawn", "notice", name)


def _check(caller: Caller, name: str) -> None:
    if name not in NAMES:
        raise NotFound(f"there is no notice {name!r}: one of {', '.join(NAMES)}")
    if name == CONSENT and caller.kind != "api_key" and caller.role is not Role.OWNER:
        raise NotAllowed("the consent text is decided by the owner")


def _usable(name: str, texts: dict[str, str], languages: Sequence[str]) -> dict[str, str]:
    kept = {language: text.strip() for language, text in texts.items() if text.strip()}
    if not kept:
        raise BadRequest("write it in one language at least, or go back to the sector's wording")
    unknown = sorted(set(kept) - set(languages))
    if unknown:
        raise BadRequest(f"this business does not answer in {', '.join(unknown)}")
    most = LONGEST_CONSENT if name == CONSENT else LONGEST
    if any(len(text) > most for text in kept.values()):
        raise BadRequest(f"at most {most} characters a language")
    if any(mark in text for text in kept.values() for mark in ("{{", "{%")):
        raise BadRequest("a fixed text is sent word for word: it has no placeholders")
    return kept
