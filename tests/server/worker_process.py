"""Workers in processes of their own, to be killed: `python -m tests.server.worker_process`.

This process stays warm: for every order (a line of JSON, see `workers.Order`) it forks a worker,
which says `ready PID` when it runs and drains on SIGTERM; when one ends, `ended STATUS` is said.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from dataclasses import replace
from typing import Any

import httpx
import psycopg
from pydantic import SecretStr

from invekto.agent.assembly import Engine, warm_up
from invekto.agent.deps import TurnDeps
from invekto.agent.kit import KitShelf
from invekto.agent.sector import load_sectors
from invekto.contracts.clock import system_clock
from invekto.contracts.understanding import Understanding
from invekto.db.pool import Database
from invekto.db.sealing import Sealer
from invekto.llm.chat import ChatModel
from invekto.server.deps import ServerDeps
from invekto.server.logs import configure_logs
from invekto.server.process import serve, work
from invekto.settings import ModelSettings, Settings
from tests.conftest import HOME
from tests.doubles.understanding import ScriptedUnderstander


class Deadly(ScriptedUnderstander):
    """Some messages take the whole process with them, as a fault in a C library would."""

    def understand(self, text: str, **more: Any) -> Understanding:
        if "ölümcül" in text:
            die()
        return super().understand(text, **more)


class Steps:
    """Kills this process at its n-th step: a statement, or a request on its way out or back."""

    def __init__(self, deadly: int) -> None:
        self._left = deadly

    def step(self) -> None:
        self._left -= 1
        if self._left == 0:
            die()

    def watch_statements(self) -> None:
        """Every statement of every connection, before and after it."""
        plain = psycopg.AsyncCursor.execute

        async def execute(cursor: Any, *args: Any, **more: Any) -> Any:
            self.step()
            done = await plain(cursor, *args, **more)
            self.step()
            return done

        psycopg.AsyncCursor.execute = execute  # type: ignore[method-assign,assignment]

    async def heard(self, _: object) -> None:
        """A hook of the HTTP client."""
        self.step()


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


async def main(order: dict[str, Any], shelf: KitShelf) -> None:
    settings = Settings(
        data_dir=HOME, quiet_seconds=0.0, whatsapp_api_url=order["graph_url"],
        uncertain_seconds=0.5, log_level="CRITICAL", allow_model_calls=bool(order["model_url"]),
    )  # fmt: skip
    configure_logs(settings)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    hooks: dict[str, list[Any]] = {}
    if order["die_at"]:
        steps = Steps(order["die_at"])
        steps.watch_statements()
        hooks = {"request": [steps.heard], "response": [steps.heard]}
    async with (
        Database(order["dsn"], size=order["connections"]) as database,
        httpx.AsyncClient(event_hooks=hooks) as http,
    ):
        turn_deps = TurnDeps(database, Deadly(), load_sectors(), system_clock, model=model(order))
        engine = Engine(turn_deps, shelf)
        deps = ServerDeps(settings, engine, http, Sealer.from_settings(settings))
        print(f"ready {os.getpid()}", flush=True)
        if order["port"]:
            await serve(replace_port(deps, order["port"]), stop)
        else:
            await work(deps, order["dsn"], stop)


def replace_port(deps: ServerDeps, port: int) -> ServerDeps:
    return replace(deps, settings=deps.settings.model_copy(update={"port": port}))


def model(order: dict[str, Any]) -> ChatModel | None:
    if not order["model_url"]:
        return None
    return ChatModel(
        ModelSettings(
            api_key=SecretStr("test"),
            base_url=order["model_url"],
            chat_model="scripted",
            timeout_seconds=0.3,
            retries=0,
        )
    )


def warm() -> KitShelf:
    """Load what every worker needs before the first is forked."""
    sectors = load_sectors()
    never = Database("host=127.0.0.1 port=1 user=worker dbname=never")
    engine = Engine(TurnDeps(never, Deadly(), sectors, system_clock), KitShelf(sectors))
    warm_up(engine)
    return engine.shelf


def keep_warm() -> None:
    """Fork a worker for every line, one at a time unless it is ordered `beside` the others."""
    shelf = warm()
    while line := sys.stdin.readline():
        order = json.loads(line)
        pid = os.fork()
        if pid == 0:
            asyncio.run(main(order, shelf))
            sys.stdout.flush()
            os._exit(0)
        if order["beside"]:
            continue
        _, status = os.waitpid(pid, 0)
        print(f"ended {os.waitstatus_to_exitcode(status)}", flush=True)


if __name__ == "__main__":
    keep_warm()
