"""A tenant's kit: sector defaults and the tenant's own overrides, kept until they change."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

from psycopg import AsyncConnection

from invekto.agent.deps import TenantKit
from invekto.agent.intents.teaching import teach
from invekto.agent.intents.understander import Understander
from invekto.agent.intents.words import TenantWords
from invekto.agent.playbooks.loader import LoadedPlaybook, load_folder, parse
from invekto.agent.sector import Sector, sector_of
from invekto.guardrails.rails import ReplyGuard, sector_policy
from invekto.llm.chat import ChatModel
from invekto.llm.endpoints import Endpoints
from invekto.records import behaviour, catalog, model_endpoints, policies, tenants
from invekto.text.resources import parsed
from invekto.tools.contract import TenantView, Tool
from invekto.tools.tenancy import tenant_view
from invekto.tools.toolbox import standard_tools

KEPT = 512
"""Kits kept per process; the least recently used is built anew when it is needed."""


class KitShelf:
    """Builds kits and keeps them by tenant and configuration version."""

    def __init__(
        self,
        sectors: dict[str, Sector],
        understander: Understander | None = None,
        endpoints: Endpoints | None = None,
    ) -> None:
        self._sectors = sectors
        self._understander = understander
        self._endpoints = endpoints
        self._kits: OrderedDict[str, tuple[int, TenantView, TenantKit]] = OrderedDict()
        self._playbooks: dict[str, dict[str, LoadedPlaybook]] = {}
        self._tools: dict[str, dict[str, Tool[Any, Any]]] = {}
        self._guards: dict[str, ReplyGuard] = {}

    def warm(self) -> None:
        """Read every sector's tools and playbooks, which tenants share."""
        for sector in self._sectors.values():
            self._sector_playbooks(sector, self._sector_tools(sector), set(sector_taxonomy(sector)))

    def anew(self) -> KitShelf:
        """An empty shelf that builds as this one does."""
        return KitShelf(self._sectors, self._understander, self._endpoints)

    async def kit(
        self, conn: AsyncConnection[Any], tenant_id: str, version: int | None = None
    ) -> tuple[TenantView, TenantKit]:
        """The tenant and its kit. Where nothing changed it takes one statement, or none if the
        caller knows the configuration's `version`.

        Raises:
            NotFound: unknown tenant or sector.
            BadData: a published playbook or policy no longer fits the code.
        """
        if (found := self._kept(tenant_id, version)) is not None:
            return found
        tenant = await tenants.get_tenant(conn)
        if (found := self._kept(tenant_id, tenant.config_version)) is not None:
            return found
        view = tenant_view(tenant)
        kit = await self._build(conn, tenant)
        self._kits[tenant_id] = (tenant.config_version, view, kit)
        while len(self._kits) > KEPT:
            self._kits.popitem(last=False)
        return view, kit

    def _kept(self, tenant_id: str, version: int | None) -> tuple[TenantView, TenantKit] | None:
        kept = self._kits.get(tenant_id)
        if kept is None or kept[0] != version:
            return None
        self._kits.move_to_end(tenant_id)
        return kept[1], kept[2]

    async def _build(self, conn: AsyncConnection[Any], tenant: tenants.Tenant) -> TenantKit:
        sector = sector_of(self._sectors, tenant.sector)
        tools = self._sector_tools(sector)
        settings = await behaviour.intent_settings(conn)
        taxonomy = sector_taxonomy(sector)
        for own in settings:
            if own.intent not in taxonomy and own.risk is not None:
                taxonomy[own.intent] = {"risk": own.risk, "means": own.description or ""}
        books = dict(self._sector_playbooks(sector, tools, set(taxonomy)))
        for version in await behaviour.published_playbooks(conn):
            name = f"{tenant.tenant_id}/{version.intent}@{version.version}"
            books[version.intent] = parse(version.source, name, tools, set(taxonomy))
        overlay = None
        if self._understander is not None:
            taught = [*sector_examples(sector), *await behaviour.examples(conn)]
            overlay = teach(
                self._understander, taught, tuple(tenant.packs) or sector.packs, taxonomy
            )
        return TenantKit(
            sector=sector,
            packs=tuple(tenant.packs) or sector.packs,
            taxonomy=taxonomy,
            playbooks=books,
            tools=tools,
            words=await tenant_words(conn, tenant.config_version),
            guard=await self._guard(conn, tenant),
            overlay=overlay,
            disabled=frozenset(s.intent for s in settings if s.disabled),
            version=str(tenant.config_version),
            model=await self._model(conn, tenant.tenant_id),
        )

    async def _model(self, conn: AsyncConnection[Any], tenant_id: str) -> ChatModel | None:
        if self._endpoints is None:
            return None
        return await self._endpoints.of(tenant_id, await model_endpoints.get(conn))

    def _sector_tools(self, sector: Sector) -> dict[str, Tool[Any, Any]]:
        if sector.name not in self._tools:
            self._tools[sector.name] = {t.name: t for t in (*standard_tools(), *sector.tools)}
        return self._tools[sector.name]

    def _sector_playbooks(
        self, sector: Sector, tools: dict[str, Tool[Any, Any]], intents: set[str]
    ) -> dict[str, LoadedPlaybook]:
        if sector.name not in self._playbooks:
            self._playbooks[sector.name] = load_folder(sector.playbooks, tools, intents)
        return self._playbooks[sector.name]

    async def _guard(self, conn: AsyncConnection[Any], tenant: tenants.Tenant) -> ReplyGuard:
        policy = await policies.published(conn) or sector_policy(tenant.sector)
        key = hashlib.sha256(repr(policy).encode()).hexdigest()
        if key not in self._guards:
            self._guards[key] = ReplyGuard(policy)
        return self._guards[key]


def sector_taxonomy(sector: Sector) -> dict[str, dict[str, Any]]:
    """The intents of a sector's packs: name → risk, means, like."""
    intents: dict[str, dict[str, Any]] = {}
    for path in sector.taxonomies:
        raw = parsed(path.read_text(encoding="utf-8"))
        for pack in sector.packs:
            intents.update(raw.get(pack, {}))
    return intents


def sector_examples(sector: Sector) -> list[behaviour.IntentExample]:
    """Messages that teach a sector's own intents: `<folder>/<language>/<intent>.txt`."""
    return [
        behaviour.IntentExample(path.stem, line, path.parent.name, "own")
        for folder in sector.training
        for path in sorted(folder.glob("*/*.txt"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.strip()
    ]


async def tenant_words(conn: AsyncConnection[Any], version: int) -> TenantWords:
    """The names of the tenant's products, treatments and people, for finding them in messages."""
    names = await catalog.names(conn)
    return TenantWords(
        products=_pairs(names, "product"),
        treatments=_pairs(names, "service"),
        practitioners=_pairs(names, "practitioner"),
        version=str(version),
        called={(n.id, n.language): n.name for n in names if n.language},
    )


def _pairs(names: Sequence[catalog.Name], kind: str) -> tuple[tuple[str, str], ...]:
    """Each name once, with what it is a name of."""
    return tuple(dict.fromkeys((n.name, n.id) for n in names if n.kind == kind))
