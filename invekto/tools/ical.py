"""Appointments as an iCalendar feed (RFC 5545), for a practitioner's calendar or one customer."""

from __future__ import annotations

from collections.abc import Iterable

from icalendar import Calendar, Event

from invekto.records.appointments import Appointment
from invekto.tools.contract import TenantView

STATUS = {"booked": "TENTATIVE", "confirmed": "CONFIRMED", "cancelled": "CANCELLED"}


def feed(
    tenant: TenantView,
    appointments: Iterable[Appointment],
    *,
    services: dict[str, str],
    practitioners: dict[str, str],
    with_names: bool = False,
) -> bytes:
    """A calendar of appointments.

    Args:
        services: name by service id.
        practitioners: name by practitioner id.
        with_names: patients' names in the titles; only for people of the business.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Invekto//appointments//")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", tenant.name)
    for appointment in appointments:
        calendar.add_component(
            _event(tenant, appointment, services, practitioners, with_names=with_names)
        )
    ics: bytes = calendar.to_ical()
    return ics


def _event(
    tenant: TenantView,
    appointment: Appointment,
    services: dict[str, str],
    practitioners: dict[str, str],
    *,
    with_names: bool,
) -> Event:
    service = services.get(appointment.service_id, appointment.service_id)
    who = appointment.patient_name if with_names else practitioners.get(appointment.practitioner_id)
    event = Event()
    event.add("uid", f"{appointment.appointment_id}@{tenant.tenant_id}.invekto")
    event.add("summary", f"{service} – {who}" if who else service)
    event.add("dtstart", appointment.starts_at)
    event.add("dtend", appointment.ends_at)
    event.add("dtstamp", appointment.confirmed_at or appointment.starts_at)
    event.add("sequence", appointment.sequence)
    event.add("status", STATUS.get(appointment.status, "CONFIRMED"))
    if address := tenant.profile.get("address"):
        event.add("location", str(address))
    return event
