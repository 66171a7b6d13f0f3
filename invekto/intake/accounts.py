"""Accounts at marketplaces and payment providers: connected, tested, their keys sealed."""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import b64decode
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

import httpx
from psycopg import AsyncConnection

from invekto.connectors.hepsiburada import Hepsiburada
from invekto.connectors.shapes import MarketOrder
from invekto.connectors.trendyol import Trendyol, package
from invekto.contracts.ids import new_id
from invekto.db.pool import Database
from invekto.db.sealing import Sealer
from invekto.errors import BadData, InvektoError, NotSignedIn, ProviderUnavailable
from invekto.intake.market import save_packages
from invekto.records import integrations
from invekto.records.integrations import Account

Conn = AsyncConnection[Any]
NEEDS = {
    "trendyol": ("key", "secret"),
    "hepsiburada": ("password",),
    "iyzico": ("api_key", "secret_key"),
    "paytr": ("merchant_key", "merchant_salt"),
}
"""What each provider's credentials must hold; `webhook_secret` may be in any of them."""


async def connect(
    conn: Conn, sealer: Sealer, tenant_id: str, provider: str, external_id: str,
    credentials: Mapping[str, str], settings: dict[str, Any] | None = None,
) -> str:  # fmt: skip
    """Keep an account's credentials, sealed; returns the account's id.

    Raises:
        BadData: an unknown provider, or a part of the credentials is missing.
    """
    if provider not in NEEDS:
        raise BadData(f"unknown provider {provider!r}: one of {', '.join(NEEDS)}")
    missing = [name for name in NEEDS[provider] if not credentials.get(name)]
    if missing or not external_id:
        raise BadData(f"{provider} needs {', '.join(missing or ['its account number'])}")
    known = await integrations.account_of(conn, provider, external_id)
    account_id = known.account_id if known else new_id("acc")
    sealed = sealer.seal_json(dict(credentials), integrations.purpose(tenant_id, account_id))
    return await integrations.save_account(
        conn, provider, external_id, account_id=account_id, credentials=sealed, settings=settings
    )


def opened(sealer: Sealer, tenant_id: str, account: Account) -> dict[str, str]:
    """An account's credentials. Raises OperatorNeeded where the key is not known."""
    found: dict[str, str] = sealer.open_json(
        account.credentials, integrations.purpose(tenant_id, account.account_id)
    )
    return found


async def reseal(conn: Conn, sealer: Sealer, tenant_id: str) -> int:
    """Seal everything under the newest key, after it was rotated; returns how many."""
    accounts = await integrations.list_accounts(conn)
    for account in accounts:
        sealed = sealer.seal_json(
            opened(sealer, tenant_id, account), integrations.purpose(tenant_id, account.account_id)
        )
        await integrations.set_credentials(conn, account.account_id, sealed)
    return len(accounts)


def market_client(
    account: Account, credentials: Mapping[str, str], http: httpx.AsyncClient,
    base_url: str | None = None,
) -> Trendyol | Hepsiburada:  # fmt: skip
    """The client of a marketplace account. `base_url` is for tests and the vendor's stage, and
    never comes from a tenant.

    Raises:
        BadData: the account is no marketplace's.
    """
    more: dict[str, Any] = {"base_url": base_url} if base_url else {}
    if account.provider == "trendyol":
        return Trendyol(
            http, seller_id=account.external_id, key=credentials["key"],
            secret=credentials["secret"], **more,
        )  # fmt: skip
    if account.provider == "hepsiburada":
        return Hepsiburada(
            http, merchant_id=account.external_id, password=credentials["password"], **more
        )
    raise BadData(f"{account.provider} is no marketplace")


class Checked(Protocol):
    """A client whose keys can be tried."""

    async def check(self) -> None: ...


async def try_connection(
    database: Database, tenant_id: str, account_id: str, client: Checked, now: datetime
) -> str | None:  # fmt: skip
    """Try the credentials; what is wrong, or None. The account remembers it."""
    problem = None
    try:
        await client.check()
    except InvektoError as error:
        problem = error.message
    async with database.tenant(tenant_id) as conn:
        await integrations.note_check(conn, account_id, problem, now)
    return problem


async def receive_package(
    database: Database, sealer: Sealer, tenant_id: str, account_id: str,
    headers: Mapping[str, str], body: bytes, now: datetime,
) -> bool:  # fmt: skip
    """A webhook of Trendyol: Basic auth or `x-api-key` with the account's `webhook_secret`. It
    comes every 5 minutes until we say 200, so a repeated or late one is harmless. False where it
    changed nothing.

    Raises:
        NotSignedIn: the secret is wrong, or none was agreed. BadData: no package.
    """
    async with database.tenant(tenant_id) as conn:
        account = await integrations.get_account(conn, account_id)
        secret = opened(sealer, tenant_id, account).get("webhook_secret", "")
        _let_in(headers, secret)
        made = _package(body)
        if not await integrations.note_event(
            conn, account_id, hashlib.sha256(body).hexdigest(), now
        ):
            return False
        return bool(await save_packages(conn, account.provider, [made]))


def _package(body: bytes) -> MarketOrder:
    try:
        found = json.loads(body)
        if isinstance(found, dict):
            return package(found)
    except (ValueError, ProviderUnavailable) as error:
        raise BadData("the webhook's body is no package") from error
    raise BadData("the webhook's body is no package")


def _let_in(headers: Mapping[str, str], secret: str) -> None:
    shown = headers.get("x-api-key", "")
    scheme, _, packed = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            shown = b64decode(packed, validate=True).decode().partition(":")[2]
        except ValueError:
            shown = ""
    if not secret or not hmac.compare_digest(shown.encode(), secret.encode()):
        raise NotSignedIn("the webhook's key is wrong: compare it with the one in the panel")
