"""The people of a business that signs in here; where the main product owns accounts, nobody needs
it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from invekto.errors import Refused
from invekto.records import sessions, tenants
from invekto.server.api.sessions import SessionSeen
from invekto.server.audited import audited
from invekto.server.auth import CurrentCaller
from invekto.server.caller import Role
from invekto.server.deps import Deps
from invekto.server.door import Door
from invekto.server.sessions import hash_password
from invekto.server.shapes import Body

router = APIRouter(prefix="/v1/users", tags=["settings"], route_class=Door)

SHORTEST_PASSWORD = 12  # characters


class UserSeen(BaseModel):
    user_id: str
    email: str
    name: str
    role: Role
    active: bool


class UserIn(Body):
    email: Annotated[str, Field(min_length=3, max_length=200, pattern="@")] = Field(
        examples=["emre@nehirmoda.example"]
    )
    name: Annotated[str, Field(min_length=1, max_length=200)] = Field(examples=["Emre Saygın"])
    role: Role = Field(examples=["agent"])
    password: Annotated[str, Field(min_length=SHORTEST_PASSWORD, max_length=200)] = Field(
        description="The first one.", examples=["correct horse battery staple"]
    )


class UserChange(Body):
    """What is not named keeps its value. Switching somebody off also ends their sessions."""

    role: Role | None = Field(None, examples=["supervisor"])
    active: bool | None = None


@router.get("")
async def list_users(caller: CurrentCaller, deps: Deps) -> list[UserSeen]:
    """Everybody by name, also who is switched off."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        found = await tenants.list_users(conn, active_only=False)
    return [UserSeen.model_validate(one, from_attributes=True) for one in found]


@router.post("", status_code=201)
async def add_user(body: UserIn, caller: CurrentCaller, deps: Deps) -> UserSeen:
    """Add a person. 409 where the e-mail is taken."""
    hashed = await hash_password(body.password)
    async with deps.database.tenant(caller.tenant_id) as conn:
        made = await tenants.add_user(
            conn, email=body.email.strip(), name=body.name.strip(), role=body.role.value,
            password_hash=hashed,
        )  # fmt: skip
        await audited(conn, caller, "user.added", "user", made.user_id, role=made.role)
    return UserSeen.model_validate(made, from_attributes=True)


@router.patch("/{user_id}")
async def change_user(
    user_id: str, body: UserChange, caller: CurrentCaller, deps: Deps
) -> UserSeen:
    """Change a role, or switch a person off or on; nobody does that to themselves."""
    if user_id == caller.subject:
        raise Refused("oneself", "another owner has to change your own role")
    async with deps.database.tenant(caller.tenant_id) as conn:
        changed = await tenants.update_user(
            conn, user_id, role=body.role.value if body.role else None, active=body.active
        )
        await audited(
            conn, caller, "user.changed", "user", user_id, role=changed.role, active=changed.active
        )
    return UserSeen.model_validate(changed, from_attributes=True)


@router.get("/{user_id}/sessions")
async def list_sessions(user_id: str, caller: CurrentCaller, deps: Deps) -> list[SessionSeen]:
    """A person's signed-in browsers."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        await tenants.get_user(conn, user_id)
        found = await sessions.sessions_of(conn, user_id, deps.clock())
    return [SessionSeen.model_validate(one, from_attributes=True) for one in found]


@router.delete("/{user_id}/sessions/{session_id}", status_code=204)
async def end_session(user_id: str, session_id: str, caller: CurrentCaller, deps: Deps) -> Response:
    """Sign a browser of somebody's out."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        await sessions.revoke_session(conn, session_id, user_id)
        await audited(conn, caller, "session.revoked", "user", user_id)
    return Response(status_code=204)
