"""Workers in processes of their own, to be killed: `python -m tests.server.worker_process
WORKER_DSN GRAPH_URL`.

This process stays warm: for every line on its standard input it forks a worker, which says
`ready PID` when it runs and drains on SIGTERM; when one ends, `ended STATUS` is said.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys

import httpx

from invekto.agent.assembly import Engine
from invekto.agent.deps import TurnDeps
from invekto.agent.kit import KitShelf
from invekto.agent.sector import load_sectors
from invekto.contracts.clock import system_clock
from invekto.db.pool import Database
from invekto.db.sealing import Sealer
from invekto.server.deps import ServerDeps
from invekto.server.logs import configure_logs
from invekto.server.process import work
from invekto.settings import Settings
from tests.conftest import HOME
from tests.doubles.understanding import ScriptedUnderstander


async def main(worker_dsn: str, graph_url: str) -> None:
    settings = Settings(
        data_dir=HOME, quiet_seconds=0.0, whatsapp_api_url=graph_url, uncertain_seconds=0.5,
        log_level="WARNING",
    )  # fmt: skip
    configure_logs(settings)
    sectors = load_sectors()
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with Database(worker_dsn) as database, httpx.AsyncClient() as http:
        turn_deps = TurnDeps(database, ScriptedUnderstander(), sectors, system_clock)
        engine = Engine(turn_deps, KitShelf(sectors))
        deps = ServerDeps(settings, engine, http, Sealer.from_settings(settings))
        print(f"ready {os.getpid()}", flush=True)
        await work(deps, worker_dsn, stop)


def keep_warm(worker_dsn: str, graph_url: str) -> None:
    """Fork a worker for every line, one at a time."""
    while sys.stdin.readline():
        pid = os.fork()
        if pid == 0:
            asyncio.run(main(worker_dsn, graph_url))
            sys.stdout.flush()
            os._exit(0)
        _, status = os.waitpid(pid, 0)
        print(f"ended {os.waitstatus_to_exitcode(status)}", flush=True)


if __name__ == "__main__":
    keep_warm(sys.argv[1], sys.argv[2])
