"""Executed actions: each done once under its idempotency key, and written into the audit log."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from psycopg import AsyncConnection
from psycopg.types.json import Jsonb

from invekto.records import audit

Conn = AsyncConnection[Any]

ASSISTANT = "assistant"
"""Who executed what no person pressed Send for."""


async def begin_action(
    conn: Conn,
    key: str,
    *,
    tool: str,
    args: dict[str, Any],
    turn_id: str | None,
    conversation_id: str | None,
    by: str,
    now: datetime,
) -> dict[str, Any] | None:
    """Claim an idempotency key. None: it is ours to do. A dict: it was done before, with this
    `status` and `result`."""
    row = await (
        await conn.execute(
            """INSERT INTO executed_actions (action_key, turn_id, conversation_id, tool, args,
                   executed_by, created_at)
               VALUES (%s, %s, %s, %s, %s, %s, %s)
               ON CONFLICT (tenant_id, action_key) DO NOTHING RETURNING action_key""",
            (key, turn_id, conversation_id, tool, Jsonb(args), by, now),
        )
    ).fetchone()
    if row is not None:
        return None
    async with conn.cursor() as cur:
        await cur.execute(
            """SELECT status, result FROM executed_actions
               WHERE tenant_id = app.current_tenant() AND action_key = %s FOR UPDATE""",
            (key,),
        )
        found = await cur.fetchone()
    return {"status": found[0], "result": found[1]} if found else None


async def end_action(conn: Conn, key: str, status: str, result: dict[str, Any] | None) -> None:
    """Record how a claimed action ended: done, refused or failed."""
    rows = await conn.execute(
        """UPDATE executed_actions SET status = %s, result = %s
           WHERE tenant_id = app.current_tenant() AND action_key = %s
           RETURNING tool, executed_by, conversation_id""",
        (status, Jsonb(result) if result is not None else None, key),
    )
    row = await rows.fetchone()
    if row is not None:
        tool, by, conversation_id = row
        await audit.record(
            conn, f"action.{status}", actor_kind=_actor(by), actor_id=by,
            resource_type="conversation", resource_id=conversation_id or "", detail={"tool": tool},
        )  # fmt: skip


def _actor(by: str) -> str:
    if by == ASSISTANT:
        return "ai"
    return "api_key" if by.startswith("api_key:") else "user"
