"""Quotes with an expiry, from the tenant's own prices alone."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any, Literal

from pydantic import Field

from invekto.contracts.evidence import Risk
from invekto.contracts.ids import new_id
from invekto.records import pricing
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
from invekto.tools.prices import (
    PackagesArgs,
    Priced,
    ProductArgs,
    ServiceArgs,
    only_in,
    package_prices,
    product_price,
    service_price,
)  # fmt: skip
from invekto.tools.profile import whole
from invekto.tools.wording import LANGUAGES, Price, fact, refuse, speaks


class QuoteItem(ToolArgs):
    """One thing of a quote."""

    kind: Literal["service", "product", "package"]
    name: str = Field(max_length=160, description="id or name")
    quantity: int = Field(1, ge=1, le=10_000)


class QuoteArgs(ToolArgs):
    """What to quote; prices come from the tenant's data alone."""

    items: list[QuoteItem] = Field(min_length=1, max_length=20)
    currency: str | None = Field(None, pattern="^[A-Z]{3}$")


class QuoteLine(ToolResult):
    """One line of a quote."""

    kind: str
    id: str
    name: str
    quantity: int
    low: Decimal
    high: Decimal


class Quoted(ToolResult):
    """A quote. `low` and `high` differ where a price is a range."""

    quote_id: str
    number: str
    lines: list[QuoteLine]
    low: Decimal
    high: Decimal
    currency: str
    valid_until: datetime

    def facts(self, language: str) -> list[str]:
        price = Price(self.low, self.currency, self.high)
        day = self.valid_until.date()
        return [
            fact("quote.total", language, number=self.number, price=price),
            fact("quote.until", language, day=day),
            *quote_lines(self.lines, self.currency, language),
        ]


def quote_lines(lines: list[QuoteLine], currency: str, language: str) -> list[str]:
    """A sentence for each line."""
    return [
        fact("quote.line", language, name=line.name, quantity=line.quantity,
             price=Price(line.low, currency, line.high))
        for line in lines
    ]  # fmt: skip


async def _lines(ctx: ToolContext, args: QuoteArgs) -> tuple[list[QuoteLine], str, Decimal | None]:
    priced = [(await _priced(ctx, item), item.quantity) for item in args.items]
    currency = args.currency or priced[0][0].currency
    lines = []
    deposits: list[Decimal] = []
    for thing, quantity in priced:
        if thing.low is None:
            raise refuse(ctx, "no_price", name=thing.name)
        if thing.currency != currency and currency not in thing.prices:
            raise refuse(ctx, "mixed_currency")
        shown = only_in(ctx, thing, currency)
        low = (shown.low or Decimal(0)) * quantity
        high = (shown.high if shown.wording == "range" and shown.high else shown.low) or Decimal(0)
        lines.append(
            QuoteLine(
                kind=thing.kind, id=thing.id, name=thing.name, quantity=quantity, low=low,
                high=high * quantity,
            )
        )  # fmt: skip
        if thing.deposit is not None and thing.currency == currency:
            deposits.append(thing.deposit)
    return lines, currency, max(deposits) if deposits else None


async def _priced(ctx: ToolContext, item: QuoteItem) -> Priced:
    if item.kind == "product":
        found = await product_price(ctx, ProductArgs(product=item.name))
    elif item.kind == "service":
        found = await service_price(ctx, ServiceArgs(service=item.name))
    else:
        found = await package_prices(ctx, PackagesArgs(name=item.name))
    if len(found.items) != 1:
        raise refuse(ctx, "ambiguous" if found.items else "empty_quote")
    return found.items[0]


def _valid_until(ctx: ToolContext) -> datetime:
    days = whole(ctx.tenant, "quote_days", default=7)
    return datetime.combine(ctx.now.date() + timedelta(days=days), time(23, 59), ctx.tenant.zone)


async def check_quote(ctx: ToolContext, args: QuoteArgs) -> Preview:
    """Work the quote out and describe it."""
    lines, currency, _ = await _lines(ctx, args)
    total = Price(sum((x.low for x in lines), Decimal(0)), currency,
                  sum((x.high for x in lines), Decimal(0)))  # fmt: skip
    until = _valid_until(ctx)
    language = speaks(ctx)
    return Preview(
        summary={it: fact("quote.proposed", it, price=total) for it in LANGUAGES},
        args=args.model_dump(mode="json", exclude_none=True),
        detail={
            "lines": [line.model_dump(mode="json") for line in lines], "total": str(total.low),
            "total_high": str(total.high), "currency": currency,
            "valid_until": until.date().isoformat(),
        },
        facts=[
            fact("quote.proposed", language, price=total),
            fact("quote.until", language, day=until.date()),
            *quote_lines(lines, currency, language),
        ],
    )  # fmt: skip


async def quote(ctx: ToolContext, args: QuoteArgs) -> Quoted:
    """Give a quote with an expiry for services, products or packages."""
    lines, currency, deposit = await _lines(ctx, args)
    stored: list[dict[str, Any]] = [line.model_dump(mode="json") for line in lines]
    made = await pricing.add_quote(
        ctx.conn,
        pricing.Quote(
            quote_id=new_id("qt"), number=pricing.new_quote_number(), lines=stored,
            total_min=sum((x.low for x in lines), Decimal(0)),
            total_max=sum((x.high for x in lines), Decimal(0)),
            currency=currency, valid_until=_valid_until(ctx), deposit=deposit,
            contact_id=ctx.contact.contact_id if ctx.contact else None,
            conversation_id=ctx.conversation_id,
        ),
        once(ctx),
        ctx.now,
    )  # fmt: skip
    return Quoted(
        quote_id=made.quote_id, number=made.number,
        lines=[QuoteLine.model_validate(line) for line in made.lines],
        low=made.total_min, high=made.total_max, currency=made.currency,
        valid_until=made.valid_until.astimezone(ctx.tenant.zone),
    )  # fmt: skip


TOOLS = (
    Tool(
        "pricing.quote", quote, QuoteArgs, Quoted, Effect.WRITE, Risk.MEDIUM, Identity.CONTACT,
        check=check_quote,
    ),
)  # fmt: skip
