"""First steps: sector, knowledge from the business's own files, switching on, the first reply."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, File, Request, UploadFile
from psycopg import AsyncConnection
from starlette.responses import Response

from invekto.contracts.evidence import Risk
from invekto.intake.handing_in import Decided, decided_of
from invekto.intake.handing_in import decide as look_again
from invekto.intake.headings import Choice, fields, kinds, needs
from invekto.records import imports, insights, overrides, tenants
from invekto.server.api import imports as api
from invekto.server.audited import audited
from invekto.server.auth import CurrentCaller
from invekto.server.caller import Caller
from invekto.server.console.pages import render
from invekto.server.console.settings.frame import HERE, form_of, settings_page, text_of, to
from invekto.server.deps import Deps, ServerDeps
from invekto.server.shapes import storable

router = APIRouter(prefix=f"{HERE}/start", include_in_schema=False)

Conn = AsyncConnection[Any]
HARMLESS = (
    "greeting", "thanks_goodbye", "working_hours", "location", "payment_options", "campaign_query",
    "delivery_time", "return_policy", "cargo_tracking", "order_status", "insurance_query",
    "appointment_query",
)  # fmt: skip
"""Offered for switching on: low risk, and answered from records, not from judgement."""
TRIED_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Steps:
    """How far a business has come; `first` is the moment of its first automatic reply."""

    activated: bool
    faqs: int
    offers: int
    on: list[str]
    first: datetime | None

    @property
    def now(self) -> int:
        """The step that is due, from 1; 5 where all are done."""
        done = (self.activated, bool(self.faqs and self.offers), bool(self.on), bool(self.first))
        return next((n for n, one in enumerate(done, 1) if not one), len(done) + 1)


@router.get("")
async def start_page(
    request: Request, caller: CurrentCaller, deps: Deps, handed_in: str = ""
) -> Response:
    """The four steps, and the import that waits to be confirmed."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        tenant, kit = await deps.engine.shelf.kit(conn, caller.tenant_id)
        steps = await _steps(conn, deps.clock())
        created_at = (await tenants.get_tenant(conn)).created_at
    handed = await _handed_in(handed_in, caller, deps) if handed_in else {"report": None}
    risks = {name: about["risk"] for name, about in kit.taxonomy.items()}
    return await settings_page(
        request, "settings/start.html", caller, "start", steps=steps, packs=kit.packs,
        topics=list(kit.playbooks), languages=tenant.languages, created_at=created_at,
        harmless=[name for name in HARMLESS if risks.get(name) == "low"], **handed,
    )  # fmt: skip


@router.post("/activate")
async def activate(caller: CurrentCaller, deps: Deps) -> Response:
    """The sector's topics, notices and rules are what the business wants."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        await tenants.update_settings(conn, {"activated_at": deps.clock().isoformat()})
        await audited(conn, caller, "tenant.activated", "tenant", caller.tenant_id)
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
        wanted = [i for i in HARMLESS if i in form.getlist("topic") and i in kit.taxonomy]
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


async def _steps(conn: Conn, now: datetime) -> Steps:
    tenant = await tenants.get_tenant(conn)
    stock = await insights.stock_of_knowledge(conn)
    held = await overrides.list_overrides(conn, now)
    first = await insights.first_automatic(conn)
    return Steps(
        activated="activated_at" in tenant.settings or first is not None,
        faqs=stock.faqs,
        offers=stock.offers,
        on=sorted(o.intent for o in held if o.kind == "pin_auto" and o.intent),
        first=first,
    )
