"""Recommending products: bundle rules, bought together, similar; in stock only; the better margin
first among equally relevant ones. Every recommendation is logged with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from pydantic import Field

from invekto.contracts.ids import new_id
from invekto.records import catalog
from invekto.records.catalog import Listing
from invekto.tools.baskets import Item, wished
from invekto.tools.contract import Effect, Tool, ToolArgs, ToolContext, ToolResult
from invekto.tools.needs import goes_beside, need_in, wants_cheaper, wants_others
from invekto.tools.products import ProductView, product_for, views_by_id
from invekto.tools.ranking import names_any, ranked, telling_words, words_of
from invekto.tools.wording import Price, fact, label, speaks

MARGIN = {"high": 2, "medium": 1, "low": 0}
EQUAL = 5.0
"""Relevance scores this close count as equal."""
PARTLY = 30.0
"""Points from which a product meets a need in part."""
NAMED = 20.0
"""Points that a product which the rest of the words name has before the others."""
JUST_SHOWN = timedelta(hours=2)
MANY = 2
"""Orders that hold both before "bought together" is said."""


class RecommendArgs(ToolArgs):
    """For a need in words, beside a product, within a budget."""

    need: str | None = Field(None, max_length=300)
    product: str | None = Field(None, max_length=160)
    spoken_of: str | None = Field(
        None, max_length=160, description="product spoken of, where something cheaper is wanted"
    )
    max_price: Decimal | None = Field(None, gt=0)
    min_price: Decimal | None = Field(None, ge=0)
    limit: int = Field(3, ge=1, le=6)


class Recommended(ToolResult):
    """A product with the reason: bundle, upsell, cross_sell, bought_together, similar or need."""

    recommendation_id: str
    product: ProductView
    reason: str
    why: str = ""
    """The reason as the customer may be told it."""
    discount_percent: Decimal = Decimal(0)

    def facts(self, language: str) -> list[str]:
        said = self.product.facts(language)
        if self.why:
            said.append(fact("product.why", language, name=self.product.name, why=self.why))
        if self.discount_percent > 0:
            percent = f"{self.discount_percent.normalize():f}"
            said.append(fact("product.bundle", language, name=self.product.name, percent=percent))
        return said


class Recommendations(ToolResult):
    """The few to show, best first."""

    items: list[Recommended]
    above: Decimal | None = None
    """The budget, where nothing is within it: then they are the nearest above."""
    currency: str = "TRY"

    def facts(self, language: str) -> list[str]:
        if not self.items:
            return [fact("product.none", language)]
        over = []
        if self.above is not None:
            price = Price(self.above, self.currency)
            over = [fact("product.over_budget", language, price=price)]
        return over + [sentence for item in self.items for sentence in item.facts(language)]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A product that may be shown: relevance 0–100 (more for a rule of the shop), and why."""

    relevance: float
    reason: str
    listing: Listing
    discount: Decimal = Decimal(0)
    why: tuple[str, ...] = ()


async def recommend(ctx: ToolContext, args: RecommendArgs) -> Recommendations:
    """Recommend products in stock for a need or budget, or beside a product."""
    everything = await catalog.listings(ctx.conn)
    anchor = await _anchor(ctx, args)
    if anchor is not None:
        candidates = await _beside(ctx, anchor, everything)
    else:
        candidates = await _cheaper(ctx, everything, args) or _for_need(everything, args.need or "")
    candidates = await _unseen(ctx, candidates, args)
    within = await _affordable(ctx, candidates, args)
    chosen = _best(within, args)
    if wants_cheaper(args.need or ""):
        chosen = sorted(within, key=_cheapest_first)[: args.limit]
    elif not within and args.max_price is not None:
        dearer = await _affordable(ctx, candidates, args.model_copy(update={"max_price": None}))
        chosen = sorted(dearer, key=_cheapest_first)[: args.limit]
    seen = {v.product_id: v for v in await views_by_id(ctx, [c.listing.product_id for c in chosen])}
    shown = [
        await _logged(ctx, c, seen[c.listing.product_id], rank, bool(within and args.max_price))
        for rank, c in enumerate(chosen, 1)
    ]
    above = args.max_price if shown and not within else None
    currency = shown[0].product.currency if shown else ctx.tenant.currency
    return Recommendations(items=shown, above=above, currency=currency)


async def _anchor(ctx: ToolContext, args: RecommendArgs) -> str | None:
    """The product beside which something is wanted: the one named, or the one that a need such
    as "keten elbisenin yanına ne yakışır" names."""
    if args.product is not None:
        return (await product_for(ctx, args.product)).product_id
    if args.need is None or not goes_beside(args.need):
        return None
    meant = await wished(ctx, Item(name=need_in(args.need).rest[:160]))
    return meant.products[0] if len(meant.products) == 1 else None


async def _cheaper(
    ctx: ToolContext, everything: list[Listing], args: RecommendArgs
) -> list[Candidate]:
    """Things of the same kind as the one spoken of, where only a lower price is asked for."""
    need = args.need or ""
    if args.spoken_of is None or not wants_cheaper(need) or telling_words(need_in(need).rest):
        return []
    kind = (await product_for(ctx, args.spoken_of)).category
    return [Candidate(PARTLY, "similar", p) for p in everything if p.category == kind]


async def _unseen(
    ctx: ToolContext, candidates: list[Candidate], args: RecommendArgs
) -> list[Candidate]:
    """Where something else is asked for ("başka ne var"), without what was just shown."""
    if ctx.conversation_id is None or not wants_others(args.need or ""):
        return candidates
    shown = await catalog.recommended(ctx.conn, ctx.conversation_id, ctx.now - JUST_SHOWN)
    return [c for c in candidates if c.listing.product_id not in shown] or candidates


def _for_need(everything: list[Listing], text: str) -> list[Candidate]:
    """A need in words. A gift, or something for somebody, is chosen by what products are for; the
    words that are left only lift those that answer to them."""
    need = need_in(text)
    named = dict[str, float]()
    for listing, likeness in ranked(everything, need.rest, enough=PARTLY):
        named[listing.product_id] = likeness
    if not (need.gift or need.people):
        return [Candidate(named[p.product_id], "need", p) for p in everything
                if p.product_id in named]  # fmt: skip
    found = []
    for listing in _of_the_kind(everything, need.rest):
        words = frozenset().union(*words_of(listing))
        points = need.points(words)
        if points is not None:
            points += NAMED * named.get(listing.product_id, 0.0) / 100
            why = tuple(need.reasons(words))
            found.append(Candidate(points, "gift" if need.gift else "need", listing, why=why))
    return found


def _of_the_kind(everything: list[Listing], words: str) -> list[Listing]:
    """Where the words name a kind of thing that is sold, only such things: who looks for a dress
    is not shown trousers."""
    wanted = telling_words(words)
    return [p for p in everything if names_any(wanted, words_of(p)[0])] or everything


async def _affordable(
    ctx: ToolContext, candidates: list[Candidate], args: RecommendArgs
) -> list[Candidate]:
    """Those in stock within the budget."""
    fitting = await catalog.with_variant(
        ctx.conn, [c.listing for c in candidates], min_price=args.min_price,
        max_price=args.max_price,
    )  # fmt: skip
    return [c for c in candidates if c.listing.product_id in fitting]


def _best(candidates: list[Candidate], args: RecommendArgs) -> list[Candidate]:
    """Each product once; among equally relevant ones the better margin first, and then the one
    that makes more of the budget."""
    once: dict[str, Candidate] = {}
    for candidate in sorted(candidates, key=lambda c: -c.relevance):
        once.setdefault(candidate.listing.product_id, candidate)
    spends = args.max_price is not None and args.product is None
    return sorted(once.values(), key=lambda c: _order(c, spends=spends))[: args.limit]


def _cheapest_first(candidate: Candidate) -> tuple[float, Decimal]:
    return (-round(candidate.relevance / EQUAL), candidate.listing.price)


def _order(candidate: Candidate, *, spends: bool) -> tuple[float, int, Decimal, str]:
    listing = candidate.listing
    spent = -listing.price if spends else Decimal(0)
    relevance = -round(candidate.relevance / EQUAL)
    return (relevance, -MARGIN[listing.margin_tier], spent, listing.name)


async def _beside(ctx: ToolContext, anchor_id: str, everything: list[Listing]) -> list[Candidate]:
    by_id = {p.product_id: p for p in everything}
    anchor = by_id.pop(anchor_id)
    found = [
        Candidate(100.0 + rule.priority, rule.rule_type, by_id[rule.offer_product_id],
                  rule.discount_pct)
        for rule in await catalog.rules_for(ctx.conn, anchor_id)
        if rule.offer_product_id in by_id
    ]  # fmt: skip
    together = await catalog.bought_together(ctx.conn, anchor_id)
    most = max((count for _, count in together), default=1)
    found += [
        Candidate(60.0 + 30.0 * count / most, "bought_together", by_id[product_id])
        for product_id, count in together
        if product_id in by_id and count >= MANY
    ]
    return found + [
        Candidate(_likeness(anchor, p), "similar", p)
        for p in by_id.values()
        if p.category == anchor.category
    ]


def _likeness(one: Listing, other: Listing) -> float:
    """0–55: shared tags and nearness of price."""
    tags = set(one.tags) | set(other.tags)
    shared = len(set(one.tags) & set(other.tags)) / len(tags) if tags else 0.5
    dearer = max(one.price, other.price, Decimal(1))
    near = 1.0 - float(abs(one.price - other.price) / dearer)
    return 35.0 * shared + 20.0 * near


async def _logged(
    ctx: ToolContext, candidate: Candidate, shown: ProductView, rank: int, affordable: bool
) -> Recommended:
    recommendation_id = new_id("rec")
    await catalog.log_recommendation(
        ctx.conn, recommendation_id, shown.product_id, rank=rank, reason=candidate.reason,
        now=ctx.now, conversation_id=ctx.conversation_id,
        contact_id=ctx.contact.contact_id if ctx.contact else None, turn_id=ctx.turn_id,
    )  # fmt: skip
    told = [*candidate.why, *(["budget"] if affordable else [])]
    if candidate.reason == "bought_together":
        told.insert(0, candidate.reason)
    language = speaks(ctx)
    return Recommended(
        recommendation_id=recommendation_id, product=shown, reason=candidate.reason,
        why=", ".join(label("why", name, language) for name in told),
        discount_percent=candidate.discount,
    )  # fmt: skip


TOOLS = (Tool("catalog.recommend", recommend, RecommendArgs, Recommendations, Effect.READ),)
