"""Fixed texts: what is sent word for word, and the consent text behind the consent request."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from invekto.agent.notices import NAMES, load_notices
from invekto.errors import NotFound
from invekto.records import tenants
from invekto.server.audited import audited
from invekto.server.auth import CurrentCaller
from invekto.server.console.settings.frame import HERE, form_of, settings_page, text_of, to
from invekto.server.deps import Deps

router = APIRouter(prefix=f"{HERE}/notices", include_in_schema=False)

LONGEST = 1000  # characters
CONSENT = ("consent_request", "consent_given", "consent_refused")


@router.get("")
async def notices_page(request: Request, caller: CurrentCaller, deps: Deps) -> Response:
    """Every notice with the sector's wording and the business's own."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        tenant, kit = await deps.engine.shelf.kit(conn, caller.tenant_id)
    sector = load_notices(kit.sector.notices)
    names = [n for n in NAMES if n != CONSENT[0] and (tenant.health or n not in CONSENT)]
    return await settings_page(
        request, "settings/notices.html", caller, "notices", names=names,
        usual={
            name: {lang: sector[name].wording(lang, tenant.tone) for lang in tenant.languages}
            for name in names
        },
        own=tenant.settings.get("notices") or {},
        consent=(tenant.settings.get("notices") or {}).get("consent_request")
        or tenant.settings.get("consent_text")
        or {},
    )  # fmt: skip


@router.post("/consent")
async def save_consent(request: Request, caller: CurrentCaller, deps: Deps) -> Response:
    """The text that a customer agrees to, by language: it is sent as the consent request."""
    form = await form_of(request)
    async with deps.database.tenant(caller.tenant_id) as conn:
        tenant = await tenants.get_tenant(conn)
        texts = _kept({lang: text_of(form, lang) for lang in tenant.languages})
        own = {**(tenant.settings.get("notices") or {}), "consent_request": texts}
        notices = {name: said for name, said in own.items() if said}
        await tenants.update_settings(conn, {"consent_text": texts, "notices": notices})
        await audited(conn, caller, "consent_text.changed", "tenant", caller.tenant_id)
    return to("/notices")


@router.post("/{name}")
async def save_notice(name: str, request: Request, caller: CurrentCaller, deps: Deps) -> Response:
    """The business's own wording; an empty one is the sector's again."""
    if name not in NAMES:
        raise NotFound(f"there is no notice {name}")
    form = await form_of(request)
    async with deps.database.tenant(caller.tenant_id) as conn:
        tenant = await tenants.get_tenant(conn)
        texts = _kept({lang: text_of(form, lang, LONGEST) for lang in tenant.languages})
        own = {**(tenant.settings.get("notices") or {}), name: texts}
        await tenants.update_settings(conn, {"notices": {k: v for k, v in own.items() if v}})
        await audited(conn, caller, "notice.changed", "notice", name, languages=sorted(texts))
    return to("/notices")


def _kept(texts: dict[str, str]) -> dict[str, Any]:
    return {lang: text for lang, text in texts.items() if text}
