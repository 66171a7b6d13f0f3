"""Payment links. The amount comes from an order, a quote or a deposit rule, never from words."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal

from pydantic import Field

from invekto.contracts.evidence import Risk
from invekto.records import payments, pricing, tenants
from invekto.records.payments import PaymentLink
from invekto.records.routing import token_hash
from invekto.tools.contract import (
    Effect,
    Identity,
    Preview,
    Tool,
    ToolArgs,
    ToolContext,
    ToolResult,
)  # fmt: skip
from invekto.tools.gateways import Gateways, LinkWanted, PaymentProvider
from invekto.tools.identity import find_orders
from invekto.tools.once import once
from invekto.tools.prices import ServiceArgs, service_price
from invekto.tools.profile import in_language, section, whole
from invekto.tools.wording import LANGUAGES, Price, fact, label, refuse, speaks

CALLBACKS_AFTER = timedelta(days=30)
"""How long after its expiry a link's late callbacks are still understood."""


class LinkArgs(ToolArgs):
    """What is paid for: an order by number, a quote by number, or the deposit of a service."""

    purpose: Literal["order", "quote", "deposit"]
    reference: str = Field(max_length=120, description="order number, quote number, or service")
    second_factor: str | None = Field(None, max_length=120)


class Link(ToolResult):
    """A link that can be paid."""

    payment_id: str
    url: str
    title: str
    amount: Decimal
    currency: str
    status: str
    expires_at: datetime

    def facts(self, language: str) -> list[str]:
        price = Price(self.amount, self.currency)
        return [
            fact("payment.link", language, title=self.title, url=self.url),
            fact("payment.amount", language, title=self.title, price=price),
            fact("payment.until", language, title=self.title, moment=self.expires_at),
        ]


class OptionsArgs(ToolArgs):
    """Nothing."""


class Ways(ToolResult):
    """How one can pay here, as the profile says."""

    ways: str | None
    instalments: int | None
    interest_free: int | None
    instalments_from: Decimal | None
    cash_fee: Decimal | None
    cash_limit: Decimal | None
    transfer_discount: Decimal | None
    bank_note: str | None
    currency: str
    links: bool

    def facts(self, language: str) -> list[str]:
        said = [fact("payment.ways", language, ways=self.ways)] if self.ways else []
        counts = {"instalments": self.instalments, "interest_free": self.interest_free}
        said += [fact(f"payment.{k}", language, count=v) for k, v in counts.items() if v]
        amounts = {
            "instalments_from": self.instalments_from, "cash_fee": self.cash_fee,
            "cash_limit": self.cash_limit,
        }  # fmt: skip
        said += [
            fact(f"payment.{k}", language, price=Price(v, self.currency))
            for k, v in amounts.items()
            if v
        ]
        if self.transfer_discount:
            percent = f"{self.transfer_discount.normalize():f}"
            said.append(fact("payment.transfer_discount", language, percent=percent))
        return said + ([self.bank_note] if self.bank_note else [])


@dataclass(frozen=True, slots=True)
class Due:
    """An amount that is owed, and for what."""

    purpose: str
    reference_id: str
    title: str
    amount: Decimal
    currency: str


async def due(ctx: ToolContext, args: LinkArgs) -> Due:
    """What is owed for the reference, from the tenant's records alone.

    Raises:
        Refused: already_paid, paid_at_marketplace, quote_expired, unknown_quote,
            quote_open_price, no_deposit, or those of finding an order.
    """
    found = await {"order": _order, "quote": _quote, "deposit": _deposit}[args.purpose](ctx, args)
    for before in await payments.links_for(ctx.conn, found.purpose, found.reference_id):
        if before.status == "paid" and found.purpose != "deposit":
            raise refuse(ctx, "already_paid", title=found.title)
    return found


async def _order(ctx: ToolContext, args: LinkArgs) -> Due:
    found = await find_orders(ctx, args.reference, args.second_factor)
    if len(found) != 1:
        raise refuse(ctx, "ambiguous" if found else "nothing_to_pay")
    order = found[0]
    title = f"{order.number} {label('payment', 'order', speaks(ctx))}"
    if order.provider in ("trendyol", "hepsiburada"):
        provider = label("provider", order.provider, speaks(ctx))
        raise refuse(ctx, "paid_at_marketplace", number=order.number, provider=provider)
    if order.status == "cancelled" or order.total <= 0:
        raise refuse(ctx, "nothing_to_pay")
    if order.paid:
        raise refuse(ctx, "already_paid", title=title)
    return Due("order", order.order_id, title, order.total, order.currency)


async def _quote(ctx: ToolContext, args: LinkArgs) -> Due:
    quote = await pricing.get_quote(ctx.conn, args.reference)
    mine = quote is not None and (ctx.contact is None or quote.contact_id == ctx.contact.contact_id)
    if quote is None or not mine or quote.status == "cancelled":
        raise refuse(ctx, "unknown_quote")
    if quote.valid_until < ctx.now:
        day = quote.valid_until.astimezone(ctx.tenant.zone).date()
        raise refuse(ctx, "quote_expired", number=quote.number, day=day)
    amount = quote.total_min if quote.total_min == quote.total_max else quote.deposit
    if amount is None or amount <= 0:
        raise refuse(ctx, "quote_open_price", number=quote.number)
    title = f"{quote.number} {label('payment', 'quote', speaks(ctx))}"
    return Due("quote", quote.quote_id, title, amount, quote.currency)


async def _deposit(ctx: ToolContext, args: LinkArgs) -> Due:
    found = await service_price(ctx, ServiceArgs(service=args.reference))
    if len(found.items) != 1:
        raise refuse(ctx, "ambiguous")
    service = found.items[0]
    if service.deposit is None:
        raise refuse(ctx, "no_deposit", name=service.name)
    title = f"{service.name} {label('payment', 'deposit', speaks(ctx))}"
    contact = ctx.contact.contact_id if ctx.contact else "-"
    return Due("deposit", f"{service.id}:{contact}", title, service.deposit, service.currency)


async def check_link(ctx: ToolContext, args: LinkArgs) -> Preview:
    """Settle what is owed and describe the link."""
    await _provider(ctx)
    found = await due(ctx, args)
    price = Price(found.amount, found.currency)
    return Preview(
        summary={
            it: fact("payment.amount", it, title=found.title, price=price) for it in LANGUAGES
        },
        detail={
            "title": found.title, "amount": str(found.amount), "currency": found.currency,
            "purpose": found.purpose, "url": f"[[link:{args.purpose}]]",
        },
        facts=[fact("payment.amount", speaks(ctx), title=found.title, price=price)],
    )  # fmt: skip


async def create_link(ctx: ToolContext, args: LinkArgs) -> Link:
    """Create a payment link for an order, a quote or a deposit. An open one is given again."""
    provider = await _provider(ctx)
    key = once(ctx)
    found = await due(ctx, args)
    open_one = await _open(ctx, found)
    if open_one is not None:
        return _link(ctx, open_one)
    asked = await payments.ask(ctx.conn, _asked(ctx, found, provider, key), ctx.now)
    token = secrets.token_urlsafe(24)
    await tenants.add_callback_token(
        ctx.conn, token_hash=token_hash(token), purpose="payment", subject_id=asked.payment_id,
        expires_at=asked.expires_at + CALLBACKS_AFTER,
    )  # fmt: skip
    made = await provider.create_link(
        LinkWanted(
            payment_id=asked.payment_id, title=asked.title, amount=asked.amount,
            currency=asked.currency, expires_at=asked.expires_at,
            instalments=asked.instalments, callback_token=token,
        )
    )  # fmt: skip
    await payments.set_created(
        ctx.conn, asked.payment_id, external_id=made.external_id, url=made.url, now=ctx.now
    )
    stored = await payments.get_link(ctx.conn, asked.payment_id)
    assert stored is not None
    return _link(ctx, stored)


def _asked(ctx: ToolContext, found: Due, provider: PaymentProvider, key: str) -> PaymentLink:
    hours = whole(ctx.tenant, "payment_link_hours", default=24)
    return PaymentLink(
        payment_id="pay_" + hashlib.sha256(f"{ctx.tenant_id}/{key}".encode()).hexdigest()[:24],
        provider=provider.name,
        amount=found.amount,
        currency=found.currency,
        purpose=found.purpose,
        reference_id=found.reference_id,
        title=found.title,
        expires_at=ctx.now + timedelta(hours=hours),
        idempotency_key=key,
        instalments=bool(section(ctx.tenant, "payment").get("instalments")),
        contact_id=ctx.contact.contact_id if ctx.contact else None,
        conversation_id=ctx.conversation_id,
    )


async def _open(ctx: ToolContext, found: Due) -> PaymentLink | None:
    for link in await payments.links_for(ctx.conn, found.purpose, found.reference_id):
        alive = link.status == "created" and link.expires_at > ctx.now
        if alive and (link.amount, link.currency) == (found.amount, found.currency):
            return link
    return None


def _link(ctx: ToolContext, link: PaymentLink) -> Link:
    return Link(
        payment_id=link.payment_id, url=link.url or "", title=link.title, amount=link.amount,
        currency=link.currency, status=link.status,
        expires_at=link.expires_at.astimezone(ctx.tenant.zone),
    )  # fmt: skip


async def _provider(ctx: ToolContext) -> PaymentProvider:
    gateways: Gateways | None = ctx.outside
    provider = await gateways.payments(ctx.conn, ctx.tenant) if gateways is not None else None
    if provider is None:
        raise refuse(ctx, "no_payments")
    return provider


async def ways_to_pay(ctx: ToolContext, args: OptionsArgs) -> Ways:  # noqa: ARG001
    """Which ways to pay the business offers: card, transfer, cash on delivery, instalments."""
    language, own = speaks(ctx), ctx.tenant.default_language
    payment = section(ctx.tenant, "payment")
    ways = in_language(payment.get("ways_text"), language, own)
    if ways is None and payment.get("ways"):
        ways = ", ".join(label("way", str(way), language) for way in payment["ways"])
    plan = payment.get("instalments")
    plan = plan if isinstance(plan, dict) else {"max": plan} if plan else {}
    note = in_language(payment.get("bank_note"), language, own)
    if not (ways or plan or note):
        raise refuse(ctx, "no_profile")
    cash = payment.get("cash_on_delivery") or {}
    return Ways(
        ways=ways,
        instalments=plan.get("max"),
        interest_free=plan.get("interest_free_max"),
        instalments_from=plan.get("min_total"),
        cash_fee=cash.get("fee"),
        cash_limit=cash.get("max_total"),
        transfer_discount=payment.get("transfer_discount_percent"),
        bank_note=note,
        currency=ctx.tenant.currency,
        links=ctx.outside is not None,
    )


TOOLS = (
    Tool(
        "payments.create_link", create_link, LinkArgs, Link, Effect.WRITE, Risk.MEDIUM,
        Identity.CONTACT, check=check_link, outside=True,
    ),
    Tool("payments.ways", ways_to_pay, OptionsArgs, Ways, Effect.READ),
)  # fmt: skip
