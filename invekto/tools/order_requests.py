"""Asking the shop to do something with an order: cancel, change, invoice, report a problem.

Each is checked when proposed and again, under the order's lock, when committed.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from pydantic import Field

from invekto.contracts.evidence import Risk
from invekto.records import orders
from invekto.records.order_requests import OPEN, Request, add_request, request_by_key, requests_of
from invekto.records.orders import Item, Order
from invekto.text.normalise import fold
from invekto.tools.contract import (
    Effect,
    Identity,
    Preview,
    Tool,
    ToolArgs,
    ToolContext,
    ToolResult,
)  # fmt: skip
from invekto.tools.identity import find_orders
from invekto.tools.once import once
from invekto.tools.order_states import EXCLUSIVE, objection
from invekto.tools.order_views import return_deadline
from invekto.tools.profile import return_days
from invekto.tools.wording import LANGUAGES, Price, fact, label, refuse, speaks


class RequestArgs(ToolArgs):
    """Which order; a second factor where it is not the caller's own."""

    number: str = Field(max_length=60)
    second_factor: str | None = Field(None, max_length=120)
    note: str | None = Field(None, max_length=500, description="the customer's own words")


class LinesArgs(RequestArgs):
    """Some items of an order; none named: all of them."""

    items: list[str] = Field(
        default_factory=list, max_length=20, description="names or line numbers of the items"
    )


class CancelArgs(LinesArgs):
    """Cancel an order or some of its items before it ships."""


class ChangeArgs(RequestArgs):
    """What to change, and to what, in the customer's words."""

    what: Literal["address", "recipient", "phone", "contents", "note"] = "address"
    value: str = Field(min_length=2, max_length=500)


class InvoiceArgs(RequestArgs):
    """An invoice, to an e-mail or with a correction."""

    email: str | None = Field(None, max_length=200)
    correction: str | None = Field(None, max_length=500)


class ProblemArgs(LinesArgs):
    """What went wrong with a delivery."""

    problem: Literal["not_received", "missing_item", "damaged", "wrong_item", "late"]


class Requested(ToolResult):
    """The shop has the request; nothing was done with the order yet."""

    request_id: str
    number: str
    kind: str
    status: str
    items: list[str] = Field(default_factory=list)
    amount: Decimal | None = None
    currency: str = "TRY"

    def facts(self, language: str) -> list[str]:
        kind = label("request", self.kind, language)
        said = [
            fact("request.made", language, number=self.number, kind=kind, request=self.request_id)
        ]
        if self.items:
            items = ", ".join(self.items)
            said.append(fact("request.lines", language, number=self.number, items=items))
        return said


@dataclass(frozen=True, slots=True)
class Wish:
    """One request, checked: what `propose` shows and `commit` stores."""

    order: Order
    kind: str
    lines: tuple[Item, ...]
    whole_order: bool
    reason: str | None = None
    detail: dict[str, Any] = field(default_factory=dict)
    facts: tuple[tuple[str, dict[str, Any]], ...] = ()

    @property
    def amount(self) -> Decimal:
        """What the lines concerned cost."""
        if self.whole_order:
            return self.order.total
        return sum((i.unit_price * i.quantity for i in self.lines), Decimal(0))

    @property
    def names(self) -> list[str]:
        """The items concerned, with size and colour."""
        return [item_name(i) for i in self.lines]


def item_name(item: Item) -> str:
    """`Keten Gömlek (M, mavi)`."""
    options = " ".join(filter(None, (item.size, item.colour)))
    return f"{item.name} ({options})" if options else item.name


async def wish_for(
    ctx: ToolContext, args: RequestArgs, kind: str, *, lock: bool, items: list[str] | None = None
) -> Wish:
    """The order and lines a request is about, if the rules allow it.

    Raises:
        Refused: identity, ambiguous, unknown_item, already_requested, return_window, or a state
            that does not allow it.
    """
    found = await find_orders(ctx, args.number, args.second_factor)
    if len(found) != 1:
        raise refuse(ctx, "ambiguous" if found else "order_number")
    order = found[0]
    if lock:
        order = await orders.get_order(ctx.conn, order.order_id, lock=True)
    wording = objection(kind, order.status)
    if wording is not None:
        days = return_days(ctx.tenant, order.provider)
        raise refuse(ctx, wording, number=order.number, days=days)
    until = return_deadline(ctx.tenant, order, kind)
    if kind in ("return", "exchange") and until is not None and until < ctx.now.date():
        days = return_days(ctx.tenant, order.provider, kind)
        raise refuse(ctx, "return_window", number=order.number, day=until, days=days)
    stored = (await orders.items(ctx.conn, [order.order_id]))[order.order_id]
    lines = pick_lines(ctx, stored, items or [])
    await _stands_alone(ctx, order, kind, lines)
    return Wish(order, kind, tuple(lines), whole_order=not items)


def pick_lines(ctx: ToolContext, stored: list[Item], wanted: list[str]) -> list[Item]:
    """The lines named by number or by words of their name; all where none is named.

    Raises:
        Refused: unknown_item, ambiguous.
    """
    active = [item for item in stored if item.status == "ordered"]
    if not wanted:
        return active
    picked: dict[int, Item] = {}
    for name in wanted:
        fitting = _fitting(active, name)
        if not fitting:
            raise refuse(ctx, "unknown_item")
        if len(fitting) > 1:
            raise refuse(ctx, "ambiguous")
        picked[fitting[0].line] = fitting[0]
    return [picked[line] for line in sorted(picked)]


def _fitting(items: list[Item], name: str) -> list[Item]:
    if name.isdecimal():
        return [item for item in items if item.line == int(name)]
    by_id = [item for item in items if name in (item.product_id, item.variant_id, item.sku)]
    if by_id:
        return by_id
    words = fold(name).split()

    def fits(item: Item) -> bool:
        text = fold(f"{item.name} {item.size} {item.colour}")
        return all(word[:5] in text for word in words)

    return [item for item in items if words and fits(item)]


async def _stands_alone(ctx: ToolContext, order: Order, kind: str, lines: list[Item]) -> None:
    numbers = {item.line for item in lines}
    for before in await requests_of(ctx.conn, [order.order_id]):
        if before.status not in OPEN:
            continue
        same_lines = not before.lines or bool(numbers & set(before.lines))
        sent_back = {kind, before.kind} <= {"return", "exchange"} and same_lines
        if sent_back or before.kind in EXCLUSIVE[kind]:
            said = label("request", before.kind, speaks(ctx))
            raise refuse(ctx, "already_requested", number=order.number, kind=said)


def preview(wish: Wish, args: RequestArgs, *, extra: dict[str, Any] | None = None) -> Preview:
    """How a request is shown before it is made."""
    number = wish.order.number
    return Preview(
        summary={
            language: fact(
                "request.proposed", language, number=number,
                kind=label("request", wish.kind, language),
            )
            for language in LANGUAGES
        },
        args={**args.model_dump(mode="json", exclude_defaults=True), "number": number},
        detail={
            "number": number, "kind": wish.kind, "items": wish.names,
            "items_text": ", ".join(wish.names), "whole_order": wish.whole_order,
            "amount": str(wish.amount), "currency": wish.order.currency, **(extra or {}),
        },
    )  # fmt: skip


def wish_facts(wish: Wish, language: str) -> list[str]:
    """What a reply may say of a request before it is made."""
    number = wish.order.number
    said = [
        fact("request.proposed", language, number=number,
             kind=label("request", wish.kind, language)),
        fact("order.status", language, number=number,
             status=label("order", wish.order.status, language)),
    ]  # fmt: skip
    if wish.names:
        said.append(fact("request.lines", language, number=number, items=", ".join(wish.names)))
    amount = Price(wish.amount, wish.order.currency)
    said.append(fact("request.amount", language, number=number, amount=amount))
    return said + [fact(key, language, **values) for key, values in wish.facts]


async def store(ctx: ToolContext, wish: Wish, note: str | None = None) -> Requested:
    """Put a checked request down, once per idempotency key."""
    detail = {**wish.detail, **({"note": note} if note else {})}
    made = await add_request(
        ctx.conn,
        wish.order.order_id,
        wish.kind,
        key=once(ctx),
        now=ctx.now,
        reason=wish.reason,
        lines=[] if wish.whole_order else [item.line for item in wish.lines],
        detail=detail,
        amount=wish.amount,
        contact_id=ctx.contact.contact_id if ctx.contact else None,
        conversation_id=ctx.conversation_id,
        turn_id=ctx.turn_id,
    )
    return _requested(wish.order, made, wish.names)


async def done_before(ctx: ToolContext) -> Requested | None:
    """The result of this very commit, if it was done before."""
    found = await request_by_key(ctx.conn, once(ctx))
    if found is None:
        return None
    order = await orders.get_order(ctx.conn, found.order_id)
    items = (await orders.items(ctx.conn, [order.order_id]))[order.order_id]
    concerned = [i for i in items if i.line in found.lines or not found.lines]
    return _requested(order, found, [item_name(i) for i in concerned])


def _requested(order: Order, made: Request, items: list[str]) -> Requested:
    return Requested(
        request_id=made.request_id,
        number=order.number,
        kind=made.kind,
        status=made.status,
        items=items,
        amount=made.amount,
        currency=order.currency,
    )


async def _cancel(ctx: ToolContext, args: CancelArgs, *, lock: bool) -> Wish:
    return await wish_for(ctx, args, "cancel", lock=lock, items=args.items)


async def _change(ctx: ToolContext, args: ChangeArgs, *, lock: bool) -> Wish:
    wish = await wish_for(ctx, args, "change", lock=lock)
    what = label("change", args.what, speaks(ctx))
    said = ("request.change", {"number": wish.order.number, "what": what, "value": args.value})
    detail = {"what": args.what, "value": args.value}
    return Wish(wish.order, "change", wish.lines, True, detail=detail, facts=(said,))


async def _invoice(ctx: ToolContext, args: InvoiceArgs, *, lock: bool) -> Wish:
    wish = await wish_for(ctx, args, "invoice", lock=lock)
    detail = {k: v for k, v in {"email": args.email, "correction": args.correction}.items() if v}
    return Wish(wish.order, "invoice", wish.lines, True, detail=detail)


async def _problem(ctx: ToolContext, args: ProblemArgs, *, lock: bool) -> Wish:
    wish = await wish_for(ctx, args, "problem", lock=lock, items=args.items)
    order = wish.order
    overdue = order.promised_until is not None and order.promised_until < ctx.now.date()
    if order.status != "delivered" and not overdue:
        raise refuse(ctx, "on_the_way", number=order.number)
    reason = label("problem", args.problem, speaks(ctx))
    said = ("request.reason", {"number": order.number, "reason": reason})
    return Wish(order, "problem", wish.lines, wish.whole_order, reason=args.problem, facts=(said,))


async def _make(
    ctx: ToolContext, args: RequestArgs, wish_of: Callable[..., Awaitable[Wish]]
) -> Requested:
    before = await done_before(ctx)
    if before is not None:
        return before
    return await store(ctx, await wish_of(ctx, args, lock=True), args.note)


async def request_cancel(ctx: ToolContext, args: CancelArgs) -> Requested:
    """Ask the shop to cancel an order, or items of it, that has not shipped."""
    return await done_before(ctx) or await store(
        ctx, await _cancel(ctx, args, lock=True), args.note
    )


async def request_change(ctx: ToolContext, args: ChangeArgs) -> Requested:
    """Ask the shop to change address, recipient, phone, contents or note before shipping."""
    return await done_before(ctx) or await store(
        ctx, await _change(ctx, args, lock=True), args.note
    )


async def request_invoice(ctx: ToolContext, args: InvoiceArgs) -> Requested:
    """Ask the shop to send an invoice or to correct one."""
    return await done_before(ctx) or await store(
        ctx, await _invoice(ctx, args, lock=True), args.note
    )


async def report_problem(ctx: ToolContext, args: ProblemArgs) -> Requested:
    """Report a parcel that did not come, came late, incomplete, damaged or wrong."""
    return await done_before(ctx) or await store(
        ctx, await _problem(ctx, args, lock=True), args.note
    )


def checked(
    wish_of: Callable[..., Awaitable[Wish]],
) -> Callable[[ToolContext, Any], Awaitable[Preview]]:
    """The check of a request tool, from the function that settles its wish."""

    async def check(ctx: ToolContext, args: Any) -> Preview:
        wish = await wish_of(ctx, args, lock=False)
        shown = preview(wish, args, extra={**wish.detail, "reason": wish.reason})
        return Preview(
            summary=shown.summary, args=shown.args, detail=shown.detail,
            facts=wish_facts(wish, speaks(ctx)),
        )  # fmt: skip

    return check


TOOLS = (
    Tool(
        "orders.request_cancel", request_cancel, CancelArgs, Requested, Effect.WRITE,
        Risk.MEDIUM, Identity.CONTACT, check=checked(_cancel), destructive=True,
    ),
    Tool(
        "orders.request_change", request_change, ChangeArgs, Requested, Effect.WRITE,
        Risk.MEDIUM, Identity.CONTACT, check=checked(_change),
    ),
    Tool(
        "orders.request_invoice", request_invoice, InvoiceArgs, Requested, Effect.WRITE,
        Risk.MEDIUM, Identity.CONTACT, check=checked(_invoice),
    ),
    Tool(
        "orders.report_problem", report_problem, ProblemArgs, Requested, Effect.WRITE,
        Risk.MEDIUM, Identity.CONTACT, check=checked(_problem),
    ),
)  # fmt: skip
