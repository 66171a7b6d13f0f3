"""Tenants never see each other: the catalogue says so, and so does every records function."""

from __future__ import annotations

import hashlib
import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import psycopg
import pytest
from psycopg import sql

import invekto.records
from invekto.db.pool import Database
from invekto.errors import NotFound
from invekto.knowledge.placing import LENGTHS
from tests.catalogue import Table, definers, indexes_of, policies_of, tables
from tests.conftest import TenantPair, TestDatabase
from tests.neighbours import Conn

# Every exemption, by name and with its reason.
WITHOUT_TENANT = {
    "app.migrations": "which migrations ran",
    "app.trust_changes": "two counts over all tenants, for metrics",
    "public.trust_system": "the coins' secret and the switch that stops every tenant's autonomy",
    "jobs.procrastinate_jobs": "ids only; entered through jobs.enqueue, which sets the tenant",
    "jobs.procrastinate_events": "see procrastinate_jobs",
    "jobs.procrastinate_workers": "see procrastinate_jobs",
    "jobs.procrastinate_periodic_defers": "see procrastinate_jobs",
}
INDEXES_ACROSS_TENANTS = {
    "sessions_token_hash": "routing: a session token comes before its tenant",
    "api_keys_key_hash": "routing: an API key comes before its tenant",
    "channel_accounts_external_id": "routing: a provider's id comes before its tenant",
    "channel_accounts_token_hash": "routing: a webhook token comes before its tenant",
    "callback_tokens_token_hash": "routing: a callback token comes before its tenant",
    "chunk_vectors_near": "HNSW knows distances only; the policy filters each row that it gives",
    **{f"chunk_vectors_near_{length}": "see chunk_vectors_near" for length in LENGTHS},
}
READ_BY_ROUTING = {
    "tenants",
    "users",
    "sessions",
    "api_keys",
    "channel_accounts",
    "callback_tokens",
}
DEFINERS = {
    "jobs.enqueue": "the API may add jobs, for its transaction's tenant, and not read any",
    "jobs.revive": "housekeeping of the worker",
    "jobs.prune": "housekeeping of the worker",
    "jobs.backlog": "counts and ages of jobs by line, for metrics; names no tenant",
    "app.count_trust_change": "a trigger: adds one to a count over all tenants",
    "app.open_audit_month": "makes empty partitions of the audit log, nothing else",
    "app.refresh_statistics": "ANALYZE of a few tables after an import: reads and tells nothing",
    "app.drop_audit_month": "drops a month that every tenant has sealed and signed; worker only",
}
"""SECURITY DEFINER functions outside the schema `routing`, each reviewed."""

OURS_ONLY = "(tenant_id = app.current_tenant())"


def violations(conn: psycopg.Connection) -> list[str]:
    """Everything in the catalogue that breaks the rules of tenancy, in words."""
    found: list[str] = []
    for table in tables(conn):
        full = f"{table.schema}.{table.name}"
        if table.owner != "owner":
            found.append(f"{full} belongs to {table.owner}")
        if table.tenant is None:
            if full not in WITHOUT_TENANT:
                found.append(f"{full} has no tenant_id and is no named exemption")
            continue
        if not table.required:
            found.append(f"{full}.tenant_id may be NULL")
        if table.used or not table.partition:
            found += [f"{full} {said}" for said in _unprotected(conn, table)]
        found += [f"{full} {said}" for said in _badly_indexed(conn, table)]
    return found + _loose_functions(conn)


def _unprotected(conn: psycopg.Connection, table: Table) -> list[str]:
    found = []
    if not table.enabled:
        found.append("has row-level security disabled")
    if not table.forced:
        found.append("does not force row-level security on its owner")
    policies = {policy.name: policy for policy in policies_of(conn, table)}
    tenant = policies.pop("tenant", None)
    if tenant is None:
        found.append("has no tenant policy")
    elif (tenant.command, tenant.reads, tenant.writes) != ("*", OURS_ONLY, OURS_ONLY):
        found.append(f"has another tenant policy: {tenant.reads} / {tenant.writes}")
    for policy in policies.values():
        routing = policy.roles == ["routing"] and policy.command == "r"
        if not (routing and table.name in READ_BY_ROUTING) and policy.permissive:
            found.append(f"has a policy that opens it: {policy.name} to {policy.roles}")
    return found


def _badly_indexed(conn: psycopg.Connection, table: Table) -> list[str]:
    indexes = indexes_of(conn, table)
    found = [
        f"has an index that does not begin with tenant_id: {index.name}"
        for index in indexes
        if index.first != table.tenant and index.name not in INDEXES_ACROSS_TENANTS
    ]
    if not any(index.primary for index in indexes):
        found.append("has no primary key")
    return found


def _loose_functions(conn: psycopg.Connection) -> list[str]:
    found = []
    for function in definers(conn):
        full = f"{function.schema}.{function.name}"
        if function.schema != "routing" and full not in DEFINERS:
            found.append(f"{full} is SECURITY DEFINER and was not reviewed")
        if function.schema == "routing" and function.owner != "routing":
            found.append(f"{full} belongs to {function.owner}")
        if not any(setting.startswith("search_path=") for setting in function.config):
            found.append(f"{full} has no pinned search_path")
        if function.public:
            found.append(f"{full} may be executed by everybody")
    return found


@pytest.fixture
def catalogue(database: TestDatabase) -> Iterator[psycopg.Connection]:
    """A superuser's transaction that is always rolled back."""
    with psycopg.connect(database.owner_dsn) as conn:
        yield conn
        conn.rollback()


def test_every_table_keeps_the_rules(catalogue: psycopg.Connection) -> None:
    assert violations(catalogue) == []


@pytest.mark.parametrize(
    ("harm", "complaint"),
    [
        ("DROP POLICY tenant ON users", "public.users has no tenant policy"),
        ("ALTER TABLE users DISABLE ROW LEVEL SECURITY", "has row-level security disabled"),
        ("ALTER TABLE users NO FORCE ROW LEVEL SECURITY", "does not force"),
        ("CREATE POLICY open ON users USING (true)", "has a policy that opens it: open"),
        ("CREATE INDEX fast ON users (email)", "does not begin with tenant_id: fast"),
        ("CREATE TABLE notes (id int PRIMARY KEY)", "public.notes has no tenant_id"),
        ("ALTER TABLE users OWNER TO app", "public.users belongs to app"),
        (
            "CREATE FUNCTION peek() RETURNS bigint LANGUAGE sql SECURITY DEFINER"
            " AS 'SELECT count(*) FROM users'",
            "public.peek is SECURITY DEFINER and was not reviewed",
        ),
        (
            "ALTER FUNCTION routing.tenant(text) RESET search_path",
            "routing.tenant has no pinned search_path",
        ),
    ],
)
def test_the_rules_notice_harm(catalogue: psycopg.Connection, harm: str, complaint: str) -> None:
    catalogue.execute(harm)
    assert any(complaint in said for said in violations(catalogue))


def test_the_exemptions_are_all_needed(catalogue: psycopg.Connection) -> None:
    names = {
        row[0]
        for row in catalogue.execute(
            "SELECT n.nspname || '.' || relname FROM pg_class c"
            " JOIN pg_namespace n ON n.oid = relnamespace"
            " UNION ALL SELECT relname FROM pg_class"
            " UNION ALL SELECT n.nspname || '.' || proname FROM pg_proc"
            " JOIN pg_namespace n ON n.oid = pronamespace"
        )
    }
    named = {*WITHOUT_TENANT, *INDEXES_ACROSS_TENANTS, *READ_BY_ROUTING, *DEFINERS}
    assert named <= names


def test_the_plain_roles_are_plain(catalogue: psycopg.Connection) -> None:
    rows = catalogue.execute(
        "SELECT rolname, rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR"
        " rolreplication, rolcanlogin, (SELECT count(*) FROM pg_class WHERE relowner = r.oid)"
        " FROM pg_roles r WHERE rolname IN ('owner', 'app', 'worker', 'routing')"
    ).fetchall()
    powers = {name: (powerful, login) for name, powerful, login, _ in rows}
    assert powers == {
        "owner": (False, False),
        "app": (False, True),
        "worker": (False, True),
        "routing": (False, False),
    }
    assert {name for name, *_, owned in rows if owned} == {"owner"}


def test_the_plain_roles_may_become_nobody_else(catalogue: psycopg.Connection) -> None:
    rows = catalogue.execute(
        "SELECT pg_get_userbyid(member) FROM pg_auth_members"
        " WHERE pg_get_userbyid(member) IN ('app', 'worker', 'routing')"
    ).fetchall()
    assert rows == []


async def test_routing_functions_are_all_that_a_call_without_a_tenant_may_use(
    db: Database, tenant_pair: TenantPair, catalogue: psycopg.Connection
) -> None:
    used = [
        sql.Identifier(table.schema, table.name)
        for table in tables(catalogue)
        if table.tenant is not None and table.used
    ]
    async with db.routing() as conn:
        for table in used:
            rows = await conn.execute(sql.SQL("SELECT count(*) FROM {}").format(table))
            assert await rows.fetchone() == (0,)


async def test_the_api_role_cannot_list_tenants(db: Database) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        async with db.routing() as conn:
            await conn.execute("SELECT * FROM routing.active_tenants()")


def test_the_policy_uses_indexes_that_begin_with_the_tenant(catalogue: psycopg.Connection) -> None:
    catalogue.execute(
        "INSERT INTO tenants (tenant_id, name, sector) SELECT 't-' || n, 'x', 'x'"
        " FROM generate_series(1, 100) n"
    )
    catalogue.execute(
        "INSERT INTO users (tenant_id, email, name, role)"
        " SELECT 't-' || n, m || '@example.com', 'x', 'agent'"
        " FROM generate_series(1, 100) n, generate_series(1, 100) m"
    )
    catalogue.execute("ANALYZE users")
    catalogue.execute("SET LOCAL ROLE app")
    catalogue.execute("SELECT set_config('app.tenant_id', 't-7', true)")
    plan = catalogue.execute("EXPLAIN SELECT * FROM users WHERE email = '7@example.com'")
    text = "\n".join(row[0] for row in plan)
    assert "Index Scan using users_tenant_id_email_key" in text
    assert "Index Cond: ((tenant_id = " in text


# Neighbours -------------------------------------------------------------------------------------


def _records_functions() -> list[tuple[str, str]]:
    found = []
    for info in pkgutil.iter_modules(invekto.records.__path__):
        module = importlib.import_module(f"invekto.records.{info.name}")
        for name, function in inspect.getmembers(module, _is_asynchronous):
            first = next(iter(inspect.signature(function).parameters), "")
            own = function.__module__ == module.__name__
            if own and first == "conn" and not name.startswith("_"):
                found.append((info.name, name))
    return found


def _is_asynchronous(thing: object) -> bool:
    return inspect.iscoroutinefunction(thing) or inspect.isasyncgenfunction(thing)


def _neighbour_file(module: str) -> ModuleType:
    try:
        return importlib.import_module(f"tests.neighbours.{module}")
    except ModuleNotFoundError as error:
        if error.name != f"tests.neighbours.{module}":
            raise
        pytest.fail(f"records/{module}.py has no tests/neighbours/{module}.py")


@pytest.mark.parametrize(("module", "function"), _records_functions())
async def test_a_neighbour_gets_nothing(
    module: str, function: str, db: Database, database: TestDatabase, tenant_pair: TenantPair
) -> None:
    file = _neighbour_file(module)
    if function in file.EXEMPT:
        return
    assert function in file.CALLS, (
        f"records/{module}.py: {function} is neither called nor exempt in "
        f"tests/neighbours/{module}.py"
    )
    call = file.CALLS[function]
    async with db.tenant(tenant_pair.ours) as conn:
        ours = await file.seed(conn)

    before = rows_of(database, tenant_pair.ours)
    result = await _called(db, tenant_pair.neighbour, call, ours)
    assert not result, f"a neighbour was given {result!r}"
    assert rows_of(database, tenant_pair.ours) == before, "a neighbour changed our rows"

    result = await _called(db, tenant_pair.ours, call, ours)
    changed = rows_of(database, tenant_pair.ours) != before
    assert result or changed, "the call gives us nothing either: it proves nothing"


async def _called(
    db: Database, tenant_id: str, call: Callable[[Conn, object], Any], ours: object
) -> object:
    async with db.tenant(tenant_id) as conn:
        try:
            result = call(conn, ours)
            if inspect.isasyncgen(result):
                return [item async for item in result]
            return await result
        except NotFound:
            return None


def rows_of(database: TestDatabase, tenant_id: str) -> dict[str, str]:
    """A digest of every row of the tenant, by table."""
    digests = {}
    with psycopg.connect(database.owner_dsn) as conn:
        for table in tables(conn):
            if table.tenant is None or table.partition:
                continue
            rows = conn.execute(
                sql.SQL("SELECT t::text FROM {} t WHERE tenant_id = %s ORDER BY 1").format(
                    sql.Identifier(table.schema, table.name)
                ),
                [tenant_id],
            ).fetchall()
            text = "\n".join(row[0] for row in rows)
            digests[table.name] = hashlib.sha256(text.encode()).hexdigest()
    return digests
