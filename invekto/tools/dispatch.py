"""Sending what was planned: each due message through the gate, then into the outbox. For the
worker's rounds; everything happens in the caller's transaction."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from importlib import resources
from string import Formatter
from typing import Any

import yaml

from invekto.records import (
    appointments,
    consents,
    leads,
    outbox,
    scheduled,
    waitlist,
)
from invekto.records.scheduled import Due
from invekto.text.say import in_language, salutation, say_moment, say_money, say_time
from invekto.tools.contract import ToolContext
from invekto.tools.follow_up import manners
from invekto.tools.proactive import ASKS_TO_CONFIRM, Asked, Etiquette, gate
from invekto.tools.tending import IN_FORCE
from invekto.tools.wording import known


async def send_due(ctx: ToolContext, *, limit: int = 100) -> Counter[str]:
    """Settle the messages whose time has come; counts by outcome: queued, waiting, suppressed,
    expired."""
    rules = manners(ctx)
    outcomes: Counter[str] = Counter()
    for message in await scheduled.take_due(ctx.conn, ctx.now, limit=limit):
        outcomes[await _settle(ctx, message, rules)] += 1
    return outcomes


async def _settle(ctx: ToolContext, message: Due, rules: Etiquette) -> str:
    if (over := await _over(ctx, message)) is not None:
        await scheduled.settle(ctx.conn, message.scheduled_id, "suppressed", ctx.now, reason=over)
        return "suppressed"
    verdict = gate(await _asked(ctx, message), rules, ctx.now)
    if verdict.action == "wait" and verdict.until is not None:
        await scheduled.postpone(ctx.conn, message.scheduled_id, verdict.until)
        return "waiting"
    if verdict.action != "send":
        status = "expired" if verdict.action == "expire" else "suppressed"
        await scheduled.settle(
            ctx.conn, message.scheduled_id, status, ctx.now, reason=verdict.reason
        )
        return status
    outbound = await _queue(ctx, message, verdict.template)
    await scheduled.settle(ctx.conn, message.scheduled_id, "queued", ctx.now, outbound_id=outbound)
    return "queued"


async def _over(ctx: ToolContext, message: Due) -> str | None:
    """Why there is nothing left to tell, whoever changed the world meanwhile; None: there is."""
    if message.subject_kind == "appointment":
        booked = await appointments.get_appointment(ctx.conn, message.subject_id)
        if booked is None or booked.status not in IN_FORCE:
            return "cancelled"
        if booked.starts_at != datetime.fromisoformat(message.data["moment"]):
            return "moved"
        if booked.status == "confirmed" and message.kind in ASKS_TO_CONFIRM:
            return "confirmed"
    if message.subject_kind == "waitlist":
        entries = await waitlist.open_entries(ctx.conn, message.contact_id)
        offered = {e.waitlist_id for e in entries if e.status == "offered"}
        return None if message.subject_id in offered else "offer_over"
    if message.subject_kind == "lead":
        lead = await leads.open_lead(ctx.conn, message.contact_id)
        return None if lead is not None and lead.lead_id == message.subject_id else "lead_closed"
    return None


async def _asked(ctx: ToolContext, message: Due) -> Asked:
    commercial = message.message_class == "commercial"
    return Asked(
        kind=message.kind,
        message_class=message.message_class,
        channel=message.channel,
        not_after=message.not_after,
        opted_out=message.opted_out_at is not None,
        consent=message.consent,
        marketing_consent=commercial and await _wants_offers(ctx, message.contact_id),
        last_inbound_at=message.last_inbound_at,
    )


async def _wants_offers(ctx: ToolContext, contact_id: str) -> bool:
    """Whether the contact's last word on commercial messages was yes."""
    history = await consents.consent_history(ctx.conn, contact_id)
    last = next((event for event in history if event.purpose == "marketing"), None)
    return last is not None and last.state == "given"


async def _queue(ctx: ToolContext, message: Due, template: Any) -> str | None:
    text = message_text(ctx, message)
    return await outbox.enqueue(
        ctx.conn,
        contact_id=message.contact_id,
        channel=message.channel,
        channel_account_id=message.channel_account_id,
        recipient=message.channel_user_id,
        conversation_id=message.conversation_id,
        text=text,
        kind="reminder" if "reminder" in message.kind else "follow_up",
        key=f"scheduled:{message.scheduled_id}",
        now=ctx.now,
        message_class=message.message_class,
        template=_template(ctx, template, message),
        author="system",
    )


def _template(ctx: ToolContext, template: Any, message: Due) -> dict[str, Any] | None:
    """The approved template with its values in order: those of `parameters`, or else those of
    our own text in the order in which it says them."""
    if template is None:
        return None
    chosen = {"name": template} if isinstance(template, str) else dict(template)
    language = known(message.language)
    values = _values(ctx, message, language)
    order = chosen.get("parameters") or placeholders(message.kind, language)
    return {
        "name": chosen["name"],
        "language": chosen.get("language") or language,
        "parameters": [values.get(name, "").strip(" ,") or "-" for name in order],
    }


def placeholders(kind: str, language: str) -> list[str]:
    """The names of a message's values in the order of its text, each once: what a template that
    is submitted for it has as {{1}}, {{2}} …"""
    named = [name for _, name, _, _ in Formatter().parse(_messages()[kind][language]) if name]
    return list(dict.fromkeys(named))


@cache
def _messages() -> dict[str, dict[str, str]]:
    text = (resources.files("invekto.tools") / "words" / "messages.yaml").read_text("utf-8")
    table: dict[str, dict[str, str]] = yaml.safe_load(text)
    return table


def message_text(ctx: ToolContext, message: Due) -> str:
    """The words of a planned message in its contact's language."""
    language = known(message.language)
    return _messages()[message.kind][language].format(**_values(ctx, message, language))


def _values(ctx: ToolContext, message: Due, language: str) -> dict[str, str]:
    return {
        "hello": salutation(message.contact_name, language, ctx.tenant.tone),
        "business": in_language(ctx.tenant.name, language),
        **_said(ctx, message.data, language),
    }


def _said(ctx: ToolContext, data: dict[str, Any], language: str) -> dict[str, str]:
    plain = {k: _chosen(v, language) if isinstance(v, dict) else str(v) for k, v in data.items()}
    said = {key: in_language(value, language) for key, value in plain.items()}
    zone = ctx.tenant.zone
    if "moment" in data:
        moment = datetime.fromisoformat(data["moment"]).astimezone(zone)
        said["moment"] = say_moment(moment, language, _today(ctx, moment))
        said["hour"] = say_time(moment, language)
    if "until" in data:
        said["until"] = say_time(datetime.fromisoformat(data["until"]).astimezone(zone), language)
    if "amount" in data:
        said["amount"] = say_money(Decimal(data["amount"]), data["currency"], language)
    return said


def _chosen(by_language: dict[str, str], language: str) -> str:
    return by_language.get(language) or by_language["tr"]


def _today(ctx: ToolContext, moment: datetime) -> date | None:
    """Today, where saying "tomorrow" helps."""
    today = ctx.now.date()
    return today if (moment.date() - today).days in (0, 1) else None
