"""Settings: tone and hours, canned replies, people, API keys, the audit log."""

from __future__ import annotations

import re
import secrets
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from invekto.errors import BadRequest, Refused
from invekto.records import audit, notes, tenants
from invekto.records.routing import token_hash
from invekto.server.audited import audited
from invekto.server.auth import KEY_PREFIX, CurrentCaller
from invekto.server.caller import Caller, Role, Scope
from invekto.server.console.pages import page
from invekto.server.deps import Deps, ServerDeps
from invekto.server.sessions import hash_password
from invekto.server.shapes import storable

router = APIRouter(prefix="/console/settings", include_in_schema=False)

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
SHORTEST_PASSWORD = 12  # characters
Short = Annotated[str, Form(max_length=200)]
ToneName = Literal["formal", "short", "friendly"]
RoleName = Literal["owner", "supervisor", "agent", "knowledge_manager", "read_only"]


@router.get("")
async def general(request: Request, caller: CurrentCaller, deps: Deps) -> Response:
    """Tone, opening hours and canned replies."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        canned = await notes.list_canned(conn)
    return await page(
        request, "settings.html", caller, canned=canned, days=DAYS, tab="general",
        owns=caller.role is Role.OWNER,
    )  # fmt: skip


@router.post("/tone")
async def set_tone(
    caller: CurrentCaller, deps: Deps, tone: Annotated[ToneName, Form()]
) -> Response:  # fmt: skip
    """How replies sound."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        await tenants.set_tone(conn, tone)
        await audited(conn, caller, "tenant.tone_changed", "tenant", caller.tenant_id)
    return _to("")


@router.post("/hours")
async def set_hours(request: Request, caller: CurrentCaller, deps: Deps) -> Response:
    """Opening hours; a day without times is closed."""
    form = await request.form()
    hours: dict[str, Any] = {day: _span(form, day) for day in DAYS}
    async with deps.database.tenant(caller.tenant_id) as conn:
        await tenants.update_profile(conn, {"hours": hours})
        await audited(conn, caller, "tenant.hours_changed", "tenant", caller.tenant_id)
    return _to("")


@router.post("/canned")
async def save_canned(
    caller: CurrentCaller, deps: Deps, shortcut: Short, text: Annotated[str, Form(max_length=4000)],
    language: Annotated[Literal["tr", "en", "ar"], Form()] = "tr",
) -> Response:  # fmt: skip
    """Keep a reply under a shortcut."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        await notes.save_canned(
            conn, str(storable(shortcut)), language, str(storable(text)), caller.subject
        )
    return _to("")


@router.post("/canned/{canned_id}/delete")
async def delete_canned(canned_id: str, caller: CurrentCaller, deps: Deps) -> Response:
    """Remove a canned reply."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        await notes.delete_canned(conn, canned_id)
    return _to("")


@router.get("/people")
async def people_page(request: Request, caller: CurrentCaller, deps: Deps) -> Response:
    """Who works here, in which role."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        users = await tenants.list_users(conn, active_only=False)
    return await page(
        request, "settings_people.html", caller, users=users, roles=list(Role), tab="people",
        owns=caller.role is Role.OWNER,
    )  # fmt: skip


@router.post("/people")
async def add_person(
    caller: CurrentCaller, deps: Deps, email: Short, name: Short, role: Annotated[RoleName, Form()],
    password: Short,
) -> Response:  # fmt: skip
    """Add a person with a first password."""
    if len(password) < SHORTEST_PASSWORD:
        raise BadRequest(f"a password has at least {SHORTEST_PASSWORD} characters")
    hashed = await hash_password(password)
    async with deps.database.tenant(caller.tenant_id) as conn:
        made = await tenants.add_user(
            conn, email=str(storable(email)).strip(), name=str(storable(name)).strip(), role=role,
            password_hash=hashed,
        )  # fmt: skip
        await audited(conn, caller, "user.added", "user", made.user_id, role=role)
    return _to("/people")


@router.post("/people/{user_id}")
async def change_person(
    user_id: str, caller: CurrentCaller, deps: Deps, role: Annotated[RoleName, Form()],
    active: Annotated[bool, Form()] = False,
) -> Response:  # fmt: skip
    """Change a role, or switch a person off; nobody does that to themselves."""
    if user_id == caller.subject:
        raise Refused("oneself", "another owner has to change your own role")
    async with deps.database.tenant(caller.tenant_id) as conn:
        await tenants.update_user(conn, user_id, role=role, active=active)
        await audited(conn, caller, "user.changed", "user", user_id, role=role, active=active)
    return _to("/people")


@router.get("/keys")
async def keys_page(request: Request, caller: CurrentCaller, deps: Deps) -> Response:
    """API keys."""
    return await _keys(request, caller, deps, None)


@router.post("/keys")
async def make_key(request: Request, caller: CurrentCaller, deps: Deps, name: Short) -> Response:
    """Make a key; this page is the only one that ever shows it."""
    form = await request.form()
    scopes = [s.value for s in Scope if s.value in form.getlist("scope")]
    if not scopes or not name.strip():
        raise BadRequest("a key needs a name and at least one scope")
    key = KEY_PREFIX + secrets.token_urlsafe(32)
    async with deps.database.tenant(caller.tenant_id) as conn:
        made = await tenants.add_api_key(
            conn, key_hash=token_hash(key), prefix=key[:8], name=str(storable(name)), scopes=scopes
        )
        await audited(conn, caller, "api_key.created", "api_key", made.api_key_id)
    return await _keys(request, caller, deps, key)


@router.post("/keys/{api_key_id}/revoke")
async def revoke_key(api_key_id: str, caller: CurrentCaller, deps: Deps) -> Response:
    """End a key at once."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        await tenants.revoke_api_key(conn, api_key_id)
        await audited(conn, caller, "api_key.revoked", "api_key", api_key_id)
    return _to("/keys")


@router.get("/audit")
async def audit_page(
    request: Request, caller: CurrentCaller, deps: Deps, actor: str = "", kind: str = ""
) -> Response:
    """Who did what, the latest first."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        events = await audit.search(
            conn, actor_id=actor or None, event_type=kind or None, limit=200
        )
    return await page(
        request, "settings_audit.html", caller, events=events, actor=actor, kind=kind, tab="audit",
        owns=True,
    )  # fmt: skip


async def _keys(request: Request, caller: Caller, deps: ServerDeps, fresh: str | None) -> Response:
    async with deps.database.tenant(caller.tenant_id) as conn:
        keys = await tenants.list_api_keys(conn)
    return await page(
        request, "settings_keys.html", caller, keys=keys, fresh=fresh, scopes=list(Scope),
        tab="keys", owns=True,
    )  # fmt: skip


def _span(form: Any, day: str) -> list[str] | None:
    begin, end = str(form.get(f"{day}_from", "")), str(form.get(f"{day}_until", ""))
    if not begin and not end:
        return None
    if not TIME.fullmatch(begin) or not TIME.fullmatch(end) or end <= begin:
        raise BadRequest("a day opens before it closes: give both times, or none", field=day)
    return [begin, end]


def _to(part: str) -> Response:
    return RedirectResponse(f"/console/settings{part}", 303)
