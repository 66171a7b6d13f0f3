"""The audit log: appended only, sealed, verified, dropped by whole months."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pytest
from psycopg import AsyncConnection

from invekto.db.pool import Database
from invekto.errors import BadRequest, Conflict
from invekto.records import audit
from tests.conftest import TenantPair, TestDatabase

KEY = b"k" * 32
LATER = datetime.now(UTC) + timedelta(minutes=10)


async def write(conn: AsyncConnection[Any], count: int = 5) -> None:
    for number in range(count):
        await audit.record(
            conn, "conversation.viewed", actor_kind="user", actor_id="u1",
            resource_type="conversation", resource_id=f"c{number}",
        )  # fmt: skip


async def test_the_chain_is_whole_and_grows(db: Database, tenant_pair: TenantPair) -> None:
    async with db.tenant(tenant_pair.ours) as conn:
        await write(conn)
        assert await audit.seal(conn, KEY, datetime.now(UTC)) == 0, "too young to be sealed"
        assert await audit.seal(conn, KEY, LATER) == 5
        assert await audit.seal(conn, KEY, LATER) == 0
        await write(conn, 2)
        report = await audit.verify(conn, KEY)
        assert (report.sealed, report.unsealed, report.whole) == (5, 2, True)
        await audit.seal(conn, KEY, LATER)
        assert (await audit.verify(conn, KEY)).sealed == 7
        assert not (await audit.verify(conn, b"x" * 32)).whole


@pytest.mark.parametrize("role", ["app_dsn", "worker_dsn", "owner_dsn"])
@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE audit_events SET actor_id = 'nobody'",
        "DELETE FROM audit_events",
        "TRUNCATE audit_events",
        "UPDATE audit_seals SET hash = 'x'",
        "DELETE FROM audit_seals",
        "DELETE FROM audit_checkpoints",
    ],
)
async def test_nobody_changes_what_was_written(
    db: Database, database: TestDatabase, tenant_pair: TenantPair, role: str, harm: str
) -> None:
    async with db.tenant(tenant_pair.ours) as conn:
        await write(conn)
        await audit.seal(conn, KEY, LATER)
        await audit.checkpoint(conn, KEY, date.today())
    with psycopg.connect(getattr(database, role)) as conn:
        conn.execute("SELECT set_config('app.tenant_id', %s, true)", (tenant_pair.ours,))
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            conn.execute(harm)


@pytest.mark.parametrize(
    ("harm", "complaint"),
    [
        ("UPDATE {events} SET actor_id = 'x' WHERE resource_id = 'c2'", "was changed"),
        ("DELETE FROM {events} WHERE resource_id = 'c2'", "is missing"),
        ("DELETE FROM {seals} WHERE seq = 3", "are missing"),
    ],
)
async def test_harm_behind_the_triggers_is_noticed(
    fresh_database: TestDatabase, harm: str, complaint: str
) -> None:
    from invekto.db.pool import Database
    from invekto.records.tenants import create_tenant

    month = f"{date.today():%Y%m}"
    async with Database(fresh_database.app_dsn) as db:
        async with db.tenant("shop") as conn:
            await create_tenant(conn, name="Shop", sector="ecommerce")
            await write(conn)
            await audit.seal(conn, KEY, LATER)
        with psycopg.connect(fresh_database.owner_dsn) as owner:
            owner.execute("SET session_replication_role = replica")
            owner.execute(harm.format(events=f"audit_events_{month}", seals=f"audit_seals_{month}"))
        async with db.tenant("shop") as conn:
            report = await audit.verify(conn, KEY)
    assert not report.whole
    assert complaint in report.broken[0]


async def test_a_month_goes_as_a_whole_behind_a_signed_checkpoint(
    fresh_database: TestDatabase,
) -> None:
    from invekto.db.pool import Database
    from invekto.records.tenants import create_tenant

    old = date(2026, 1, 10)
    async with (
        Database(fresh_database.app_dsn) as db,
        Database(fresh_database.worker_dsn) as worker,
    ):
        async with db.tenant("shop") as conn:
            await create_tenant(conn, name="Shop", sector="ecommerce")
            for day in (10, 11):
                await conn.execute(
                    "INSERT INTO audit_events (created_at, event_id, event_type, actor_kind,"
                    " resource_type) VALUES (%s, %s, 'x', 'system', 'y')",
                    (datetime(2026, 1, day, tzinfo=UTC), f"aud_{day}"),
                )
            await write(conn, 3)
            with pytest.raises(Conflict, match="not sealed"):
                await audit.checkpoint(conn, KEY, old)
        async with db.tenant("shop") as conn:
            await audit.seal(conn, KEY, LATER)
        with pytest.raises(Conflict, match="not sealed behind a checkpoint"):
            async with worker.tenant("shop") as conn:
                await audit.drop_month(conn, old)
        async with db.tenant("shop") as conn:
            assert await audit.checkpoint(conn, KEY, old)
            assert not await audit.checkpoint(conn, KEY, old)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            async with db.tenant("shop") as conn:
                await audit.drop_month(conn, old)
        async with worker.tenant("shop") as conn:
            assert await audit.drop_month(conn, old)
        async with db.tenant("shop") as conn:
            report = await audit.verify(conn, KEY)
            assert (report.sealed, report.whole) == (3, True)
            await write(conn, 1)
            await audit.seal(conn, KEY, LATER)
            assert (await audit.verify(conn, KEY)).whole
        with pytest.raises(Conflict, match="still running"):
            async with worker.tenant("shop") as conn:
                await audit.drop_month(conn, date.today())


async def test_search_pages_by_the_last_event(db: Database, tenant_pair: TenantPair) -> None:
    async with db.tenant(tenant_pair.ours) as conn:
        await write(conn, 7)
        first = await audit.search(conn, event_type="conversation.viewed", limit=4)
        rest = await audit.search(
            conn,
            event_type="conversation.viewed",
            before=(first[-1].created_at, first[-1].event_id),
        )
        assert len(first) == 4
        assert len({e.event_id for e in [*first, *rest]}) == 7
        assert len(await audit.search(conn, resource_id="c1")) == 1


async def test_an_unknown_actor_is_refused(db: Database, tenant_pair: TenantPair) -> None:
    async with db.tenant(tenant_pair.ours) as conn:
        with pytest.raises(BadRequest, match="unknown actor"):
            await audit.record(conn, "x", actor_kind="ghost", resource_type="y")


def test_hashes_are_keyed() -> None:
    value = {"phone": "+905321112233"}
    assert audit.keyed_hash(KEY, value) == audit.keyed_hash(KEY, dict(value))
    assert audit.keyed_hash(KEY, value) != audit.keyed_hash(b"y" * 32, value)
