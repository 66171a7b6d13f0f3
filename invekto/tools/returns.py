"""Returns and what may keep the sale: exchange while in stock, a coupon within the tenant's limit,
else the return. Quality and damage go straight to the return."""

from __future__ import annotations

import secrets
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from pydantic import Field

from invekto.contracts.evidence import Risk
from invekto.records import catalog, deflections, pricing
from invekto.records.catalog import Variant
from invekto.records.deflections import Deflection
from invekto.records.orders import Item
from invekto.text.colours import same_colour
from invekto.text.normalise import fold
from invekto.tools.contract import (
    Effect,
    Identity,
    Preview,
    Tool,
    ToolContext,
    ToolResult,
)  # fmt: skip
from invekto.tools.follow_up import later
from invekto.tools.once import once
from invekto.tools.order_requests import (
    LinesArgs,
    RequestArgs,
    Requested,
    Wish,
    checked,
    done_before,
    item_name,
    store,
    wish_for,
)  # fmt: skip
from invekto.tools.order_views import return_deadline
from invekto.tools.profile import coupon_rules
from invekto.tools.wording import LANGUAGES, fact, label, refuse, speaks

Reason = Literal["size", "color", "quality", "damaged", "wrong_item", "changed_mind", "other"]
EXCHANGED = frozenset({"size", "color", "wrong_item", "damaged"})
"""Reasons that an exchange can mend."""
COUPON_REASONS = frozenset({"changed_mind", "color", "size", "other"})
"""Reasons for which a coupon may be offered; never for the shop's own fault."""
COUPON_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"


class OptionsArgs(LinesArgs):
    """An order, its items, and why they should go back."""

    reason: Reason
    size: str | None = Field(None, max_length=40, description="size wanted instead")
    colour: str | None = Field(None, max_length=40, description="colour wanted instead")


class Alternative(ToolResult):
    """A variant in stock that could be sent instead."""

    variant_id: str
    name: str
    size: str
    colour: str

    @property
    def option(self) -> str:
        """`L, mavi`."""
        return " ".join(filter(None, (self.size, self.colour)))


class Options(ToolResult):
    """What to offer first. `offer`: exchange, coupon or return; a return is always possible."""

    number: str
    reason: str
    offer: str
    items: list[str]
    alternatives: list[Alternative]
    coupon_percent: int
    return_until: date | None

    def facts(self, language: str) -> list[str]:
        number = self.number
        said = [
            fact("return.way", language, number=number),
            fact("request.reason", language, number=number,
                 reason=label("reason", self.reason, language)),
            fact("request.lines", language, number=number, items=", ".join(self.items)),
        ]  # fmt: skip
        said += [
            fact("return.exchange", language, name=a.name, variant=a.option or a.name)
            for a in self.alternatives
        ]
        if self.offer == "coupon":
            percent = str(self.coupon_percent)
            said.append(fact("return.coupon", language, number=number, percent=percent))
        if self.return_until:
            said.append(fact("order.return_until", language, number=number, day=self.return_until))
        return said


class ReturnArgs(LinesArgs):
    """Items that go back, and why."""

    reason: Reason = "other"


class ExchangeArgs(LinesArgs):
    """One item, and the size or colour wanted instead; neither: the same one anew."""

    reason: Reason = "size"
    size: str | None = Field(None, max_length=40)
    colour: str | None = Field(None, max_length=40)
    instead_of_return: bool = Field(False, description="the customer had wanted to return it")


class CouponArgs(RequestArgs):
    """The customer keeps the order and takes the coupon offered."""

    reason: Reason = "changed_mind"
    code: str | None = Field(None, max_length=40, description="chosen by the check, never given")


class CouponMade(ToolResult):
    """A coupon for this customer alone."""

    number: str
    code: str
    percent: int
    valid_until: date

    def facts(self, language: str) -> list[str]:
        percent = str(self.percent)
        return [
            fact("coupon.made", language, percent=percent, code=self.code, day=self.valid_until)
        ]


async def return_options(ctx: ToolContext, args: OptionsArgs) -> Options:
    """What can be offered to a customer who wants to return something, by the reason given."""
    wish = await wish_for(ctx, args, "return", lock=False, items=args.items)
    alternatives = []
    if args.reason in EXCHANGED and len(wish.lines) == 1:
        found = await exchange_variants(ctx, wish.lines[0], args)
        alternatives = [_alternative(wish.lines[0], v) for v in found]
    percent = await _coupon_for(ctx, args.reason, wish.amount)
    offer = "exchange" if alternatives else "coupon" if percent else "return"
    return Options(
        number=wish.order.number,
        reason=args.reason,
        offer=offer,
        items=wish.names,
        alternatives=alternatives[:6],
        coupon_percent=percent if offer == "coupon" else 0,
        return_until=return_deadline(ctx.tenant, wish.order),
    )


def _alternative(item: Item, variant: Variant) -> Alternative:
    return Alternative(
        variant_id=variant.variant_id, name=item.name, size=variant.size, colour=variant.colour
    )


async def exchange_variants(
    ctx: ToolContext, item: Item, args: OptionsArgs | ExchangeArgs
) -> list[Variant]:
    """Variants in stock that fit what is wanted instead; for damaged or wrong ones the same."""
    if item.product_id is None:
        return []
    in_stock = [v for v in await catalog.variants(ctx.conn, [item.product_id]) if v.stock_qty > 0]
    same = args.reason in ("damaged", "wrong_item") and not (args.size or args.colour)
    size = args.size or (item.size if same or args.reason == "color" else None)
    colour = args.colour or (item.colour if same or args.reason == "size" else None)
    return [
        v
        for v in in_stock
        if (not size or fold(v.size) == fold(size))
        and (not colour or same_colour(v.colour, colour))
        and (same or (v.size, v.colour) != (item.size, item.colour))
    ]


async def _coupon_for(ctx: ToolContext, reason: str, amount: Decimal) -> int:
    """The percentage that may be offered; 0 where none may."""
    its = coupon_rules(ctx.tenant)
    if reason not in COUPON_REASONS or its.percent <= 0 or amount < its.min_total:
        return 0
    if ctx.contact is None:
        return 0
    since = ctx.now - timedelta(days=its.once_per_days)
    had = await pricing.coupons_of(ctx.conn, ctx.contact.contact_id, since)
    return 0 if had else its.percent


async def _return(ctx: ToolContext, args: ReturnArgs, *, lock: bool) -> Wish:
    wish = await wish_for(ctx, args, "return", lock=lock, items=args.items)
    said = label("reason", args.reason, speaks(ctx))
    told = ("request.reason", {"number": wish.order.number, "reason": said})
    return Wish(
        wish.order, "return", wish.lines, wish.whole_order, reason=args.reason, facts=(told,)
    )


async def _exchange(ctx: ToolContext, args: ExchangeArgs, *, lock: bool) -> Wish:
    wish = await wish_for(ctx, args, "exchange", lock=lock, items=args.items)
    if len(wish.lines) != 1:
        raise refuse(ctx, "unknown_item")
    item = wish.lines[0]
    fitting = await exchange_variants(ctx, item, args)
    if not fitting:
        option = ", ".join(filter(None, (args.size, args.colour))) or item_name(item)
        raise refuse(ctx, "out_of_stock", name=item.name, option=option)
    if len(fitting) > 1:
        raise refuse(ctx, "which_option")
    variant = fitting[0]
    wanted = ", ".join(filter(None, (variant.size, variant.colour))) or item.name
    told = ("request.exchange_for", {"number": wish.order.number, "wanted": wanted})
    detail = {
        "variant_id": variant.variant_id, "wanted": wanted,
        "instead_of_return": args.instead_of_return,
    }  # fmt: skip
    return Wish(wish.order, "exchange", wish.lines, False, args.reason, detail, (told,))


async def request_return(ctx: ToolContext, args: ReturnArgs) -> Requested:
    """Start a return of a delivered order, or of items of it, within the return period."""
    before = await done_before(ctx)
    if before is not None:
        return before
    wish = await _return(ctx, args, lock=True)
    made = await store(ctx, wish, args.note)
    await _count(ctx, wish, "return_started", deflected=False, request_id=made.request_id)
    return made


async def request_exchange(ctx: ToolContext, args: ExchangeArgs) -> Requested:
    """Exchange one delivered item for another size or colour in stock, or a sound copy of it.

    The wanted piece is set aside when the request is made; sold out by then, it is refused.
    """
    before = await done_before(ctx)
    if before is not None:
        return before
    wish = await _exchange(ctx, args, lock=True)
    item = wish.lines[0]
    if not await catalog.take_stock(ctx.conn, wish.detail["variant_id"], item.quantity):
        raise refuse(ctx, "out_of_stock", name=item.name, option=wish.detail["wanted"])
    made = await store(ctx, wish, args.note)
    if args.instead_of_return:
        await _count(ctx, wish, "exchange_offered", deflected=True, request_id=made.request_id)
        await _ask_later(ctx, wish)
    return made


async def accept_coupon(ctx: ToolContext, args: CouponArgs) -> CouponMade:
    """Give the coupon that was offered instead of a return; one per customer and period."""
    key = once(ctx)
    before = await pricing.coupon_by_key(ctx.conn, key)
    if before is not None:
        return _made(ctx, args.number, before)
    wish, percent = await _coupon(ctx, args, lock=True)
    assert ctx.contact is not None
    its = coupon_rules(ctx.tenant)
    code = args.code or _new_code(its.prefix)
    coupon = await pricing.add_coupon(
        ctx.conn,
        pricing.Coupon(
            code=code,
            valid_from=ctx.now,
            valid_until=ctx.now + timedelta(days=its.valid_days),
            percent=Decimal(percent),
            min_total=its.min_total or None,
            contact_id=ctx.contact.contact_id,
            currency=wish.order.currency,
            reason=f"kept order {wish.order.number}",
        ),
        key,
        ctx.now,
    )
    await _count(ctx, wish, "coupon_offered", deflected=True, coupon=coupon.code)
    await _ask_later(ctx, wish)
    return _made(ctx, wish.order.number, coupon)


def _new_code(prefix: str) -> str:
    return prefix + "".join(secrets.choice(COUPON_ALPHABET) for _ in range(8))


def _made(ctx: ToolContext, number: str, coupon: pricing.Coupon) -> CouponMade:
    until = coupon.valid_until.astimezone(ctx.tenant.zone).date()
    percent = int(coupon.percent or 0)
    return CouponMade(number=number, code=coupon.code, percent=percent, valid_until=until)


async def _coupon(ctx: ToolContext, args: CouponArgs, *, lock: bool) -> tuple[Wish, int]:
    wish = await wish_for(ctx, args, "return", lock=lock)
    percent = await _coupon_for(ctx, args.reason, wish.amount)
    if percent == 0:
        raise refuse(ctx, "no_coupon")
    return wish, percent


async def check_coupon(ctx: ToolContext, args: CouponArgs) -> Preview:
    """Whether a coupon may be given, and how much."""
    wish, percent = await _coupon(ctx, args, lock=False)
    its = coupon_rules(ctx.tenant)
    until, code = (ctx.now + timedelta(days=its.valid_days)).date(), _new_code(its.prefix)
    told = {
        language: fact("coupon.proposed", language, percent=str(percent), day=until)
        for language in LANGUAGES
    }
    chosen = {**args.model_dump(mode="json", exclude_defaults=True), "number": wish.order.number}
    made = fact("coupon.made", speaks(ctx), percent=str(percent), code=code, day=until)
    return Preview(
        summary=told,
        args={**chosen, "code": code},
        detail={"number": wish.order.number, "percent": percent, "valid_until": until.isoformat()},
        facts=[told[speaks(ctx)], made],
    )


async def _ask_later(ctx: ToolContext, wish: Wish) -> None:
    """Ask a day later whether all is well."""
    subject, data = ("order", wish.order.order_id), {"number": wish.order.number}
    await later(ctx, "return_follow_up", subject, data, timedelta(hours=24))


async def _count(
    ctx: ToolContext, wish: Wish, action: str, *, deflected: bool,
    request_id: str | None = None, coupon: str | None = None,
) -> None:  # fmt: skip
    key = once(ctx)
    exchanged = wish.lines[0].product_id if action == "exchange_offered" else None
    reason = wish.reason if wish.reason in Reason.__args__ else "changed_mind"  # type: ignore[attr-defined]
    await deflections.note(
        ctx.conn,
        Deflection(
            deflection_id=f"dfl_{key}",
            reason_category=reason or "other",
            action_taken=action,
            contact_id=ctx.contact.contact_id if ctx.contact else None,
            conversation_id=ctx.conversation_id,
            order_id=wish.order.order_id,
            request_id=request_id,
            was_deflected=deflected,
            coupon_code=coupon,
            exchange_product_id=exchanged,
            saved_revenue=wish.amount if deflected else Decimal(0),
            currency=wish.order.currency,
        ),
        ctx.now,
    )


TOOLS = (
    Tool("orders.return_options", return_options, OptionsArgs, Options, Effect.READ),
    Tool(
        "orders.request_return", request_return, ReturnArgs, Requested, Effect.WRITE,
        Risk.MEDIUM, Identity.CONTACT, check=checked(_return),
    ),
    Tool(
        "orders.request_exchange", request_exchange, ExchangeArgs, Requested, Effect.WRITE,
        Risk.MEDIUM, Identity.CONTACT, check=checked(_exchange),
    ),
    Tool(
        "orders.accept_coupon", accept_coupon, CouponArgs, CouponMade, Effect.WRITE,
        Risk.MEDIUM, Identity.CONTACT, check=check_coupon,
    ),
)  # fmt: skip
