"""What requests and jobs are given: built once per process."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

import httpx
from fastapi import Depends, Request

from invekto.agent.assembly import Engine
from invekto.contracts.clock import Clock
from invekto.db.pool import Database
from invekto.db.sealing import Sealer
from invekto.server.feed import Feed
from invekto.server.jwks import KeySet
from invekto.server.pictures import Pictures
from invekto.settings import Settings


@dataclass(frozen=True, slots=True)
class ServerDeps:
    """Shared by all requests of a process; nothing here changes while it runs."""

    settings: Settings
    engine: Engine
    http: httpx.AsyncClient
    sealer: Sealer
    keys: KeySet = field(default_factory=KeySet)
    feed: Feed = field(default_factory=Feed)
    pictures: Pictures = field(default_factory=Pictures)

    @property
    def database(self) -> Database:
        return self.engine.deps.database

    @property
    def clock(self) -> Clock:
        return self.engine.deps.clock


def server_deps(request: Request) -> ServerDeps:
    """The process's dependencies, for a route."""
    deps: ServerDeps = request.app.state.deps
    return deps


Deps = Annotated[ServerDeps, Depends(server_deps)]
