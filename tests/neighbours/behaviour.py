"""Neighbours and records/behaviour.py."""

from __future__ import annotations

from datetime import UTC, datetime

from invekto.records import behaviour
from tests.neighbours import Conn

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)


async def seed(conn: Conn) -> int:
    version = await behaviour.draft_playbook(conn, "greeting", "intent: greeting", "ayse")
    await behaviour.publish_playbook(conn, "greeting", version, NOW)
    await behaviour.draft_playbook(conn, "location", "intent: location", "ayse")
    await behaviour.set_intent(
        conn, behaviour.IntentSetting("greeting", "selam", None, None, None, disabled=True)
    )
    await behaviour.add_example(
        conn, intent="greeting", text="selamlar", language="tr", source="own", by="ayse"
    )
    return version


CALLS = {
    "published_playbooks": lambda conn, ours: behaviour.published_playbooks(conn),
    "newest_drafts": lambda conn, ours: behaviour.newest_drafts(conn),
    "playbook_history": lambda conn, ours: behaviour.playbook_history(conn, "greeting"),
    "publish_playbook": lambda conn, ours: behaviour.publish_playbook(conn, "greeting", ours, NOW),
    "intent_settings": lambda conn, ours: behaviour.intent_settings(conn),
    "examples": lambda conn, ours: behaviour.examples(conn),
}
EXEMPT = {
    "draft_playbook": "writes a row of the caller's own, numbered among its own",
    "set_intent": "writes a row of the caller's own, reads none",
    "add_example": "writes a row of the caller's own, reads none",
}
