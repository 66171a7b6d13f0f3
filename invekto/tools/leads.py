"""Leads: keep who is interested in what and how promising it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any, Literal

from pydantic import Field

from invekto.contracts.evidence import Risk
from invekto.contracts.ids import new_id
from invekto.records import conversations, leads
from invekto.records.leads import Lead
from invekto.tools.contract import (
    Effect,
    Identity,
    Preview,
    Tool,
    ToolArgs,
    ToolContext,
    ToolResult,
)  # fmt: skip
from invekto.tools.lead_score import HOT, Signals, found_signals, score
from invekto.tools.once import once
from invekto.tools.profile import whole
from invekto.tools.wording import LANGUAGES, fact, refuse, speaks

Source = Literal["instagram", "google", "referral", "organic", "whatsapp_ad"]


class CaptureArgs(ToolArgs):
    """What the customer is interested in, and what they said of themselves."""

    interest: str = Field(min_length=2, max_length=500)
    name: str | None = Field(None, max_length=120)
    company: str | None = Field(None, max_length=160)
    phone: str | None = Field(None, max_length=30)
    quantity: int | None = Field(None, ge=1, le=10_000_000)
    budget: Decimal | None = Field(None, ge=0)
    currency: str | None = Field(None, pattern="^[A-Z]{3}$")
    country: str | None = Field(None, max_length=60)
    source: Source | None = None
    need_phone: bool = Field(False, description="refuse while no phone is known")


class ScoreArgs(ToolArgs):
    """What was said, and how much of it."""

    text: str = Field("", max_length=2000)
    quantity: int | None = Field(None, ge=1)
    budget: Decimal | None = Field(None, ge=0)


class Captured(ToolResult):
    """The lead; score and reasons are for the team, not for the customer."""

    lead_id: str
    score: int
    reasons: list[str]
    hot: bool
    phone: str | None

    def facts(self, language: str) -> list[str]:
        return _noted(self.phone, language)


class Scored(ToolResult):
    """How promising this contact is, with reasons; for the team."""

    score: int
    reasons: dict[str, int]
    hot: bool
    b2b: bool

    def facts(self, language: str) -> list[str]:  # noqa: ARG002 - nothing for the customer
        return []


def _noted(phone: str | None, language: str) -> list[str]:
    return [fact("lead.captured", language, phone=phone) if phone else fact("lead.noted", language)]


async def _signals(ctx: ToolContext, text: str, **known: Any) -> Signals:
    assert ctx.contact is not None
    phone = ctx.contact.phone if ctx.contact.phone_verified else None
    count, spent = await leads.history(ctx.conn, ctx.contact.contact_id, phone) or (0, Decimal(0))
    return Signals(text=text, orders=count, spent=spent, **known)


def _phone(ctx: ToolContext, args: CaptureArgs) -> str | None:
    return args.phone or (ctx.contact.phone if ctx.contact else None)


async def check_capture(ctx: ToolContext, args: CaptureArgs) -> Preview:
    """Describe the lead; without a phone it may be refused so that one is asked for."""
    phone = _phone(ctx, args)
    if args.need_phone and not phone:
        raise refuse(ctx, "phone_needed")
    return Preview(
        summary={it: _noted(phone, it)[0] for it in LANGUAGES},
        args=args.model_dump(mode="json", exclude_none=True),
        detail={"interest": args.interest, "phone": phone},
        facts=_noted(phone, speaks(ctx)),
    )


async def capture(ctx: ToolContext, args: CaptureArgs) -> Captured:
    """Keep the customer as a lead, or add to the one they have, with score and source."""
    assert ctx.contact is not None
    before = await leads.open_lead(ctx.conn, ctx.contact.contact_id)
    lead = _merged(ctx, args, before, await _came_by(ctx))
    signals = await _signals(
        ctx, f"{args.interest} {lead.interest}", source=lead.source, phone=bool(lead.phone),
        name=bool(lead.name), company=bool(lead.company), quantity=lead.quantity,
        budget=lead.budget,
    )  # fmt: skip
    worth = score(signals)
    hours = whole(ctx.tenant, "lead_followup_hours", default=24)
    lead = replace(
        lead, score=worth.points, score_reasons=[list(reason) for reason in worth.reasons],
        last_contact_at=ctx.now, next_followup_at=ctx.now + timedelta(hours=hours),
    )  # fmt: skip
    await leads.save_lead(ctx.conn, lead, ctx.now)
    await _remember(ctx, lead, signals, fresh=before is None)
    return Captured(
        lead_id=lead.lead_id, score=worth.points, reasons=[name for name, _ in worth.reasons],
        hot=worth.hot, phone=lead.phone,
    )  # fmt: skip


async def _came_by(ctx: ToolContext) -> dict[str, Any]:
    """The click-to-WhatsApp referral or UTM values the contact arrived with."""
    assert ctx.contact is not None
    stored = await conversations.get_contact(ctx.conn, ctx.contact.contact_id)
    referral = stored.attributes.get("referral") or {}
    return referral if isinstance(referral, dict) else {}


def _merged(
    ctx: ToolContext, args: CaptureArgs, before: Lead | None, referral: dict[str, Any]
) -> Lead:
    assert ctx.contact is not None
    lead = before or Lead(new_id("lead"), contact_id=ctx.contact.contact_id)
    came = "whatsapp_ad" if referral.get("ctwa_clid") or referral.get("source_id") else None
    said: dict[str, Any] = {
        "name": args.name or lead.name or ctx.contact.name,
        "company": args.company or lead.company,
        "phone": _phone(ctx, args) or lead.phone,
        "quantity": args.quantity or lead.quantity,
        "budget": args.budget if args.budget is not None else lead.budget,
        "currency": args.currency or lead.currency,
        "country": args.country or lead.country,
        "source": args.source or came or lead.source,
        "interest": args.interest,
        "referral": referral or lead.referral,
        "conversation_id": ctx.conversation_id or lead.conversation_id,
    }
    utm = {k: referral.get(k) or getattr(lead, k) for k in
           ("utm_source", "utm_medium", "utm_campaign")}  # fmt: skip
    return replace(lead, **said, **utm)


async def _remember(ctx: ToolContext, lead: Lead, signals: Signals, *, fresh: bool) -> None:
    kind = "captured" if fresh else "message_received"
    await leads.add_activity(
        ctx.conn, lead.lead_id, kind, ctx.now, note=lead.interest, by=ctx.role,
        activity_id=once(ctx),
    )  # fmt: skip
    kinds = {
        "b2b_signal": "b2b" in found_signals(signals.text) or (signals.quantity or 0) >= 20,
        "high_value": lead.score >= HOT,
        "repeat_customer": signals.orders >= 2,
    }
    for flag_type, holds in kinds.items():
        if holds:
            await leads.flag(
                ctx.conn, flag_type, contact_id=lead.contact_id, phone=lead.phone,
                signal=lead.interest, now=ctx.now,
            )  # fmt: skip


async def rate(ctx: ToolContext, args: ScoreArgs) -> Scored:
    """How promising this contact is, 0 to 100, with reasons. For the team, never for a reply."""
    assert ctx.contact is not None
    signals = await _signals(
        ctx, args.text, phone=bool(ctx.contact.phone), name=bool(ctx.contact.name),
        quantity=args.quantity, budget=args.budget,
    )  # fmt: skip
    worth = score(signals)
    b2b = "b2b" in found_signals(args.text) or (args.quantity or 0) >= 20
    return Scored(score=worth.points, reasons=dict(worth.reasons), hot=worth.hot, b2b=b2b)


TOOLS = (
    Tool(
        "leads.capture", capture, CaptureArgs, Captured, Effect.WRITE, Risk.LOW,
        Identity.CONTACT, check=check_capture,
    ),
    Tool("leads.score", rate, ScoreArgs, Scored, Effect.READ, identity=Identity.CONTACT),
)  # fmt: skip
