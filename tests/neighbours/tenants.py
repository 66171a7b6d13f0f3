"""Neighbours and records/tenants.py."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from invekto.records import tenants
from tests.neighbours import Conn

LATER = datetime.now(UTC) + timedelta(days=1)


@dataclass(frozen=True)
class Ours:
    user_id: str
    session: bytes
    api_key_id: str
    channel_account_id: str


async def seed(conn: Conn) -> Ours:
    name = (await tenants.get_tenant(conn)).tenant_id
    user = await tenants.add_user(conn, email="ayse@example.com", name="Ayşe", role="agent")
    session = f"session of {name}".encode()
    await tenants.open_session(conn, user.user_id, session, LATER)
    key = await tenants.add_api_key(
        conn, key_hash=f"key of {name}".encode(), prefix="ik_1", name="shop", scopes=["suggest"]
    )
    account = await tenants.add_channel_account(
        conn, channel="whatsapp", external_id=f"number of {name}"
    )
    return Ours(user.user_id, session, key.api_key_id, account.channel_account_id)


CALLS = {
    "set_languages": lambda conn, ours: tenants.set_languages(conn, ["en"], "en"),
    "list_users": lambda conn, ours: tenants.list_users(conn),
    "get_user": lambda conn, ours: tenants.get_user(conn, ours.user_id),
    "update_user": lambda conn, ours: tenants.update_user(conn, ours.user_id, active=False),
    "open_session": lambda conn, ours: tenants.open_session(conn, ours.user_id, b"new", LATER),
    "close_session": lambda conn, ours: tenants.close_session(conn, ours.session),
    "list_api_keys": lambda conn, ours: tenants.list_api_keys(conn),
    "revoke_api_key": lambda conn, ours: tenants.revoke_api_key(conn, ours.api_key_id),
    "touch_api_key": lambda conn, ours: tenants.touch_api_key(conn, ours.api_key_id),
    "list_channel_accounts": lambda conn, ours: tenants.list_channel_accounts(conn),
    "get_channel_account": lambda conn, ours: tenants.get_channel_account(
        conn, ours.channel_account_id
    ),
}

OWN = "reads and writes the caller's own tenant row only; covered by test_pool.py"
EXEMPT = {
    "create_tenant": OWN,
    "get_tenant": OWN,
    "update_settings": OWN,
    "update_profile": OWN,
    "set_tone": OWN,
    "add_user": "writes a row of the caller's own, reads none",
    "add_api_key": "writes a row of the caller's own, reads none",
    "add_channel_account": "an external id is unique across tenants: see test_routing.py",
    "add_callback_token": "writes a row of the caller's own, reads none",
}
