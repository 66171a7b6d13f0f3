"""Values sent in PostgreSQL's binary form, of types that psycopg does not know: the statement says
which (`%s::sparsevec`). pgvector reads a thousand numbers so in a tenth of the time of text."""

from __future__ import annotations

from psycopg import AsyncConnection
from psycopg.adapt import Buffer, Dumper
from psycopg.pq import Format


class Binary(bytes):
    """A value in the binary form of the type it is cast to."""


class _BinaryDumper(Dumper):
    format = Format.BINARY

    def dump(self, obj: Binary) -> Buffer:
        return obj


def register(conn: AsyncConnection[object]) -> None:
    """Let this connection send `Binary`."""
    conn.adapters.register_dumper(Binary, _BinaryDumper)
