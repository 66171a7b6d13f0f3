"""Every address, called with a neighbour's real ids in its path, its query and its body: nothing of
theirs is told, nothing of theirs changes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx
import psycopg
import pytest
from fastapi import FastAPI
from psycopg import sql

from invekto.server.console import access as console
from tests.conftest import TestDatabase
from tests.copies.conftest import seed_rows
from tests.server.conftest import House
from tests.server.test_fuzz import call, generated, operations
from tests.test_tenancy import rows_of

__all__ = ["operations"]

ID_COLUMNS = """
    SELECT c.table_name, c.column_name FROM information_schema.columns c
    JOIN information_schema.columns t USING (table_schema, table_name)
    WHERE c.table_schema = 'public' AND t.column_name = 'tenant_id' AND c.data_type = 'text'
        AND c.column_name LIKE '%\\_id' AND c.column_name <> 'tenant_id'"""
NOT_THEIRS = {"name", "intent", "token", "rest", "version", "number", "day"}
"""Gaps that hold no id of a row."""
EACH = 1
"""Requests an operation."""

Ids = dict[str, list[str]]


def ids_of(database: TestDatabase, tenant: str) -> Ids:
    """The tenant's ids by the columns they stand in."""
    found: Ids = {}
    with psycopg.connect(database.owner_dsn) as conn:
        for table, column in conn.execute(ID_COLUMNS).fetchall():
            query = sql.SQL("SELECT DISTINCT {0} FROM {1} WHERE tenant_id = %s AND {0} <> ''")
            rows = conn.execute(
                query.format(sql.Identifier(column), sql.Identifier(table)), [tenant]
            ).fetchall()
            found.setdefault(column, []).extend(str(row[0]) for row in rows)
    return {name: sorted(set(values)) for name, values in found.items() if values}


@pytest.fixture
async def theirs(neighbour: House, database: TestDatabase) -> Ids:
    """A neighbour with rows nearly everywhere; all their ids."""
    await seed_rows(neighbour.deps.database, neighbour.tenant_id)
    found = ids_of(database, neighbour.tenant_id)
    assert len(found) > 40
    return found


def swapped(value: Any, ids: Ids, name: str = "") -> Any:
    """A body or query with the neighbour's ids wherever it has an id."""
    if isinstance(value, dict):
        return {key: swapped(inner, ids, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [swapped(inner, ids, name.removesuffix("s")) for inner in value]
    return ids[name][0] if isinstance(value, str) and name in ids else value


def told(answer: httpx.Response, ids: Ids, sent: str) -> list[str]:
    """The neighbour's ids that an answer holds although nobody sent them."""
    long = {value for values in ids.values() for value in values if len(value) > 14}
    return [value for value in long if value in answer.text and value not in sent]


async def test_no_operation_knows_a_neighbours_ids(
    house: House, neighbour: House, theirs: Ids, database: TestDatabase, operations: list[Any]
) -> None:
    before = rows_of(database, neighbour.tenant_id)
    with_ids = 0
    async with house.role("owner") as owner, house.program() as program:
        for number, operation in enumerate(operations):
            for case in generated(operation, True, EACH):
                gaps = case.path_parameters or {}
                case.path_parameters = {k: theirs.get(k, [v])[-1] for k, v in gaps.items()}
                case.query = swapped(case.query, theirs)
                case.body = swapped(case.body, theirs)
                answer = await call(program if number % 2 else owner, case)
                sent = f"{case.path_parameters} {case.query} {case.body}"
                assert told(answer, theirs, sent) == [], (operation.label, answer.text)
                if set(gaps) & set(theirs):
                    with_ids += 1
                    assert 400 <= answer.status_code < 500, (operation.label, answer.text)
                else:
                    assert set(gaps) <= NOT_THEIRS | {"override_id"}, operation.label
    assert with_ids > 30
    assert rows_of(database, neighbour.tenant_id) == before


def filled(path: str, ids: Ids) -> Iterator[str]:
    """The path with the neighbour's ids in its gaps, with the first and with the last of each."""
    for place in (0, -1):
        yield re.sub(r"\{(\w+)\}", lambda gap: ids.get(gap[1], ["1"])[place], path)  # noqa: B023


async def test_no_page_knows_a_neighbours_ids(
    house: House, neighbour: House, theirs: Ids, database: TestDatabase, app: FastAPI
) -> None:
    before = rows_of(database, neighbour.tenant_id)
    fields = {name: values[0] for name, values in theirs.items()} | {"text": "x", "reason": "x"}
    async with house.role("owner") as owner:
        for method, path in sorted(console.ACCESS):
            if path == "/console/events":
                continue
            for where in filled(path, theirs):
                if method == "GET":
                    answer = await owner.get(where, params=fields, follow_redirects=True)
                else:
                    answer = await owner.post(where, data=fields, follow_redirects=True)
                assert answer.status_code < 500, (method, where)
                sent = f"{where} {fields}"
                assert told(answer, theirs, sent) == [], (method, where, answer.text)
                if (
                    method == "GET"
                    and "{" in path
                    and set(re.findall(r"\{(\w+)\}", path)) & set(theirs)
                ):
                    assert answer.status_code >= 400, (method, where)
    assert rows_of(database, neighbour.tenant_id) == before
