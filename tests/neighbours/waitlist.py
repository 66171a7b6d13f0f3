"""Neighbours and records/waitlist.py."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from invekto.records import waitlist
from tests.neighbours import Conn
from tests.tools.houses import NOW, fill_clinic

TODAY = NOW.date()


async def seed(conn: Conn) -> None:
    await fill_clinic(conn)
    entry = waitlist.Waiting(
        "wl_ours", "temizlik", TODAY, TODAY + timedelta(days=7), contact_id="ct_ours"
    )
    await waitlist.join_waitlist(conn, entry, "key_ours", NOW)
    offered = replace(entry, waitlist_id="wl_offered", status="offered", hold_id="hold_gone")
    await waitlist.join_waitlist(conn, offered, "key_offered", NOW)


CALLS = {
    "by_key": lambda conn, ours: waitlist.by_key(conn, "key_ours"),
    "waiting_for": lambda conn, ours: waitlist.waiting_for(conn, contact_id="ct_ours"),
    "open_entries": lambda conn, ours: waitlist.open_entries(conn, "ct_ours"),
    "lapsed": lambda conn, ours: waitlist.lapsed(conn, NOW),
    "set_waiting": lambda conn, ours: waitlist.set_waiting(conn, "wl_ours", "left"),
}
EXEMPT = {"join_waitlist": "writes a row of the caller's own; its upsert is keyed by the tenant"}
