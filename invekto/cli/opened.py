"""An engine on the configured database, for one command."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from invekto.agent.assembly import Engine, build_engine
from invekto.contracts.clock import Clock, fixed_clock, system_clock
from invekto.db.opening import open_database
from invekto.db.pool import Database
from invekto.settings import settings


def clock_at(now: datetime | None) -> Clock:
    """The machine's clock, or one that stands still; a moment without a zone is UTC."""
    if now is None:
        return system_clock
    return fixed_clock(now if now.tzinfo else now.replace(tzinfo=UTC))


@asynccontextmanager
async def opened(now: datetime | None = None) -> AsyncIterator[Engine]:
    """Database, intent model and tools, closed again at the end.

    Raises:
        SchemaOutdated: run `invekto migrate`.
        TryAgain: the database does not answer.
    """
    async with (
        await open_database(settings()) as at,
        Database(at.app_dsn) as database,
    ):
        yield build_engine(settings(), database, clock=clock_at(now))
