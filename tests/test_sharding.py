"""The schema may be distributed by tenant over a sharded Postgres (Citus): every unique key of a
tenant table holds the tenant, and every foreign key between them goes along with it."""

from __future__ import annotations

import psycopg

from tests.conftest import TestDatabase

UNIQUE_KEYS = """
    SELECT c.oid::regclass::text, i.relname, EXISTS (
        SELECT FROM unnest(x.indkey::smallint[]) k JOIN pg_attribute a
            ON a.attrelid = c.oid AND a.attnum = k AND a.attname = 'tenant_id')
    FROM pg_index x JOIN pg_class c ON c.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND x.indisunique AND EXISTS (SELECT FROM pg_attribute a
        WHERE a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped)"""
FOREIGN_KEYS = """
    SELECT f.conrelid::regclass::text, f.conname, f.confrelid::regclass::text,
        array(SELECT a.attname::text FROM unnest(f.conkey) WITH ORDINALITY k(n, at)
              JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = k.n ORDER BY k.at),
        array(SELECT a.attname::text FROM unnest(f.confkey) WITH ORDINALITY k(n, at)
              JOIN pg_attribute a ON a.attrelid = f.confrelid AND a.attnum = k.n ORDER BY k.at)
    FROM pg_constraint f JOIN pg_class c ON c.oid = f.conrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE f.contype = 'f' AND n.nspname = 'public'"""
LOOKED_UP_BEFORE_THE_TENANT_IS_KNOWN = {
    "sessions_token_hash",
    "api_keys_key_hash",
    "channel_accounts_external_id",
    "channel_accounts_token_hash",
    "callback_tokens_token_hash",
}
"""Hashes of random tokens and ids of providers: on a sharded database their uniqueness moves to a
reference table of the routing schema (docs/scale.md)."""


def test_unique_keys_hold_the_tenant(database: TestDatabase) -> None:
    with psycopg.connect(database.owner_dsn) as conn:
        keys = conn.execute(UNIQUE_KEYS).fetchall()
    without = {name for _, name, holds in keys if not holds}
    assert len(keys) > 40
    assert without == LOOKED_UP_BEFORE_THE_TENANT_IS_KNOWN


def test_foreign_keys_take_the_tenant_along(database: TestDatabase) -> None:
    with psycopg.connect(database.owner_dsn) as conn:
        keys = conn.execute(FOREIGN_KEYS).fetchall()
    assert len(keys) > 10
    for table, name, target, own, theirs in keys:
        assert ("tenant_id", "tenant_id") in list(zip(own, theirs, strict=True)), (
            f"{name}: {table}{own} → {target}{theirs}"
        )
