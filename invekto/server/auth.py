"""From a request to its caller, and whether the caller may do this.

`authorise` runs before every route. A route that stands in no table answers nobody.
"""

from __future__ import annotations

from typing import Annotated

import structlog
from fastapi import Depends, Request

from invekto.errors import InvektoError, NotAllowed, NotFound, NotSignedIn
from invekto.records import routing, tenants
from invekto.server.access import PUBLIC, Table
from invekto.server.caller import Caller, Role, Scope
from invekto.server.deps import ServerDeps, server_deps
from invekto.server.sessions import (
    COOKIE,
    CSRF_FIELD,
    CSRF_HEADER,
    csrf_matches,
    csrf_token,
)
from invekto.server.tokens import caller_of_token

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
KEY_PREFIX = "ik_"
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


async def authorise(request: Request) -> None:
    """Find the caller, check the table; leaves the caller in `request.state.caller`.

    Raises:
        NotSignedIn: no caller, or one that cannot be verified.
        NotAllowed: the role or scope does not suffice, or the page's CSRF token is missing.
    """
    if hasattr(request.state, "caller"):
        return
    request.state.caller = None
    route = request.scope["route"]
    method = "GET" if request.method == "HEAD" else request.method
    place = (method, route.path_format)
    if place in PUBLIC or place in request.app.state.public:
        return
    table: Table = request.app.state.access
    if place not in table:
        raise NotAllowed("this address is not open to anybody")
    caller = await identify(request, server_deps(request))
    structlog.contextvars.bind_contextvars(tenant_id=caller.tenant_id, caller=caller.key)
    table[place].check(caller)
    if caller.kind == "session" and request.method not in SAFE:
        await _check_csrf(request, caller)
    request.state.caller = caller


def current_caller(request: Request) -> Caller:
    """The verified caller of this request, for a route that is not public."""
    caller: Caller | None = request.state.caller
    if caller is None:
        raise NotSignedIn("sign in first")
    return caller


CurrentCaller = Annotated[Caller, Depends(current_caller)]


async def identify(request: Request, deps: ServerDeps) -> Caller:
    """The caller behind a bearer token, an API key or a session cookie.

    Raises:
        NotSignedIn: nothing was shown, or it is unknown, revoked or expired.
    """
    kind, _, shown = request.headers.get("authorization", "").partition(" ")
    shown = shown.strip()
    if kind.lower() == "bearer" and shown.startswith(KEY_PREFIX):
        return await _by_key(shown, deps)
    if kind.lower() == "bearer" and shown:
        return await _by_token(shown, deps)
    if key := request.headers.get("x-api-key"):
        return await _by_key(key, deps)
    if cookie := request.cookies.get(COOKIE):
        return await session_caller(cookie, deps)
    raise NotSignedIn("show a bearer token, an API key or a session")


async def session_caller(cookie: str, deps: ServerDeps) -> Caller:
    """The person behind a session cookie.

    Raises:
        NotSignedIn: ended, revoked or never was.
    """
    async with deps.database.routing() as conn:
        owner = await routing.by_session(conn, cookie)
    if owner is None:
        raise NotSignedIn("the session has ended: sign in again")
    async with deps.database.tenant(owner.tenant_id) as conn:
        user = await tenants.get_user(conn, owner.user_id)
    return Caller(
        tenant_id=owner.tenant_id,
        kind="session",
        subject=user.user_id,
        role=Role(user.role),
        name=user.name,
        csrf=csrf_token(deps, cookie),
    )


async def optional_session(request: Request, deps: ServerDeps) -> Caller | None:
    """The signed-in person of a public page, if there is one."""
    cookie = request.cookies.get(COOKIE)
    if cookie is None:
        return None
    try:
        return await session_caller(cookie, deps)
    except (NotSignedIn, NotFound):
        return None


async def _by_key(key: str, deps: ServerDeps) -> Caller:
    async with deps.database.routing() as conn:
        owner = await routing.by_api_key(conn, key)
    if owner is None:
        raise NotSignedIn("the API key is unknown, revoked or expired")
    async with deps.database.tenant(owner.tenant_id) as conn:
        await tenants.touch_api_key(conn, owner.api_key_id)
    known = {scope.value for scope in Scope}
    return Caller(
        tenant_id=owner.tenant_id,
        kind="api_key",
        subject=owner.api_key_id,
        scopes=frozenset(Scope(scope) for scope in owner.scopes if scope in known),
    )


async def _by_token(token: str, deps: ServerDeps) -> Caller:
    caller = await caller_of_token(token, deps)
    async with deps.database.routing() as conn:
        if not await routing.tenant_exists(conn, caller.tenant_id):
            raise NotSignedIn("the token is for a tenant that is not here")
    return caller


async def _check_csrf(request: Request, caller: Caller) -> None:
    """The page sends its token back in a header, or a form in its field."""
    shown = request.headers.get(CSRF_HEADER, "")
    if not shown and request.headers.get("content-type", "").startswith(FORMS):
        try:
            field = (await request.form()).get(CSRF_FIELD)
        except InvektoError:
            field = None
        shown = field if isinstance(field, str) else ""
    if not csrf_matches(caller.csrf, shown):
        raise NotAllowed("the page is too old or not ours: load it again")
