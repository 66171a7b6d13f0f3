"""Tenant transactions: what they see, how they end, what they say when the server is away."""

from __future__ import annotations

import psycopg
import pytest

from invekto.db.pool import Database
from invekto.errors import TryAgain
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
