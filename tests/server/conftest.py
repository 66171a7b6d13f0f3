"""The real app over a real database, called in process; the understanding is scripted."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest
from fastapi import FastAPI

from invekto.agent.assembly import Engine, warm_up
from invekto.agent.deps import TurnDeps
from invekto.agent.kit import KitShelf
from invekto.agent.sector import load_sectors
from invekto.contracts.clock import system_clock
from invekto.db.pool import Database
from invekto.db.sealing import Sealer
from invekto.records import tenants
from invekto.records.routing import token_hash
from invekto.server.app import create_app
from invekto.server.deps import ServerDeps
from invekto.server.logs import configure_logs
from invekto.settings import Settings
from tests.conftest import HOME, TenantPair
from tests.doubles.understanding import ScriptedUnderstander
from tests.server.workers import Workers, warm

PASSWORDS = "a password that is typed"
SECRET = "a secret of the main product, long enough"


@dataclass
class House:
    """A tenant with people and a key, and clients that speak for them."""

    tenant_id: str
    deps: ServerDeps
    app: FastAPI
    api_key: str

    def client(self, **headers: str) -> httpx.AsyncClient:
        """A client; by default nobody."""
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        return httpx.AsyncClient(
            transport=transport, base_url="http://invekto.test", headers=headers
        )

    def program(self) -> httpx.AsyncClient:
        """A client with the API key of all scopes."""
        return self.client(authorization=f"Bearer {self.api_key}")

    def role(self, role: str, subject: str = "ayse") -> httpx.AsyncClient:
        """A client with a token of the main product."""
        return self.client(authorization=f"Bearer {token(self.tenant_id, role, subject)}")


def token(tenant_id: str, role: str, subject: str = "ayse", /, **claims: object) -> str:
    import time

    import jwt

    now = int(time.time())
    body = {"sub": subject, "tenant_id": tenant_id, "role": role, "aud": "invekto", "exp": now + 60}
    return jwt.encode({**body, **claims}, SECRET, algorithm="HS256")


@pytest.fixture(scope="module")
async def server(db: Database) -> AsyncIterator[ServerDeps]:
    settings = Settings(
        data_dir=HOME, jwt_secret=SECRET, quiet_seconds=0.0, log_level="ERROR",
        api_burst=100_000, api_per_minute=1e6,
    )  # fmt: skip
    configure_logs(settings)
    sectors = load_sectors()
    turn_deps = TurnDeps(db, ScriptedUnderstander(), sectors, system_clock)
    engine = Engine(turn_deps, KitShelf(sectors))
    warm_up(engine)
    async with httpx.AsyncClient() as http:
        yield ServerDeps(settings, engine, http, Sealer.from_settings(settings))


@pytest.fixture(scope="module")
def app(server: ServerDeps) -> FastAPI:
    return create_app(server)


@pytest.fixture
async def house(server: ServerDeps, app: FastAPI, tenant_pair: TenantPair) -> House:
    return await furnished(server, app, tenant_pair.ours)


@pytest.fixture
async def neighbour(server: ServerDeps, app: FastAPI, tenant_pair: TenantPair) -> House:
    return await furnished(server, app, tenant_pair.neighbour)


@pytest.fixture(scope="session")
async def warm_workers() -> AsyncIterator[Workers]:
    async with warm() as workers:
        yield workers


async def furnished(server: ServerDeps, app: FastAPI, tenant_id: str) -> House:
    key = f"ik_{tenant_id}_0123456789abcdef"
    async with server.database.tenant(tenant_id) as conn:
        await tenants.add_api_key(
            conn,
            key_hash=token_hash(key),
            prefix=key[:6],
            name="inbox",
            scopes=["messages", "read", "knowledge", "admin"],
        )
    return House(tenant_id, server, app, key)
