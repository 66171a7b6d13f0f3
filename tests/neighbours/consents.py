"""Neighbours and records/consents.py."""

from __future__ import annotations

from invekto.records import consents
from tests.neighbours import Conn
from tests.privacy.people import NOW, customer


async def seed(conn: Conn) -> str:
    who = await customer(conn)
    await consents.record_consent(conn, who.contact_id, "given", recorded_by="ai")
    return who.contact_id


CALLS = {
    "record_consent": lambda conn, ours: consents.record_consent(
        conn, ours, "refused", recorded_by="x"
    ),
    "consent_history": lambda conn, ours: consents.consent_history(conn, ours),
    "withdraw_consent": lambda conn, ours: consents.withdraw_consent(conn, ours, recorded_by="x"),
    "opt_out": lambda conn, ours: consents.opt_out(conn, ours, NOW, recorded_by="x"),
    "opt_in": lambda conn, ours: consents.opt_in(conn, ours, recorded_by="x"),
}
EXEMPT: dict[str, str] = {}
