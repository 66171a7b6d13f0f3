"""The pictures of docs/screens, taken of a running demo, with customers who have just written:

    make demo                                             # in another window
    .venv/bin/python -m tests.console.screens docs/screens

Debian's `chromium`, `fonts-noto-core` and `fonts-noto-color-emoji` have to be there.
"""

from __future__ import annotations

import asyncio
import io
import sys
from pathlib import Path

from PIL import Image
from playwright.async_api import Browser, Page

from tests.browsers import chromium

DEMO = "http://127.0.0.1:8010"
SHOP, CLINIC = "nehir-moda", "inci-dis"
CUSTOMERS = (
    ("ليلى حسن", "+905337778899", "مرحبا، كم يوم يستغرق الشحن وهل يمكنني الإرجاع؟"),
    ("Merve Arslan", "+905324445566", "defne keten elbisenin M bedeni var mı"),
    ("Onur Çelik", "+905325556677", "şikayetim var kimse cevap vermiyor rezalet"),
    ("Ayşe Yılmaz", "+905321112233", "NM-10371'i iade etmek istiyorum, beden olmadı 🙏"),
)
PICTURES = {
    "inbox": (SHOP, "emre", "/console/inbox?view=waiting"),
    "trust": (SHOP, "burcu", "/console/trust"),
    "knowledge": (CLINIC, "tolga", "/console/knowledge"),
    "dashboard": (SHOP, "burcu", "/console/dashboard"),
}


async def take(folder: Path, url: str) -> None:
    """Every picture, as one of the demo's people sees it."""
    async with chromium() as browser:
        page = await signed_in(browser, url, SHOP, "emre")
        await page.goto(f"{url}/console/trust")
        await write(page)
        for name, (tenant, person, path) in PICTURES.items():
            page = await signed_in(browser, url, tenant, person)
            await page.goto(f"{url}{path}")
            if name == "knowledge":
                await page.locator("#documents a", has_text="tedavi").click()
            await page.wait_for_load_state("networkidle" if name == "knowledge" else "load")
            picture = Image.open(io.BytesIO(await page.screenshot()))
            picture.quantize(256).save(folder / f"{name}.png", optimize=True)
            await page.context.close()


async def signed_in(browser: Browser, url: str, tenant: str, person: str) -> Page:
    """A page of this person's own."""
    opened = await browser.new_context(viewport={"width": 1440, "height": 900}, locale="tr-TR")
    page = await opened.new_page()
    await page.goto(f"{url}/console/sign-in")
    form = page.locator(f'form:has(input[value="{tenant}"]):has(button[value="{person}"])')
    await form.locator(f'button[value="{person}"]').click()
    return page


async def write(page: Page) -> None:
    """What the customers have just written, through the demo's drawer."""
    await page.locator("#sim-open").click()
    for name, phone, text in CUSTOMERS:
        await page.locator("#sim-name").fill(name)
        await page.locator("#sim-phone").fill(phone)
        await page.locator("#sim-text").fill(text)
        async with page.expect_response(lambda told: "simulated?" in told.url):
            await page.locator("#sim-text").press("Enter")
    await page.context.close()


if __name__ == "__main__":
    asyncio.run(take(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else DEMO))
