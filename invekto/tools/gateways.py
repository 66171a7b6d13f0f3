"""The ways out that tools are handed: payment providers, behind one small interface.

A tenant's own account (iyzico) is used once its keys are entered. The sandbox needs no account,
moves no money and is paid on a page of our own. PayTR will be a third `PaymentProvider`: its link
API takes the amount × 100 and a callback address, its callback a hash; nothing here stands in its
way.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

import httpx
from psycopg import AsyncConnection

from invekto.connectors.iyzico import PRODUCTION, Iyzico
from invekto.db.sealing import Sealer
from invekto.records import integrations
from invekto.settings import Settings
from invekto.tools.contract import TenantView, ToolContext


@dataclass(frozen=True, slots=True)
class LinkWanted:
    """What a provider is asked for. `payment_id` is ours and the same on every retry."""

    payment_id: str
    title: str
    amount: Decimal
    currency: str
    expires_at: datetime
    instalments: bool = False
    callback_token: str = ""
    """Opaque; a provider that calls back is given it within the callback's address."""


@dataclass(frozen=True, slots=True)
class LinkMade:
    """What a provider answered."""

    external_id: str
    url: str


class PaymentProvider(Protocol):
    """A provider with the tenant's credentials in it."""

    @property
    def name(self) -> str:
        """`iyzico`, `sandbox` …, as payment links keep it."""
        ...

    async def create_link(self, wanted: LinkWanted) -> LinkMade:
        """Create the link, or find the one created before for this payment.

        Raises:
            ProviderUnavailable: down, slow or refusing; nothing is known to have been created.
        """
        ...

    async def cancel_link(self, external_id: str) -> None:
        """Make a link unusable; one that is unknown or cancelled already is fine."""
        ...

    async def sold(self, external_id: str) -> bool:
        """Whether the link has been paid, as the provider itself says."""
        ...


class Gateways(Protocol):
    """Finds the provider a tenant uses."""

    async def provider(
        self, conn: AsyncConnection[Any], tenant_id: str, name: str
    ) -> PaymentProvider | None:
        """The provider of a link that was made; None where its account was disconnected."""
        ...

    async def payments(
        self, conn: AsyncConnection[Any], tenant: TenantView
    ) -> PaymentProvider | None:
        """The tenant's payment provider with its credentials, or None where it has none."""
        ...


async def has_links(ctx: ToolContext) -> bool:
    """Whether a payment link can be made for this tenant at all."""
    gateways: Gateways | None = ctx.outside
    return gateways is not None and await gateways.payments(ctx.conn, ctx.tenant) is not None


@dataclass(frozen=True, slots=True)
class SandboxPayments:
    """A provider that moves no money: links lead to a pay page of this server."""

    public_url: str
    name: str = "sandbox"

    async def create_link(self, wanted: LinkWanted) -> LinkMade:
        """A link to our own page, keyed by the callback token."""
        url = f"{self.public_url.rstrip('/')}/pay/{wanted.callback_token}"
        return LinkMade(external_id=f"sandbox-{wanted.payment_id}", url=url)

    async def cancel_link(self, external_id: str) -> None:
        """Nothing to do: our page asks the payment's own state."""

    async def sold(self, external_id: str) -> bool:  # noqa: ARG002
        """Never: what is paid on our page is known here at once."""
        return False


@dataclass(frozen=True, slots=True)
class SandboxGateways:
    """Every tenant pays in the sandbox."""

    public_url: str

    async def payments(self, conn: AsyncConnection[Any], tenant: TenantView) -> PaymentProvider:  # noqa: ARG002
        """The sandbox."""
        return SandboxPayments(self.public_url)

    async def provider(
        self,
        conn: AsyncConnection[Any],  # noqa: ARG002
        tenant_id: str,  # noqa: ARG002
        name: str,  # noqa: ARG002
    ) -> PaymentProvider:
        """The sandbox."""
        return SandboxPayments(self.public_url)


@dataclass(frozen=True, slots=True)
class IyzicoPayments:
    """A tenant's iyzico account."""

    api_key: str
    secret_key: str
    base_url: str = PRODUCTION
    name: str = "iyzico"

    async def create_link(self, wanted: LinkWanted) -> LinkMade:
        """A link payable once. Where iyzico's answer was lost, the link it may have made was
        shown to nobody."""
        async with httpx.AsyncClient() as http:
            made = await self.client(http).create(
                wanted.payment_id, wanted.title, wanted.amount, wanted.currency,
                instalments=wanted.instalments,
            )  # fmt: skip
        return LinkMade(made.token, made.url)

    async def cancel_link(self, external_id: str) -> None:
        """Make a link unusable."""
        async with httpx.AsyncClient() as http:
            await self.client(http).cancel(external_id)

    async def sold(self, external_id: str) -> bool:
        """Whether the link has been paid."""
        async with httpx.AsyncClient() as http:
            return await self.client(http).sold(external_id)

    def client(self, http: httpx.AsyncClient) -> Iyzico:
        """The account's client on a connection pool."""
        return Iyzico(
            http, api_key=self.api_key, secret_key=self.secret_key, base_url=self.base_url
        )


@dataclass(frozen=True, slots=True)
class TenantGateways:
    """The provider whose keys a tenant has entered; else the sandbox, where that is allowed.

    `iyzico_url` is the vendor's host, or its test system's; it never comes from a tenant.
    """

    sealer: Sealer
    sandbox: SandboxPayments | None = None
    iyzico_url: str = PRODUCTION

    @classmethod
    def from_settings(cls, settings: Settings) -> TenantGateways:
        """With the sandbox in the demo alone: elsewhere nobody may seem to have paid."""
        sandbox = SandboxPayments(settings.public_url) if settings.demo else None
        return cls(Sealer.from_settings(settings), sandbox, settings.iyzico_url)

    async def payments(
        self, conn: AsyncConnection[Any], tenant: TenantView
    ) -> PaymentProvider | None:
        """The tenant's own account first."""
        return await self.iyzico(conn, tenant.tenant_id) or self.sandbox

    async def provider(
        self, conn: AsyncConnection[Any], tenant_id: str, name: str
    ) -> PaymentProvider | None:
        """The tenant's iyzico account or the sandbox, by the name that links keep."""
        if name == "iyzico":
            return await self.iyzico(conn, tenant_id)
        return self.sandbox if name == "sandbox" else None

    async def iyzico(self, conn: AsyncConnection[Any], tenant_id: str) -> IyzicoPayments | None:
        """The tenant's iyzico account, if it has one. Raises OperatorNeeded where the sealing
        key is not known."""
        for account in await integrations.list_accounts(conn, "iyzico"):
            keys = self.sealer.open_json(
                account.credentials, integrations.purpose(tenant_id, account.account_id)
            )
            return IyzicoPayments(keys["api_key"], keys["secret_key"], self.iyzico_url)
        return None
