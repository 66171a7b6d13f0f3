"""How long things are kept, and the scheduled purge of what was kept long enough."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from psycopg import AsyncConnection

from invekto.errors import BadRequest
from invekto.records import audit
from invekto.records.personal import trail
from invekto.records.privacy import wipe

Conn = AsyncConnection[Any]

RETENTION = {
    "conversations": 730,
    "handovers": 365,
    "gap_questions": 365,
    "training": 730,
    "contacts": 3_650,
    "audit": 1_095,
}
"""Days by default; a tenant may set its own. A contact is kept from the last that was heard of
them: ten years, as long as merchants keep their orders (TTK art. 82)."""
MOST = 200
"""Contacts that one purge erases; the next takes the rest."""

HELD = """(SELECT contact_id FROM legal_holds
           WHERE tenant_id = app.current_tenant() AND released_at IS NULL)"""
_SPOKEN = f"""(SELECT conversation_id FROM conversations
               WHERE tenant_id = app.current_tenant() AND contact_id IN {HELD})"""
_TURNS = f"""(SELECT turn_id FROM turns
              WHERE tenant_id = app.current_tenant() AND conversation_id IN {_SPOKEN})"""
OLD = (
    ("gap_questions", "gap_questions", f"asked_at < %s AND coalesce(turn_id, '') NOT IN {_TURNS}"),
    ("handovers", "handovers", f"created_at < %s AND conversation_id NOT IN {_SPOKEN}"),
    (
        "training",
        "intent_examples",
        f"created_at < %s AND contact_id IS NOT NULL AND contact_id NOT IN {HELD}",
    ),
    (
        "training",
        "eval_lines",
        f"proposed_at < %s AND contact_id IS NOT NULL AND contact_id NOT IN {HELD}",
    ),
)
"""Kind of data, table, and which of its rows are over."""
HANGING = (
    *("executed_actions", "suggested_replies", "handovers", "conversation_notes"),
    *("recommendation_log", "messages", "turns", "outbound_messages", "conversations"),
)
"""What goes with a conversation, in this order."""


async def retention(conn: Conn) -> dict[str, int]:
    """Days by kind of data: the tenant's own where set, else the defaults."""
    rows = await conn.execute(
        "SELECT resource_type, retain_days FROM retention_policies"
        " WHERE tenant_id = app.current_tenant() AND resource_type = ANY(%s)",
        (list(RETENTION),),
    )
    return {**RETENTION, **{str(r[0]): int(r[1]) async for r in rows}}


async def set_retention(
    conn: Conn, resource_type: str, days: int, *, by: str, actor_kind: str = "user"
) -> None:
    """Keep a kind of data for so many days. Raises BadRequest."""
    if resource_type not in RETENTION or days < 1:
        raise BadRequest(
            f"retention of {resource_type!r} for {days} days cannot be set:"
            f" use {', '.join(RETENTION)} and at least one day"
        )
    await conn.execute(
        "INSERT INTO retention_policies (resource_type, retain_days) VALUES (%s, %s)"
        " ON CONFLICT (tenant_id, resource_type) DO UPDATE"
        " SET retain_days = EXCLUDED.retain_days, updated_at = now()",
        (resource_type, days),
    )
    await audit.record(
        conn, "retention.set", actor_kind=actor_kind, actor_id=by, resource_type="retention",
        resource_id=resource_type, detail={"days": days},
    )  # fmt: skip


async def purge(conn: Conn, now: datetime) -> dict[str, int]:
    """Delete what was kept long enough; contacts under a legal hold are left alone. Conversations
    go with everything that hangs on them; of contacts not heard of for so long, all goes that
    erasure takes. Returns rows by table."""
    days = await retention(conn)
    purged: dict[str, int] = {}
    for kind, table, over in OLD:
        await _delete(conn, purged, table, over, now - timedelta(days=days[kind]))
    old = await _old_conversations(conn, now - timedelta(days=days["conversations"]))
    for table in HANGING:
        await _delete(conn, purged, table, "conversation_id = ANY(%s)", old)
    for contact_id in await _unheard(conn, now - timedelta(days=days["contacts"])):
        found = await trail(conn, contact_id)
        if found is not None:
            await wipe(conn, found)
            purged["contacts"] = purged.get("contacts", 0) + 1
    counted = {table: count for table, count in purged.items() if count}
    if counted:
        await audit.record(
            conn, "retention.purged", actor_kind="system", resource_type="retention",
            detail=counted,
        )  # fmt: skip
    return counted


async def _delete(conn: Conn, purged: dict[str, int], table: str, over: str, value: Any) -> None:
    done = await conn.execute(
        f"DELETE FROM {table} WHERE tenant_id = app.current_tenant() AND {over}", (value,)
    )
    purged[table] = purged.get(table, 0) + done.rowcount


async def _old_conversations(conn: Conn, before: datetime) -> list[str]:
    rows = await conn.execute(
        f"""SELECT conversation_id FROM conversations
            WHERE tenant_id = app.current_tenant() AND status <> 'handed_over'
              AND coalesce(last_message_at, created_at) < %s AND contact_id NOT IN {HELD}""",
        (before,),
    )
    return [str(row[0]) async for row in rows]


async def _unheard(conn: Conn, before: datetime) -> list[str]:
    """Contacts without a word, an order, an appointment or a lead since. Who wants no messages
    stays known: their number may come in again with the next list."""
    rows = await conn.execute(
        f"""SELECT contact_id FROM contacts c
            WHERE tenant_id = app.current_tenant() AND created_at < %(before)s
              AND opted_out_at IS NULL AND contact_id NOT IN {HELD}
              AND NOT EXISTS (SELECT FROM conversations v WHERE v.tenant_id = c.tenant_id
                  AND v.contact_id = c.contact_id
                  AND coalesce(v.last_message_at, v.created_at) >= %(before)s)
              AND NOT EXISTS (SELECT FROM orders o WHERE o.tenant_id = c.tenant_id
                  AND o.contact_id = c.contact_id AND o.placed_at >= %(before)s)
              AND NOT EXISTS (SELECT FROM appointments a WHERE a.tenant_id = c.tenant_id
                  AND a.contact_id = c.contact_id AND a.starts_at >= %(before)s)
              AND NOT EXISTS (SELECT FROM leads l WHERE l.tenant_id = c.tenant_id
                  AND l.contact_id = c.contact_id AND l.created_at >= %(before)s)
            ORDER BY created_at LIMIT {MOST}""",
        {"before": before},
    )
    return [str(row[0]) async for row in rows]
