"""Channels: which numbers, widgets and inboxes customers write to. The rules are the API's own."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from invekto.records import tenants
from invekto.server.api import keys as api
from invekto.server.auth import CurrentCaller
from invekto.server.caller import Caller
from invekto.server.console.settings.frame import HERE, body_of, form_of, settings_page, text_of
from invekto.server.deps import Deps, ServerDeps

router = APIRouter(prefix=f"{HERE}/channels", include_in_schema=False)

ASKED = {
    "web": (),
    "whatsapp": ("access_token", "app_secret", "verify_token"),
    "generic": ("url",),
}
"""What connecting each channel takes beside the account's name at the provider."""


@router.get("")
async def channels_page(request: Request, caller: CurrentCaller, deps: Deps) -> Response:
    """What is connected, and forms for more."""
    return await _page(request, caller, deps, None)


@router.post("")
async def connect(request: Request, caller: CurrentCaller, deps: Deps) -> Response:
    """Connect an account; this page is the only one that shows its address or its secret."""
    form = await form_of(request)
    channel = text_of(form, "channel", 20)
    given = {
        "channel": channel,
        "external_id": text_of(form, "external_id", 200),
        "name": text_of(form, "name", 200),
        **{name: text_of(form, name, 2000) or None for name in ASKED.get(channel, ())},
    }
    body = body_of(
        api.AccountIn, "the channel needs its name and everything the form asks for", **given
    )
    return await _page(request, caller, deps, await api.connect_account(body, caller, deps))


async def _page(
    request: Request, caller: Caller, deps: ServerDeps, made: api.AccountMade | None
) -> Response:
    async with deps.database.tenant(caller.tenant_id) as conn:
        accounts = await tenants.list_channel_accounts(conn)
    return await settings_page(
        request, "settings/channels.html", caller, "channels", accounts=accounts, made=made,
        asked=ASKED,
    )  # fmt: skip
