"""Neighbours and records/personal.py."""

from __future__ import annotations

from invekto.records import personal
from tests.neighbours import Conn
from tests.privacy.people import PHONE, customer


async def seed(conn: Conn) -> str:
    return (await customer(conn)).contact_id


CALLS = {
    "trail": lambda conn, ours: personal.trail(conn, ours),
    "leftovers": lambda conn, ours: personal.leftovers(conn, [PHONE]),
}
EXEMPT: dict[str, str] = {}
