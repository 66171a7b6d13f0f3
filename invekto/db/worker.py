"""Runs jobs: one procrastinate app, a worker for each group of lines, and the housekeeping."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from procrastinate import App, JobContext, PsycopgConnector
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job
from procrastinate.retry import BaseRetryStrategy, RetryDecision
from psycopg import AsyncConnection, AsyncCursor, OperationalError
from psycopg.rows import DictRow

from invekto.db.queue import Handler, Task
from invekto.errors import InvektoError, TryAgain

log = structlog.get_logger(__name__)

SLOTS: Mapping[tuple[str, ...], int] = {("now",): 8, ("out",): 16, ("later", "timed"): 2}
"""How many jobs of these lines one process runs at a time."""
POLL_SECONDS = 0.25
HEARTBEAT_SECONDS = 5.0
SILENCE = timedelta(seconds=30)
"""A worker without a heartbeat for so long is dead, its jobs are anybody's."""
HOUSEKEEPING_SECONDS = 10.0
KEEP_FAILED = timedelta(days=7)
LONGEST_DELAY_SECONDS = 300.0
GRACE_SECONDS = 20.0
CONNECT_SECONDS = 5.0
RECONNECT_SECONDS = 0.5
BOOKKEEPING = "-c search_path=jobs -c synchronous_commit=off"
"""Nobody waits until the taking and the ending of a job are on disk: what a power cut undoes of
them is done again, see docs/decisions/0027-queue-bookkeeping.md."""


class NotGivenUpError(Exception):
    """A job's `gave_up` failed: what the job was for has not come to an end."""


class _Patience(BaseRetryStrategy):
    """Repeat passing faults and surprises with growing pauses; never what cannot get better, but
    always what could not be given up."""

    def __init__(self, attempts: int) -> None:
        self._attempts = attempts

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        unsettled = isinstance(exception, NotGivenUpError)
        if not unsettled and (_is_final(exception) or job.attempts + 1 >= self._attempts):
            return None
        wait = timedelta(seconds=pause(job.attempts, exception))
        return RetryDecision(retry_at=datetime.now(UTC) + wait)


def pause(attempts: int, error: BaseException) -> float:
    """Seconds until the next attempt: what the error asks for, else 1, 2, 4 … with jitter."""
    asked = error.detail.get("retry_after") if isinstance(error, InvektoError) else None
    if isinstance(asked, int | float):
        return float(asked)
    return min(2.0 ** min(attempts, 16), LONGEST_DELAY_SECONDS) * random.uniform(0.75, 1.25)


def _is_final(error: BaseException) -> bool:
    return isinstance(error, InvektoError) and not isinstance(error, TryAgain)


class _Line(PsycopgConnector):
    """Tells when the database went away: what procrastinate cannot write down about a job it
    forgets, and the job would be held by a worker that no longer works on it."""

    def __init__(self, dsn: str) -> None:
        super().__init__(
            conninfo=dsn,
            min_size=1,
            max_size=4,
            timeout=CONNECT_SECONDS,
            reconnect_timeout=CONNECT_SECONDS,
            kwargs={"options": BOOKKEEPING},
        )
        self.broken = asyncio.Event()

    @asynccontextmanager
    async def _get_cursor(
        self, connection: AsyncConnection[Any] | None = None
    ) -> AsyncIterator[AsyncCursor[DictRow]]:
        try:
            async with super()._get_cursor(connection) as cursor:
                yield cursor
        except OperationalError:
            self.broken.set()
            raise


def job_app(worker_dsn: str, tasks: Iterable[Task]) -> App:
    """A procrastinate app of these tasks. `worker_dsn` is a direct connection: it LISTENs."""
    return _app(_Line(worker_dsn), tasks)


def _app(line: _Line, tasks: Iterable[Task]) -> App:
    app = App(connector=line)
    for task in tasks:
        perform = _performer(task)
        app.task(name=task.name, pass_context=True, retry=_Patience(task.attempts))(perform)
    return app


def _performer(task: Task) -> Handler:
    async def perform(context: JobContext, **ids: Any) -> None:
        with structlog.contextvars.bound_contextvars(job=task.name, job_id=context.job.id, **ids):
            await _perform(task, context.job.attempts, ids)

    return perform


async def _perform(task: Task, attempts: int, ids: dict[str, Any]) -> None:
    if attempts >= task.attempts:  # its workers died of it
        await _give_up(task, ids)
        return
    try:
        await task.run(**ids)
    except Exception as error:
        if _is_final(error) or attempts + 1 >= task.attempts:
            await _give_up(task, ids)
        raise


async def _give_up(task: Task, ids: dict[str, Any]) -> None:
    if task.gave_up is None:
        return
    try:
        await task.gave_up(**ids)
    except Exception as error:
        log.exception("not_given_up")
        raise NotGivenUpError(task.name) from error


async def run_worker(
    worker_dsn: str,
    tasks: Sequence[Task],
    stop: asyncio.Event,
    *,
    slots: Mapping[tuple[str, ...], int] = SLOTS,
) -> None:
    """Run jobs until `stop` is set, then let running ones end (for 20 s, then they are retried).
    When the database goes away, wait for it and begin anew; the jobs that ran are retried."""
    while not stop.is_set():
        try:
            await _run_connected(worker_dsn, tasks, stop, slots)
        except (ConnectorException, OperationalError) as error:
            log.warning("queue_lost", error=type(error.__cause__ or error).__name__)
        if not stop.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), RECONNECT_SECONDS)


async def _run_connected(
    worker_dsn: str,
    tasks: Sequence[Task],
    stop: asyncio.Event,
    slots: Mapping[tuple[str, ...], int],
) -> None:
    """Run jobs until `stop` is set or the database goes away. A worker that ends leaves its jobs
    to others, which the first round of housekeeping after it revives."""
    line = _Line(worker_dsn)
    async with _app(line, tasks).open_async() as app:
        workers = [
            asyncio.create_task(
                app.run_worker_async(
                    queues=list(lines),
                    concurrency=count,
                    fetch_job_polling_interval=POLL_SECONDS,
                    update_heartbeat_interval=HEARTBEAT_SECONDS,
                    stalled_worker_timeout=SILENCE.total_seconds(),
                    shutdown_graceful_timeout=GRACE_SECONDS,
                    delete_jobs="successful",
                    install_signal_handlers=False,
                )
            )
            for lines, count in slots.items()
        ]
        keeper = asyncio.create_task(_keep_house(worker_dsn))
        ends = [asyncio.create_task(event.wait()) for event in (stop, line.broken)]
        try:
            await asyncio.wait([*workers, keeper, *ends], return_when=asyncio.FIRST_COMPLETED)
        finally:
            for job in (*workers, keeper, *ends):
                job.cancel()
            results = await asyncio.gather(*workers, keeper, *ends, return_exceptions=True)
    for result in results:
        if isinstance(result, Exception):
            raise result


async def drain(worker_dsn: str, tasks: Sequence[Task]) -> None:
    """Run what is due, and what becomes due meanwhile, then return."""
    async with job_app(worker_dsn, tasks).open_async() as app:
        while await _due(app):
            await app.run_worker_async(
                wait=False,
                concurrency=sum(SLOTS.values()),
                listen_notify=False,
                delete_jobs="successful",
                install_signal_handlers=False,
            )


async def _due(app: App) -> bool:
    found = await app.connector.execute_query_one_async(
        "SELECT EXISTS (SELECT FROM procrastinate_jobs WHERE status = 'todo'"
        " AND (scheduled_at IS NULL OR scheduled_at <= now())) AS due"
    )
    return bool(found["due"])


async def _keep_house(worker_dsn: str) -> None:
    """Revive the jobs of dead workers, forget old failures, for as long as this process runs."""
    while True:
        with suppress(OperationalError):
            await keep_house_once(worker_dsn)
        await asyncio.sleep(HOUSEKEEPING_SECONDS)


async def keep_house_once(worker_dsn: str, silence: timedelta = SILENCE) -> int:
    """One round of housekeeping; returns how many jobs of dead workers were revived."""
    async with await AsyncConnection.connect(worker_dsn, autocommit=True) as conn:
        answer = await conn.execute("SELECT jobs.revive(%s)", [silence])
        row = await answer.fetchone()
        await conn.execute("SELECT jobs.prune(%s)", [KEEP_FAILED])
    return int(row[0]) if row else 0
