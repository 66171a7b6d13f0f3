"""The audit log: who did what, filtered, and whether the chain is whole."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from invekto.records import audit, tenants
from invekto.server.auth import CurrentCaller
from invekto.server.console.settings.frame import HERE, settings_page
from invekto.server.deps import Deps
from invekto.server.paging import from_cursor, to_cursor

router = APIRouter(prefix=f"{HERE}/audit", include_in_schema=False)

PAGE = 50
Text = Annotated[str, Query(max_length=200)]


@router.get("")
async def audit_page(
    request: Request, caller: CurrentCaller, deps: Deps, actor: Text = "", kind: Text = "",
    resource: Text = "", since: Text = "", until: Text = "", cursor: Text = "",
    verify: bool = False,
) -> Response:  # fmt: skip
    """Events by person, kind, thing and days, the latest first."""
    place = from_cursor(cursor or None, datetime, str)
    async with deps.database.tenant(caller.tenant_id) as conn:
        zone = ZoneInfo((await tenants.get_tenant(conn)).timezone)
        found = await audit.search(
            conn, actor_id=actor or None, event_type=kind or None, resource_id=resource or None,
            since=_day(since, zone), until=_day(until, zone, after=True),
            before=(place[0], place[1]) if place else None, limit=PAGE + 1,
        )  # fmt: skip
        kinds = await audit.event_types(conn)
        chain = await audit.verify(conn, audit.audit_key(deps.settings)) if verify else None
    events = found[:PAGE]
    return await settings_page(
        request, "settings/audit.html", caller, "audit", events=events, kinds=kinds, chain=chain,
        asked={"actor": actor, "kind": kind, "resource": resource, "since": since, "until": until},
        older=to_cursor(events[-1].created_at, events[-1].event_id) if len(found) > PAGE else None,
    )  # fmt: skip


def _day(text: str, zone: ZoneInfo, *, after: bool = False) -> datetime | None:
    """The beginning of a local day, or of the one after it; None for anything else."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return datetime.combine(day + timedelta(days=after), time(), zone)
