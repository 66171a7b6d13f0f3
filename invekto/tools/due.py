"""What is owed, and for what: from an order, a quote or a deposit rule, never from words."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from pydantic import Field

from invekto.records import payments, pricing
from invekto.tools.contract import ToolArgs, ToolContext
from invekto.tools.identity import find_orders
from invekto.tools.prices import ServiceArgs, service_price
from invekto.tools.wording import label, refuse, speaks


class LinkArgs(ToolArgs):
    """What is paid for: an order by number, a quote by number, or the deposit of a service."""

    purpose: Literal["order", "quote", "deposit"]
    reference: str = Field(max_length=120, description="order number, quote number, or service")
    second_factor: str | None = Field(None, max_length=120)


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
