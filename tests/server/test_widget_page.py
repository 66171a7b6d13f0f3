"""The web chat in a real browser, on a page of somebody else."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Browser, ConsoleMessage, Page
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from invekto.db.worker import drain
from invekto.server.jobs.tasks import all_tasks
from tests.browsers import chromium
from tests.conftest import TestDatabase
from tests.server.conftest import House
from tests.server.serving import listening
from tests.server.test_channels import widget

pytestmark = pytest.mark.browser
SHOP = """<!doctype html><html lang="tr"><title>Dükkân</title><link rel="icon" href="data:,">
<body style="margin:0;font:700 40px serif;color:red"><h1>Bir dükkân</h1>
<script src="{url}/widget.js" data-token="{token}" async></script></body></html>"""


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as opened:
        yield opened


@asynccontextmanager
async def shop_page(house: House, browser: Browser) -> AsyncIterator[Page]:
    """A shop's page on an origin of its own, with the widget's tag in it."""
    token = (await widget(house)).removeprefix("/widget/")
    async with listening(house.app) as url:

        async def page(_: Request) -> HTMLResponse:
            return HTMLResponse(SHOP.format(url=url, token=token))

        async with listening(Starlette(routes=[Route("/", page)])) as shop:
            context = await browser.new_context(viewport={"width": 390, "height": 760})
            opened = await context.new_page()
            await opened.goto(shop)
            yield opened
            await context.close()


async def test_a_visitor_asks_and_comes_back(
    house: House, database: TestDatabase, browser: Browser
) -> None:
    async with shop_page(house, browser) as page:
        problems: list[str] = []

        def note(said: ConsoleMessage) -> None:
            if said.type == "error":
                problems.append(said.text)

        page.on("console", note)
        await page.get_by_role("button", name="Sohbeti aç").click()
        field = page.get_by_role("textbox", name="Mesajınızı yazın")
        assert await field.evaluate("node => node.getRootNode().activeElement === node")
        evil = "bir insan <img src=x onerror=alert(1)>"
        await field.fill(evil)
        await field.press("Enter")
        log = page.get_by_role("log")
        await log.get_by_text(evil).wait_for()
        assert await log.locator("img").count() == 0
        await asyncio.sleep(0.3)
        await drain(database.worker_dsn, all_tasks(house.deps))
        await log.locator(".line.assistant").nth(1).wait_for(timeout=15_000)
        if folder := os.environ.get("SCREENS"):
            await page.screenshot(path=f"{folder}/widget.png")
        await page.keyboard.press("Escape")
        assert await page.get_by_role("dialog").count() == 0
        await page.reload()
        await page.get_by_role("button", name="Sohbeti aç").click()
        await log.get_by_text(evil).wait_for(timeout=10_000)
        assert await log.locator(".line.you").count() == 1
        assert problems == []


async def test_what_could_not_be_sent_can_be_sent_again(house: House, browser: Browser) -> None:
    async with shop_page(house, browser) as page:
        await page.get_by_role("button", name="Sohbeti aç").click()
        field = page.get_by_role("textbox", name="Mesajınızı yazın")
        await page.context.set_offline(True)
        await field.fill("merhaba")
        await field.press("Enter")
        failed = page.locator(".line.failed")
        await failed.wait_for()
        await page.context.set_offline(False)
        await failed.click()
        await page.locator(".line.you:not(.failed)").wait_for()
        async with asyncio.timeout(10):
            while True:
                async with house.deps.database.tenant(house.tenant_id) as conn:
                    rows = await conn.execute("SELECT text FROM messages")
                    if await rows.fetchall() == [("merhaba",)]:
                        break
                await asyncio.sleep(0.1)
