"""Turns that leave no trace: for replay, for running a past turn again, for trying a candidate.

A playbook may hold a slot while it runs. Here its transaction is always rolled back.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Literal

from psycopg import AsyncConnection

from invekto.agent.assembly import Engine
from invekto.agent.deps import Reader, TenantKit
from invekto.db.pool import Database
from invekto.errors import BadRequest
from invekto.records import behaviour, policies
from invekto.tools.contract import TenantView

Conn = AsyncConnection[Any]
Version = Literal["present", "candidate"]
"""present: what is in force. candidate: with the tenant's newest drafts published."""


VERSIONS: dict[str, Version] = {"present": "present", "candidate": "candidate"}


def version_named(name: str) -> Version:
    """Raises BadRequest where there is no such version."""
    if name not in VERSIONS:
        raise BadRequest(f"no version {name!r}: use {' or '.join(VERSIONS)}")
    return VERSIONS[name]


class _Undo(Exception):  # noqa: N818 - no error: the way out of a transaction
    """Takes a transaction back."""


@asynccontextmanager
async def undone(database: Database, tenant_id: str) -> AsyncIterator[Conn]:
    """A tenant's transaction that is rolled back at its end."""
    try:
        async with database.tenant(tenant_id) as conn:
            yield conn
            raise _Undo
    except _Undo:
        pass


class ShadowReader(Reader):
    """A reader whose transaction is rolled back whenever it ends.

    Args:
        stage: puts what a turn needs to find (its contact, its conversation) into each
            transaction as it opens.
    """

    def __init__(
        self,
        database: Database,
        tenant_id: str,
        stage: Callable[[Conn], Awaitable[None]] | None = None,
    ) -> None:
        super().__init__(database, tenant_id)
        self._shadow = AsyncExitStack()
        self._open: Conn | None = None
        self._stage = stage

    async def conn(self) -> Conn:
        """The open transaction."""
        if self._open is None:
            opened = await self._shadow.enter_async_context(undone(self._database, self._tenant_id))
            if self._stage is not None:
                await self._stage(opened)
            self._open = opened
        return self._open

    async def pause(self) -> None:
        """Take it back; what was read stays known."""
        self._open = None
        await self._shadow.aclose()


async def shadow_kit(
    engine: Engine, tenant_id: str, version: Version
) -> tuple[TenantView, TenantKit]:
    """The tenant and its kit as it is, or as its newest drafts would make it.

    Raises:
        NotFound: no such tenant.
        BadData: a draft does not fit the code; the message says where.
    """
    async with undone(engine.deps.database, tenant_id) as conn:
        if version == "present":
            return await engine.shelf.kit(conn, tenant_id)
        await _publish_drafts(conn, engine)
        return await engine.shelf.anew().kit(conn, tenant_id)


async def _publish_drafts(conn: Conn, engine: Engine) -> None:
    now = engine.deps.clock()
    for draft in await behaviour.newest_drafts(conn):
        await behaviour.publish_playbook(conn, draft.intent, draft.version, now)
    newest = next(iter(await policies.history(conn)), None)
    if newest is not None and newest.status == "draft":
        await policies.publish(conn, newest.version)
