"""Recommending products: bundle rules, bought together, similar; in stock only; the better margin
first among equally relevant ones. Every recommendation is logged with its reason."""

from __future__ import annotations

from decimal import Decimal

from pydantic import Field

from invekto.contracts.ids import new_id
from invekto.records import catalog
from invekto.records.catalog import Product
from invekto.text.normalise import fold
from invekto.tools.contract import Effect, Tool, ToolArgs, ToolContext, ToolResult
from invekto.tools.products import ProductView, product_for, ranked, views
from invekto.tools.wording import fact

MARGIN = {"high": 2, "medium": 1, "low": 0}
EQUAL = 5.0
"""Relevance scores this close count as equal."""


class RecommendArgs(ToolArgs):
    """For a need in words, beside a product, within a budget."""

    need: str | None = Field(None, max_length=300)
    product: str | None = Field(None, max_length=160)
    max_price: Decimal | None = Field(None, gt=0)
    min_price: Decimal | None = Field(None, ge=0)
    limit: int = Field(3, ge=1, le=6)


class Recommended(ToolResult):
    """A product with the reason: bundle, upsell, cross_sell, bought_together, similar or need."""

    recommendation_id: str
    product: ProductView
    reason: str
    discount_percent: Decimal = Decimal(0)

    def facts(self, language: str) -> list[str]:
        said = self.product.facts(language)
        if self.discount_percent > 0:
            percent = f"{self.discount_percent.normalize():f}"
            said.append(fact("product.bundle", language, name=self.product.name, percent=percent))
        return said


class Recommendations(ToolResult):
    """The few to show, best first."""

    items: list[Recommended]

    def facts(self, language: str) -> list[str]:
        if not self.items:
            return [fact("product.none", language)]
        return [sentence for item in self.items for sentence in item.facts(language)]


Candidate = tuple[float, str, Decimal, Product]
"""Relevance 0–100, reason, discount, product."""


async def recommend(ctx: ToolContext, args: RecommendArgs) -> Recommendations:
    """Recommend products in stock for a need or budget, or beside a product."""
    everything = await catalog.products(ctx.conn)
    anchor = await product_for(ctx, args.product) if args.product else None
    candidates = await _beside(ctx, anchor, everything) if anchor else []
    if anchor is None:
        candidates = [
            (score, "need", Decimal(0), p) for p, score in ranked(everything, _need(args.need))
        ]
    seen = await views(ctx, [p for *_, p in candidates[:80]])
    fitting = [
        (candidate, v)
        for candidate, v in zip(candidates[:80], seen, strict=True)
        if v.in_stock and _affordable(v, args)
    ]
    fitting.sort(key=lambda pair: _order(pair[0]))
    chosen = _different(fitting, args.limit)
    return Recommendations(
        items=[await _logged(ctx, c, v, n) for n, (c, v) in enumerate(chosen, 1)]
    )


def _need(text: str | None) -> str:
    """The words of a need that say something about a product."""
    return " ".join(w for w in fold(text or "").split() if len(w) > 2)


def _order(candidate: Candidate) -> tuple[float, int, str]:
    score, _, _, product = candidate
    return (-round(score / EQUAL), -MARGIN[product.margin_tier], product.name)


def _affordable(product: ProductView, args: RecommendArgs) -> bool:
    prices = [v.price for v in product.variants if v.in_stock]
    return any(
        (args.max_price is None or p <= args.max_price)
        and (args.min_price is None or p >= args.min_price)
        for p in prices
    )


def _different(
    fitting: list[tuple[Candidate, ProductView]], limit: int
) -> list[tuple[Candidate, ProductView]]:
    """Each product once."""
    once: dict[str, tuple[Candidate, ProductView]] = {}
    for candidate, shown in fitting:
        once.setdefault(shown.product_id, (candidate, shown))
    return list(once.values())[:limit]


async def _beside(ctx: ToolContext, anchor: Product, everything: list[Product]) -> list[Candidate]:
    by_id = {p.product_id: p for p in everything if p.product_id != anchor.product_id}
    found: list[Candidate] = []
    for rule in await catalog.rules_for(ctx.conn, anchor.product_id):
        if rule.offer_product_id in by_id:
            offer = by_id[rule.offer_product_id]
            found.append((100.0 + rule.priority, rule.rule_type, rule.discount_pct, offer))
    together = await catalog.bought_together(ctx.conn, anchor.product_id)
    most = max((count for _, count in together), default=1)
    found += [
        (60.0 + 30.0 * count / most, "bought_together", Decimal(0), by_id[product_id])
        for product_id, count in together
        if product_id in by_id and count >= 2
    ]
    found += [
        (_likeness(anchor, p), "similar", Decimal(0), p)
        for p in by_id.values()
        if p.category == anchor.category
    ]
    return sorted(found, key=lambda c: -c[0])


def _likeness(one: Product, other: Product) -> float:
    """0–55: shared tags and nearness of price."""
    tags = set(one.tags) | set(other.tags)
    shared = len(set(one.tags) & set(other.tags)) / len(tags) if tags else 0.5
    dearer = max(one.price, other.price, Decimal(1))
    near = 1.0 - float(abs(one.price - other.price) / dearer)
    return 35.0 * shared + 20.0 * near


async def _logged(
    ctx: ToolContext, candidate: Candidate, shown: ProductView, rank: int
) -> Recommended:
    _, reason, discount, product = candidate
    recommendation_id = new_id("rec")
    await catalog.log_recommendation(
        ctx.conn, recommendation_id, product.product_id, rank=rank, reason=reason, now=ctx.now,
        conversation_id=ctx.conversation_id,
        contact_id=ctx.contact.contact_id if ctx.contact else None, turn_id=ctx.turn_id,
    )  # fmt: skip
    return Recommended(
        recommendation_id=recommendation_id, product=shown, reason=reason,
        discount_percent=discount,
    )  # fmt: skip


TOOLS = (Tool("catalog.recommend", recommend, RecommendArgs, Recommendations, Effect.READ),)
