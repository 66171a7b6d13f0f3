"""Statements as spans."""

from __future__ import annotations

import re
from typing import Any

from opentelemetry.trace import SpanKind, Tracer
from psycopg import AsyncCursor, sql

from invekto.tracing import span

VERB = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH|BEGIN|COMMIT|ROLLBACK)\b")


def traced_cursor(tracer: Tracer) -> type[AsyncCursor[Any]]:
    """A cursor class whose statements are spans: with their text, which holds no values, and never
    with their parameters."""

    class TracedCursor(AsyncCursor[Any]):
        async def execute(self, query: Any, *args: Any, **more: Any) -> Any:
            text = query.as_string(None) if isinstance(query, sql.Composable) else str(query)
            verb = VERB.match(text)
            name = verb.group(1) if verb else "statement"
            with span(
                tracer, name, SpanKind.CLIENT, db__system__name="postgresql",
                db__operation__name=name, db__query__text=" ".join(text.split())[:500],
            ):  # fmt: skip
                return await super().execute(query, *args, **more)

    return TracedCursor
