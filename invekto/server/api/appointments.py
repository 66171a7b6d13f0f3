"""The diary: what is booked, what became of it, and as a calendar feed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from psycopg import AsyncConnection
from pydantic import BaseModel, Field

from invekto.errors import Conflict, NotFound
from invekto.records import appointments, openings, pricing
from invekto.records.appointments import Appointment
from invekto.server.audited import audited, looked
from invekto.server.auth import CurrentCaller
from invekto.server.deps import Deps, ServerDeps
from invekto.server.door import Door
from invekto.server.masking import mask_for
from invekto.server.shapes import Body
from invekto.tools.contract import ToolContext
from invekto.tools.follow_up import after_cancelling, freed
from invekto.tools.ical import feed

router = APIRouter(prefix="/v1/appointments", tags=["appointments"], route_class=Door)

IN_FORCE = ("booked", "confirmed")
AHEAD = timedelta(days=90)
BEHIND = timedelta(days=30)
LONGEST = timedelta(days=366)

From = Annotated[datetime | None, Query(alias="from", description="30 days ago by default.")]
Until = Annotated[datetime | None, Query(description="In 90 days by default.")]
Who = Annotated[str | None, Query(max_length=128)]


class AppointmentSeen(BaseModel):
    appointment_id: str
    practitioner_id: str
    service_id: str
    starts_at: datetime
    ends_at: datetime
    status: str = Field(description="booked, confirmed, cancelled, completed or no_show")
    patient_name: str | None
    patient_phone: str | None
    note: str
    source: str


class Outcome(Body):
    status: Literal["confirmed", "cancelled", "completed", "no_show"]
    reason: Annotated[str, Field(max_length=300)] | None = None


@router.get("")
async def list_appointments(
    caller: CurrentCaller,
    deps: Deps,
    begin: From = None,
    until: Until = None,
    practitioner: Who = None,
) -> list[AppointmentSeen]:
    """Appointments that start in a window, cancelled ones too."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        found = await _between(conn, deps, begin, until, practitioner)
        mask = await mask_for(conn, caller)
        await looked(conn, caller, "appointments", practitioner or "all")
    return [
        AppointmentSeen.model_validate(
            replace(mask.row(one, "note"), patient_phone=mask.value(one.patient_phone, "PHONE")),
            from_attributes=True,
        )
        for one in found
    ]


@router.get("/calendar.ics", response_class=Response)
async def calendar(
    caller: CurrentCaller, deps: Deps, practitioner: Who = None
) -> Response:  # fmt: skip
    """The same as an iCalendar feed (RFC 5545), all or one practitioner's; with the patients'
    names for who answers them."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        found = await _between(conn, deps, None, None, practitioner)
        tenant, _ = await deps.engine.shelf.kit(conn, caller.tenant_id)
        services = {s.service_id: s.name for s in await pricing.services(conn)}
        people = {p.practitioner_id: p.full_name for p in await openings.practitioners(conn)}
        hidden = (await mask_for(conn, caller)).on
        await looked(conn, caller, "appointments", practitioner or "all")
    made = feed(tenant, found, services=services, practitioners=people, with_names=not hidden)
    return Response(made, media_type="text/calendar")


@router.post("/{appointment_id}/status")
async def set_status(
    appointment_id: str, body: Outcome, caller: CurrentCaller, deps: Deps
) -> AppointmentSeen:
    """Say what became of an appointment. A cancelled time is offered to who waits for one; who
    did not come twice is reminded once more the next time."""
    async with deps.database.tenant(caller.tenant_id) as conn:
        before = await appointments.get_appointment(conn, appointment_id, lock=True)
        if before is None:
            raise NotFound(f"no appointment {appointment_id}")
        if before.status == "cancelled" or (
            body.status in ("confirmed", "cancelled") and before.status not in IN_FORCE
        ):
            raise Conflict(f"this appointment is {before.status}: book a new one")
        now = deps.clock()
        await appointments.set_appointment_status(
            conn, appointment_id, body.status, now, body.reason
        )
        if body.status == "cancelled":
            ctx = await _context(conn, deps, caller.tenant_id)
            await after_cancelling(ctx, before)
            await openings.lock_practitioners(conn, [before.practitioner_id])
            await freed(ctx, before)
        await audited(
            conn, caller, "appointment.status_set", "appointment", appointment_id,
            status=body.status,
        )  # fmt: skip
        after = await appointments.get_appointment(conn, appointment_id)
    return AppointmentSeen.model_validate(after, from_attributes=True)


async def _between(
    conn: AsyncConnection[Any], deps: ServerDeps, begin: datetime | None, until: datetime | None,
    practitioner: str | None,
) -> list[Appointment]:  # fmt: skip
    now = deps.clock()
    first = _aware(begin, now) if begin else now - BEHIND
    last = _aware(until, now) if until else now + AHEAD
    last = min(last, first + LONGEST) if first.year < 9000 else first
    found = await appointments.appointments_between(conn, first, last)
    return [a for a in found if practitioner in (None, a.practitioner_id)]


def _aware(moment: datetime, now: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=now.tzinfo)


async def _context(conn: AsyncConnection[Any], deps: ServerDeps, tenant_id: str) -> ToolContext:
    tenant, _ = await deps.engine.shelf.kit(conn, tenant_id)
    return ToolContext(
        conn=conn, tenant_id=tenant_id, tenant=tenant, contact=None, conversation_id=None,
        turn_id=None, clock=deps.clock, role="supervisor",
    )  # fmt: skip
