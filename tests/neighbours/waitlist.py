"""Neighbours and records/waitlist.py."""

from __future__ import annotations

from datetime import timedelta

from invekto.records import waitlist
from tests.tools.houses import NOW, fill_clinic

TODAY = NOW.date()


async def seed(conn) -> None:
    await fill_clinic(conn)
    entry = waitlist.Waiting(
        "wl_ours", "temizlik", TODAY, TODAY + timedelta(days=7), contact_id="ct_ours"
    )
    await waitlist.join_waitlist(conn, entry, "key_ours", NOW)


CALLS = {
    "by_key": lambda conn, ours: waitlist.by_key(conn, "key_ours"),
    "waiting_for": lambda conn, ours: waitlist.waiting_for(conn, contact_id="ct_ours"),
    "set_waiting": lambda conn, ours: waitlist.set_waiting(conn, "wl_ours", "left"),
}
EXEMPT = {"join_waitlist": "writes a row of the caller's own; its upsert is keyed by the tenant"}
