"""What the database's catalogue says of tables, policies, indexes and privileged functions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import LiteralString, TypeVar

import psycopg
from psycopg.rows import class_row

Row = TypeVar("Row")

TABLES = """
    SELECT c.oid, n.nspname AS schema, c.relname AS name, c.relrowsecurity AS enabled,
        c.relforcerowsecurity AS forced, c.relispartition AS partition,
        pg_get_userbyid(c.relowner) AS owner, a.attnum AS tenant, a.attnotnull AS required,
        has_table_privilege('app', c.oid, 'select, insert, update, delete')
            OR has_table_privilege('worker', c.oid, 'select, insert, update, delete') AS used
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_attribute a
        ON a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped
    WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
        AND n.nspname NOT LIKE 'pg\\_%'
    ORDER BY 2, 3
"""
POLICIES = """
    SELECT polname AS name, polcmd AS command, polpermissive AS permissive,
        array(SELECT CASE r WHEN 0 THEN 'public' ELSE pg_get_userbyid(r)::text END
              FROM unnest(polroles) r) AS roles,
        pg_get_expr(polqual, polrelid) AS reads, pg_get_expr(polwithcheck, polrelid) AS writes
    FROM pg_policy WHERE polrelid = %s
"""
INDEXES = """
    SELECT i.relname AS name, x.indisprimary AS primary, x.indkey[0] AS first
    FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid WHERE x.indrelid = %s
"""
DEFINER_FUNCTIONS = """
    SELECT n.nspname AS schema, p.proname AS name, pg_get_userbyid(p.proowner) AS owner,
        coalesce(p.proconfig, '{}') AS config,
        has_function_privilege('public', p.oid, 'execute') AS public
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE p.prosecdef AND n.nspname NOT IN ('pg_catalog', 'information_schema')
"""


@dataclass(frozen=True)
class Table:
    """`tenant` is the column's number; `used`: the plain roles may read or write it."""

    oid: int
    schema: str
    name: str
    enabled: bool
    forced: bool
    partition: bool
    owner: str
    tenant: int | None
    required: bool | None
    used: bool


@dataclass(frozen=True)
class Policy:
    name: str
    command: str
    permissive: bool
    roles: list[str]
    reads: str | None
    writes: str | None


@dataclass(frozen=True)
class Index:
    name: str
    primary: bool
    first: int


@dataclass(frozen=True)
class Function:
    schema: str
    name: str
    owner: str
    config: list[str]
    public: bool


def tables(conn: psycopg.Connection) -> list[Table]:
    return _rows(conn, Table, TABLES)


def policies_of(conn: psycopg.Connection, table: Table) -> list[Policy]:
    return _rows(conn, Policy, POLICIES, [table.oid])


def indexes_of(conn: psycopg.Connection, table: Table) -> list[Index]:
    return _rows(conn, Index, INDEXES, [table.oid])


def definers(conn: psycopg.Connection) -> list[Function]:
    """Functions that run with their owner's rights."""
    return _rows(conn, Function, DEFINER_FUNCTIONS)


def _rows(
    conn: psycopg.Connection, kind: type[Row], query: LiteralString, values: list[int] | None = None
) -> list[Row]:
    with conn.cursor(row_factory=class_row(kind)) as cursor:
        return cursor.execute(query, values).fetchall()
