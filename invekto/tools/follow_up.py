"""What follows from a booking: reminders, and offers to people who wait."""

from __future__ import annotations

from invekto.records.appointments import Appointment
from invekto.records.pricing import Service
from invekto.tools.contract import ToolContext


async def after_booking(ctx: ToolContext, appointment: Appointment, service: Service) -> None:
    """Schedule the appointment's messages."""


async def after_cancelling(ctx: ToolContext, appointment: Appointment) -> None:
    """Take back the appointment's messages that have not gone out."""


async def freed(ctx: ToolContext, appointment: Appointment) -> None:
    """Offer a time that became free to who waits longest for it."""
