"""The ways out that tools are handed: payment providers, behind one small interface.

A provider that creates links by its own API (iyzico; PayTR likewise) implements `PaymentProvider`;
the sandbox needs no account and is paid on a page of our own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from psycopg import AsyncConnection

from invekto.tools.contract import TenantView


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


class Gateways(Protocol):
    """Finds the provider a tenant uses."""

    async def payments(
        self, conn: AsyncConnection[Any], tenant: TenantView
    ) -> PaymentProvider | None:
        """The tenant's payment provider with its credentials, or None where it has none."""
        ...


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


@dataclass(frozen=True, slots=True)
class SandboxGateways:
    """Every tenant pays in the sandbox."""

    public_url: str

    async def payments(self, conn: AsyncConnection[Any], tenant: TenantView) -> PaymentProvider:  # noqa: ARG002
        """The sandbox."""
        return SandboxPayments(self.public_url)
