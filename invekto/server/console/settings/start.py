"""First steps: sector, knowledge from the business's own files, switching on, the first reply."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, File, Request, UploadFile
from starlette.responses import Response

from invekto.contracts.evidence import Risk
from invekto.intake.handing_in import Decided, decided_of
from invekto.intake.handing_in import decide as look_again
from invekto.intake.headings import Choice, fields, kinds, needs
from invekto.records import imports, overrides, tenants
from invekto.server.api import imports as api
from invekto.server.api import setup
from invekto.server.audited import audited
from invekto.server.auth import CurrentCaller
from invekto.server.caller import Caller
from invekto.server.console.pages import render
from invekto.server.console.settings.frame import HERE, form_of, settings_page, text_of, to
from invekto.server.deps import Deps, ServerDeps
from invekto.server.shapes import storable

router = APIRouter(prefix=f"{HERE}/start", include_in_schema=False)

TRIED_FOR = timedelta(days=30)


@router.get("")
async def start_page(
    request: Request, caller: CurrentCaller, deps: Deps, handed_in: str = ""
) -> Response:
    """The four steps, and the import that waits to be confirmed."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        tenant, kit = await deps.engine.shelf.kit(conn, caller.tenant_id)
        steps = await setup.steps_of(conn, deps.clock())
        created_at = (await tenants.get_tenant(conn)).created_at
    handed = await _handed_in(handed_in, caller, deps) if handed_in else {"report": None}
    return await settings_page(
        request, "settings/start.html", caller, "start", steps=steps, packs=kit.packs,
        topics=list(kit.playbooks), languages=tenant.languages, created_at=created_at,
        harmless=setup.harmless_of(kit.taxonomy), **handed,
    )  # fmt: skip


@router.post("/activate")
async def activate(caller: CurrentCaller, deps: Deps) -> Response:
    """The sector's topics, notices and rules are what the business wants."""
    await setup.activate(caller, deps)
    return to("/start")


@router.post("/files")
async def upload(
    caller: CurrentCaller, deps: Deps, files: Annotated[list[UploadFile], File()]
) -> Response:
    """Look through files; nothing is changed yet."""
    made = await api.upload(caller, deps, files)
    return to(f"/start?handed_in={made.import_id}#import")


@router.get("/files/{import_id}/state")
async def import_state(
    import_id: str, request: Request, caller: CurrentCaller, deps: Deps
) -> Response:
    """How far taking in is, for a page that follows."""
    handed = await _handed_in(import_id, caller, deps)
    return render(request, "settings/start_import.html", caller, here=HERE, **handed)


@router.post("/files/{import_id}/decide")
async def decide(import_id: str, request: Request, caller: CurrentCaller, deps: Deps) -> Response:
    """Say what a sheet and its columns are; what was said of other sheets stays."""
    form = await form_of(request)
    label, kind = text_of(form, "label", 500), text_of(form, "kind", 60)
    headings = [str(storable(str(one))) for one in form.getlist("heading")]
    chosen = [str(storable(str(one))) or None for one in form.getlist("field")]
    same = kind == text_of(form, "was", 60)
    columns = dict(zip(headings, chosen, strict=False)) if same else {}
    async with deps.database.tenant(caller.tenant_id) as conn:
        before = decided_of(await imports.get(conn, import_id))
    decided = [
        *(one for one in before if one.label != label),
        Decided(label, Choice(kind, columns)),
    ]
    await look_again(deps.database, deps.sealer, caller.tenant_id, import_id, decided, deps.clock())
    return to(f"/start?handed_in={import_id}#import")


@router.post("/files/{import_id}/apply")
async def apply(import_id: str, caller: CurrentCaller, deps: Deps) -> Response:
    """Have what was looked through taken in."""
    await api.apply_import(import_id, caller, deps)
    return to(f"/start?handed_in={import_id}#import")


@router.post("/files/{import_id}/discard")
async def discard(import_id: str, caller: CurrentCaller, deps: Deps) -> Response:
    """Throw the files away."""
    await api.discard_import(import_id, caller, deps)
    return to("/start")


@router.post("/on")
async def switch_on(request: Request, caller: CurrentCaller, deps: Deps) -> Response:
    """Let harmless topics answer by themselves for a month; one wrong reply ends it."""
    form, now = await form_of(request), deps.clock()
    async with deps.database.tenant(caller.tenant_id) as conn:
        _, kit = await deps.engine.shelf.kit(conn, caller.tenant_id)
        held = {o.intent for o in await overrides.list_overrides(conn, now)}
        asked = form.getlist("topic")
        wanted = [i for i in setup.harmless_of(kit.taxonomy) if i in asked]
        for intent in (i for i in wanted if i not in held):
            await overrides.pin_auto(
                conn, intent, Risk(kit.taxonomy[intent]["risk"]), by=caller.subject,
                reason="Kurulumda açıldı", expires_at=now + TRIED_FOR, now=now,
            )  # fmt: skip
            await audited(conn, caller, "trust.pin_auto", "intent", intent)
    return to("/start")


async def _handed_in(import_id: str, caller: Caller, deps: ServerDeps) -> dict[str, Any]:
    """An import for its template: the report, what was decided, and what can be."""
    report = await api.get_import(import_id, caller, deps)
    async with deps.database.tenant(caller.tenant_id) as conn:
        decided = decided_of(await imports.get(conn, import_id))
    return {
        "report": report,
        "kinds_chosen": {one.label: one.choice.kind for one in decided},
        "fields_by_kind": {kind: fields(kind) for kind in kinds()},
        "needs": {kind: needs(kind) for kind in kinds()},
    }
