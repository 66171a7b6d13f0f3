"""Reading orders: find, track, refund. Whose they are is settled in `identity`."""

from __future__ import annotations

from pydantic import Field

from invekto.text.normalise import fold
from invekto.tools.contract import Effect, Tool, ToolArgs, ToolContext, ToolResult
from invekto.tools.identity import find_orders
from invekto.tools.order_views import OrderView, views
from invekto.tools.profile import refund_days
from invekto.tools.wording import fact, refuse


class FindArgs(ToolArgs):
    """Give the number where the customer named one; else the recent orders are listed."""

    number: str | None = Field(
        None, max_length=60, description="order number as the customer wrote it"
    )
    second_factor: str | None = Field(
        None, max_length=120,
        description="last 4 digits of the phone, postcode, e-mail or surname on the order, only"
        " where the order is not the caller's own",
    )  # fmt: skip
    about: str | None = Field(
        None, max_length=2000, description="the customer's words; orders whose goods they name are"
        " marked `named`",
    )  # fmt: skip
    limit: int = Field(5, ge=1, le=10)


class Orders(ToolResult):
    """The orders found, latest first. `proven`: numbers for which a second factor was accepted."""

    orders: list[OrderView]
    proven: list[str] = Field(default_factory=list)

    @property
    def only(self) -> OrderView | None:
        """The order, where there is exactly one."""
        return self.orders[0] if len(self.orders) == 1 else None

    def facts(self, language: str) -> list[str]:
        if not self.orders:
            return [fact("orders.none", language)]
        return [sentence for order in self.orders for sentence in order.facts(language)]


class TrackArgs(ToolArgs):
    """By order number or by the courier's tracking number; neither: the latest order under way."""

    number: str | None = Field(None, max_length=60)
    tracking_number: str | None = Field(None, max_length=60)
    second_factor: str | None = Field(None, max_length=120)


class Tracked(ToolResult):
    """Where one order is."""

    order: OrderView
    proven: list[str] = Field(default_factory=list)

    def facts(self, language: str) -> list[str]:
        return self.order.facts(language)


SHORTEST = 4
"""Letters from which a word of a product's name may stand for it."""
REFUND_STATES = ("pending", "on_the_way_back", "done", "cancelled", "none")
"""Of several orders, the one asked about is the first in this order."""


class Refund(ToolResult):
    """What became of the money of one order. `state`: none, cancelled, on_the_way_back, pending,
    done."""

    order: OrderView
    state: str
    bank_days: int
    proven: list[str] = Field(default_factory=list)

    def facts(self, language: str) -> list[str]:
        said = [*self.order.state_facts(language), *self.order.refund_facts(language)]
        if self.state == "none":
            return [*said, fact("order.no_refund", language, number=self.order.number)]
        return [*said, fact("order.bank_days", language, days=self.bank_days)]


async def find(ctx: ToolContext, args: FindArgs) -> Orders:
    """Find the customer's orders: one by its number, or the latest ones.

    An order that is not the caller's own needs a second factor.
    """
    found = await find_orders(ctx, args.number, args.second_factor, limit=args.limit)
    seen = await views(ctx, found)
    if args.about:
        words = frozenset(fold(args.about[:500]).split())
        seen = [order.model_copy(update={"named": _names(words, order)}) for order in seen]
    return Orders(orders=seen, proven=_proven(seen, args.second_factor))


def _names(words: frozenset[str], order: OrderView) -> bool:
    """Whether the customer's words name what was ordered; Turkish suffixes follow the noun."""
    goods = {
        noun for line in order.items for noun in fold(line.name).split() if len(noun) >= SHORTEST
    }
    return any(word.startswith(noun) for word in words for noun in goods)


async def track(ctx: ToolContext, args: TrackArgs) -> Tracked:
    """Where an order is: state, courier, tracking number, expected day."""
    found = await find_orders(ctx, args.number, args.second_factor, tracking=args.tracking_number)
    seen = await views(ctx, found)
    if args.number is None and args.tracking_number is None:
        seen = [o for o in seen if o.status not in ("cancelled", "refunded")] or seen
    return Tracked(order=_one(ctx, seen), proven=_proven(seen, args.second_factor))


async def refund_status(ctx: ToolContext, args: TrackArgs) -> Refund:
    """Whether a return or cancellation was received, and when the money is paid back."""
    found = await find_orders(ctx, args.number, args.second_factor, tracking=args.tracking_number)
    seen = await views(ctx, found)
    if args.number is None and args.tracking_number is None:
        seen = sorted(seen, key=lambda o: REFUND_STATES.index(_refund_state(o)))
    order = _one(ctx, seen)
    return Refund(
        order=order,
        state=_refund_state(order),
        bank_days=refund_days(ctx.tenant),
        proven=_proven(seen, args.second_factor),
    )


def _refund_state(order: OrderView) -> str:
    if order.status == "refunded" or order.refunded_on is not None:
        return "done"
    if order.status == "refund_pending" or order.refund_started is not None:
        return "pending"
    if order.status == "returned" or order.open_request("return") is not None:
        return "on_the_way_back"
    return "cancelled" if order.status == "cancelled" else "none"


def _one(ctx: ToolContext, seen: list[OrderView]) -> OrderView:
    if not seen:
        raise refuse(ctx, "order_number")
    return seen[0]


def _proven(seen: list[OrderView], factor: str | None) -> list[str]:
    return [order.number for order in seen] if factor else []


TOOLS = (
    Tool("orders.find", find, FindArgs, Orders, Effect.READ),
    Tool("orders.track", track, TrackArgs, Tracked, Effect.READ),
    Tool("orders.refund_status", refund_status, TrackArgs, Refund, Effect.READ),
)
