"""What changed at a marketplace comes in, page by page.

A page's rows and the place where the next one begins are written in one transaction: killed at
any moment, a sync goes on where it was, and what it reads twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from psycopg import AsyncConnection

from invekto.connectors.shapes import (
    MarketClaim,
    MarketOrder,
    MarketQuestion,
    MarketStock,
    Page,
)
from invekto.db.pool import Database
from invekto.errors import Conflict, InvektoError
from invekto.intake.market import save_packages
from invekto.records import integrations
from invekto.records.integrations import Claim, Question

Conn = AsyncConnection[Any]
REACH = timedelta(days=30)
"""How far back a first sync goes."""
OVERLAP = timedelta(minutes=5)
"""Read again each time: what the marketplace shows late."""


class Market(Protocol):
    """A marketplace's client: a name, and the longest window it answers."""

    provider: str
    window: timedelta


class SellsOrders(Market, Protocol):
    """Has orders that change."""

    async def orders(
        self, begin: datetime, end: datetime, cursor: str | None
    ) -> Page[MarketOrder]: ...


class TakesReturns(Market, Protocol):
    """Has claims."""

    async def claims(
        self, begin: datetime, end: datetime, cursor: str | None
    ) -> Page[MarketClaim]: ...


class IsAsked(Market, Protocol):
    """Has questions under products."""

    async def questions(
        self, begin: datetime, end: datetime, cursor: str | None
    ) -> Page[MarketQuestion]: ...


class KeepsStock(Market, Protocol):
    """Has stock."""

    async def stock(self, cursor: str | None) -> Page[MarketStock]: ...


@dataclass(frozen=True, slots=True)
class Progress:
    """What one run did. `caught_up` None: another run is under way."""

    pages: int
    rows: int
    caught_up: datetime | None


Fetch = Callable[[datetime, datetime, str | None], Awaitable[Page[Any]]]
Save = Callable[[Conn, list[Any]], Awaitable[None]]


async def sync_orders(
    database: Database, tenant_id: str, account_id: str, client: SellsOrders, now: datetime
) -> Progress:
    """Orders that changed since the last run, at first those of the last 30 days.

    Raises:
        ProviderUnavailable, NotAllowed: what is read so far is kept; the account says why.
    """

    async def save(conn: Conn, items: list[MarketOrder]) -> None:
        await save_packages(conn, client.provider, items)

    run = _Run(database, tenant_id, account_id, "orders", client.window, now)
    return await run.through(client.orders, save)


async def sync_claims(
    database: Database, tenant_id: str, account_id: str, client: TakesReturns, now: datetime
) -> Progress:
    """Returns opened or changed since the last run. Raises as `sync_orders`."""

    async def save(conn: Conn, items: list[MarketClaim]) -> None:
        for it in items:
            await integrations.save_claim(
                conn,
                Claim(
                    client.provider, it.external_id, it.status, it.opened_at, it.changed_at,
                    it.number, it.reason, it.items,
                ),
            )  # fmt: skip

    run = _Run(database, tenant_id, account_id, "claims", client.window, now)
    return await run.through(client.claims, save)


async def sync_questions(
    database: Database, tenant_id: str, account_id: str, client: IsAsked, now: datetime
) -> Progress:
    """Questions asked since the last run. Raises as `sync_orders`."""

    async def save(conn: Conn, items: list[MarketQuestion]) -> None:
        for it in items:
            await integrations.save_question(
                conn,
                Question(
                    client.provider, it.external_id, account_id, it.product, it.question,
                    it.status, it.asked_at, now, it.answer,
                ),
            )  # fmt: skip

    run = _Run(database, tenant_id, account_id, "questions", client.window, now)
    return await run.through(client.questions, save)


async def sync_stock(
    database: Database, tenant_id: str, account_id: str, client: KeepsStock, now: datetime
) -> Progress:
    """The stock of every variant that both know, read as a whole. Raises as `sync_orders`."""

    async def fetch(begin: datetime, end: datetime, cursor: str | None) -> Page[MarketStock]:  # noqa: ARG001
        return await client.stock(cursor)

    async def save(conn: Conn, items: list[MarketStock]) -> None:
        await integrations.set_stocks(conn, [(it.sku, it.barcode, it.quantity) for it in items])

    run = _Run(database, tenant_id, account_id, "stock", timedelta(days=36500), now)
    return await run.through(fetch, save)


@dataclass
class _Run:
    """One stream from where it is to `now`. A position is {"begin", "end", "next", "total"}: the
    window being read and the page in it; between windows only {"begin"}."""

    database: Database
    tenant_id: str
    account_id: str
    stream: str
    window: timedelta
    now: datetime
    pages: int = 0
    rows: int = 0

    async def through(self, fetch: Fetch, save: Save) -> Progress:
        try:
            while True:
                caught_up = await self._page(fetch, save)
                if caught_up is not None:
                    break
        except _Elsewhere:
            return Progress(self.pages, self.rows, None)
        except InvektoError as error:
            await self._note(error.message)
            raise
        await self._note(None)
        return Progress(self.pages, self.rows, caught_up)

    async def _page(self, fetch: Fetch, save: Save) -> datetime | None:
        """Read and store one page; the moment up to which all is here once it is `now`."""
        async with self.database.tenant(self.tenant_id) as conn:
            before = await integrations.cursor(conn, self.account_id, self.stream)
        place = before.position or {"begin": (self.now - REACH).isoformat()}
        begin = datetime.fromisoformat(place["begin"])
        end = datetime.fromisoformat(place.get("end") or self._end(begin).isoformat())
        page = await fetch(begin, end, place.get("next"))
        shrunk = page.total is not None and page.total < int(place.get("total") or 0)
        done = page.next is None and not shrunk
        position: dict[str, Any] = {"begin": begin.isoformat(), "end": end.isoformat()}
        if shrunk:  # entries moved on meanwhile, so pages have moved too: the window once more
            position |= {"next": None, "total": page.total}
        elif done:
            position = {"begin": (end - OVERLAP).isoformat()}
        else:
            position |= {"next": page.next, "total": page.total}
        async with self.database.tenant(self.tenant_id) as conn:
            await save(conn, page.items)
            moved = await integrations.move_cursor(
                conn, before, position, rows=len(page.items), caught_up=end if done else None
            )
            if not moved:
                raise _Elsewhere
        self.pages, self.rows = self.pages + 1, self.rows + len(page.items)
        return end if done and end >= self.now else None

    def _end(self, begin: datetime) -> datetime:
        return min(begin + self.window, max(self.now, begin))

    async def _note(self, problem: str | None) -> None:
        async with self.database.tenant(self.tenant_id) as conn:
            await integrations.note_check(conn, self.account_id, problem, self.now)


class _Elsewhere(Conflict):
    """Another run of the same stream has moved on; this one's page is taken back."""

    def __init__(self) -> None:
        super().__init__("this sync is running already: nothing to do")


async def lag(conn: Conn, now: datetime) -> dict[tuple[str, str], timedelta | None]:
    """How far each (account, stream) is behind; None: it has never caught up."""
    return {
        (c.account_id, c.stream): now.astimezone(UTC) - c.caught_up if c.caught_up else None
        for c in await integrations.cursors(conn)
    }
