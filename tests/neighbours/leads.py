"""Neighbours and records/leads.py."""

from __future__ import annotations

from datetime import timedelta

from invekto.records import leads
from tests.neighbours import Conn
from tests.tools.houses import NOW, fill_shop


async def seed(conn: Conn) -> None:
    await fill_shop(conn)
    lead = leads.Lead("lead_ours", contact_id="ct_ours", next_followup_at=NOW)
    await leads.save_lead(conn, lead, NOW)
    await leads.add_activity(conn, "lead_ours", "captured", NOW)
    await leads.flag(conn, "b2b_signal", contact_id="ct_ours", phone=None, signal="toptan", now=NOW)


CALLS = {
    "open_lead": lambda conn, ours: leads.open_lead(conn, "ct_ours"),
    "get_lead": lambda conn, ours: leads.get_lead(conn, "lead_ours"),
    "move_lead": lambda conn, ours: leads.move_lead(conn, "lead_ours", "won", NOW, by="u"),
    "pipeline": lambda conn, ours: leads.pipeline(conn),
    "followups_due": lambda conn, ours: leads.followups_due(conn, NOW + timedelta(hours=1)),
    "activities": lambda conn, ours: leads.activities(conn, "lead_ours"),
    "flags": lambda conn, ours: leads.flags(conn, "ct_ours"),
    "history": lambda conn, ours: leads.history(conn, "ct_ours", "+905321112233"),
}
EXEMPT = {
    "save_lead": "writes a row of the caller's own; its upsert is keyed by the tenant",
    "add_activity": "writes a row of the caller's own, reads none",
    "flag": "writes a row of the caller's own, reads none",
}
