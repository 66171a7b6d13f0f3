"""`make demo`: from nothing to three answered businesses, then the API and the pages."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path

from rich.console import Console

from invekto.agent.assembly import Engine, build_engine
from invekto.contracts.clock import clock_at
from invekto.db.opening import OpenDatabase, open_database
from invekto.demo.history.load import load_history
from invekto.demo.history.scenes import read_stories
from invekto.demo.transcript import read_script, tell
from invekto.intake.tenants import take_in
from invekto.server.logs import configure_logs
from invekto.settings import settings
from invekto.tools.gateways import TenantGateways

BUSINESSES = Path(__file__).parent


def run_demo(*, once: bool = False, now: datetime | None = None) -> None:
    """Set up, tell, and serve until Ctrl-C unless `once`."""
    console = Console(highlight=False)
    configure_logs(settings().model_copy(update={"log_level": "WARNING"}))
    try:
        asyncio.run(_demo(console, once, now))
    except KeyboardInterrupt:
        console.print("durduruldu", style="dim")


async def _demo(console: Console, once: bool, now: datetime | None) -> None:
    clock = clock_at(now)
    with console.status("veritabanı başlatılıyor"):
        at = await open_database(settings())
    async with at, at.pool("app") as database:
        console.print("✓ veritabanı hazır", style="dim")
        with console.status("niyet modeli yükleniyor (ilk kurulumda eğitilir)"):
            gateways = TenantGateways.from_settings(settings().model_copy(update={"demo": True}))
            engine = build_engine(settings(), database, clock=clock, gateways=gateways)
        console.print("✓ niyet modeli hazır", style="dim")
        for folder in demo_folders():
            with console.status(f"{folder.name} yükleniyor"):
                report = await take_in(database, folder, clock())
            console.print(f"✓ {folder.name}: {report.line()}", style="dim")
        await _past(engine, console)
        await tell(engine, console, read_script())
        if not once:
            await _serve(console, engine, at)


async def _past(engine: Engine, console: Console) -> None:
    """Eight weeks of demo history, put in once."""
    with console.status("sekiz haftalık demo geçmişi yazılıyor"):
        counts = [
            await load_history(engine, tenant_id, story)
            for tenant_id, story in read_stories().items()
        ]
    if any(counts):
        console.print(f"✓ demo geçmişi: 8 hafta, {sum(counts)} görüşme", style="dim")


def demo_folders() -> list[Path]:
    """The demo businesses: every folder here with a tenant.yaml."""
    return sorted(p.parent for p in BUSINESSES.glob("*/tenant.yaml"))


async def _serve(console: Console, engine: Engine, at: OpenDatabase) -> None:
    from invekto.server.process import serve_with_worker

    chosen = settings().model_copy(update={"demo": True})
    console.print(f"\n[bold]http://{chosen.host}:{chosen.port}[/bold]  (Ctrl-C ile durur)")
    await serve_with_worker(chosen, engine, at)
