"""Two furnished tenants in one database, an empty database beside it."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from psycopg import sql

import tests.neighbours.audit
from invekto.contracts.policy import Policy
from invekto.db.opening import OpenDatabase
from invekto.db.pool import Database
from invekto.db.queue import defer
from invekto.db.sealing import Sealer
from invekto.errors import Conflict
from invekto.knowledge import faqs
from invekto.knowledge.faqs import FaqText
from invekto.knowledge.ingest import ingest
from invekto.records import audit, policies, privacy, retention, tenants
from invekto.records.tenants import create_tenant
from invekto.settings import Settings
from tests.conftest import HOME, TestDatabase

OURS, NEIGHBOUR = "bizim-dukkan", "komsu-klinik"
AUDIT_KEY = tests.neighbours.audit.KEY
UNLIKE = {"app.migrations", "public.events", "public.rate_limits", "public.conversation_leases",
          "jobs.procrastinate_workers"}  # fmt: skip
"""What a copy does not hold, as the runbook says."""
EVERY_TABLE = """
    SELECT n.nspname, c.relname, EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid
        AND a.attname = 'tenant_id' AND NOT a.attisdropped)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'"""

Rows = dict[str, list[str]]


def opened(made: TestDatabase) -> OpenDatabase:
    return OpenDatabase(made.owner_dsn, made.app_dsn, made.worker_dsn, made.worker_dsn)


def sealer() -> Sealer:
    return Sealer.from_settings(Settings(data_dir=HOME))


def rows(dsn: str, tenant: str | None = None) -> Rows:
    """Every row of every table as text, or a tenant's; jobs by what they are for."""
    found: Rows = {}
    with psycopg.connect(dsn) as conn:
        conn.execute("SET timezone = 'UTC'")
        for schema, name, of_tenants in conn.execute(EVERY_TABLE).fetchall():
            full = f"{schema}.{name}"
            text = "t::text"
            where = ""
            if tenant is not None and of_tenants:
                where = "WHERE tenant_id = %(tenant)s"
            elif tenant is not None and full == "jobs.procrastinate_jobs":
                text = "t.task_name || t.args::text || coalesce(t.lock, '') || t.status"
                where = "WHERE args ->> 'tenant_id' = %(tenant)s"
            elif tenant is not None:
                continue
            query = sql.SQL("SELECT {} FROM {} t {} ORDER BY 1").format(
                sql.SQL(text),
                sql.Identifier(schema, name),
                sql.SQL(where),
            )
            answer = conn.execute(query, {"tenant": tenant}).fetchall()
            if answer:
                found[full] = [str(row[0]) for row in answer]
    return found


def without(found: Rows, *names: str) -> Rows:
    left_out = UNLIKE | set(names)
    return {name: kept for name, kept in found.items() if name not in left_out}


@dataclass
class Street:
    """Two tenants, each with rows in nearly every table."""

    made: TestDatabase
    at: OpenDatabase

    def rows(self, tenant: str | None = None) -> Rows:
        return rows(self.made.owner_dsn, tenant)


async def seed_everything(database: Database, tenant: str) -> None:
    """A tenant with rows nearly everywhere, and jobs."""
    async with database.tenant(tenant) as conn:
        await create_tenant(conn, name=tenant.title(), sector="ecommerce", packs=["ecommerce"])
    await seed_rows(database, tenant)
    async with database.tenant(tenant) as conn:
        await defer(conn, "turn", lock="c1", queueing_lock="c1", conversation_id="c1")
        await defer(conn, "remind", line="timed", schedule_in=3600)


async def seed_rows(database: Database, tenant: str) -> None:
    """Whatever the neighbour tests of the records begin with, and more."""
    for info in pkgutil.iter_modules(tests.neighbours.__path__):
        module: Any = importlib.import_module(f"tests.neighbours.{info.name}")
        with suppress(psycopg.Error, Conflict, ValueError):  # some expect to be the first
            async with database.tenant(tenant) as conn:
                await module.seed(conn)
    await seed_the_rest(database, tenant)


async def seed_the_rest(database: Database, tenant: str) -> None:
    """Rows of tables that no neighbour test begins with."""
    text = "# İade\n\nÜrünler on dört gün içinde iade edilir."
    await ingest(database, tenant, name="iade.md", data=text.encode(), tags=["iade"])
    async with database.tenant(tenant) as conn:
        await faqs.create(conn, {"tr": FaqText("Kargo kaç gün?", "Üç iş günü.")})
        await tenants.add_channel_account(
            conn, channel="generic", external_id=f"x-{tenant}", token_hash=tenant.encode(),
            secret_encrypted=sealer().seal_json({"secrets": ["s"]}, f"{tenant}/channel"),
        )  # fmt: skip
        await tenants.add_api_key(
            conn, key_hash=tenant[::-1].encode(), prefix="ik_", name="x", scopes=["read"]
        )
        await tenants.add_callback_token(
            conn, token_hash=tenant.upper().encode(), purpose="payment", subject_id="p"
        )
        await policies.draft(conn, Policy("sıkı"), "u1")
        await retention.set_retention(conn, "conversations", 30, by="u1")
        (contact,) = await (
            await conn.execute("SELECT contact_id FROM contacts LIMIT 1")
        ).fetchone() or ("",)
        await privacy.open_request(conn, contact, "erasure", datetime.now(UTC))
        await privacy.place_hold(conn, contact, reason="dava", by="u1")
        await audit.seal(conn, AUDIT_KEY, datetime.now(UTC) + timedelta(hours=1))


@pytest.fixture(scope="session")
async def seeded(make_database: Callable[..., Any]) -> AsyncIterator[str]:
    """The name of a database with both tenants, to be copied."""
    async with make_database() as made:
        async with Database(made.app_dsn) as database:
            for tenant in (OURS, NEIGHBOUR):
                await seed_everything(database, tenant)
        yield made.name


@pytest.fixture
async def street(make_database: Callable[..., Any], seeded: str) -> AsyncIterator[Street]:
    async with make_database(seeded) as made:
        yield Street(made, opened(made))


@pytest.fixture
async def elsewhere(make_database: Callable[..., Any]) -> AsyncIterator[TestDatabase]:
    """Another migrated database without tenants."""
    async with make_database() as made:
        yield made
