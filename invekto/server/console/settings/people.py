"""Who works here, in which role; everybody's signed-in browsers."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from invekto.errors import BadRequest, Refused
from invekto.records import sessions, tenants
from invekto.server.audited import audited
from invekto.server.auth import CurrentCaller
from invekto.server.caller import Role
from invekto.server.console.pages import page
from invekto.server.console.settings.frame import HERE, Short, settings_page, to
from invekto.server.deps import Deps
from invekto.server.sessions import hash_password
from invekto.server.shapes import storable

router = APIRouter(include_in_schema=False)

SHORTEST_PASSWORD = 12  # characters
OWN = "/console/sessions"
RoleName = Literal["owner", "supervisor", "agent", "knowledge_manager", "read_only"]


@router.get(f"{HERE}/people")
async def people_page(request: Request, caller: CurrentCaller, deps: Deps) -> Response:
    """Who works here; for owners also who is signed in where."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        users = await tenants.list_users(conn, active_only=False)
        running = await sessions.all_sessions(conn, deps.clock())
    return await settings_page(
        request, "settings/people.html", caller, "people", users=users, roles=list(Role),
        running=running if caller.role is Role.OWNER else [],
    )  # fmt: skip


@router.post(f"{HERE}/people")
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
    return to("/people")


@router.post(f"{HERE}/people/" + "{user_id}")
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
    return to("/people")


@router.post(f"{HERE}/people/" + "{user_id}/sessions/{session_id}/end")
async def end_anothers(
    user_id: str, session_id: str, caller: CurrentCaller, deps: Deps
) -> Response:
    """Sign a browser of somebody's out."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        await sessions.revoke_session(conn, session_id, user_id)
        await audited(conn, caller, "session.revoked", "user", user_id)
    return to("/people")


@router.get(OWN)
async def own_sessions(request: Request, caller: CurrentCaller, deps: Deps) -> Response:
    """One's own signed-in browsers."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        running = await sessions.sessions_of(conn, caller.subject, deps.clock())
    return await page(request, "sessions.html", caller, running=running)


@router.post(OWN + "/{session_id}/end")
async def end_own(session_id: str, caller: CurrentCaller, deps: Deps) -> Response:
    """Sign one of one's own browsers out."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        await sessions.revoke_session(conn, session_id, caller.subject)
        await audited(conn, caller, "session.revoked", "user", caller.subject)
    return RedirectResponse(OWN, 303)
