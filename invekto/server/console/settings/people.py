"""Who works here, in which role; everybody's signed-in browsers."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from invekto.errors import BadRequest
from invekto.records import sessions, tenants
from invekto.server.api import sessions as own
from invekto.server.api import users as api
from invekto.server.api.users import SHORTEST_PASSWORD
from invekto.server.auth import CurrentCaller
from invekto.server.caller import Role
from invekto.server.console.pages import page
from invekto.server.console.settings.frame import HERE, Short, body_of, settings_page, to
from invekto.server.deps import Deps

router = APIRouter(include_in_schema=False)

OWN = "/console/sessions"


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
    caller: CurrentCaller, deps: Deps, email: Short, name: Short, role: Annotated[Role, Form()],
    password: Short,
) -> Response:  # fmt: skip
    """Add a person with a first password."""
    if len(password) < SHORTEST_PASSWORD:
        raise BadRequest(f"a password has at least {SHORTEST_PASSWORD} characters")
    body = body_of(api.UserIn, email=email, name=name, role=role, password=password)
    await api.add_user(body, caller, deps)
    return to("/people")


@router.post(f"{HERE}/people/" + "{user_id}")
async def change_person(
    user_id: str, caller: CurrentCaller, deps: Deps, role: Annotated[Role, Form()],
    active: Annotated[bool, Form()] = False,
) -> Response:  # fmt: skip
    """Change a role, or switch a person off; nobody does that to themselves."""
    await api.change_user(user_id, api.UserChange(role=role, active=active), caller, deps)
    return to("/people")


@router.post(f"{HERE}/people/" + "{user_id}/sessions/{session_id}/end")
async def end_anothers(
    user_id: str, session_id: str, caller: CurrentCaller, deps: Deps
) -> Response:
    """Sign a browser of somebody's out."""
    await api.end_session(user_id, session_id, caller, deps)
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
    await own.revoke(session_id, caller, deps)
    return RedirectResponse(OWN, 303)
