"""The audit log by months: opened, signed and dropped on schedule."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from invekto.db.pool import Database
from invekto.records import audit, retention
from invekto.records.tenants import create_tenant
from invekto.server.jobs.months import keep_months, sign_months
from tests.conftest import TestDatabase

KEY = b"k" * 32
OLD = date(2026, 1, 10)
NOW = datetime.now(UTC) + timedelta(minutes=10)


async def _shop(app: Database) -> None:
    async with app.tenant("shop") as conn:
        await create_tenant(conn, name="Shop", sector="ecommerce")
        await conn.execute(
            "INSERT INTO audit_events (created_at, event_id, event_type, actor_kind, resource_type)"
            " VALUES (%s, 'aud_old', 'x', 'system', 'y')",
            (datetime(2026, 1, 10, tzinfo=UTC),),
        )


async def test_a_month_is_signed_when_over_and_dropped_when_kept_long_enough(
    fresh_database: TestDatabase,
) -> None:
    async with (
        Database(fresh_database.app_dsn) as app,
        Database(fresh_database.worker_dsn) as worker,
    ):
        await _shop(app)
        kept_long_enough = datetime(2026, 2, 20, tzinfo=UTC) + timedelta(
            days=retention.RETENTION["audit"]
        )
        assert await keep_months(worker, kept_long_enough) == [], "not signed: it stays"
        async with app.tenant("shop") as conn:
            await audit.seal(conn, KEY, NOW)
            assert await audit.months_to_sign(conn, NOW.date()) == [OLD.replace(day=1)]
        assert await sign_months(worker, "shop", KEY, NOW) == 1
        assert await sign_months(worker, "shop", KEY, NOW) == 0
        assert await keep_months(worker, kept_long_enough - timedelta(days=60)) == []
        assert await keep_months(worker, kept_long_enough) == [OLD.replace(day=1)]
        async with app.tenant("shop") as conn:
            report = await audit.verify(conn, KEY)
            assert report.whole


async def test_a_tenant_that_keeps_longer_keeps_the_month_for_all(
    fresh_database: TestDatabase,
) -> None:
    async with (
        Database(fresh_database.app_dsn) as app,
        Database(fresh_database.worker_dsn) as worker,
    ):
        await _shop(app)
        async with app.tenant("shop") as conn:
            await audit.seal(conn, KEY, NOW)
            await retention.set_retention(conn, "audit", 3_000, by="u1")
        await sign_months(worker, "shop", KEY, NOW)
        later = datetime(2026, 2, 20, tzinfo=UTC) + timedelta(days=retention.RETENTION["audit"])
        assert await keep_months(worker, later) == []


async def test_months_to_come_are_opened(fresh_database: TestDatabase) -> None:
    ahead = datetime(2031, 5, 20, tzinfo=UTC)
    async with Database(fresh_database.worker_dsn) as worker:
        await keep_months(worker, ahead)
        async with worker.routing() as conn:
            assert not await audit.open_month(conn, date(2031, 6, 1))
            assert not await audit.open_month(conn, date(2031, 7, 1))
            assert await audit.open_month(conn, date(2031, 8, 1))
