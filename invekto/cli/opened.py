"""An engine on the configured database, for one command."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from invekto.agent.assembly import Engine, build_engine
from invekto.contracts.clock import clock_at
from invekto.db.opening import open_database
from invekto.server.logs import configure_logs
from invekto.settings import settings


@asynccontextmanager
async def opened(now: datetime | None = None) -> AsyncIterator[Engine]:
    """Database, intent model and tools, closed again at the end.

    Raises:
        SchemaOutdated: run `invekto migrate`.
        TryAgain: the database does not answer.
    """
    configure_logs(settings())
    async with (
        await open_database(settings()) as at,
        at.pool("app") as database,
    ):
        yield build_engine(settings(), database, clock=clock_at(now))
