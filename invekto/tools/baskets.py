"""Several things at once: which products are meant, what they cost together, whether there are
enough of them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from pydantic import Field

from invekto.errors import Refused
from invekto.records import catalog, pricing
from invekto.records.catalog import Product, Variant
from invekto.text.colours import colour_name, same_colour
from invekto.tools.contract import Effect, Tool, ToolArgs, ToolContext, ToolResult
from invekto.tools.gateways import has_links
from invekto.tools.matching import folded
from invekto.tools.prices import ServiceArgs, service_price
from invekto.tools.products import SearchArgs, options_in, same_option
from invekto.tools.profile import number, section
from invekto.tools.ranking import ranked
from invekto.tools.wording import Price, fact, label, speaks

MOST_CHOICES = 6
CLOSE = 1.5
"""Points (of 100) within which products answer to an item's name equally well."""
SURE = 80.0
"""Points (of 100) from which a product is taken for what an item names; a weaker likeness is
asked about."""


class Item(ToolArgs):
    """One thing of a quote or a basket, with the size and colour wished for."""

    kind: Literal["service", "product", "package"] = "product"
    name: str = Field(max_length=160, description="id or name")
    quantity: int = Field(1, ge=1, le=10_000)
    size: str | None = Field(None, max_length=40)
    colour: str | None = Field(None, max_length=40)


class BasketArgs(ToolArgs):
    """Products in the customer's words. `meant`: keys chosen where a name fits several."""

    items: list[Item] = Field(min_length=1, max_length=20)
    services: bool = Field(False, description="names that no kind was said of are services")
    meant: list[str] = Field(default_factory=list, max_length=20)


class Line(ToolResult):
    """What one item costs. `left` is told where there are fewer than asked for."""

    item: Item
    name: str
    option: str
    quantity: int
    low: Decimal
    high: Decimal
    currency: str
    left: int | None
    starts_from: bool = False
    offered: bool = True
    """Whether there is such a size and colour at all."""

    @property
    def total(self) -> Decimal:
        """What the pieces cost together, at the lowest."""
        return self.low * self.quantity

    @property
    def total_high(self) -> Decimal:
        """What the pieces cost together, at the highest."""
        return self.high * self.quantity

    @property
    def title(self) -> str:
        """`Keten Elbise (M mavi)`."""
        return f"{self.name} ({self.option})" if self.option else self.name


class Choice(ToolResult):
    """A product that an item's name fits; `key` says which item it would settle."""

    key: str
    name: str


class Basket(ToolResult):
    """The items settled so far. `open`: what the first item still open may be; `unknown`: names
    that nothing here answers to."""

    lines: list[Line]
    open: list[Choice]
    open_name: str | None
    unknown: list[str]
    shipping: Decimal | None
    currency: str
    campaign: str | None
    """A campaign running on one of the lines; what is due then is not for us to say."""
    payable: bool

    @property
    def short(self) -> list[Line]:
        """Lines of which there are fewer than asked for."""
        return [line for line in self.lines if line.left is not None]

    @property
    def settled(self) -> list[dict[str, Any]]:
        """What to quote, by id."""
        return [line.item.model_dump(mode="json", exclude_none=True) for line in self.lines]

    @property
    def total(self) -> Decimal:
        """All lines and the parcel, at the lowest."""
        return sum((line.total for line in self.lines), self.shipping or Decimal(0))

    @property
    def total_high(self) -> Decimal:
        """All lines and the parcel, at the highest."""
        return sum((line.total_high for line in self.lines), self.shipping or Decimal(0))

    @property
    def total_from(self) -> bool:
        """Whether a line's price is only known to begin somewhere."""
        return any(line.starts_from for line in self.lines)

    def facts(self, language: str) -> list[str]:
        said = []
        if self.lines:
            price = _price(self.total, self.total_high, self.currency)
            said.append(fact("quote.proposed", language, price=price))
        for line in self.lines:
            pieces = {"name": line.title, "quantity": line.quantity}
            price = _price(line.total, line.total_high, self.currency)
            said.append(fact("quote.line", language, **pieces, price=price))
            if line.left is not None:
                said.append(fact("basket.left", language, name=line.title, count=line.left))
        if self.shipping:
            price = Price(self.shipping, self.currency)
            said.append(fact("quote.shipping", language, price=price))
        said += [fact("basket.choice", language, name=choice.name) for choice in self.open]
        said += [fact("basket.unknown", language, name=name) for name in self.unknown]
        if self.campaign:
            said.append(self.campaign)
        return said


@dataclass(frozen=True, slots=True)
class Wish:
    """What an item may be: products by likeness, and the variants wished for."""

    products: list[str]
    colour: str | None
    size: str | None


async def basket(ctx: ToolContext, args: BasketArgs) -> Basket:
    """Price several products together: lines, parcel, total; says what is unclear or too few."""
    lines: list[Line] = []
    unknown: list[str] = []
    choices: list[Choice] = []
    asked: str | None = None
    for place, item in enumerate(args.items):
        if args.services or item.kind == "service":
            line = await _service_line(ctx, item)
            if line is None:
                unknown.append(item.name)
            else:
                lines.append(line)
            continue
        wish = await wished(ctx, item)
        chosen = [i for i in wish.products if f"{place}:{i}" in args.meant] or wish.products
        if not chosen:
            unknown.append(item.name)
        elif len(chosen) == 1:
            lines.append(await line_of(ctx, item, chosen[0], wish))
        elif not choices:
            choices, asked = await _choices(ctx, place, chosen), item.name
    total = sum((line.total for line in lines), Decimal(0))
    return Basket(
        lines=lines, open=choices, open_name=asked, unknown=unknown,
        currency=lines[0].currency if lines else ctx.tenant.currency,
        shipping=shipping_of(ctx, total) if lines and not args.services else None,
        campaign=await _campaign(ctx, lines), payable=await has_links(ctx),
    )  # fmt: skip


def _price(low: Decimal, high: Decimal, currency: str) -> Price:
    return Price(low, currency, high if high != low else None)


async def _service_line(ctx: ToolContext, item: Item) -> Line | None:
    """What a service costs; None where it is unknown, or its price is not on record in the
    tenant's currency."""
    try:
        found = (await service_price(ctx, ServiceArgs(service=item.name))).only
    except Refused:
        return None
    if found is None or found.low is None or found.currency != ctx.tenant.currency:
        return None
    return Line(
        item=Item(kind="service", name=found.id, quantity=item.quantity), name=found.name,
        option="", quantity=item.quantity, low=found.low, currency=found.currency, left=None,
        high=found.high if found.wording == "range" and found.high else found.low,
        starts_from=found.wording == "from",
    )  # fmt: skip


async def wished(ctx: ToolContext, item: Item) -> Wish:
    """The products an item's words fit, and the colour and size they name."""
    options = await catalog.options(ctx.conn)
    colours = [value for kind, value in options if kind == "colour"]
    sizes = [value for kind, value in options if kind == "size"]
    everything = await catalog.listings(ctx.conn)
    exact = [
        p for p in everything
        if item.name == p.product_id or folded(item.name) in map(folded, p.all_names)
    ]  # fmt: skip
    if exact:
        return Wish([p.product_id for p in exact], item.colour, item.size)
    wanted = SearchArgs(query=item.name, colour=item.colour, size=item.size)
    query, colour, size = options_in(wanted, colours, sizes)
    found = ranked(everything, query)
    near = [p for p, points in found if points >= max(SURE, found[0][1] - CLOSE)]
    fitting = await catalog.with_variant(
        ctx.conn, near, in_stock=False,
        colours=None if colour is None else [c for c in colours if same_colour(c, colour)],
        sizes=None if size is None else [s for s in sizes if same_option(s, size)],
    )  # fmt: skip
    return Wish([p.product_id for p in near if p.product_id in fitting], colour, size)


async def line_of(ctx: ToolContext, item: Item, product_id: str, wish: Wish) -> Line:
    """What an item costs as one product, and how many there are if too few."""
    [product] = await catalog.products(ctx.conn, [product_id])
    fitting = [v for v in await catalog.variants(ctx.conn, [product_id]) if _fits(v, wish)]
    amounts = [v.price if v.price is not None else product.price for v in fitting]
    amounts = amounts or [product.price]
    there = sum(v.stock_qty for v in fitting)
    settled = Item(
        name=product_id, quantity=item.quantity, colour=_only(v.colour for v in fitting)
        if wish.colour else None, size=_only(v.size for v in fitting) if wish.size else None,
    )  # fmt: skip
    return Line(
        item=settled, name=product.named(speaks(ctx)), option=_option(ctx, settled),
        quantity=item.quantity, low=min(amounts), high=max(amounts), currency=product.currency,
        left=there if there < item.quantity else None, offered=bool(fitting),
    )  # fmt: skip


def _fits(variant: Variant, wish: Wish) -> bool:
    return (wish.colour is None or same_colour(variant.colour, wish.colour)) and (
        wish.size is None or same_option(variant.size, wish.size)
    )


def _only(values: Any) -> str | None:
    found = sorted(set(values))
    return found[0] if found else None


def _option(ctx: ToolContext, item: Item) -> str:
    colour = colour_name(item.colour, speaks(ctx)) if item.colour else None
    return " ".join(filter(None, (item.size, colour)))


async def _choices(ctx: ToolContext, place: int, product_ids: list[str]) -> list[Choice]:
    found = {p.product_id: p for p in await catalog.products(ctx.conn, product_ids)}
    named: list[Product] = [found[i] for i in product_ids if i in found][:MOST_CHOICES]
    return [Choice(key=f"{place}:{p.product_id}", name=p.named(speaks(ctx))) for p in named]


def shipping_of(ctx: ToolContext, total: Decimal) -> Decimal | None:
    """What the parcel of goods worth `total` costs by the profile; None where it says nothing
    or the parcel is free."""
    terms = section(ctx.tenant, "shipping")
    fee, free_from = number(terms.get("fee")), number(terms.get("free_from"))
    if not fee or (free_from is not None and total >= free_from):
        return None
    return fee


async def _campaign(ctx: ToolContext, lines: list[Line]) -> str | None:
    """A campaign of today that lowers the price of one of the lines by itself."""
    ids = [line.item.name for line in lines]
    own = {p.category for p in await catalog.products(ctx.conn, ids)}
    for campaign in await pricing.campaigns(ctx.conn, ctx.now.date()):
        touched = set(campaign.categories) & own or set(campaign.product_ids) & set(ids)
        if touched and not campaign.code:
            language = speaks(ctx)
            about = campaign.described(language)
            return fact("campaign.is", language, name=campaign.named(language), text=about)
    return None


def parcel(language: str) -> str:
    """What the parcel is called on a quote."""
    return label("quote", "shipping", language)


TOOLS = (Tool("pricing.basket", basket, BasketArgs, Basket, Effect.READ),)
