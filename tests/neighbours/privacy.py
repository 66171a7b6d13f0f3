"""Neighbours and records/privacy.py."""

from __future__ import annotations

from dataclasses import dataclass

from invekto.records import privacy
from tests.neighbours import Conn
from tests.privacy.people import NOW, customer


@dataclass(frozen=True)
class Ours:
    contact_id: str
    request_id: str
    hold_id: str
    free_contact_id: str


async def seed(conn: Conn) -> Ours:
    held = await customer(conn)
    free = await customer(conn, user="905329998877", phone=None)
    request = await privacy.open_request(conn, held.contact_id, "access", NOW)
    hold = await privacy.place_hold(conn, held.contact_id, reason="case", by="u1")
    return Ours(held.contact_id, request.request_id, hold, free.contact_id)


CALLS = {
    "open_request": lambda conn, ours: privacy.open_request(
        conn, ours.free_contact_id, "erasure", NOW
    ),
    "open_requests": lambda conn, ours: privacy.open_requests(conn),
    "close_request": lambda conn, ours: privacy.close_request(conn, ours.request_id, NOW, by="u1"),
    "place_hold": lambda conn, ours: privacy.place_hold(
        conn, ours.free_contact_id, reason="x", by="u1"
    ),
    "release_hold": lambda conn, ours: privacy.release_hold(conn, ours.hold_id, NOW, by="u1"),
    "holds": lambda conn, ours: privacy.holds(conn, ours.contact_id),
    "export_contact": lambda conn, ours: privacy.export_contact(conn, ours.contact_id, by="u1"),
    "erase_contact": lambda conn, ours: privacy.erase_contact(conn, ours.free_contact_id, by="u1"),
}
EXEMPT = {"wipe": "takes a trail that only the caller's own contact has"}
