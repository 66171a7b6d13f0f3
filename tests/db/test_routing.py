"""Routing: a key, token or number finds its tenant, and nothing else does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from invekto.db.pool import Database
from invekto.errors import Conflict, NotFound
from invekto.records import routing, tenants
from invekto.records.routing import token_hash
from tests.conftest import TenantPair, TestDatabase

LATER = datetime.now(UTC) + timedelta(hours=1)
EARLIER = datetime.now(UTC) - timedelta(hours=1)


async def test_an_api_key_finds_its_tenant_until_it_is_revoked(
    db: Database, tenant_pair: TenantPair
) -> None:
    async with db.tenant(tenant_pair.ours) as conn:
        key = await tenants.add_api_key(
            conn, key_hash=token_hash("ik_secret"), prefix="ik_s", name="shop", scopes=["suggest"]
        )
    async with db.routing() as conn:
        found = await routing.by_api_key(conn, "ik_secret")
        assert found == routing.KeyOwner(tenant_pair.ours, key.api_key_id, ["suggest"])
        assert await routing.by_api_key(conn, "ik_guess") is None
    async with db.tenant(tenant_pair.ours) as conn:
        await tenants.revoke_api_key(conn, key.api_key_id)
    async with db.routing() as conn:
        assert await routing.by_api_key(conn, "ik_secret") is None


async def test_an_expired_key_finds_nothing(db: Database, tenant_pair: TenantPair) -> None:
    async with db.tenant(tenant_pair.ours) as conn:
        await tenants.add_api_key(
            conn, key_hash=token_hash("old"), prefix="o", name="o", scopes=[], expires_at=EARLIER
        )
    async with db.routing() as conn:
        assert await routing.by_api_key(conn, "old") is None


async def test_a_session_ends_with_its_person(db: Database, tenant_pair: TenantPair) -> None:
    async with db.tenant(tenant_pair.ours) as conn:
        user = await tenants.add_user(conn, email="Ece@Example.com", name="Ece", role="agent")
        await tenants.open_session(conn, user.user_id, token_hash("cookie"), LATER)
        await tenants.open_session(conn, user.user_id, token_hash("old cookie"), EARLIER)
    async with db.routing() as conn:
        found = await routing.by_session(conn, "cookie")
        assert found == routing.SessionOwner(tenant_pair.ours, user.user_id)
        assert await routing.by_session(conn, "old cookie") is None
    async with db.tenant(tenant_pair.ours) as conn:
        await tenants.update_user(conn, user.user_id, active=False)
    async with db.routing() as conn:
        assert await routing.by_session(conn, "cookie") is None
        assert await routing.for_sign_in(conn, tenant_pair.ours, "ece@example.com") is None


async def test_sign_in_is_by_tenant_and_e_mail(db: Database, tenant_pair: TenantPair) -> None:
    async with db.tenant(tenant_pair.ours) as conn:
        user = await tenants.add_user(
            conn, email="can@example.com", name="Can", role="owner", password_hash="argon"
        )
    async with db.routing() as conn:
        found = await routing.for_sign_in(conn, tenant_pair.ours, "CAN@example.com")
        assert found == routing.SignIn(tenant_pair.ours, user.user_id, "argon")
        assert await routing.for_sign_in(conn, tenant_pair.neighbour, "can@example.com") is None


async def test_a_number_belongs_to_one_tenant(db: Database, tenant_pair: TenantPair) -> None:
    number = f"1055{tenant_pair.ours}"
    async with db.tenant(tenant_pair.ours) as conn:
        account = await tenants.add_channel_account(
            conn,
            channel="whatsapp",
            external_id=number,
            token_hash=token_hash(f"hook {number}"),
            secret_encrypted=b"sealed",
        )
    owner = routing.AccountOwner(
        tenant_pair.ours, account.channel_account_id, "whatsapp", b"sealed"
    )
    async with db.routing() as conn:
        assert await routing.by_channel_account(conn, "whatsapp", number) == owner
        assert await routing.by_channel_account(conn, "web", number) is None
        assert await routing.by_channel_token(conn, f"hook {number}") == owner
    async with db.tenant(tenant_pair.neighbour) as conn:
        with pytest.raises(Conflict):
            await tenants.add_channel_account(conn, channel="whatsapp", external_id=number)


async def test_a_callback_token_tells_what_it_is_for(db: Database, tenant_pair: TenantPair) -> None:
    async with db.tenant(tenant_pair.ours) as conn:
        await tenants.add_callback_token(
            conn, token_hash=token_hash("pay"), purpose="payment", subject_id="p1"
        )
    async with db.routing() as conn:
        found = await routing.by_callback_token(conn, "pay")
        assert found == routing.Callback(tenant_pair.ours, "payment", "p1")
        assert await routing.by_callback_token(conn, "") is None


async def test_a_tenant_switched_off_is_found_by_nothing(
    db: Database, worker_db: Database, tenant_pair: TenantPair
) -> None:
    async with db.tenant(tenant_pair.ours) as conn:
        await tenants.add_api_key(
            conn, key_hash=token_hash("alive"), prefix="a", name="a", scopes=[]
        )
    async with worker_db.routing() as conn:
        assert set(tenant_pair) <= set(await routing.active_tenants(conn))
    async with db.tenant(tenant_pair.ours) as conn:
        await conn.execute("UPDATE tenants SET active = false")
    async with worker_db.routing() as conn:
        assert not await routing.tenant_exists(conn, tenant_pair.ours)
        assert await routing.tenant_exists(conn, tenant_pair.neighbour)
        assert await routing.by_api_key(conn, "alive") is None
        assert tenant_pair.ours not in await routing.active_tenants(conn)


async def test_routing_reads_only_the_columns_it_needs(database: TestDatabase) -> None:
    with psycopg.connect(database.owner_dsn) as conn:
        conn.execute("SET ROLE routing")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            conn.execute("SELECT profile FROM tenants")


async def test_settings_are_merged_and_none_removes(db: Database, tenant_pair: TenantPair) -> None:
    async with db.tenant(tenant_pair.ours) as conn:
        await tenants.update_settings(conn, {"a": 1, "b": {"c": 2}})
        assert await tenants.update_settings(conn, {"a": None, "d": 3}) == {"b": {"c": 2}, "d": 3}


async def test_what_is_there_twice_or_not_at_all(db: Database, tenant_pair: TenantPair) -> None:
    async with db.tenant(tenant_pair.ours) as conn:
        with pytest.raises(Conflict):
            await tenants.create_tenant(conn, name="again", sector="ecommerce")
        await tenants.add_user(conn, email="a@example.com", name="A", role="agent")
        with pytest.raises(Conflict):
            await tenants.add_user(conn, email="A@example.com", name="B", role="agent")
        for missing in (
            tenants.get_user(conn, "nobody"),
            tenants.update_user(conn, "nobody", active=True),
            tenants.open_session(conn, "nobody", b"t", LATER),
            tenants.revoke_api_key(conn, "none"),
            tenants.get_channel_account(conn, "none"),
        ):
            with pytest.raises(NotFound):
                await missing
