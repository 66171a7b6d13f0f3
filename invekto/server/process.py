"""Processes: the API, the worker, or both in one."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import httpx
import structlog
import uvicorn
from prometheus_client import start_http_server

from invekto.agent.assembly import Engine, build_engine
from invekto.db import worker
from invekto.db.opening import OpenDatabase, open_database
from invekto.db.pool import Database
from invekto.db.sealing import Sealer
from invekto.server import metrics
from invekto.server.app import create_app
from invekto.server.deps import ServerDeps
from invekto.server.jobs.rounds import keep_rounds
from invekto.server.jobs.tasks import all_tasks
from invekto.server.logs import configure_logs
from invekto.server.traced_http import TracedTransport
from invekto.settings import Settings, settings
from invekto.tracing import OFF

log = structlog.get_logger(__name__)

GRACE_SECONDS = 10
API_POOL = 20
WORKER_POOL = 24
KEEP_ALIVE = httpx.Limits(max_connections=200, max_keepalive_connections=50)


def run_server(host: str | None = None, port: int | None = None, worker: bool = False) -> None:
    """Serve until SIGTERM or Ctrl-C; with `worker` run jobs in this process too."""
    chosen = settings().model_copy(
        update={k: v for k, v in {"host": host, "port": port}.items() if v is not None}
    )
    configure_logs(chosen)
    asyncio.run(_serve(chosen, worker))


def run_worker() -> None:
    """Run jobs until SIGTERM or Ctrl-C; jobs that run are given time to end."""
    configure_logs(settings())
    asyncio.run(_work(settings()))


async def _serve(chosen: Settings, with_worker: bool) -> None:
    async with await open_database(chosen) as at, at.pool("app", size=API_POOL) as database:
        engine = build_engine(chosen, database, tracer=at.tracer)
        if with_worker:
            await serve_with_worker(chosen, engine, at)
        else:
            async with opened_deps(chosen, engine) as deps:
                await serve(deps, stopped_by_signal())


async def _work(chosen: Settings) -> None:
    async with await open_database(chosen) as at, at.pool("worker", size=WORKER_POOL) as database:
        engine = build_engine(chosen, database, tracer=at.tracer)
        if chosen.metrics_port:
            start_http_server(chosen.metrics_port, chosen.host, metrics.REGISTRY)
        async with opened_deps(chosen, engine) as deps:
            await work(deps, at.jobs_dsn, stopped_by_signal())


async def serve_with_worker(chosen: Settings, engine: Engine, at: OpenDatabase) -> None:
    """API and worker in one process, each with its own role on the database. Both end on a signal,
    or when one of them does."""
    stop = stopped_by_signal()
    async with opened_deps(chosen, engine) as deps, at.pool("worker", size=WORKER_POOL) as pool:
        jobs = asyncio.create_task(work(for_worker(deps, pool), at.jobs_dsn, stop))
        jobs.add_done_callback(lambda _: stop.set())
        try:
            await serve(deps, stop)
        finally:
            stop.set()
            await jobs


@asynccontextmanager
async def opened_deps(chosen: Settings, engine: Engine) -> AsyncIterator[ServerDeps]:
    """The dependencies of requests and jobs, closed again at the end."""
    tracer = engine.deps.tracer
    line: httpx.AsyncBaseTransport = httpx.AsyncHTTPTransport(limits=KEEP_ALIVE)
    if tracer is not OFF:
        line = TracedTransport(tracer, line)
    async with httpx.AsyncClient(transport=line) as http:
        yield ServerDeps(chosen, engine, http, Sealer.from_settings(chosen))


def for_worker(deps: ServerDeps, pool: Database) -> ServerDeps:
    """The same dependencies on the worker's connections."""
    return replace(deps, engine=replace(deps.engine, deps=replace(deps.engine.deps, database=pool)))


def stopped_by_signal() -> asyncio.Event:
    """Set on SIGTERM or Ctrl-C. (uvicorn raises the signal it caught once more when it has ended:
    it must not kill what still drains.)"""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


async def serve(deps: ServerDeps, stop: asyncio.Event) -> None:
    """Serve HTTP until `stop`; running requests are given time to end, streams are ended."""
    config = uvicorn.Config(
        create_app(deps),
        host=deps.settings.host,
        port=deps.settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="off",
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    server = uvicorn.Server(config)

    async def end() -> None:
        await stop.wait()
        server.should_exit = True
        await deps.feed.close()

    ending = asyncio.create_task(end())
    log.info("serving", host=deps.settings.host, port=deps.settings.port)
    try:
        await server.serve()
    finally:
        stop.set()
        await ending


async def work(deps: ServerDeps, jobs_dsn: str, stop: asyncio.Event) -> None:
    """Run jobs and the rounds that make some, until `stop`."""
    rounds = asyncio.create_task(keep_rounds(deps))
    log.info("worker_started")
    try:
        await worker.run_worker(jobs_dsn, all_tasks(deps), stop)
    finally:
        rounds.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await rounds
        log.info("worker_stopped")
