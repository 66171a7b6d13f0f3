"""Idempotency keys as records keep them."""

from __future__ import annotations

from invekto.contracts.ids import new_id
from invekto.tools.contract import ToolContext


def once(ctx: ToolContext) -> str:
    """The commit's key, apart for every contact: whatever key a caller makes up, it never stands
    for something of somebody else's. Without one, a key of its own for every call."""
    who = ctx.contact.contact_id if ctx.contact else "staff"
    return f"{who}/{ctx.idempotency_key or new_id('once')}"
