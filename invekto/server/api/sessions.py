"""Sign-in for standalone use: open, list and revoke sessions; who am I."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from invekto.records import sessions as kept
from invekto.server import sessions
from invekto.server.audited import audited
from invekto.server.auth import CurrentCaller
from invekto.server.caller import Scope
from invekto.server.deps import Deps
from invekto.server.shapes import Body

router = APIRouter(prefix="/v1", tags=["sessions"])


class Credentials(Body):
    tenant_id: str = Field(max_length=63, examples=["nehir-moda"])
    email: str = Field(max_length=200, examples=["emre@nehirmoda.example"])
    password: str = Field(max_length=200, examples=["correct horse battery staple"])


class Me(BaseModel):
    """The caller, as the server sees them."""

    tenant_id: str
    kind: str
    subject: str
    name: str
    role: str | None
    scopes: list[Scope]
    csrf_token: str = Field(description="Send back as X-CSRF-Token with every change.")


class SessionSeen(BaseModel):
    session_id: str
    device: str
    created_at: datetime
    expires_at: datetime


@router.post("/sessions", status_code=204)
async def sign_in(credentials: Credentials, request: Request, deps: Deps) -> Response:
    """Sign in with a password; the answer sets the session cookie. Five wrong passwords in a row
    lock the e-mail for 15 minutes."""
    signed_in = await sessions.sign_in(
        deps,
        credentials.tenant_id,
        credentials.email,
        credentials.password,
        device=request.headers.get("user-agent", ""),
    )
    response = Response(status_code=204)
    sessions.set_cookie(response, signed_in, deps)
    return response


@router.get("/me")
async def me(caller: CurrentCaller) -> Me:
    """Who the server takes the caller for."""
    return Me(
        tenant_id=caller.tenant_id,
        kind=caller.kind,
        subject=caller.subject,
        name=caller.name,
        role=caller.role,
        scopes=sorted(caller.scopes),
        csrf_token=caller.csrf,
    )


@router.get("/sessions")
async def list_sessions(caller: CurrentCaller, deps: Deps) -> list[SessionSeen]:
    """The caller's own running sessions."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        found = await kept.sessions_of(conn, caller.subject, deps.clock())
    return [
        SessionSeen(
            session_id=s.session_id,
            device=s.device,
            created_at=s.created_at,
            expires_at=s.expires_at,
        )
        for s in found
    ]


@router.delete("/sessions/current", status_code=204)
async def sign_out(caller: CurrentCaller, request: Request, deps: Deps) -> Response:
    """End this session."""
    cookie = request.cookies.get(sessions.COOKIE)
    response = Response(status_code=204)
    if cookie:
        async with deps.database.tenant(caller.tenant_id) as conn:
            await sessions.close_session(conn, cookie)
        sessions.clear_cookie(response)
    return response


@router.delete("/sessions/{session_id}", status_code=204)
async def revoke(session_id: str, caller: CurrentCaller, deps: Deps) -> Response:
    """End another of the caller's sessions."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        await kept.revoke_session(conn, session_id, caller.subject)
        await audited(conn, caller, "session.revoked", "user", caller.subject)
    return Response(status_code=204)
