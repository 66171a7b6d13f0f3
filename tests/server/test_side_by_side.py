"""While a release rolls out, this code runs on a schema that the next one has migrated."""

from __future__ import annotations

from dataclasses import replace

import psycopg
from psycopg import sql

from invekto.db.pool import Database
from invekto.db.worker import drain
from invekto.records.tenants import create_tenant
from invekto.server.app import create_app
from invekto.server.deps import ServerDeps
from invekto.server.jobs.tasks import all_tasks
from tests.conftest import TestDatabase
from tests.server.conftest import furnished

TENANT_TABLES = """SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n
    ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p')
    AND NOT c.relispartition AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid
        AND a.attname = 'tenant_id')"""


def migrate_further(dsn: str) -> int:
    """What a next release may do: a column with a default in every table, a table, an index."""
    with psycopg.connect(dsn) as conn:
        tables = [row[0] for row in conn.execute(TENANT_TABLES).fetchall()]
        for table in tables:
            conn.execute(
                sql.SQL("ALTER TABLE {} ADD from_the_future text NOT NULL DEFAULT 'x'").format(
                    sql.SQL(table)
                )
            )
        conn.execute("CREATE INDEX ON messages (tenant_id, from_the_future)")
        conn.execute("CREATE TABLE a_later_one (tenant_id text NOT NULL, id int)")
        conn.execute("INSERT INTO app.migrations (name, hash) VALUES ('9999_future', 'x')")
    return len(tables)


async def test_every_step_of_a_message_works_on_the_next_schema(
    server: ServerDeps, fresh_database: TestDatabase
) -> None:
    assert migrate_further(fresh_database.owner_dsn) > 30
    async with Database(fresh_database.app_dsn) as database:
        engine = replace(server.engine, deps=replace(server.engine.deps, database=database))
        deps = replace(server, engine=engine)
        async with database.tenant("ours") as conn:
            await create_tenant(conn, name="Ours", sector="ecommerce", packs=["ecommerce"])
        house = await furnished(deps, create_app(deps), "ours")
        async with house.program() as program:
            assert (await program.get("/readyz")).status_code == 200
            for n, text in enumerate(("merhaba", "bir insan lütfen", "adres nerede", "patla")):
                body = {"message_id": f"m{n}", "from": {"id": f"c{n}"}, "text": text}
                assert (await program.post("/v1/messages", json=body)).status_code == 202
            await drain(fresh_database.worker_dsn, all_tasks(deps))
            inbox = (await program.get("/v1/conversations")).json()["items"]
            assert len(inbox) == 4
            for conversation in inbox:
                address = f"/v1/conversations/{conversation['conversation_id']}"
                assert (await program.get(address)).status_code == 200
            for listed in ("handovers", "suggestions", "trust/intents"):
                answer = await program.get(f"/v1/{listed}")
                assert answer.status_code in (200, 404), (listed, answer.text)
        async with database.tenant("ours") as conn:
            row = await (
                await conn.execute("SELECT count(*) FROM turns WHERE from_the_future = 'x'")
            ).fetchone()
        assert row == (4,)
