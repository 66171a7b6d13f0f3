"""Lines for evaluation sets that come from a tenant's own corrections."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from psycopg import AsyncConnection
from psycopg.rows import class_row, dict_row
from psycopg.types.json import Jsonb

from invekto.contracts.ids import new_id
from invekto.errors import NotFound

Conn = AsyncConnection[Any]
Status = Literal["proposed", "approved", "refused"]
COLUMNS = "line_id, kind, line, example_id, status, proposed_at, decided_at, decided_by"


@dataclass(frozen=True, slots=True)
class EvalLine:
    """`line` is what the file will hold."""

    line_id: str
    kind: str
    line: dict[str, Any]
    example_id: str
    status: str
    proposed_at: datetime
    decided_at: datetime | None
    decided_by: str | None


async def corrections(conn: Conn) -> list[dict[str, Any]]:
    """Corrected messages that were never proposed: text, language, intent and where from."""
    async with conn.cursor(row_factory=dict_row) as cur:
        await cur.execute(
            """SELECT e.example_id, e.intent, e.text, e.language, e.turn_id, e.contact_id
               FROM intent_examples e
               WHERE e.tenant_id = app.current_tenant() AND e.source = 'correction'
                 AND NOT EXISTS (SELECT FROM eval_lines l WHERE l.tenant_id = app.current_tenant()
                     AND l.kind = 'intents' AND l.example_id = e.example_id)
               ORDER BY e.created_at, e.example_id"""
        )
        return await cur.fetchall()


async def propose(
    conn: Conn,
    line: dict[str, Any],
    *,
    kind: str,
    example_id: str,
    turn_id: str | None,
    contact_id: str | None,
    now: datetime,
) -> None:
    """Store a line that waits for a person; one example is proposed once."""
    await conn.execute(
        """INSERT INTO eval_lines (line_id, kind, line, example_id, turn_id, contact_id,
               proposed_at) VALUES (%s, %s, %s, %s, %s, %s, %s)
           ON CONFLICT (tenant_id, kind, example_id) DO NOTHING""",
        (new_id("el"), kind, Jsonb(line), example_id, turn_id, contact_id, now),
    )


async def list_lines(conn: Conn, status: Status) -> list[EvalLine]:
    """The lines of a status, oldest first."""
    async with conn.cursor(row_factory=class_row(EvalLine)) as cur:
        await cur.execute(
            f"SELECT {COLUMNS} FROM eval_lines"
            " WHERE tenant_id = app.current_tenant() AND status = %s"
            " ORDER BY proposed_at, line_id",
            (status,),
        )
        return await cur.fetchall()


async def decide(
    conn: Conn, line_ids: Sequence[str], status: Status, *, by: str, now: datetime
) -> None:
    """A person approves or refuses lines; a decision may be changed.

    Raises:
        NotFound: one of them does not exist; none was changed.
    """
    done = await conn.execute(
        """UPDATE eval_lines SET status = %s, decided_by = %s, decided_at = %s
           WHERE tenant_id = app.current_tenant() AND line_id = ANY(%s)""",
        (status, by, now, list(line_ids)),
    )
    if done.rowcount != len(set(line_ids)):
        raise NotFound("one of these lines does not exist: list them without --approve")
