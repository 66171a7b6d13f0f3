"""What replies may say: drafted, tried on what was sent last week, published, rolled back."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from invekto.contracts.policy import PROMISES, Policy, policy_from_data
from invekto.errors import NotFound
from invekto.guardrails.rails import sector_policy
from invekto.records import policies
from invekto.records.tenants import get_tenant
from invekto.server.audited import audited
from invekto.server.auth import CurrentCaller
from invekto.server.console.settings.frame import (
    HERE,
    form_of,
    lines_of,
    number_of,
    settings_page,
    text_of,
    to,
)
from invekto.server.deps import Deps
from invekto.server.policy_trial import tried

router = APIRouter(prefix=f"{HERE}/rules", include_in_schema=False)

WEEK = 7
"""Days of replies that a draft is tried on."""


@router.get("")
async def rules_page(
    request: Request, caller: CurrentCaller, deps: Deps, version: int | None = None
) -> Response:
    """The rules in force, or a version beside them with what it would have changed."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        tenant = await get_tenant(conn)
        current = await policies.published(conn) or sector_policy(tenant.sector)
        history = await policies.history(conn)
        looked_at = next((one for one in history if one.version == version), None)
        if version is not None and looked_at is None:
            raise NotFound(f"there is no version {version}")
    shown = looked_at.policy if looked_at else current
    trial = None
    if looked_at is not None and looked_at.status != "published":
        trial = await tried(deps, caller.tenant_id, shown, current, WEEK)
    return await settings_page(
        request, "settings/rules.html", caller, "rules", policy=shown, current=current,
        history=history[:20], looked_at=looked_at, trial=trial, promises=sorted(PROMISES),
    )  # fmt: skip


@router.post("")
async def draft(request: Request, caller: CurrentCaller, deps: Deps) -> Response:
    """Keep a draft and show what it would have done last week; nothing is in force yet."""
    form = await form_of(request)
    async with deps.database.tenant(caller.tenant_id) as conn:
        tenant = await get_tenant(conn)
        current = await policies.published(conn) or sector_policy(tenant.sector)
        wanted = _policy(form, current, tenant.languages)
        made = await policies.draft(conn, wanted, caller.subject, text_of(form, "note", 200))
        await audited(conn, caller, "policy.drafted", "policy", str(made))
    return to(f"/rules?version={made}")


@router.post("/sector")
async def back_to_sector(caller: CurrentCaller, deps: Deps) -> Response:
    """The sector's rules again."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        if await policies.withdraw(conn):
            await audited(conn, caller, "policy.withdrawn", "policy")
    return to("/rules")


@router.post("/{version}/publish")
async def publish(version: int, caller: CurrentCaller, deps: Deps) -> Response:
    """Put a draft, or an older version again, in force from the next reply on."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        await policies.publish(conn, version)
        await audited(conn, caller, "policy.published", "policy", str(version))
    return to("/rules")


def _policy(form: FormData, current: Policy, languages: list[str]) -> Policy:
    """The form's rules over those in force; what the form does not hold stays."""
    disclaimers = {lang: text_of(form, f"disclaimer_{lang}", 400) for lang in languages}
    return policy_from_data(
        {
            "banned": lines_of(form, "banned"),
            "allowed_hosts": lines_of(form, "allowed_hosts"),
            "max_discount": number_of(form, "max_discount", 0, 100),
            "disclaimers": {
                **current.disclaimers, **{k: v for k, v in disclaimers.items() if v}
            },
            "person_promises": [p for p in sorted(PROMISES) if p in form.getlist("promise")],
            "max_length": {
                **current.max_length, "default": int(number_of(form, "max_length", 40, 4000))
            },
        },
        current,
    )  # fmt: skip
