"""The tools for other people's agents, served on their own: `invekto mcp`."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

import structlog
import uvicorn

from invekto.contracts.clock import system_clock
from invekto.db.opening import open_database
from invekto.server.logs import configure_logs
from invekto.settings import Settings, settings
from invekto.tools.gateways import TenantGateways
from invekto.tools.mcp import ToolServer
from invekto.tools.toolbox import standard_tools

log = structlog.get_logger(__name__)
PATH = "/mcp"


def run_mcp(host: str | None, port: int) -> None:
    """Serve MCP over streamable HTTP until SIGTERM or Ctrl-C; each API key sees its tenant."""
    chosen = settings()
    configure_logs(chosen)
    asyncio.run(_serve(chosen, host or chosen.host, port))


async def _serve(chosen: Settings, host: str, port: int) -> None:
    async with await open_database(chosen) as at, at.pool("app") as database:
        gateways = TenantGateways.from_settings(chosen)
        served = ToolServer(database, standard_tools(), system_clock, gateways)
        app = served.app(hosts=allowed_hosts(chosen, host, port), path=PATH)
        config = uvicorn.Config(
            app, host=host, port=port, log_config=None, access_log=False, ws="none"
        )
        log.info("serving_mcp", host=host, port=port, path=PATH)
        await uvicorn.Server(config).serve()


def allowed_hosts(chosen: Settings, host: str, port: int) -> list[str]:
    """The Host headers that are answered: this machine's, and the one in the public address."""
    public = urlsplit(chosen.public_url).netloc
    ours = {f"{name}:{port}" for name in (host, "127.0.0.1", "localhost")}
    return sorted(ours | ({public} if public else set()))
