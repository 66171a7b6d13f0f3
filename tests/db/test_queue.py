"""The job queue: transactional, ordered by lock, fair to tenants, surviving dead workers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from invekto.db.pool import Database
from invekto.db.queue import Task, defer
from invekto.db.worker import drain, job_app, keep_house_once, pause, run_worker
from invekto.errors import BadData, TryAgain
from tests.conftest import TestDatabase
from tests.rows import one_row


class Diary:
    """What ran, in order."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    async def write(self, tenant_id: str, n: int) -> None:
        self.lines.append(f"{tenant_id}:{n}")

    async def give_up(self, tenant_id: str, n: int) -> None:
        self.lines.append(f"gave up {tenant_id}:{n}")


@pytest.fixture
async def app(fresh_database: TestDatabase) -> AsyncIterator[Database]:
    async with Database(fresh_database.app_dsn) as pool:
        yield pool


@pytest.fixture
def diary() -> Diary:
    return Diary()


async def test_a_job_runs_with_its_ids_and_is_gone(
    app: Database, fresh_database: TestDatabase, diary: Diary
) -> None:
    async with app.tenant("one") as conn:
        await defer(conn, "write", n=1)
    await drain(fresh_database.worker_dsn, [Task("write", diary.write)])
    assert diary.lines == ["one:1"]
    assert _jobs(fresh_database) == []


async def test_a_rolled_back_transaction_leaves_no_job(
    app: Database, fresh_database: TestDatabase, diary: Diary
) -> None:
    with pytest.raises(ZeroDivisionError):
        async with app.tenant("one") as conn:
            await defer(conn, "write", n=1)
            raise ZeroDivisionError
    assert _jobs(fresh_database) == []


async def test_a_job_needs_a_tenant(app: Database) -> None:
    with pytest.raises(psycopg.errors.RaiseException, match="needs a tenant"):
        async with app.routing() as conn:
            await defer(conn, "write", n=1)


async def test_a_job_carries_ids_only(app: Database) -> None:
    async with app.tenant("one") as conn:
        with pytest.raises(ValueError, match="is no id"):
            await defer(conn, "write", text="x" * 201)


async def test_the_api_role_cannot_read_jobs(app: Database) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        async with app.tenant("one") as conn:
            await conn.execute("SELECT * FROM jobs.procrastinate_jobs")


async def test_jobs_of_one_lock_do_not_overlap_and_keep_order(
    app: Database, fresh_database: TestDatabase
) -> None:
    running: list[int] = []
    order: list[int] = []

    async def slow(tenant_id: str, n: int) -> None:
        running.append(n)
        assert len(running) == 1
        await asyncio.sleep(0.01)
        order.append(running.pop())

    for n in range(5):
        async with app.tenant("one") as conn:
            await defer(conn, "slow", lock="c1", n=n)
    await drain(fresh_database.worker_dsn, [Task("slow", slow)])
    assert order == [0, 1, 2, 3, 4]


async def test_locks_of_two_tenants_are_two_locks(
    app: Database, fresh_database: TestDatabase
) -> None:
    both = asyncio.Barrier(2)

    async def meet(tenant_id: str) -> None:
        async with asyncio.timeout(5):
            await both.wait()

    for tenant_id in ("one", "two"):
        async with app.tenant(tenant_id) as conn:
            await defer(conn, "meet", lock="c1", queueing_lock="c1")
    await drain(fresh_database.worker_dsn, [Task("meet", meet)])


async def test_giving_up_is_repeated_until_it_is_done(
    app: Database, fresh_database: TestDatabase, diary: Diary
) -> None:
    """What a job was for comes to an end, even where the database fails just then."""
    left = [TryAgain("not now", retry_after=0.0), RuntimeError("nor now")]

    async def breaks(tenant_id: str, n: int) -> None:
        raise BadData("never")

    async def gives_up(tenant_id: str, n: int) -> None:
        if left:
            raise left.pop(0)
        await diary.give_up(tenant_id, n)

    async with app.tenant("one") as conn:
        await defer(conn, "breaks", n=1)
    task = Task("breaks", breaks, gives_up, attempts=1)
    for _ in range(3):
        _run_sql(fresh_database, "UPDATE jobs.procrastinate_jobs SET scheduled_at = NULL")
        await drain(fresh_database.worker_dsn, [task])
    assert diary.lines == ["gave up one:1"]
    assert left == []


async def test_a_burst_under_one_queueing_lock_is_one_job_moved_back(
    app: Database, fresh_database: TestDatabase
) -> None:
    for _ in range(3):
        async with app.tenant("one") as conn:
            await defer(conn, "turn", queueing_lock="c1", schedule_in=60, longest_wait=600)
    first = _jobs(fresh_database)
    async with app.tenant("one") as conn:
        await defer(conn, "turn", queueing_lock="c1", schedule_in=120, longest_wait=600)
    (second,) = _jobs(fresh_database)
    assert len(first) == 1
    assert 55 < (second["scheduled_at"] - first[0]["scheduled_at"]).total_seconds() < 65


async def test_a_burst_cannot_put_off_its_job_for_ever(
    app: Database, fresh_database: TestDatabase
) -> None:
    for wait in (2, 100):
        async with app.tenant("one") as conn:
            await defer(conn, "turn", queueing_lock="c1", schedule_in=wait, longest_wait=10)
    (job,) = _jobs(fresh_database)
    assert job["due_in"] <= timedelta(seconds=10)


async def test_a_job_joined_by_an_open_transaction_waits_for_its_commit(
    app: Database, fresh_database: TestDatabase, diary: Diary
) -> None:
    """Otherwise it could run before the message that it was asked for can be seen."""
    tasks = [Task("write", diary.write)]
    async with app.tenant("one") as conn:
        await defer(conn, "write", queueing_lock="c1", n=1)
    async with app.tenant("one") as conn:
        await defer(conn, "write", queueing_lock="c1", n=1)
        task = asyncio.create_task(drain(fresh_database.worker_dsn, tasks))
        await asyncio.sleep(0.2)
        assert diary.lines == []
    await task
    assert diary.lines == ["one:1"]


async def test_one_tenants_flood_does_not_starve_the_others(
    app: Database, fresh_database: TestDatabase, diary: Diary
) -> None:
    async with app.tenant("flood") as conn:
        for n in range(200):
            await defer(conn, "write", n=n)
    for n in range(3):
        async with app.tenant("calm") as conn:
            await defer(conn, "write", n=n)
    await drain(fresh_database.worker_dsn, [Task("write", diary.write)])
    assert len(diary.lines) == 203
    assert max(diary.lines.index(f"calm:{n}") for n in range(3)) < 20
    flood = [line for line in diary.lines if line.startswith("flood")]
    assert flood == [f"flood:{n}" for n in range(200)]


async def test_a_late_comer_takes_turns_with_a_half_done_flood(
    app: Database, fresh_database: TestDatabase, diary: Diary
) -> None:
    async with app.tenant("flood") as conn:
        for n in range(50):
            await defer(conn, "write", n=n)
    _run_sql(fresh_database, "DELETE FROM jobs.procrastinate_jobs WHERE priority > -20")
    for n in range(10):
        async with app.tenant("calm") as conn:
            await defer(conn, "write", n=n)
    await drain(fresh_database.worker_dsn, [Task("write", diary.write)])
    beginning = diary.lines[:20]
    assert 8 <= sum(line.startswith("calm") for line in beginning) <= 12


async def test_a_passing_fault_is_repeated_then_given_up_once(
    app: Database, fresh_database: TestDatabase, diary: Diary
) -> None:
    async def fail(tenant_id: str, n: int) -> None:
        diary.lines.append("tried")
        raise TryAgain("away", retry_after=0)

    async with app.tenant("one") as conn:
        await defer(conn, "fail", lock="c1", queueing_lock="c1", n=7)
    await drain(fresh_database.worker_dsn, [Task("fail", fail, diary.give_up, attempts=3)])
    assert diary.lines == ["tried", "tried", "tried", "gave up one:7"]
    assert [job["status"] for job in _jobs(fresh_database)] == ["failed"]


async def test_what_cannot_get_better_is_not_repeated(
    app: Database, fresh_database: TestDatabase, diary: Diary
) -> None:
    async def fail(tenant_id: str, n: int) -> None:
        diary.lines.append("tried")
        raise BadData("broken row")

    async with app.tenant("one") as conn:
        await defer(conn, "fail", n=7)
    await drain(fresh_database.worker_dsn, [Task("fail", fail, diary.give_up)])
    assert diary.lines == ["tried", "gave up one:7"]


async def test_a_retry_is_possible_while_another_job_waits_under_its_queueing_lock(
    app: Database, fresh_database: TestDatabase, diary: Diary
) -> None:
    async def fail_once(tenant_id: str, n: int) -> None:
        diary.lines.append("tried")
        if len(diary.lines) == 1:
            async with app.tenant("one") as conn:
                await defer(conn, "fail_once", lock="c1", queueing_lock="c1", n=2)
            raise TryAgain("away", retry_after=0)

    async with app.tenant("one") as conn:
        await defer(conn, "fail_once", lock="c1", queueing_lock="c1", n=1)
    await drain(fresh_database.worker_dsn, [Task("fail_once", fail_once)])
    assert diary.lines == ["tried"] * 3
    assert _jobs(fresh_database) == []


async def test_a_dead_workers_job_is_revived_and_a_deadly_one_given_up(
    app: Database, fresh_database: TestDatabase, diary: Diary
) -> None:
    async with app.tenant("one") as conn:
        await defer(conn, "write", lock="c1", n=1)
    tasks = [Task("write", diary.write, diary.give_up, attempts=2)]
    for _ in range(2):
        _run_sql(
            fresh_database,
            "INSERT INTO jobs.procrastinate_workers (last_heartbeat)"
            " VALUES (now() - '1 hour'::interval)",
        )
        _run_sql(
            fresh_database,
            "UPDATE jobs.procrastinate_jobs SET status = 'doing',"
            " worker_id = (SELECT max(id) FROM jobs.procrastinate_workers)",
        )
        assert await keep_house_once(fresh_database.worker_dsn) == 1
    await drain(fresh_database.worker_dsn, tasks)
    assert diary.lines == ["gave up one:1"]


async def test_a_living_workers_job_is_left_alone(
    app: Database, fresh_database: TestDatabase
) -> None:
    async with app.tenant("one") as conn:
        await defer(conn, "write", n=1)
    _run_sql(fresh_database, "INSERT INTO jobs.procrastinate_workers DEFAULT VALUES")
    _run_sql(
        fresh_database,
        "UPDATE jobs.procrastinate_jobs SET status = 'doing',"
        " worker_id = (SELECT max(id) FROM jobs.procrastinate_workers)",
    )
    assert await keep_house_once(fresh_database.worker_dsn) == 0


async def test_old_failures_are_pruned(app: Database, fresh_database: TestDatabase) -> None:
    async with app.tenant("one") as conn:
        await defer(conn, "write", n=1)
    _run_sql(fresh_database, "UPDATE jobs.procrastinate_jobs SET status = 'failed'")
    await keep_house_once(fresh_database.worker_dsn)
    assert len(_jobs(fresh_database)) == 1
    _run_sql(fresh_database, "UPDATE jobs.procrastinate_events SET at = now() - '8 days'::interval")
    await keep_house_once(fresh_database.worker_dsn)
    assert _jobs(fresh_database) == []


async def test_only_the_queues_own_bookkeeping_is_not_waited_for(
    app: Database, fresh_database: TestDatabase
) -> None:
    """docs/decisions/0027: what a turn or a delivery writes is on disk when it is committed."""
    query = "SELECT source FROM pg_settings WHERE name = 'synchronous_commit'"
    async with job_app(fresh_database.worker_dsn, []).open_async() as jobs:
        own = await jobs.connector.execute_query_one_async(f"{query} AND setting = 'off'")
    assert own["source"] == "client"
    async with app.tenant("one") as conn:
        [source] = await one_row(conn, query)
    assert source != "client"  # the server's: see db/embedded.py, TUNING


async def test_a_worker_picks_up_at_once_and_stops_when_told(
    app: Database, fresh_database: TestDatabase, diary: Diary
) -> None:
    stop = asyncio.Event()
    worker = asyncio.create_task(
        run_worker(fresh_database.worker_dsn, [Task("write", diary.write)], stop)
    )
    for line in ("now", "later", "timed"):
        async with app.tenant("one") as conn:
            await defer(conn, "write", line=line, n=1)
    await _until(lambda: len(diary.lines) == 3)
    stop.set()
    async with asyncio.timeout(5):
        await worker


async def test_a_worker_that_stops_ends_what_runs_and_begins_nothing(
    app: Database, fresh_database: TestDatabase
) -> None:
    begun, ended, stop = [], [], asyncio.Event()

    async def slow(tenant_id: str, n: int) -> None:
        begun.append(n)
        stop.set()
        await asyncio.sleep(0.5)
        ended.append(n)

    for n in range(3):
        async with app.tenant("one") as conn:
            await defer(conn, "slow", lock="c1", n=n)
    async with asyncio.timeout(10):
        await run_worker(fresh_database.worker_dsn, [Task("slow", slow)], stop)
    assert begun == ended == [0]
    assert [job["status"] for job in _jobs(fresh_database)] == ["todo", "todo"]


def test_pauses_grow_and_the_error_may_ask_for_its_own() -> None:
    assert pause(0, ValueError()) < pause(3, ValueError()) < 13
    assert pause(30, ValueError()) <= 375
    assert pause(3, TryAgain("slow down", retry_after=17)) == 17


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


def _jobs(database: TestDatabase) -> list[dict[str, Any]]:
    query = "SELECT *, scheduled_at - now() AS due_in FROM jobs.procrastinate_jobs ORDER BY id"
    with psycopg.connect(database.owner_dsn, row_factory=psycopg.rows.dict_row) as conn:
        return conn.execute(query).fetchall()


def _run_sql(database: TestDatabase, text: str) -> None:
    with psycopg.connect(database.owner_dsn) as conn:
        conn.execute(text)
