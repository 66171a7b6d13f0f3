"""API keys and channel accounts: what programs show, and where channels deliver."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from invekto.channels.addresses import checked_url
from invekto.channels.signing import new_secret
from invekto.records import tenants
from invekto.records.routing import token_hash
from invekto.server.audited import audited
from invekto.server.auth import KEY_PREFIX, CurrentCaller
from invekto.server.caller import Scope
from invekto.server.deps import Deps
from invekto.server.door import Door
from invekto.server.senders import account_purpose
from invekto.server.shapes import Body

router = APIRouter(prefix="/v1", tags=["settings"], route_class=Door)

TAG = '<script src="{url}/widget.js" data-token="{token}" async></script>'
Short = Annotated[str, Field(max_length=200)]


class KeyIn(Body):
    name: Annotated[str, Field(min_length=1, max_length=100)] = Field(examples=["Gelen kutusu"])
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=len(Scope))] = Field(
        examples=[["messages", "read"]]
    )
    expires_at: datetime | None = None


class KeySeen(BaseModel):
    api_key_id: str
    prefix: str
    name: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None


class KeyMade(KeySeen):
    key: str = Field(description="Shown this once; only its hash is kept.")


class AccountIn(Body):
    """A number, shop or inbox on a channel."""

    channel: Literal["whatsapp", "web", "generic"] = Field(examples=["whatsapp"])
    external_id: Annotated[str, Field(min_length=1, max_length=200)] = Field(
        description="The provider's name of it, such as WhatsApp's phone_number_id.",
        examples=["105550144000001"],
    )
    name: Short = ""
    url: Annotated[str, Field(max_length=2000)] | None = Field(
        None, description="Generic channel: where replies are posted, signed."
    )
    access_token: Short | None = Field(None, description="WhatsApp: for sending.")
    app_secret: Short | None = Field(None, description="WhatsApp: signs what it delivers.")
    verify_token: Short | None = Field(None, description="WhatsApp: the handshake's token.")
    templates: dict[str, Any] = Field(
        {}, description="WhatsApp: approved templates by kind of message, and `outside_window`."
    )


class AccountSeen(BaseModel):
    channel_account_id: str
    channel: str
    external_id: str
    name: str
    active: bool


class AccountMade(AccountSeen):
    webhook_url: str | None = Field(
        description="Give this address to the channel; it holds a secret."
    )
    widget_tag: str | None = Field(description="Web: put this into the page.")
    signing_secret: str | None = Field(description="Signs what we post to `url`. Shown once.")


@router.get("/api-keys")
async def list_keys(caller: CurrentCaller, deps: Deps) -> list[KeySeen]:
    """Every key, revoked ones included."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        found = await tenants.list_api_keys(conn)
    return [KeySeen.model_validate(key, from_attributes=True) for key in found]


@router.post("/api-keys", status_code=201)
async def make_key(body: KeyIn, caller: CurrentCaller, deps: Deps) -> KeyMade:
    """Make a key."""
    key = KEY_PREFIX + secrets.token_urlsafe(32)
    async with deps.database.tenant(caller.tenant_id) as conn:
        made = await tenants.add_api_key(
            conn,
            key_hash=token_hash(key),
            prefix=key[:8],
            name=body.name,
            scopes=[scope.value for scope in body.scopes],
            expires_at=body.expires_at,
        )
        await audited(conn, caller, "api_key.created", "api_key", made.api_key_id)
    seen = KeySeen.model_validate(made, from_attributes=True)
    return KeyMade(key=key, **seen.model_dump())


@router.delete("/api-keys/{api_key_id}", status_code=204)
async def revoke_key(api_key_id: str, caller: CurrentCaller, deps: Deps) -> Response:
    """End a key at once."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        await tenants.revoke_api_key(conn, api_key_id)
        await audited(conn, caller, "api_key.revoked", "api_key", api_key_id)
    return Response(status_code=204)


@router.get("/channel-accounts")
async def list_accounts(caller: CurrentCaller, deps: Deps) -> list[AccountSeen]:
    """The tenant's channel accounts, without their secrets."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        found = await tenants.list_channel_accounts(conn)
    return [AccountSeen.model_validate(account, from_attributes=True) for account in found]


@router.post("/channel-accounts", status_code=201)
async def connect_account(body: AccountIn, caller: CurrentCaller, deps: Deps) -> AccountMade:
    """Connect an account; the answer holds the address to give to the channel."""
    token, signing = secrets.token_urlsafe(24), None
    kept: dict[str, Any] = {
        name: value
        for name in ("access_token", "app_secret", "verify_token")
        if (value := getattr(body, name)) is not None
    }
    settings: dict[str, Any] = {"templates": body.templates} if body.templates else {}
    if body.url is not None:
        checked_url(body.url, private=deps.settings.allow_private_receivers)
        signing = new_secret()
        settings["url"], kept["secrets"] = body.url, [signing]
    async with deps.database.tenant(caller.tenant_id) as conn:
        made = await tenants.add_channel_account(
            conn,
            channel=body.channel,
            external_id=body.external_id,
            name=body.name,
            token_hash=token_hash(token),
            secret_encrypted=deps.sealer.seal_json(kept, account_purpose(caller.tenant_id)),
            settings=settings,
        )
        await audited(
            conn, caller, "channel_account.connected", "channel_account", made.channel_account_id
        )
    public_url, web = deps.settings.public_url, made.channel == "web"
    return AccountMade(
        channel_account_id=made.channel_account_id,
        channel=made.channel,
        external_id=made.external_id,
        name=made.name,
        active=made.active,
        webhook_url=None if web else f"{public_url}/webhooks/{made.channel}/{token}",
        widget_tag=TAG.format(url=public_url, token=token) if web else None,
        signing_secret=signing,
    )
