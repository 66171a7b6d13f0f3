"""Neighbours and records/order_requests.py."""

from __future__ import annotations

from invekto.records import order_requests
from tests.neighbours import Conn
from tests.tools.houses import NOW, fill_shop


async def seed(conn: Conn) -> str:
    await fill_shop(conn)
    made = await order_requests.add_request(conn, "ord-NM-10451", "cancel", key="key_ours", now=NOW)
    return made.request_id


CALLS = {
    "requests_of": lambda conn, ours: order_requests.requests_of(conn, ["ord-NM-10451"]),
    "get_request": lambda conn, ours: order_requests.get_request(conn, ours),
    "list_requests": lambda conn, ours: order_requests.list_requests(conn),
    "request_by_key": lambda conn, ours: order_requests.request_by_key(conn, "key_ours"),
    "move_request": lambda conn, ours: order_requests.move_request(
        conn, ours, "approved", by="u", now=NOW
    ),
}
EXEMPT = {
    "add_request": "writes a row of the caller's own; its upsert is keyed by the tenant",
}
