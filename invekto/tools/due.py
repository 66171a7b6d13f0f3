"""What is owed, and for what: from an order, a quote or a deposit rule, never from words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from pydantic import Field, model_validator

from invekto.records import payments, pricing
from invekto.tools.baskets import Item, line_of, wished
from invekto.tools.contract import ToolArgs, ToolContext
from invekto.tools.identity import find_orders
from invekto.tools.once import once
from invekto.tools.prices import ServiceArgs, service_price
from invekto.tools.quotes import QuoteArgs, give, is_fixed, key_of, worked_out
from invekto.tools.wording import label, refuse, speaks


class LinkArgs(ToolArgs):
    """What is paid for: an order by number, a quote by number or by what it would hold, or the
    deposit of a service."""

    purpose: Literal["order", "quote", "deposit"]
    reference: str | None = Field(
        None, max_length=120, description="order number, quote number, or service"
    )
    items: list[Item] | None = Field(
        None, min_length=1, max_length=20, description="things to quote and have paid at once"
    )
    second_factor: str | None = Field(None, max_length=120)

    @model_validator(mode="after")
    def _one_thing(self) -> LinkArgs:
        if (self.reference is None) == (self.items is None):
            raise ValueError("give either the reference or the items of a new quote")
        if self.items is not None and self.purpose != "quote":
            raise ValueError("only a quote is made of items")
        return self


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
            quote_open_price, not_enough, no_deposit, or those of finding an order.
    """
    if args.items is not None:
        return await _would_be(ctx, QuoteArgs(items=args.items))
    found = await {"order": _order, "quote": _quote, "deposit": _deposit}[args.purpose](ctx, args)
    for before in await payments.links_for(ctx.conn, found.purpose, found.reference_id):
        if before.status == "paid" and found.purpose != "deposit":
            raise refuse(ctx, "already_paid", title=found.title)
    return found


async def with_quote(ctx: ToolContext, args: LinkArgs) -> LinkArgs:
    """Items become a quote, once: the amount of a link comes from what is on record."""
    if args.items is None:
        return args
    wanted = QuoteArgs(items=args.items)
    key = once(replace(ctx, idempotency_key=key_of(ctx, wanted)))
    given = await give(ctx, wanted, key)
    return LinkArgs(purpose="quote", reference=given.number)


async def _would_be(ctx: ToolContext, wanted: QuoteArgs) -> Due:
    """What a quote that is not given yet would come to."""
    worked = await worked_out(ctx, wanted)
    title = label("payment", "your_quote", speaks(ctx))
    if not worked.fixed:
        raise refuse(ctx, "quote_open_price", "total_open_price")
    return Due("quote", key_of(ctx, wanted), title, worked.low, worked.currency)


async def _order(ctx: ToolContext, args: LinkArgs) -> Due:
    found = await find_orders(ctx, _named(args), args.second_factor)
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
    quote = await pricing.get_quote(ctx.conn, _named(args))
    mine = quote is not None and (ctx.contact is None or quote.contact_id == ctx.contact.contact_id)
    if quote is None or not mine or quote.status == "cancelled":
        raise refuse(ctx, "unknown_quote")
    if quote.valid_until < ctx.now:
        day = quote.valid_until.astimezone(ctx.tenant.zone).date()
        raise refuse(ctx, "quote_expired", number=quote.number, day=day)
    floors = [bool(line.get("starts_from")) for line in quote.lines]
    fixed = is_fixed(quote.total_min, quote.total_max, floors)
    amount = quote.total_min if fixed else quote.deposit
    if amount is None or amount <= 0:
        raise refuse(ctx, "quote_open_price", number=quote.number)
    await _still_there(ctx, quote)
    title = f"{quote.number} {label('payment', 'quote', speaks(ctx))}"
    return Due("quote", quote.quote_id, title, amount, quote.currency)


async def _deposit(ctx: ToolContext, args: LinkArgs) -> Due:
    found = await service_price(ctx, ServiceArgs(service=_named(args)))
    if len(found.items) != 1:
        raise refuse(ctx, "ambiguous")
    service = found.items[0]
    if service.deposit is None:
        raise refuse(ctx, "no_deposit", name=service.name)
    title = f"{service.name} {label('payment', 'deposit', speaks(ctx))}"
    contact = ctx.contact.contact_id if ctx.contact else "-"
    return Due("deposit", f"{service.id}:{contact}", title, service.deposit, service.currency)


async def _still_there(ctx: ToolContext, quote: pricing.Quote) -> None:
    """Raises Refused where what was quoted is sold out by now."""
    for line in quote.lines:
        if line["kind"] != "product":
            continue
        item = Item(
            name=line["id"], quantity=line["quantity"], size=line.get("size"),
            colour=line.get("colour"),
        )  # fmt: skip
        wish = await wished(ctx, item)
        now = await line_of(ctx, item, item.name, wish) if wish.products else None
        if now is None or now.left is not None:
            count = now.left if now and now.left else 0
            raise refuse(ctx, "not_enough", name=line["name"], count=count)


def _named(args: LinkArgs) -> str:
    assert args.reference is not None
    return args.reference
