"""The API's door: every /v1 route is authorised, counted against the tenant's limit, and done
once for each `Idempotency-Key`."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from invekto.errors import BadRequest, Conflict, TooMuch
from invekto.records import idempotency, rate_limits
from invekto.records.rate_limits import Allowance
from invekto.server.auth import SAFE, authorise
from invekto.server.caller import Caller
from invekto.server.deps import ServerDeps, server_deps

Handler = Callable[[Request], Coroutine[Any, Any, Response]]

LONGEST_KEY = 200
LARGEST_KEPT = 200_000  # bytes


class Door(APIRoute):
    """The route class of the API."""

    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()

        async def opened(request: Request) -> Response:
            await authorise(request)
            caller: Caller | None = request.state.caller
            if caller is None:
                return await handle(request)
            deps = server_deps(request)
            allowance = await _within_limit(deps, caller)
            key = request.headers.get("idempotency-key")
            if key is None or request.method in SAFE:
                response = await handle(request)
            else:
                response = await _once(request, deps, caller, key, handle)
            response.headers.update(limit_headers(allowance))
            return response

        return opened


async def _within_limit(deps: ServerDeps, caller: Caller) -> Allowance:
    async with deps.database.tenant(caller.tenant_id) as conn:
        allowance = await rate_limits.take(
            conn, "api", burst=deps.settings.api_burst, per_second=deps.settings.api_per_minute / 60
        )
    if not allowance.allowed:
        raise TooMuch(
            "more requests than the tenant's limit: wait and try again",
            retry_after=math.ceil(allowance.retry_after),
            headers=limit_headers(allowance),
        )
    return allowance


def limit_headers(allowance: Allowance) -> dict[str, str]:
    """As in draft-ietf-httpapi-ratelimit-headers-07."""
    return {
        "ratelimit-limit": str(allowance.limit),
        "ratelimit-remaining": str(allowance.remaining),
        "ratelimit-reset": str(math.ceil(allowance.reset)),
    }


async def _once(
    request: Request, deps: ServerDeps, caller: Caller, key: str, handle: Handler
) -> Response:
    """The first request under a key is done, the others are given its answer.

    Raises:
        BadRequest: the key is no key, or was used for another request.
        Conflict: the first request still runs.
    """
    if not 0 < len(key) <= LONGEST_KEY or not key.isprintable():
        raise BadRequest(f"Idempotency-Key holds 1 to {LONGEST_KEY} printable characters")
    wanted = hashlib.sha256(
        f"{request.method} {request.url.path}?{request.url.query}\n".encode() + await request.body()
    ).digest()
    async with deps.database.tenant(caller.tenant_id) as conn:
        earlier = await idempotency.claim(conn, caller.key, key, wanted, deps.clock())
    if earlier is not None:
        return _again(earlier, wanted)
    try:
        response = await handle(request)
    except Exception as error:
        await _forget(deps, caller, key)
        raise error
    body = bytes(getattr(response, "body", b""))
    if response.status_code >= 500 or len(body) > LARGEST_KEPT:
        await _forget(deps, caller, key)
        return response
    async with deps.database.tenant(caller.tenant_id) as conn:
        await idempotency.answered(
            conn, caller.key, key, response.status_code, body, response.media_type
        )
    return response


def _again(earlier: idempotency.Earlier, wanted: bytes) -> Response:
    if earlier.request_hash != wanted:
        raise BadRequest("this Idempotency-Key was used for another request")
    if earlier.status is None:
        raise Conflict("the first request under this key still runs", retry_after=1)
    return Response(
        earlier.body,
        earlier.status,
        {"idempotent-replay": "true"},
        media_type=earlier.content_type or "application/json",
    )


async def _forget(deps: ServerDeps, caller: Caller, key: str) -> None:
    async with deps.database.tenant(caller.tenant_id) as conn:
        await idempotency.forget(conn, caller.key, key)
