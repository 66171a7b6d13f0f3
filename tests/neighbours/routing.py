"""records/routing.py runs before a tenant is known: there is no neighbour yet."""

from __future__ import annotations

from tests.neighbours import Conn

BEFORE = "called without a tenant, answers by a secret that only its owner has"


async def seed(conn: Conn) -> None:
    return None


CALLS: dict[str, object] = {}
EXEMPT = {
    "by_api_key": BEFORE,
    "by_session": BEFORE,
    "for_sign_in": BEFORE,
    "by_channel_account": "the provider's signature is checked with what it returns",
    "by_channel_token": BEFORE,
    "by_callback_token": BEFORE,
    "tenant_exists": "answers yes or no to a tenant that a verified JWT names",
    "active_tenants": "for the worker's role only",
}
