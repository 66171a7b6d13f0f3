"""Languages, tone and canned replies."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from invekto.records import notes, tenants
from invekto.server.audited import audited
from invekto.server.auth import CurrentCaller
from invekto.server.console.settings.frame import HERE, Long, Short, form_of, settings_page, to
from invekto.server.deps import Deps
from invekto.server.shapes import storable

router = APIRouter(prefix=HERE, include_in_schema=False)

LANGUAGES = ("tr", "en", "ar")
Language = Literal["tr", "en", "ar"]
ToneName = Literal["formal", "short", "friendly"]


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
    async with deps.database.tenant(caller.tenant_id) as conn:
        await tenants.set_tone(conn, tone)
        await audited(conn, caller, "tenant.tone_changed", "tenant", caller.tenant_id)
    return to("")


@router.post("/languages")
async def set_languages(
    request: Request, caller: CurrentCaller, deps: Deps, default: Annotated[Language, Form()]
) -> Response:
    """Which languages customers are answered in; the default always is."""
    form = await form_of(request)
    wanted = [one for one in LANGUAGES if one in form.getlist("language") or one == default]
    async with deps.database.tenant(caller.tenant_id) as conn:
        await tenants.set_languages(conn, wanted, default)
        await audited(
            conn, caller, "tenant.languages_changed", "tenant", caller.tenant_id, languages=wanted
        )
    return to("")


@router.post("/canned")
async def save_canned(
    caller: CurrentCaller, deps: Deps, shortcut: Short, text: Long,
    language: Annotated[Language, Form()] = "tr",
) -> Response:  # fmt: skip
    """Keep a reply under a shortcut."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        await notes.save_canned(
            conn, str(storable(shortcut)).lstrip("/"), language, str(storable(text)),
            caller.subject,
        )  # fmt: skip
        await audited(conn, caller, "canned_reply.saved", "canned_reply", shortcut[:40])
    return to("")


@router.post("/canned/{canned_id}/delete")
async def delete_canned(canned_id: str, caller: CurrentCaller, deps: Deps) -> Response:
    """Remove a canned reply."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        await notes.delete_canned(conn, canned_id)
        await audited(conn, caller, "canned_reply.deleted", "canned_reply", canned_id)
    return to("")
