"""Neighbours and records/webhooks.py."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from invekto.records import webhooks
from invekto.records.webhooks import Attempt
from tests.neighbours import Conn

NOW = datetime.now(UTC)


@dataclass(frozen=True)
class Ours:
    endpoint_id: str
    delivery_id: str


async def seed(conn: Conn) -> Ours:
    endpoint = await webhooks.add_endpoint(conn, url="https://a.example", secret=b"s", types=[])
    delivery_id = await webhooks.add_delivery(conn, endpoint.endpoint_id, "test", {})
    return Ours(endpoint.endpoint_id, delivery_id)


CALLS = {
    "list_endpoints": lambda conn, ours: webhooks.list_endpoints(conn),
    "get_endpoint": lambda conn, ours: webhooks.get_endpoint(conn, ours.endpoint_id),
    "change_endpoint": lambda conn, ours: webhooks.change_endpoint(
        conn, ours.endpoint_id, active=False
    ),
    "delete_endpoint": lambda conn, ours: webhooks.delete_endpoint(conn, ours.endpoint_id),
    "deliveries": lambda conn, ours: webhooks.deliveries(conn, ours.endpoint_id, limit=10),
    "get_delivery": lambda conn, ours: webhooks.get_delivery(conn, ours.delivery_id),
    "note_attempt": lambda conn, ours: webhooks.note_attempt(
        conn, ours.delivery_id, Attempt(True, 200), NOW
    ),
    "give_up": lambda conn, ours: webhooks.give_up(conn, ours.delivery_id),
    "replay": lambda conn, ours: webhooks.replay(conn, ours.delivery_id),
    "forget_old": lambda conn, ours: webhooks.forget_old(conn, NOW + timedelta(days=99)),
}
EXEMPT = {
    "add_endpoint": "writes a row of the caller's own, reads none",
    "add_delivery": "writes a row of the caller's own; the endpoint is a foreign key with tenant",
}
