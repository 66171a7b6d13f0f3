"""Every table there is, from the database's own catalogue: what a backup, an export and a deletion
walk, so that a new table is never forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from psycopg import AsyncConnection, sql
from psycopg.rows import class_row

Conn = AsyncConnection[Any]

TABLES = """
    SELECT n.nspname AS schema, c.relname AS name,
        array(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = c.oid
              AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
              ORDER BY a.attnum) AS columns,
        array(SELECT a.attname::text FROM pg_index x, unnest(x.indkey::smallint[])
                  WITH ORDINALITY k(n, at) JOIN pg_attribute a ON a.attnum = k.n
              WHERE x.indrelid = c.oid AND x.indisprimary AND a.attrelid = c.oid
              ORDER BY k.at) AS key,
        array(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = c.oid
              AND a.attnum > 0 AND NOT a.attisdropped
              AND pg_get_serial_sequence(quote_ident(n.nspname) || '.' || quote_ident(c.relname),
                  a.attname) IS NOT NULL) AS counted,
        EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid
              AND a.attname = 'tenant_id' AND NOT a.attisdropped) AS of_tenants
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
        AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_%'
        AND NOT EXISTS (SELECT FROM pg_depend d
            WHERE d.objid = c.oid AND d.classid = 'pg_class'::regclass AND d.deptype = 'e')
    ORDER BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class Table:
    """One table; `columns` without generated ones, `counted` are those fed by a sequence."""

    schema: str
    name: str
    columns: list[str]
    key: list[str]
    counted: list[str]
    of_tenants: bool

    @property
    def full(self) -> str:
        """`schema.name`."""
        return f"{self.schema}.{self.name}"

    @property
    def quoted(self) -> sql.Identifier:
        """For statements."""
        return sql.Identifier(self.schema, self.name)


async def all_tables(conn: Conn) -> list[Table]:
    """Every table of the database, partitions with their parent, in order of their names."""
    async with conn.cursor(row_factory=class_row(Table)) as cursor:
        await cursor.execute(TABLES)
        return await cursor.fetchall()
