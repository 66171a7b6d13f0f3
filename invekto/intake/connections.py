"""A tenant's connections as its people see them: what is connected, whether it works, how far
behind it is; and one round of reading all that a marketplace has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx
from psycopg import AsyncConnection

from invekto.connectors.hepsiburada import Hepsiburada
from invekto.connectors.iyzico import Iyzico
from invekto.connectors.trendyol import Trendyol
from invekto.db.pool import Database
from invekto.db.sealing import Sealer
from invekto.intake.accounts import NEEDS, market_client, opened, try_connection
from invekto.intake.callbacks import CALLED
from invekto.intake.sync import (
    Progress,
    sync_claims,
    sync_orders,
    sync_questions,
    sync_stock,
)
from invekto.records import integrations
from invekto.records.integrations import Account
from invekto.settings import Settings

Conn = AsyncConnection[Any]
STREAMS = {
    "trendyol": ("orders", "claims", "questions", "stock"),
    "hepsiburada": ("orders", "claims"),
    "iyzico": (),
}
"""What is read from each provider that can be connected, in this order."""
NAMED = {"trendyol": "seller id", "hepsiburada": "merchant id (GUID)", "iyzico": "merchant id"}
"""What each provider's `external_id` is."""


@dataclass(frozen=True, slots=True)
class Provider:
    """What connecting takes. `calls`: it may be given an address to call."""

    name: str
    external_id: str
    credentials: tuple[str, ...]
    streams: tuple[str, ...]
    calls: bool


@dataclass(frozen=True, slots=True)
class Stream:
    """How far one list of a connection is. `lag` None: it has never caught up."""

    stream: str
    caught_up: datetime | None
    lag: timedelta | None
    rows: int


@dataclass(frozen=True, slots=True)
class Connection:
    """A connection without its credentials."""

    account_id: str
    provider: str
    external_id: str
    checked_at: datetime | None
    problem: str | None
    streams: list[Stream]


def providers() -> list[Provider]:
    """Everything that can be connected."""
    return [
        Provider(name, NAMED[name], NEEDS[name], streams, name in CALLED)
        for name, streams in STREAMS.items()
    ]


async def connections(conn: Conn, now: datetime) -> list[Connection]:
    """The tenant's connections, oldest first."""
    cursors = await integrations.cursors(conn)
    found = []
    for account in await integrations.list_accounts(conn):
        known = {c.stream: c for c in cursors if c.account_id == account.account_id}
        streams = []
        for name in STREAMS.get(account.provider, ()):
            here = known.get(name)
            until = here.caught_up if here else None
            streams.append(Stream(name, until, now - until if until else None,
                                  here.rows if here else 0))  # fmt: skip
        found.append(
            Connection(
                account.account_id, account.provider, account.external_id, account.checked_at,
                account.problem, streams,
            )
        )  # fmt: skip
    return found


def host(settings: Settings, provider: str) -> str:
    """The provider's host by the settings; it never comes from a tenant."""
    return {
        "trendyol": settings.trendyol_url,
        "hepsiburada": settings.hepsiburada_url,
        "iyzico": settings.iyzico_url,
    }[provider]


@dataclass(frozen=True, slots=True)
class Desk:
    """What trying and reading take: built by who runs them."""

    database: Database
    sealer: Sealer
    http: httpx.AsyncClient
    settings: Settings

    async def account(self, tenant_id: str, account_id: str) -> Account:
        """The stored account. Raises NotFound."""
        async with self.database.tenant(tenant_id) as conn:
            return await integrations.get_account(conn, account_id)

    def client(self, tenant_id: str, account: Account) -> Trendyol | Hepsiburada | Iyzico:
        """The client of an account. Raises OperatorNeeded: its credentials do not open."""
        keys = opened(self.sealer, tenant_id, account)
        url = host(self.settings, account.provider)
        if account.provider == "iyzico":
            return Iyzico(
                self.http, api_key=keys["api_key"], secret_key=keys["secret_key"], base_url=url
            )
        return market_client(account, keys, self.http, url)

    async def test(self, tenant_id: str, account_id: str, now: datetime) -> str | None:
        """Try the credentials; what is wrong in words, or None. The connection remembers it.

        Raises:
            NotFound: no such connection.
        """
        account = await self.account(tenant_id, account_id)
        client = self.client(tenant_id, account)
        return await try_connection(self.database, tenant_id, account_id, client, now)

    async def read_all(self, tenant_id: str, account_id: str, now: datetime) -> dict[str, Progress]:
        """Read what is new in every stream of a connection.

        Raises:
            NotFound: it was disconnected. ProviderUnavailable, NotAllowed: what was read so far
            is kept, and the connection says why.
        """
        account = await self.account(tenant_id, account_id)
        client = self.client(tenant_id, account)
        where = (self.database, tenant_id, account_id)
        done: dict[str, Progress] = {}
        if isinstance(client, Iyzico):
            return done
        done["orders"] = await sync_orders(*where, client, now)
        done["claims"] = await sync_claims(*where, client, now)
        if isinstance(client, Trendyol):
            done["questions"] = await sync_questions(*where, client, now)
            done["stock"] = await sync_stock(*where, client, now)
        return done
