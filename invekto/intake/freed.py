"""Times that a business's own list says are free again: offered to who waits for one."""

from __future__ import annotations

from invekto.intake.desk import Desk
from invekto.records import openings, tenants
from invekto.records.appointments import Appointment
from invekto.tools.contract import ToolContext
from invekto.tools.follow_up import after_cancelling, freed
from invekto.tools.tenancy import tenant_view


async def offer_freed(desk: Desk, gone: list[Appointment]) -> None:
    """Call off the reminders of appointments that were cancelled or moved elsewhere, and offer
    their times. After all rows, since another row may have taken a time again."""
    coming = [one for one in gone if one.starts_at > desk.now]
    if not coming:
        return
    tenant = tenant_view(await tenants.get_tenant(desk.conn))
    ctx = ToolContext(
        conn=desk.conn, tenant_id=tenant.tenant_id, tenant=tenant, contact=None,
        conversation_id=None, turn_id=None, clock=lambda: desk.now,
    )  # fmt: skip
    await openings.lock_practitioners(desk.conn, {one.practitioner_id for one in coming})
    for one in coming:
        await after_cancelling(ctx, one)
        await freed(ctx, one)
