"""What the assistant took down for people to do: order requests, the diary, leads."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal, get_args
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from invekto.records import appointments, leads, openings, order_requests, pricing, tenants
from invekto.records.appointments import Appointment
from invekto.server.api import appointments as diary_api
from invekto.server.api import leads as leads_api
from invekto.server.api import requests as requests_api
from invekto.server.auth import CurrentCaller
from invekto.server.caller import Caller
from invekto.server.console.pages import page, said
from invekto.server.console.settings.frame import body_of
from invekto.server.deps import Deps
from invekto.server.masking import mask_for

router = APIRouter(prefix="/console/requests", include_in_schema=False)
HERE = "/console/requests"
TABS = {
    "ecommerce": ("orders", "leads"),
    "dental": ("diary", "leads"),
    "aesthetic": ("diary", "leads"),
}
"""What a business of this sector has to do; others: everything."""
EVERY = ("orders", "diary", "leads")
AHEAD = timedelta(days=30)
BEHIND = timedelta(days=1)
STAGES: tuple[str, ...] = get_args(leads_api.Stage)
OF_CLINICS = frozenset({"consultation", "appointment", "patient"})
SHOWN = ("what", "value", "wanted", "email", "correction", "note")
"""Of what is wanted, what a person needs to read."""
Status = Annotated[str, Form(max_length=40)]


@router.get("")
async def orders_page(
    request: Request, caller: CurrentCaller, deps: Deps,
    state: Annotated[Literal["open", "settled"], Query()] = "open",
) -> Response:  # fmt: skip
    """Requests about orders: what waits, or what was dealt with. A business without orders begins
    with its diary."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        tabs = TABS.get((await tenants.get_tenant(conn)).sector, EVERY)
        if "orders" not in tabs:
            return RedirectResponse(f"{HERE}/{tabs[0]}", 303)
        mask = await mask_for(conn, caller, said(request).hidden)
        found = await order_requests.list_requests(conn, settled=state == "settled")
    shown = [mask.row(one, "detail") for one in found]
    return await _page(
        request, caller, "orders", requests=shown, state=state,
        next=order_requests.NEXT, shown=SHOWN,
    )  # fmt: skip


@router.get("/diary")
async def diary_page(request: Request, caller: CurrentCaller, deps: Deps) -> Response:
    """The appointments of yesterday and the next thirty days, by day."""
    now = deps.clock()
    async with deps.database.tenant(caller.tenant_id) as conn:
        mask = await mask_for(conn, caller, said(request).hidden)
        found = await appointments.appointments_between(conn, now - BEHIND, now + AHEAD)
        services = {s.service_id: s.name for s in await pricing.services(conn)}
        staff = {p.practitioner_id: p for p in await openings.practitioners(conn)}
        tenant = await tenants.get_tenant(conn)
    shown = [mask.row(a, "note") for a in found if a.status != "cancelled"]
    return await _page(
        request, caller, "diary", services=services, staff=staff,
        days=_by_day(shown, now, tenant.timezone),
    )  # fmt: skip


@router.get("/leads")
async def leads_page(request: Request, caller: CurrentCaller, deps: Deps) -> Response:
    """People who may become customers, the most promising first; those that are won or lost
    after the others."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        mask = await mask_for(conn, caller, said(request).hidden)
        found = [mask.row(one, "interest") for one in await leads.pipeline(conn)]
        sector = (await tenants.get_tenant(conn)).sector
    shop = sector == "ecommerce"
    over = ("won", "patient", "lost")
    return await _page(
        request, caller, "leads", leads=sorted(found, key=lambda one: one.pipeline_status in over),
        stages=[one for one in STAGES if not (shop and one in OF_CLINICS)],
    )  # fmt: skip


@router.post("/orders/{request_id}")
async def move_request(
    request_id: str, caller: CurrentCaller, deps: Deps, status: Status
) -> Response:
    """A request moved on."""
    body = body_of(requests_api.Move, status=status)
    await requests_api.move_request(request_id, body, caller, deps)
    return RedirectResponse(HERE, 303)


@router.post("/diary/{appointment_id}")
async def set_outcome(
    appointment_id: str, caller: CurrentCaller, deps: Deps, status: Status
) -> Response:
    """What became of an appointment."""
    body = body_of(diary_api.Outcome, status=status)
    await diary_api.set_status(appointment_id, body, caller, deps)
    return RedirectResponse(f"{HERE}/diary", 303)


@router.post("/leads/{lead_id}")
async def move_lead(lead_id: str, caller: CurrentCaller, deps: Deps, status: Status) -> Response:
    """How far a lead has come."""
    body = body_of(leads_api.Stepped, status=status)
    await leads_api.move_lead(lead_id, body, caller, deps)
    return RedirectResponse(f"{HERE}/leads", 303)


def _by_day(
    found: list[Appointment], now: datetime, zone: str
) -> list[tuple[date, list[tuple[Appointment, tuple[str, ...]]]]]:
    """Days with their appointments, each with what a person may say of it now."""
    days: dict[date, list[tuple[Appointment, tuple[str, ...]]]] = {}
    for one in found:
        day = one.starts_at.astimezone(ZoneInfo(zone)).date()
        days.setdefault(day, []).append((one, _possible(one, now)))
    return list(days.items())


def _possible(one: Appointment, now: datetime) -> tuple[str, ...]:
    if one.status not in diary_api.IN_FORCE:
        return ()
    if one.starts_at <= now:
        return ("completed", "no_show")
    return ("confirmed", "cancelled") if one.status == "booked" else ("cancelled",)


async def _page(request: Request, caller: Caller, tab: str, **given: Any) -> Response:
    """One of the three lists below their shared head."""
    return await page(
        request, f"requests_{tab}.html", caller, tab=tab, here=HERE, every=TABS, all_tabs=EVERY,
        **given,
    )  # fmt: skip
