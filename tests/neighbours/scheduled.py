"""Neighbours and records/scheduled.py."""

from __future__ import annotations

from invekto.records import conversations, scheduled
from tests.neighbours import Conn
from tests.neighbours.conversations import inbound
from tests.tools.houses import NOW


async def seed(conn: Conn) -> str:
    received = await conversations.receive(conn, inbound("first"), NOW)
    conversation = await conversations.get(conn, received.conversation_id)
    await scheduled.plan(
        conn,
        scheduled.Planned(
            conversation.contact_id,
            "waitlist_offer",
            "waitlist",
            "wl_ours",
            NOW,
            "wl_ours:1",
            data={"moment": NOW.isoformat()},
        ),
        NOW,
    )
    rows = await conn.execute(
        "SELECT scheduled_id FROM scheduled_messages WHERE tenant_id = app.current_tenant()"
    )
    ((scheduled_id,),) = await rows.fetchall()
    return str(scheduled_id)


CALLS = {
    "call_off": lambda conn, ours: scheduled.call_off(conn, "waitlist", "wl_ours", NOW),
    "waiting": lambda conn, ours: scheduled.waiting(conn, "waitlist", "wl_ours"),
    "subjects": lambda conn, ours: scheduled.subjects(conn, "waitlist", ["wl_ours"]),
    "take_due": lambda conn, ours: scheduled.take_due(conn, NOW),
    "postpone": lambda conn, ours: scheduled.postpone(conn, ours, NOW.replace(year=2027)),
    "settle": lambda conn, ours: scheduled.settle(conn, ours, "expired", NOW),
}
EXEMPT = {"plan": "writes a row of the caller's own; its upsert is keyed by the tenant"}
