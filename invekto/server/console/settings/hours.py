"""Opening hours, holidays, and whether customers are told that nobody is there."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from invekto.errors import BadRequest
from invekto.records import openings
from invekto.server.api import business as api
from invekto.server.api.business import AHEAD, DAYS, ODD_SPAN, SettingsChange
from invekto.server.auth import CurrentCaller
from invekto.server.console.settings.frame import (
    HERE,
    Short,
    body_of,
    form_of,
    settings_page,
    to,
)
from invekto.server.deps import Deps

router = APIRouter(prefix=f"{HERE}/hours", include_in_schema=False)


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
    body = body_of(SettingsChange, hours={day: _span(form, day) for day in DAYS})
    await api.change_settings(body, caller, deps)
    return to("/hours")


@router.post("/reply")
async def set_reply(
    caller: CurrentCaller, deps: Deps, on: Annotated[bool, Form()] = False
) -> Response:
    """Whether a hand-over outside opening hours is told as such."""
    await api.change_settings(SettingsChange(off_hours_reply=on), caller, deps)
    return to("/hours")


@router.post("/holidays")
async def save_holiday(
    request: Request, caller: CurrentCaller, deps: Deps, day: Annotated[date, Form()], name: Short
) -> Response:
    """A day with hours of its own, or closed."""
    body = body_of(api.HolidayIn, name=name, open=_span(await form_of(request), "holiday"))
    await api.save_holiday(day, body, caller, deps)
    return to("/hours")


@router.post("/holidays/{day}/delete")
async def delete_holiday(day: date, caller: CurrentCaller, deps: Deps) -> Response:
    """An ordinary day again."""
    await api.delete_holiday(day, caller, deps)
    return to("/hours")


def _span(form: FormData, day: str) -> list[str] | None:
    given = [str(form.get(f"{day}_from", "")), str(form.get(f"{day}_until", ""))]
    if any(given) and not all(given):
        raise BadRequest(ODD_SPAN, field=day)
    return given if any(given) else None
