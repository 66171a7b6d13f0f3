"""Waiting for a time that is taken."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from invekto.contracts.evidence import Risk
from invekto.contracts.ids import new_id
from invekto.records import waitlist
from invekto.tools.contract import (
    Effect,
    Identity,
    Preview,
    Tool,
    ToolArgs,
    ToolContext,
    ToolResult,
)  # fmt: skip
from invekto.tools.once import once
from invekto.tools.schedule import people_for, service_for
from invekto.tools.window import HORIZON, Part, Window, wanted
from invekto.tools.wording import LANGUAGES, fact, refuse, speaks


class WaitArgs(ToolArgs):
    """What for, with whom, and which days would suit."""

    service: str = Field(max_length=120)
    practitioner: str | None = Field(None, max_length=120)
    day: Window | None = None
    time: Window | None = None
    part: Part | None = None
    name: str | None = Field(None, max_length=120)


class OnWaitlist(ToolResult):
    """The place on the waitlist."""

    waitlist_id: str
    service: str
    from_day: date
    until_day: date

    def facts(self, language: str) -> list[str]:
        return [
            fact("waitlist.joined", language, service=self.service, first=self.from_day,
                 last=self.until_day)
        ]  # fmt: skip


async def _waiting(ctx: ToolContext, args: WaitArgs) -> waitlist.Waiting:
    assert ctx.contact is not None
    service = await service_for(ctx, args.service)
    practitioner = None
    if args.practitioner is not None:
        found = await people_for(ctx, service, args.practitioner)
        practitioner = found[0].practitioner_id
    wish = wanted(args.day, args.time, args.part, ctx.now)
    today = ctx.now.date()
    if wish.last < today:
        raise refuse(ctx, "past_date", day=wish.last)
    for before in await waitlist.waiting_for(ctx.conn, contact_id=ctx.contact.contact_id):
        if before.service_id == service.service_id:
            raise refuse(ctx, "already_waiting", service=service.named(speaks(ctx)))
    if not (args.name or ctx.contact.name):
        raise refuse(ctx, "who_are_you")
    return waitlist.Waiting(
        waitlist_id=new_id("wl"),
        service_id=service.service_id,
        practitioner_id=practitioner,
        from_day=max(wish.first, today),
        until_day=wish.last if wish.said else today + HORIZON,
        from_time=wish.at.time() if wish.at else wish.earliest,
        until_time=wish.latest,
        contact_id=ctx.contact.contact_id,
        conversation_id=ctx.conversation_id,
        patient_name=args.name or ctx.contact.name,
        patient_phone=ctx.contact.phone,
    )


async def check_wait(ctx: ToolContext, args: WaitArgs) -> Preview:
    """Describe the place on the waitlist."""
    entry = await _waiting(ctx, args)
    service = await service_for(ctx, entry.service_id)
    words = {"service": service, "first": entry.from_day, "last": entry.until_day}
    told = {
        it: fact("waitlist.proposed", it, **{**words, "service": service.named(it)})
        for it in LANGUAGES
    }
    return Preview(
        summary=told,
        args=args.model_dump(mode="json", exclude_none=True),
        detail={
            "service": service.named(speaks(ctx)), "from_day": entry.from_day.isoformat(),
            "until_day": entry.until_day.isoformat(),
        },
        facts=[told[speaks(ctx)]],
    )  # fmt: skip


async def join_waitlist(ctx: ToolContext, args: WaitArgs) -> OnWaitlist:
    """Put the customer on the waitlist: a time that frees is offered to them."""
    key = once(ctx)
    made = await waitlist.by_key(ctx.conn, key)
    if made is None:
        made = await waitlist.join_waitlist(ctx.conn, await _waiting(ctx, args), key, ctx.now)
    service = await service_for(ctx, made.service_id)
    return OnWaitlist(
        waitlist_id=made.waitlist_id,
        service=service.named(speaks(ctx)),
        from_day=made.from_day,
        until_day=made.until_day,
    )


TOOLS = (
    Tool(
        "slots.join_waitlist", join_waitlist, WaitArgs, OnWaitlist, Effect.WRITE, Risk.LOW,
        Identity.CONTACT, check=check_wait,
    ),
)  # fmt: skip
