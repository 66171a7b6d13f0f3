"""Asking for an id that is not there, perhaps another business's: it leaves a trace.

Under row-level security a neighbour's row looks like no row at all, so both are noted alike.
"""

from __future__ import annotations

from fastapi import Request

from invekto.records import rate_limits
from invekto.server.audited import audited
from invekto.server.caller import Caller
from invekto.server.deps import ServerDeps, server_deps

BURST = 60
PER_SECOND = 1 / 60
"""So many are noted of a tenant; who asks for thousands has been seen by then."""


async def note(request: Request) -> None:
    """Audit that a caller asked for ids that are not there. What they asked for is kept as a keyed
    hash: who knows an id can look for it, nobody can read one out of the log."""
    caller: Caller | None = getattr(request.state, "caller", None)
    asked = {name: str(v) for name, v in request.path_params.items() if name.endswith("_id")}
    if caller is None or not asked:
        return
    deps = server_deps(request)
    route = str(getattr(request.scope.get("route"), "path", ""))
    async with deps.database.tenant(caller.tenant_id) as conn:
        allowance = await rate_limits.take(conn, "probes", burst=BURST, per_second=PER_SECOND)
        if allowance.allowed:
            await audited(
                conn, caller, "access.not_found", "route", route, method=request.method,
                **{name: mark(deps, caller.tenant_id, value) for name, value in asked.items()},
            )  # fmt: skip


def mark(deps: ServerDeps, tenant_id: str, asked: str) -> str:
    """What stands in the log for an id."""
    return deps.sealer.mark(asked.encode("utf-8", "replace"), f"{tenant_id}/asked").hex()[:24]
