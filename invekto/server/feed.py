"""Live events of a tenant, shared by all its open streams in this process.

One look-up a tenant and half a second tells whether there is anything new; then each stream reads
on from its own place. No connection is held, nothing is lost when a process ends: a stream that
comes back says where it was.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import structlog

from invekto.db.pool import Database
from invekto.errors import InvektoError
from invekto.records import events
from invekto.records.events import Place
from invekto.server import metrics

log = structlog.get_logger(__name__)

POLL_SECONDS = 0.5


@dataclass(slots=True)
class _Watch:
    """One tenant that somebody listens to."""

    place: Place
    news: asyncio.Condition
    listeners: int = 0
    task: asyncio.Task[None] | None = None


@dataclass(slots=True)
class Feed:
    """The tenants that are listened to."""

    watches: dict[str, _Watch] = field(default_factory=dict)
    closed: bool = False

    async def close(self) -> None:
        """End every stream: the process is about to."""
        self.closed = True
        for watch in list(self.watches.values()):
            async with watch.news:
                watch.news.notify_all()

    @asynccontextmanager
    async def listening(self, database: Database, tenant_id: str) -> AsyncIterator[Listener]:
        """A listener, from the present end of the stream."""
        async with database.tenant(tenant_id) as conn:
            place = await events.last_place(conn)
        watch = self.watches.setdefault(tenant_id, _Watch(place, asyncio.Condition()))
        watch.listeners += 1
        if watch.task is None:
            watch.task = asyncio.create_task(_poll(database, tenant_id, watch))
        metrics.LISTENERS.inc()
        try:
            yield Listener(self, watch, place)
        finally:
            metrics.LISTENERS.dec()
            watch.listeners -= 1
            if watch.listeners == 0:
                watch.task.cancel()
                self.watches.pop(tenant_id, None)


@dataclass(slots=True)
class Listener:
    """Waits for news beyond where it has read to."""

    feed: Feed
    watch: _Watch
    start: Place

    async def news(self, place: Place, seconds: float) -> bool:
        """Wait until there is something after `place`, at most `seconds`; whether there is."""
        async with self.watch.news:
            try:
                await asyncio.wait_for(
                    self.watch.news.wait_for(lambda: self.watch.place > place or self.feed.closed),
                    seconds,
                )
            except TimeoutError:
                return False
        return not self.feed.closed


async def _poll(database: Database, tenant_id: str, watch: _Watch) -> None:
    while True:
        await asyncio.sleep(POLL_SECONDS)
        try:
            async with database.tenant(tenant_id) as conn:
                place = await events.last_place(conn)
        except InvektoError as error:
            log.warning("feed_paused", error=error.code)
            continue
        if place > watch.place:
            watch.place = place
            async with watch.news:
                watch.news.notify_all()
