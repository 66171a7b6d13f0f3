"""What falls due by time alone, for the worker's rounds: offers that lapse, reminders of
appointments that came in from elsewhere, leads to be written to again."""

from __future__ import annotations

from datetime import timedelta

from invekto.records import appointments, leads, pricing, scheduled
from invekto.records.scheduled import Planned
from invekto.tools.contract import ToolContext
from invekto.tools.follow_up import lapse_offers, plan_reminders
from invekto.tools.wording import speaks

REACH = timedelta(hours=60)
"""How far ahead appointments are looked at: past the earliest reminder, which may go the evening
before its time."""
IN_FORCE = ("booked", "confirmed")


async def tend(ctx: ToolContext) -> dict[str, int]:
    """One round for a tenant; whatever ran before is not done again. Returns what was done."""
    return {
        "offers_lapsed": await lapse_offers(ctx),
        "reminders_planned": await plan_upcoming(ctx),
        "follow_ups_planned": await plan_lead_follow_ups(ctx),
    }


async def plan_upcoming(ctx: ToolContext) -> int:
    """Reminders of appointments nobody planned any for: imported, or entered by a person."""
    coming = [
        a
        for a in await appointments.appointments_between(ctx.conn, ctx.now, ctx.now + REACH)
        if a.status in IN_FORCE and a.contact_id is not None
    ]
    told = await scheduled.subjects(ctx.conn, "appointment", [a.appointment_id for a in coming])
    fresh = [a for a in coming if (a.appointment_id, a.starts_at) not in told]
    services = {
        s.service_id: s for s in await pricing.services(ctx.conn, {a.service_id for a in fresh})
    }
    return sum(
        [
            await plan_reminders(ctx, a, services[a.service_id])
            for a in fresh
            if a.service_id in services
        ]
    )


async def plan_lead_follow_ups(ctx: ToolContext) -> int:
    """A message to each lead whose follow-up is due, once for every time it falls due. It is
    commercial: it goes to those who agreed to such messages, the others stay on the team's list."""
    planned = 0
    for lead in await leads.followups_due(ctx.conn, ctx.now):
        if lead.contact_id is None or lead.next_followup_at is None:
            continue
        planned += await scheduled.plan(
            ctx.conn,
            Planned(
                contact_id=lead.contact_id, kind="lead_follow_up", subject_kind="lead",
                subject_id=lead.lead_id, due_at=ctx.now, not_after=ctx.now + timedelta(days=2),
                dedupe_key=f"lead:{lead.lead_id}:{lead.next_followup_at.isoformat()}",
                message_class="commercial", language=speaks(ctx),
                data={"interest": lead.interest}, conversation_id=lead.conversation_id,
            ),
            ctx.now,
        )  # fmt: skip
    return planned
