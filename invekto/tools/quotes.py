"""Quotes with an expiry, from the tenant's own prices alone."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from pydantic import Field

from invekto.contracts.action import action_key
from invekto.contracts.evidence import Risk
from invekto.contracts.ids import new_id
from invekto.records import pricing
from invekto.tools.baskets import Item, line_of, parcel, shipping_of, wished
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
    ServiceArgs,
    only_in,
    package_prices,
    service_price,
)  # fmt: skip
from invekto.tools.profile import whole
from invekto.tools.wording import LANGUAGES, Price, fact, refuse, speaks

NUMBER = re.compile(r"\bT-[2-9A-Z]{6}\b")


class QuoteArgs(ToolArgs):
    """What to quote; prices come from the tenant's data alone."""

    items: list[Item] = Field(min_length=1, max_length=20)
    currency: str | None = Field(None, pattern="^[A-Z]{3}$")


class QuoteLine(ToolResult):
    """One line of a quote, the parcel among them; prices are of all its pieces."""

    kind: str
    id: str
    name: str
    quantity: int
    low: Decimal
    high: Decimal
    starts_from: bool = False
    """The price is only known after an examination: it begins at `low`."""
    size: str | None = None
    colour: str | None = None


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


@dataclass(frozen=True, slots=True)
class Worked:
    """A quote worked out: its lines, their sum, and the largest deposit among them."""

    lines: list[QuoteLine]
    currency: str
    deposit: Decimal | None

    @property
    def low(self) -> Decimal:
        """The sum at the lowest."""
        return sum((line.low for line in self.lines), Decimal(0))

    @property
    def high(self) -> Decimal:
        """The sum at the highest."""
        return sum((line.high for line in self.lines), Decimal(0))

    @property
    def fixed(self) -> bool:
        """Whether it is one sum, and not a range or a floor."""
        return is_fixed(self.low, self.high, [line.starts_from for line in self.lines])


def is_fixed(low: Decimal, high: Decimal, floors: Iterable[bool]) -> bool:
    """Whether a total can be paid as it stands."""
    return low == high and not any(floors)


async def worked_out(ctx: ToolContext, args: QuoteArgs) -> Worked:
    """The lines of a quote, from the tenant's data alone.

    Raises:
        Refused: unknown_product, ambiguous, not_enough, no_price, mixed_currency …
    """
    found = [await _line(ctx, item, args.currency) for item in args.items]
    currency = args.currency or found[0][1]
    if any(own != currency for _, own, _ in found):
        raise refuse(ctx, "mixed_currency")
    lines = [line for line, _, _ in found]
    goods = [line.low for line in lines if line.kind == "product"]
    fee = shipping_of(ctx, sum(goods, Decimal(0))) if goods else None
    if fee and currency == ctx.tenant.currency:
        name = parcel(speaks(ctx))
        lines.append(
            QuoteLine(kind="shipping", id="shipping", name=name, quantity=1, low=fee, high=fee)
        )
    deposits = [deposit for _, _, deposit in found if deposit is not None]
    return Worked(lines, currency, max(deposits) if deposits else None)


async def _line(
    ctx: ToolContext, item: Item, currency: str | None
) -> tuple[QuoteLine, str, Decimal | None]:
    """A line, its currency, and the deposit it needs."""
    if item.kind == "product":
        return (*await _product_line(ctx, item), None)
    thing = await _priced(ctx, item)
    if thing.low is None:
        raise refuse(ctx, "no_price", name=thing.name)
    if currency is not None and thing.currency != currency and currency not in thing.prices:
        raise refuse(ctx, "mixed_currency")
    shown = only_in(ctx, thing, currency or thing.currency)
    low = shown.low or Decimal(0)
    high = shown.high if shown.wording == "range" and shown.high else low
    line = QuoteLine(
        kind=thing.kind, id=thing.id, name=thing.name, quantity=item.quantity,
        low=low * item.quantity, high=high * item.quantity, starts_from=shown.wording == "from",
    )  # fmt: skip
    return line, shown.currency, thing.deposit if shown.currency == thing.currency else None


async def _product_line(ctx: ToolContext, item: Item) -> tuple[QuoteLine, str]:
    wish = await wished(ctx, item)
    if not wish.products:
        raise refuse(ctx, "unknown_product", name=item.name)
    if len(wish.products) > 1:
        raise refuse(ctx, "ambiguous")
    line = await line_of(ctx, item, wish.products[0], wish)
    if line.left is not None:
        raise refuse(ctx, "not_enough", name=line.title, count=line.left)
    quoted = QuoteLine(
        kind="product", id=line.item.name, name=line.title, quantity=line.quantity,
        low=line.total, high=line.high * line.quantity, size=line.item.size,
        colour=line.item.colour,
    )  # fmt: skip
    return quoted, line.currency


async def _priced(ctx: ToolContext, item: Item) -> Priced:
    if item.kind == "service":
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
    worked = await worked_out(ctx, args)
    total = Price(worked.low, worked.currency, worked.high)
    until = _valid_until(ctx).date()
    language = speaks(ctx)
    return Preview(
        summary={it: fact("quote.proposed", it, price=total) for it in LANGUAGES},
        args=settled(args),
        detail={
            "lines": [line.model_dump(mode="json") for line in worked.lines],
            "total": str(worked.low), "total_high": str(worked.high),
            "currency": worked.currency, "valid_until": until.isoformat(),
        },
        facts=[
            fact("quote.proposed", language, price=total),
            fact("quote.until", language, day=until),
            *quote_lines(worked.lines, worked.currency, language),
        ],
    )  # fmt: skip


def settled(args: QuoteArgs) -> dict[str, Any]:
    """The arguments as a proposal keeps them, and as its key is made of."""
    return args.model_dump(mode="json", exclude_none=True)


def key_of(ctx: ToolContext, args: QuoteArgs) -> str:
    """The key under which a quote of this turn is given: a link that is asked for beside it makes
    or finds the same one."""
    return action_key(ctx.turn_id or "-", "pricing.quote", settled(args))


async def quote(ctx: ToolContext, args: QuoteArgs) -> Quoted:
    """Give a quote with an expiry for services, products or packages."""
    made = await give(ctx, args, once(ctx))
    return Quoted(
        quote_id=made.quote_id, number=made.number,
        lines=[QuoteLine.model_validate(line) for line in made.lines],
        low=made.total_min, high=made.total_max, currency=made.currency,
        valid_until=made.valid_until.astimezone(ctx.tenant.zone),
    )  # fmt: skip


async def give(ctx: ToolContext, args: QuoteArgs, key: str) -> pricing.Quote:
    """The quote under a key, given once."""
    before = await pricing.quote_by_key(ctx.conn, key)
    if before is not None:
        return before
    worked = await worked_out(ctx, args)
    made = pricing.Quote(
        quote_id=new_id("qt"), number=pricing.new_quote_number(),
        lines=[line.model_dump(mode="json") for line in worked.lines],
        total_min=worked.low, total_max=worked.high, currency=worked.currency,
        valid_until=_valid_until(ctx), deposit=worked.deposit,
        contact_id=ctx.contact.contact_id if ctx.contact else None,
        conversation_id=ctx.conversation_id,
    )  # fmt: skip
    return await pricing.add_quote(ctx.conn, made, key, ctx.now)


class QuotesArgs(ToolArgs):
    """The customer's words, where they may name a quote by its number."""

    about: str | None = Field(None, max_length=500)


class QuoteView(ToolResult):
    """An open quote of the customer."""

    number: str
    low: Decimal
    high: Decimal
    currency: str
    valid_until: date
    fresh: bool
    """Given within the last day."""

    def facts(self, language: str) -> list[str]:
        price = Price(self.low, self.currency, self.high)
        return [
            fact("quote.total", language, number=self.number, price=price),
            fact("quote.until", language, day=self.valid_until),
        ]


class Quotes(ToolResult):
    """The open quotes, newest first. `named`: the number the customer's words name, whosever."""

    quotes: list[QuoteView]
    named: str | None

    @property
    def meant(self) -> QuoteView | None:
        """The one that was named, else the newest if it is fresh."""
        if self.named is not None:
            return next((q for q in self.quotes if q.number == self.named), None)
        return self.quotes[0] if self.quotes and self.quotes[0].fresh else None

    def facts(self, language: str) -> list[str]:
        return [sentence for one in self.quotes for sentence in one.facts(language)]


async def open_quotes(ctx: ToolContext, args: QuotesArgs) -> Quotes:
    """The customer's own quotes that are still valid and not paid yet, newest first."""
    assert ctx.contact is not None
    who = ctx.contact.contact_id
    found = NUMBER.search((args.about or "").upper())
    day_ago = ctx.now - timedelta(days=1)
    return Quotes(
        quotes=[
            QuoteView(
                number=q.number, low=q.total_min, high=q.total_max, currency=q.currency,
                valid_until=q.valid_until.astimezone(ctx.tenant.zone).date(), fresh=made > day_ago,
            )
            for q, made in await pricing.open_quotes(ctx.conn, who, ctx.now)
        ],
        named=found.group() if found else None,
    )  # fmt: skip


TOOLS = (
    Tool(
        "pricing.quote", quote, QuoteArgs, Quoted, Effect.WRITE, Risk.MEDIUM, Identity.CONTACT,
        check=check_quote,
    ),
    Tool(
        "pricing.quotes", open_quotes, QuotesArgs, Quotes, Effect.READ, identity=Identity.CONTACT
    ),
)  # fmt: skip
