"""Opening hours, holidays, and whether customers are told that nobody is there."""

from __future__ import annotations

import re
from datetime import date, time, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from invekto.errors import BadRequest, NotFound
from invekto.records import openings, tenants
from invekto.server.audited import audited
from invekto.server.auth import CurrentCaller
from invekto.server.console.settings.frame import HERE, Short, form_of, settings_page, to
from invekto.server.deps import Deps
from invekto.server.shapes import storable

router = APIRouter(prefix=f"{HERE}/hours", include_in_schema=False)

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
AHEAD = timedelta(days=400)


@router.get("")
async def hours(request: Request, caller: CurrentCaller, deps: Deps) -> Response:
    """The week, the coming holidays, the off-hours reply."""
    today = deps.clock().date()
    async with deps.database.tenant(caller.tenant_id) as conn:
        coming = await openings.holidays(conn, today, today + AHEAD)
    return await settings_page(
        request, "settings/hours.html", caller, "hours", days=DAYS, holidays=coming, today=today
    )


@router.post("")
async def set_hours(request: Request, caller: CurrentCaller, deps: Deps) -> Response:
    """Opening hours; a day without times is closed."""
    form = await form_of(request)
    week: dict[str, Any] = {day: _span(form, day) for day in DAYS}
    async with deps.database.tenant(caller.tenant_id) as conn:
        await tenants.update_profile(conn, {"hours": week})
        await audited(conn, caller, "tenant.hours_changed", "tenant", caller.tenant_id)
    return to("/hours")


@router.post("/reply")
async def set_reply(
    caller: CurrentCaller, deps: Deps, on: Annotated[bool, Form()] = False
) -> Response:
    """Whether a hand-over outside opening hours is told as such."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        await tenants.update_settings(conn, {"off_hours_reply": on})
        await audited(
            conn, caller, "tenant.off_hours_reply_changed", "tenant", caller.tenant_id, on=on
        )
    return to("/hours")


@router.post("/holidays")
async def save_holiday(
    request: Request, caller: CurrentCaller, deps: Deps, day: Annotated[date, Form()], name: Short
) -> Response:
    """A day with hours of its own, or closed."""
    span = _span(await form_of(request), "holiday")
    begin, until = (time.fromisoformat(one) for one in span) if span else (None, None)
    holiday = openings.Holiday(day, str(storable(name)).strip(), {}, begin, until)
    async with deps.database.tenant(caller.tenant_id) as conn:
        await openings.save_holiday(conn, holiday)
        await audited(conn, caller, "holiday.saved", "holiday", day.isoformat())
    return to("/hours")


@router.post("/holidays/{day}/delete")
async def delete_holiday(day: date, caller: CurrentCaller, deps: Deps) -> Response:
    """An ordinary day again."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        if not await openings.delete_holiday(conn, day):
            raise NotFound(f"{day} is no holiday")
        await audited(conn, caller, "holiday.deleted", "holiday", day.isoformat())
    return to("/hours")


def _span(form: FormData, day: str) -> list[str] | None:
    begin, end = str(form.get(f"{day}_from", "")), str(form.get(f"{day}_until", ""))
    if not begin and not end:
        return None
    if not TIME.fullmatch(begin) or not TIME.fullmatch(end) or end <= begin:
        raise BadRequest("a day opens before it closes: give both times, or none", field=day)
    return [begin, end]
