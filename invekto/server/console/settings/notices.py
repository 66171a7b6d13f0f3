"""Fixed texts: what is sent word for word, the consent text among them, and their versions."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from invekto.records import tenants
from invekto.server import fixed_texts
from invekto.server.auth import CurrentCaller
from invekto.server.console.settings.frame import HERE, form_of, settings_page, text_of, to
from invekto.server.deps import Deps

router = APIRouter(prefix=f"{HERE}/notices", include_in_schema=False)


@router.get("")
async def notices_page(request: Request, caller: CurrentCaller, deps: Deps) -> Response:
    """Every notice: what is in force, a draft beside it, earlier versions."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        found = await fixed_texts.fixed_texts(conn, deps, caller.tenant_id)
    first = sorted(found, key=lambda one: (one.name != fixed_texts.CONSENT, one.draft is None))
    return await settings_page(
        request, "settings/notices.html", caller, "notices", notices=first,
        consent=fixed_texts.CONSENT, longest=fixed_texts.LONGEST,
        longest_consent=fixed_texts.LONGEST_CONSENT,
    )  # fmt: skip


@router.post("/{name}")
async def draft(name: str, request: Request, caller: CurrentCaller, deps: Deps) -> Response:
    """Keep a draft; nothing is in force yet."""
    form = await form_of(request)
    async with deps.database.tenant(caller.tenant_id) as conn:
        languages = (await tenants.get_tenant(conn)).languages
    texts = {language: text_of(form, language) for language in languages}
    await fixed_texts.draft(deps, caller, name, texts)
    return to(f"/notices#{name}")


@router.post("/{name}/sector")
async def back_to_sector(name: str, caller: CurrentCaller, deps: Deps) -> Response:
    """The sector's wording again."""
    await fixed_texts.withdraw(deps, caller, name)
    return to(f"/notices#{name}")


@router.post("/{name}/{version}/publish")
async def publish(name: str, version: int, caller: CurrentCaller, deps: Deps) -> Response:
    """Put a draft, or an older version again, in force from the next turn on."""
    await fixed_texts.publish(deps, caller, name, version)
    return to(f"/notices#{name}")


@router.post("/{name}/{version}/discard")
async def discard(name: str, version: int, caller: CurrentCaller, deps: Deps) -> Response:
    """Throw a draft away."""
    await fixed_texts.discard(deps, caller, name, version)
    return to(f"/notices#{name}")
