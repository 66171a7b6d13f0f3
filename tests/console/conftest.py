"""A shop with people, the app on a real port, and Chromium; the understanding is scripted."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

import httpx
import pytest
import uvicorn
import yaml
from playwright.async_api import Browser, Page

from invekto.agent.assembly import Engine, warm_up
from invekto.agent.deps import TurnDeps
from invekto.agent.handling import handle, store
from invekto.agent.kit import KitShelf
from invekto.agent.sector import load_sectors
from invekto.contracts.clock import system_clock
from invekto.contracts.ids import new_id
from invekto.contracts.messages import InboundMessage
from invekto.db.pool import Database
from invekto.db.sealing import Sealer
from invekto.records import tenants
from invekto.server.app import create_app
from invekto.server.console import add_console
from invekto.server.deps import ServerDeps
from invekto.settings import Settings
from tests.browsers import chromium
from tests.conftest import HOME
from tests.doubles.understanding import ScriptedUnderstander

TENANT = "nehir-moda"
OTHER = "inci-dis"


@dataclass
class Shop:
    """The running console over one module's database."""

    deps: ServerDeps
    url: str
    browser: Browser
    problems: list[str] = field(default_factory=list)
    """What pages complained of on their consoles."""

    async def says(
        self, text: str, *, name: str = "Ayşe Yılmaz", phone: str = "", tenant: str = TENANT
    ) -> str:
        """A customer writes and the turn runs; returns the conversation."""
        phone = phone or f"+9055{abs(hash((name, tenant))) % 10**8:08d}"
        inbound = InboundMessage(
            channel="whatsapp",
            channel_user_id=phone.lstrip("+"),
            provider_message_id=new_id("test"),
            text=text,
            sent_at=system_clock(),
            name=name,
            phone=phone,
            phone_verified=True,
        )
        received = await store(self.deps.engine, tenant, inbound)
        await handle(self.deps.engine, tenant, received.conversation_id)
        return received.conversation_id

    async def ask(self, query: str, *values: Any, tenant: str = TENANT) -> list[Any]:
        """Rows of a query of the test's own."""
        async with self.deps.database.tenant(tenant) as conn:
            return list(await (await conn.execute(query, list(values))).fetchall())

    @asynccontextmanager
    async def person(
        self, user: str = "emre", path: str = "/console/inbox", **context: Any
    ) -> AsyncIterator[Page]:
        """A page signed in as one of the demo's persons."""
        async with await self.browser.new_context(
            viewport={"width": 1440, "height": 900}, **context
        ) as opened:
            page = await opened.new_page()
            page.set_default_timeout(8_000)
            page.on("console", self._complain)
            page.on("pageerror", lambda error: self.problems.append(str(error)))
            await page.goto(f"{self.url}/console/sign-in")
            form = page.locator(f'form:has(input[value="{TENANT}"])')
            await form.locator(f'button[value="{user}"]').click()
            await page.goto(f"{self.url}{path}")
            yield page

    def _complain(self, message: Any) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.problems.append(message.text)


Until = Callable[[Callable[[], Awaitable[Any]]], Awaitable[Any]]


@pytest.fixture
def until() -> Until:
    """Wait until something is true; fails after five seconds."""

    async def wait(look: Callable[[], Awaitable[Any]]) -> Any:
        for _ in range(100):
            if found := await look():
                return found
            await asyncio.sleep(0.05)
        raise AssertionError("it did not become true in five seconds")

    return wait


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
async def deps(db: Database) -> AsyncIterator[ServerDeps]:
    chosen = Settings(data_dir=HOME, demo=True, quiet_seconds=0.0)
    sectors = load_sectors()
    turn_deps = TurnDeps(db, ScriptedUnderstander(), sectors, system_clock)
    engine = Engine(turn_deps, KitShelf(sectors))
    warm_up(engine)
    async with httpx.AsyncClient() as http:
        yield ServerDeps(chosen, engine, http, Sealer.from_settings(chosen))


@pytest.fixture(scope="module")
async def peopled(deps: ServerDeps) -> ServerDeps:
    """The demo's shop and clinic with their people, without their goods."""
    for tenant_id in (TENANT, OTHER):
        raw = files("invekto.demo").joinpath(tenant_id, "tenant.yaml").read_text("utf-8")
        about = yaml.safe_load(raw)
        async with deps.database.tenant(tenant_id) as conn:
            await tenants.create_tenant(
                conn, name=about["name"], sector=about["sector"], packs=about["packs"],
                profile=about["profile"],
            )  # fmt: skip
            for row in about["users"]:
                await tenants.add_user(
                    conn, email=row["email"], name=row["name"], role=row["role"],
                    user_id=row["email"].partition("@")[0],
                )  # fmt: skip
            await tenants.add_user(
                conn, email="bakan@x.example", name="Bakan Kişi", role="read_only", user_id="bakan"
            )
    return deps


@pytest.fixture(scope="module")
async def shop(peopled: ServerDeps, browser: Browser) -> AsyncIterator[Shop]:
    app = create_app(peopled)
    if getattr(app.state, "error_page", None) is None:
        add_console(app)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = uvicorn.Config(
        app, port=port, log_level="error", lifespan="off", timeout_graceful_shutdown=1
    )
    running = uvicorn.Server(config)
    task = asyncio.create_task(running.serve())
    while not running.started:  # noqa: ASYNC110 - the server has no event to wait for
        await asyncio.sleep(0.02)
    yield Shop(peopled, f"http://127.0.0.1:{port}", browser)
    running.should_exit = True
    await task
