"""Which sender speaks for a channel account, with its secrets opened for the moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from invekto.channels.generic import GenericSender, PulledSender
from invekto.channels.sending import Outgoing, RefusedForGood, Sender, Taken
from invekto.channels.whatsapp_sending import WhatsAppSender
from invekto.records.tenants import ChannelAccount
from invekto.server.deps import ServerDeps


def account_purpose(tenant_id: str) -> str:
    """What the secrets of a tenant's channel accounts are sealed for."""
    return f"{tenant_id}/channel"


def account_secrets(deps: ServerDeps, tenant_id: str, sealed: bytes | None) -> dict[str, Any]:
    """The opened secrets of a channel account: `app_secret`, `access_token`, `verify_token` of
    WhatsApp, `secrets` of the generic channel."""
    if sealed is None:
        return {}
    opened: dict[str, Any] = deps.sealer.open_json(sealed, account_purpose(tenant_id))
    return opened


def sender_for(
    deps: ServerDeps, tenant_id: str, channel: str, account: ChannelAccount | None
) -> Sender:
    """The sender of a message's channel.

    Raises:
        RefusedForGood: nobody can send there; the reason says why.
    """
    secrets = account_secrets(deps, tenant_id, account.secret_encrypted if account else None)
    if channel == "whatsapp" and account is not None and "access_token" in secrets:
        return WhatsAppSender(
            http=deps.http,
            base_url=deps.settings.whatsapp_api_url,
            phone_number_id=account.external_id,
            access_token=str(secrets["access_token"]),
            templates=account.settings.get("templates", {}),
            clock=deps.clock,
        )
    if channel == "web":
        return PulledSender()
    if account is not None and account.settings.get("url"):
        return GenericSender(
            http=deps.http,
            url=str(account.settings["url"]),
            secrets=secrets.get("secrets", []),
            private=deps.settings.allow_private_receivers,
            clock=deps.clock,
        )
    if deps.settings.demo:
        return SimulatedSender()
    if channel == "whatsapp":
        raise RefusedForGood("not_connected", "no WhatsApp number with an access token")
    return PulledSender()


@dataclass(frozen=True, slots=True)
class SimulatedSender:
    """The demo's channels take everything and reach nobody."""

    async def send(self, message: Outgoing) -> Taken:
        """Taken, and that is the end of it."""
        return Taken(f"simulated:{message.message_id}", final=True)
