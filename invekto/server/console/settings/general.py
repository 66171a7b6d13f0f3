"""Languages, tone and canned replies."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from invekto.records import notes
from invekto.server.api import business
from invekto.server.api import canned as api
from invekto.server.api.business import LANGUAGES, Language, ToneName
from invekto.server.auth import CurrentCaller
from invekto.server.console.settings.frame import (
    HERE,
    Long,
    Short,
    body_of,
    form_of,
    settings_page,
    to,
)
from invekto.server.deps import Deps

router = APIRouter(prefix=HERE, include_in_schema=False)


@router.get("")
async def general(request: Request, caller: CurrentCaller, deps: Deps) -> Response:
    """Languages, tone and canned replies."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        canned = await notes.list_canned(conn)
    return await settings_page(
        request, "settings/general.html", caller, "general", canned=canned, languages=LANGUAGES
    )


@router.post("/tone")
async def set_tone(
    caller: CurrentCaller, deps: Deps, tone: Annotated[ToneName, Form()]
) -> Response:
    """How replies sound."""
    await business.change_settings(business.SettingsChange(tone=tone), caller, deps)
    return to("")


@router.post("/languages")
async def set_languages(
    request: Request, caller: CurrentCaller, deps: Deps, default: Annotated[Language, Form()]
) -> Response:
    """Which languages customers are answered in; the default always is."""
    form = await form_of(request)
    wanted = [one for one in LANGUAGES if one in form.getlist("language") or one == default]
    body = body_of(business.SettingsChange, languages=wanted, default_language=default)
    await business.change_settings(body, caller, deps)
    return to("")


@router.post("/canned")
async def save_canned(
    caller: CurrentCaller, deps: Deps, shortcut: Short, text: Long,
    language: Annotated[Language, Form()] = "tr",
) -> Response:  # fmt: skip
    """Keep a reply under a shortcut."""
    body = body_of(api.CannedIn, shortcut=shortcut, text=text, language=language)
    await api.save_canned(body, caller, deps)
    return to("")


@router.post("/canned/{canned_id}/delete")
async def delete_canned(canned_id: str, caller: CurrentCaller, deps: Deps) -> Response:
    """Remove a canned reply."""
    await api.delete_canned(canned_id, caller, deps)
    return to("")
