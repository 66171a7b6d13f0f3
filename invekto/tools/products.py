"""Finding products: by name with typos, by attribute, by need and budget; stock, details,
comparison."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import Field

from invekto.records import catalog
from invekto.records.catalog import Product, Variant
from invekto.text.colours import colour_name, colour_of, same_colour
from invekto.text.normalise import fold
from invekto.tools.contract import Effect, Tool, ToolArgs, ToolContext, ToolResult
from invekto.tools.matching import closest, folded
from invekto.tools.ranking import ranked
from invekto.tools.wording import Price, fact, refuse, speaks

LAST_FEW = 3
"""From how many on "last N left" is said; only ever with the true number."""
CLOSE = 12.0
"""Points (of 100) within which products answer a search equally well."""


class SearchArgs(ToolArgs):
    """Any of: words (names with typos, needs), a category, size, colour, price limits."""

    query: str | None = Field(None, max_length=200)
    category: str | None = Field(None, max_length=80)
    size: str | None = Field(None, max_length=40)
    colour: str | None = Field(None, max_length=40)
    min_price: Decimal | None = Field(None, ge=0)
    max_price: Decimal | None = Field(None, ge=0)
    in_stock: bool = True
    limit: int = Field(5, ge=1, le=10)


class StockArgs(ToolArgs):
    """A product, and the size and colour asked for."""

    product: str = Field(max_length=160)
    size: str | None = Field(None, max_length=40)
    colour: str | None = Field(None, max_length=40)


class DetailsArgs(ToolArgs):
    """A product."""

    product: str = Field(max_length=160)


class VariantView(ToolResult):
    """A size and colour. `left` is told only where few are left."""

    variant_id: str
    size: str
    colour: str
    price: Decimal
    in_stock: bool
    left: int | None
    back_on: date | None

    @property
    def option(self) -> str:
        """`M mavi`."""
        return " ".join(filter(None, (self.size, self.colour)))


class ProductView(ToolResult):
    """A product as customers may see it: no margin, no exact stock."""

    product_id: str
    sku: str
    name: str
    category: str
    brand: str
    description: str
    price: Decimal
    price_high: Decimal
    currency: str
    attributes: dict[str, str]
    variants: list[VariantView]
    url: str | None

    @property
    def in_stock(self) -> bool:
        """Whether any variant can be had."""
        return any(v.in_stock for v in self.variants)

    @property
    def options_in_stock(self) -> list[str]:
        """`M mavi` … of what can be had."""
        return [v.option for v in self.variants if v.in_stock and v.option]

    def facts(self, language: str) -> list[str]:
        name = self.name
        high = None if self.price == self.price_high else self.price_high
        price = Price(self.price, self.currency, high)
        said = [fact("product.price", language, name=name, price=price)]
        said += stock_facts(name, self.variants, language)
        if self.description:
            said.append(fact("product.about", language, name=name, text=self.description))
        said += [
            fact("product.attribute", language, name=name, key=key, value=value)
            for key, value in self.attributes.items()
        ]
        return said


class Products(ToolResult):
    """Products found, best first."""

    products: list[ProductView]
    exact: bool = True
    """False where nothing fits all that was asked and something near it is shown."""

    @property
    def only(self) -> ProductView | None:
        """The product, where there is exactly one."""
        return self.products[0] if len(self.products) == 1 else None

    @property
    def about(self) -> dict[str, str]:
        """What the conversation is about from here on."""
        return {"product": self.only.product_id} if self.only else {}

    def facts(self, language: str) -> list[str]:
        none = [] if self.products and self.exact else [fact("product.none", language)]
        return none + [s for product in self.products for s in product.facts(language)]


class Stock(ToolResult):
    """Whether what was asked for can be had; else what of the product can be."""

    product: ProductView
    size: str | None
    colour: str | None
    offered: bool
    available: bool
    left: int | None
    back_on: date | None
    others: list[str]

    @property
    def about(self) -> dict[str, str]:
        """What the conversation is about from here on."""
        return {"product": self.product.product_id}

    @property
    def option(self) -> str:
        """`38 siyah` as asked."""
        return " ".join(filter(None, (self.size, self.colour)))

    def facts(self, language: str) -> list[str]:
        name, option = self.product.name, self.option
        if not option:
            return self.product.facts(language)
        if not self.offered:
            said = [fact("product.not_offered", language, name=name, option=option)]
        elif self.available:
            said = [fact("product.in_stock", language, name=name, options=option)]
        else:
            said = [fact("product.out", language, name=name, option=option)]
        if self.left is not None:
            said.append(fact("product.last", language, name=name, option=option, count=self.left))
        if self.back_on is not None:
            day = self.back_on
            said.append(fact("product.back", language, name=name, option=option, day=day))
        return said + self.product.facts(language)


def stock_facts(name: str, variants: list[VariantView], language: str) -> list[str]:
    """What may be said of a product's stock."""
    here = [v for v in variants if v.in_stock]
    if not here:
        said = [fact("product.out_all", language, name=name)]
    elif options := [v.option for v in here if v.option]:
        said = [fact("product.in_stock", language, name=name, options="; ".join(options))]
    else:
        said = [fact("product.stock_plain", language, name=name)]
    for v in variants:
        if v.in_stock and v.left is not None:
            said.append(fact("product.last", language, name=name, option=v.option, count=v.left))
        elif not v.in_stock and v.option:
            said.append(fact("product.out", language, name=name, option=v.option))
        if not v.in_stock and v.back_on is not None:
            day = v.back_on
            said.append(fact("product.back", language, name=name, option=v.option, day=day))
    return said


def view(ctx: ToolContext, product: Product, variants: Iterable[Variant]) -> ProductView:
    """A product with its variants for a customer's eyes."""
    language = speaks(ctx)
    seen = [
        VariantView(
            variant_id=v.variant_id, size=v.size, colour=colour_name(v.colour, language),
            price=v.price if v.price is not None else product.price,
            in_stock=v.stock_qty > 0,
            left=v.stock_qty if 0 < v.stock_qty <= LAST_FEW else None,
            back_on=v.back_on if v.stock_qty == 0 else None,
        )
        for v in variants
    ]  # fmt: skip
    prices = [v.price for v in seen] or [product.price]
    return ProductView(
        product_id=product.product_id, sku=product.sku, name=product.named(language),
        category=product.category, brand=product.brand, description=_described(ctx, product),
        price=min(prices), price_high=max(prices), currency=product.currency,
        attributes={str(k): _text(v, language) for k, v in product.attributes.items() if v},
        variants=seen, url=product.url,
    )  # fmt: skip


def _described(ctx: ToolContext, product: Product) -> str:
    """The description as the customer can read it: none in a language that is not theirs."""
    language = speaks(ctx)
    own = product.description if language == ctx.tenant.default_language else ""
    return product.descriptions.get(language) or own


def _text(value: Any, language: str) -> str:
    if isinstance(value, dict):
        value = value.get(language) or next(iter(value.values()), "")
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


async def views(ctx: ToolContext, products: list[Product]) -> list[ProductView]:
    """Products with variants, in the same order."""
    by_product: dict[str, list[Variant]] = {}
    for v in await catalog.variants(ctx.conn, [p.product_id for p in products]):
        by_product.setdefault(v.product_id, []).append(v)
    return [view(ctx, p, by_product.get(p.product_id, [])) for p in products]


async def views_by_id(ctx: ToolContext, product_ids: list[str]) -> list[ProductView]:
    """The products in the order of the ids."""
    found = {p.product_id: p for p in await catalog.products(ctx.conn, product_ids)}
    return await views(ctx, [found[i] for i in product_ids if i in found])


async def product_for(ctx: ToolContext, reference: str) -> Product:
    """The product meant by an id, a stock number or a name.

    Raises:
        Refused: unknown_product, ambiguous (its detail lists the names).
    """
    direct = await catalog.get_product(ctx.conn, reference)
    if direct is not None and direct.status == "active":
        return direct
    everything = await catalog.listings(ctx.conn)
    found = closest(reference, [(n, p.product_id) for p in everything for n in p.all_names])
    if not found:
        near = ranked(everything, reference)
        found = [p.product_id for p, score in near if score >= near[0][1] - CLOSE]
    if not found:
        raise refuse(ctx, "unknown_product", name=reference)
    meant = await catalog.products(ctx.conn, found[:5])
    if len(found) == 1:
        return meant[0]
    refusal = refuse(ctx, "ambiguous")
    refusal.detail["options"] = [p.named(speaks(ctx)) for p in meant]
    raise refusal


async def search(ctx: ToolContext, args: SearchArgs) -> Products:
    """Search the shop: by words with typos, category, size, colour and price limits."""
    options = await catalog.options(ctx.conn)
    colours = [value for kind, value in options if kind == "colour"]
    sizes = [value for kind, value in options if kind == "size"]
    query, colour, size = options_in(args, colours, sizes)
    found = ranked(await catalog.listings(ctx.conn), query)
    best = found[0][1] if found else 0.0
    near = [p for p, score in found if score >= best - CLOSE]
    fitting = await catalog.with_variant(
        ctx.conn, near, min_price=args.min_price, max_price=args.max_price,
        in_stock=args.in_stock,
        colours=None if colour is None else [c for c in colours if same_colour(c, colour)],
        sizes=None if size is None else [s for s in sizes if same_option(s, size)],
    )  # fmt: skip
    chosen = [p.product_id for p in near if p.product_id in fitting][: args.limit]
    if chosen or not near:
        return Products(products=await views_by_id(ctx, chosen), exact=bool(chosen))
    others = await catalog.with_variant(ctx.conn, near)
    shown = [p.product_id for p in near if p.product_id in others][: args.limit]
    return Products(products=await views_by_id(ctx, shown), exact=False)


def options_in(
    args: SearchArgs, colours: list[str], sizes: list[str]
) -> tuple[str, str | None, str | None]:
    """The query without the words that name a colour or a size of the shop; colour; size."""
    own_colours, known_sizes = {folded(c) for c in colours}, {folded(s) for s in sizes}
    rest, colour, size = [], args.colour, args.size
    for word in fold(" ".join(filter(None, (args.query, args.category)))).split():
        if word in own_colours or colour_of(word):
            colour = colour or word
        elif size is None and word in known_sizes:
            size = word
        else:
            rest.append(word)
    return " ".join(rest), colour, size


def same_option(stored: str, asked: str) -> bool:
    """Whether a size or colour is the one asked for: `XL` = `xl`, `38` = `38 numara`, and
    `lacivert` within `koyu lacivert`."""
    have, want = folded(stored).split(), folded(asked).split()
    return bool(have) and (have == want or set(want) <= set(have) or set(have) <= set(want))


def _said(colour: str | None, asked: list[VariantView], language: str) -> str | None:
    """The colour asked for as the shop calls it, else as the customer's language does."""
    if colour is None:
        return None
    return asked[0].colour if asked else colour_name(colour, language)


async def stock(ctx: ToolContext, args: StockArgs) -> Stock:
    """Whether a product is in stock in a size and colour, and when it is back."""
    product = await product_for(ctx, args.product)
    seen = (await views(ctx, [product]))[0]
    asked = [
        v
        for v in seen.variants
        if (args.size is None or same_option(v.size, args.size))
        and (args.colour is None or same_colour(v.colour, args.colour))
    ]
    here = [v for v in asked if v.in_stock]
    back = sorted(v.back_on for v in asked if v.back_on is not None)
    return Stock(
        product=seen,
        size=None if args.size is None else (asked[0].size if asked else args.size),
        colour=_said(args.colour, asked, speaks(ctx)),
        offered=bool(asked),
        available=bool(here),
        left=here[0].left if len(here) == 1 else None,
        back_on=back[0] if back and not here else None,
        others=[o for o in seen.options_in_stock if o not in [v.option for v in asked]][:8],
    )


async def details(ctx: ToolContext, args: DetailsArgs) -> Products:
    """All that is known of one product: fabric, fit, care, sizes, price."""
    product = await product_for(ctx, args.product)
    return Products(products=await views(ctx, [product]))


TOOLS = (
    Tool("catalog.search", search, SearchArgs, Products, Effect.READ),
    Tool("catalog.stock", stock, StockArgs, Stock, Effect.READ),
    Tool("catalog.details", details, DetailsArgs, Products, Effect.READ),
)
