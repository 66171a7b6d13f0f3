"""What providers call: one address for each account, known by an opaque token."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from psycopg import AsyncConnection

from invekto.db.pool import Database
from invekto.db.sealing import Sealer
from invekto.errors import NotFound
from invekto.intake.accounts import receive_package
from invekto.records import integrations, tenants
from invekto.records.routing import Callback, by_callback_token, token_hash
from invekto.tools.gateways import TenantGateways
from invekto.tools.paid import receive_iyzico

CALLED = ("trendyol", "iyzico")
"""Providers that call."""


async def callback_address(conn: AsyncConnection[Any], public_url: str, account_id: str) -> str:
    """A new address for an account, to be entered in the provider's panel; shown once.

    Raises:
        NotFound: no such account, or its provider does not call.
    """
    account = await integrations.get_account(conn, account_id)
    if account.provider not in CALLED:
        raise NotFound(f"{account.provider} calls nobody: it is asked")
    token = secrets.token_urlsafe(24)
    await tenants.add_callback_token(
        conn, token_hash=token_hash(token), purpose=account.provider, subject_id=account_id
    )
    return f"{public_url.rstrip('/')}/callbacks/{token}"


async def find(database: Database, token: str, *purposes: str) -> Callback:
    """Whose token it is. Raises NotFound: nobody's, or not for this."""
    async with database.routing() as conn:
        found = await by_callback_token(conn, token)
    if found is None or found.purpose not in purposes:
        raise NotFound("there is nothing at this address")
    return found


async def receive(
    database: Database, sealer: Sealer, gateways: TenantGateways, token: str,
    headers: Mapping[str, str], body: bytes, now: datetime,
) -> bool:  # fmt: skip
    """A call at `/callbacks/{token}`; headers in small letters. False where it changed nothing,
    which is answered 200 as well.

    Raises:
        NotFound, NotSignedIn, BadData: not for us. TryAgain: it should come again.
    """
    found = await find(database, token, *CALLED)
    if found.purpose == "trendyol":
        return await receive_package(
            database, sealer, found.tenant_id, found.subject_id, headers, body, now
        )
    return await receive_iyzico(database, gateways, found.tenant_id, headers, body, now)
