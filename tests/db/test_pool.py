"""Tenant transactions: what they see, how they end, what they say when the server is away."""

from __future__ import annotations

import asyncio

import psycopg
import pytest

from invekto.db.pool import Database
from invekto.errors import NotFound, TryAgain
from invekto.records.tenants import get_tenant, update_profile
from tests.conftest import TenantPair, TestDatabase


async def test_a_transaction_sees_its_tenant_only(db: Database, tenant_pair: TenantPair) -> None:
    async with db.tenant(tenant_pair.ours) as conn:
        rows = await (await conn.execute("SELECT tenant_id FROM tenants")).fetchall()
    assert rows == [(tenant_pair.ours,)]


async def test_without_a_tenant_nothing_is_seen_and_nothing_written(db: Database) -> None:
    async with db.routing() as conn:
        assert await (await conn.execute("SELECT * FROM tenants")).fetchall() == []
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        async with db.routing() as conn:
            await conn.execute("INSERT INTO tenants (name, sector) VALUES ('x', 'x')")


async def test_writing_for_a_neighbour_is_refused(db: Database, tenant_pair: TenantPair) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        async with db.tenant(tenant_pair.ours) as conn:
            await conn.execute(
                "INSERT INTO users (tenant_id, email, name, role) VALUES (%s, 'a@b', 'A', 'agent')",
                [tenant_pair.neighbour],
            )


async def test_an_error_rolls_back(db: Database, tenant_pair: TenantPair) -> None:
    with pytest.raises(ZeroDivisionError):
        async with db.tenant(tenant_pair.ours) as conn:
            await update_profile(conn, {"phone": "+90"})
            raise ZeroDivisionError
    async with db.tenant(tenant_pair.ours) as conn:
        assert (await get_tenant(conn)).profile == {}


async def test_the_tenant_ends_with_the_transaction(
    database: TestDatabase, tenant_pair: TenantPair
) -> None:
    async with Database(database.app_dsn, size=1) as one:
        async with one.tenant(tenant_pair.ours) as conn:
            await get_tenant(conn)
        async with one.routing() as conn:
            assert await (await conn.execute("SELECT app.current_tenant()")).fetchone() == (None,)


async def test_a_killed_connection_is_try_again_and_the_pool_recovers(
    db: Database, database: TestDatabase, tenant_pair: TenantPair
) -> None:
    with pytest.raises(TryAgain, match="gave up"):
        async with db.tenant(tenant_pair.ours) as conn:
            with psycopg.connect(database.owner_dsn) as killer:
                killer.execute("SELECT pg_terminate_backend(%s)", [conn.info.backend_pid])
            await conn.execute("SELECT 1")
    async with db.tenant(tenant_pair.ours) as conn:
        assert (await get_tenant(conn)).tenant_id == tenant_pair.ours


async def test_what_the_database_says_is_told_without_values(
    db: Database, tenant_pair: TenantPair
) -> None:
    """Postgres quotes statements and where they stood: neither logs nor callers are told."""
    with pytest.raises(TryAgain) as told:
        async with db.tenant(tenant_pair.ours) as conn:
            await conn.execute("SET LOCAL statement_timeout = 20")
            await conn.execute("DO $$ BEGIN PERFORM pg_sleep(5), 'Zeynep'; END $$")
    assert "statement timeout" in told.value.message
    assert "Zeynep" not in told.value.message
    assert "\n" not in told.value.message


async def test_an_exhausted_pool_is_try_again(
    database: TestDatabase, tenant_pair: TenantPair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("invekto.db.pool.CONNECT_SECONDS", 0.1)
    async with Database(database.app_dsn, size=1) as one:
        async with one.tenant(tenant_pair.ours):
            with pytest.raises(TryAgain, match="does not answer"):
                async with one.tenant(tenant_pair.ours):
                    pass
        async with one.tenant(tenant_pair.ours) as conn:
            await get_tenant(conn)


async def test_a_cancelled_transaction_is_rolled_back_and_its_connection_returned(
    database: TestDatabase, tenant_pair: TenantPair
) -> None:
    async with Database(database.app_dsn, size=1) as one:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1), one.tenant(tenant_pair.ours) as conn:
                await update_profile(conn, {"phone": "+90"})
                await conn.execute("SELECT pg_sleep(5)")
        async with one.tenant(tenant_pair.ours) as conn:
            assert (await get_tenant(conn)).profile == {}


async def test_a_savepoint_inside_a_tenant_transaction(
    db: Database, tenant_pair: TenantPair
) -> None:
    async with db.tenant(tenant_pair.ours) as conn:
        with pytest.raises(ZeroDivisionError):
            async with conn.transaction():
                await update_profile(conn, {"phone": "+90"})
                raise ZeroDivisionError
        await update_profile(conn, {"address": "Moda"})
    async with db.tenant(tenant_pair.ours) as conn:
        assert (await get_tenant(conn)).profile == {"address": "Moda"}


@pytest.mark.parametrize("tenant_id", ["'; DROP TABLE tenants; --", "x" * 1000, "\\'", "ş%s{}"])
async def test_a_strange_tenant_id_is_an_unknown_tenant(db: Database, tenant_id: str) -> None:
    async with db.tenant(tenant_id) as conn:
        assert await (await conn.execute("SELECT app.current_tenant()")).fetchone() == (tenant_id,)
        with pytest.raises(NotFound):
            await get_tenant(conn)


async def test_a_null_byte_in_a_tenant_id_is_refused_before_the_server(db: Database) -> None:
    with pytest.raises(NotFound):
        async with db.tenant("nehir\0moda"):
            pass


async def test_a_deadlock_is_try_again(db: Database, tenant_pair: TenantPair) -> None:
    first, second = asyncio.Event(), asyncio.Event()

    async def locks(own: int, other: int, done: asyncio.Event, wait: asyncio.Event) -> None:
        async with db.tenant(tenant_pair.ours) as conn:
            await conn.execute("SELECT pg_advisory_xact_lock(%s)", [own])
            done.set()
            await wait.wait()
            await conn.execute("SELECT pg_advisory_xact_lock(%s)", [other])

    results = await asyncio.gather(
        locks(1, 2, first, second), locks(2, 1, second, first), return_exceptions=True
    )
    assert sorted(type(result).__name__ for result in results) == ["NoneType", "TryAgain"]
