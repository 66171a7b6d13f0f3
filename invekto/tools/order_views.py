"""An order as tools show it: nothing of the buyer's address, phone or name."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from invekto.records import orders
from invekto.records.order_requests import OPEN, Request, requests_of
from invekto.records.orders import Item, Order
from invekto.tools.contract import TenantView, ToolContext, ToolResult
from invekto.tools.order_states import BEFORE_SHIPPING, objection
from invekto.tools.profile import return_days
from invekto.tools.wording import Price, fact, label, speaks


class OrderLine(ToolResult):
    """One line of an order."""

    line: int
    name: str
    size: str
    colour: str
    quantity: int
    unit_price: Decimal
    status: str
    product_id: str | None

    @property
    def said(self) -> str:
        """`Keten Gömlek (M, mavi) x2`."""
        options = " ".join(filter(None, (self.size, self.colour)))
        return f"{self.name}{f' ({options})' if options else ''}" + (
            f" x{self.quantity}" if self.quantity > 1 else ""
        )


class OpenRequest(ToolResult):
    """What was already asked for an order."""

    request_id: str
    kind: str
    status: str
    reason: str | None
    asked_on: date


class OrderView(ToolResult):
    """An order without personal data; days are local days."""

    number: str
    provider: str
    status: str
    status_text: str
    placed_on: date
    items: list[OrderLine]
    total: Decimal
    currency: str
    payment_method: str | None
    paid: bool
    courier: str | None
    tracking_number: str | None
    tracking_url: str | None
    tracking_note: str | None
    promised_from: date | None
    promised_until: date | None
    late: bool
    shipped_on: date | None
    delivered_on: date | None
    delivery_note: str | None
    cancelled_on: date | None
    cancellable: bool
    changeable: bool
    returnable: bool
    return_until: date | None
    refund_amount: Decimal | None
    refund_started: date | None
    refund_expected: date | None
    refunded_on: date | None
    invoice_number: str | None
    invoice_url: str | None
    requests: list[OpenRequest]
    named: bool = False
    """The customer's words name something in it."""

    @property
    def items_text(self) -> str:
        """The lines in a row."""
        return ", ".join(line.said for line in self.items)

    @property
    def shipped(self) -> bool:
        """Handed to the courier and not back."""
        return self.status in ("shipped", "out_for_delivery", "delivered")

    def open_request(self, kind: str) -> OpenRequest | None:
        """The open request of a kind, if any."""
        return next((r for r in self.requests if r.kind == kind and r.status in OPEN), None)

    def facts(self, language: str) -> list[str]:
        return [*self.state_facts(language), *self.content_facts(language)]

    def state_facts(self, language: str) -> list[str]:
        """Where the order is and when it comes."""
        number = self.number
        said = [
            fact("order.status", language, number=number,
                 status=label("order", self.status, language)),
            fact("order.placed", language, number=number, day=self.placed_on),
        ]  # fmt: skip
        named = {
            "courier": self.courier, "tracking": self.tracking_number, "url": self.tracking_url,
            "note": self.tracking_note, "delivered_to": self.delivery_note,
        }  # fmt: skip
        said += [fact(f"order.{k}", language, number=number, it=v) for k, v in named.items() if v]
        said += self._promise(language)
        days = {
            "shipped": self.shipped_on, "delivered": self.delivered_on,
            "cancelled": self.cancelled_on,
        }  # fmt: skip
        said += [fact(f"order.{k}", language, number=number, day=v) for k, v in days.items() if v]
        said += [
            fact("order.open_request", language, number=number,
                 kind=label("request", r.kind, language),
                 status=label("request_status", r.status, language))
            for r in self.requests if r.status in OPEN
        ]  # fmt: skip
        return said

    def _promise(self, language: str) -> list[str]:
        first, last = self.promised_from, self.promised_until
        if last is None or self.status in ("delivered", "cancelled"):
            return []
        if first is None or first == last:
            said = [fact("order.promised", language, number=self.number, day=last)]
        else:
            said = [
                fact("order.promised_range", language, number=self.number, first=first, last=last)
            ]
        return said + ([fact("order.late", language, number=self.number)] if self.late else [])

    def content_facts(self, language: str) -> list[str]:
        """What is in it, what it cost, what may still be done with it."""
        number, total = self.number, Price(self.total, self.currency)
        said = [
            fact("order.items", language, number=number, items=self.items_text),
            fact("order.total", language, number=number, total=total),
        ]
        if self.payment_method:
            said.append(
                fact("order.pay_method", language, number=number, method=self.payment_method)
            )
        if self.cancellable:
            said.append(fact("order.cancellable", language, number=number))
        if self.returnable and self.return_until:
            said.append(fact("order.return_until", language, number=number, day=self.return_until))
        if self.invoice_url:
            said.append(fact("order.invoice_url", language, number=number, url=self.invoice_url))
        return said + self.refund_facts(language)

    def refund_facts(self, language: str) -> list[str]:
        """The money that goes back."""
        said = []
        if self.refund_amount is not None:
            amount = Price(self.refund_amount, self.currency)
            said.append(fact("order.refund_amount", language, number=self.number, amount=amount))
        days = {
            "refund_started": self.refund_started, "refunded": self.refunded_on,
            "refund_expected": None if self.refunded_on else self.refund_expected,
        }  # fmt: skip
        return said + [
            fact(f"order.{k}", language, number=self.number, day=v) for k, v in days.items() if v
        ]


def return_deadline(tenant: TenantView, order: Order, kind: str = "return") -> date | None:
    """The last local day on which the order may be sent back or exchanged."""
    if order.delivered_at is None:
        return None
    day = order.delivered_at.astimezone(tenant.zone).date()
    return day + timedelta(days=return_days(tenant, order.provider, kind))


async def views(ctx: ToolContext, found: list[Order]) -> list[OrderView]:
    """The orders with items and requests, for a reader of the contact's language."""
    ids = [order.order_id for order in found]
    items = await orders.items(ctx.conn, ids)
    asked = await requests_of(ctx.conn, ids)
    return [
        _view(ctx, order, items[order.order_id], [r for r in asked if r.order_id == order.order_id])
        for order in found
    ]


def _view(ctx: ToolContext, order: Order, items: list[Item], asked: list[Request]) -> OrderView:
    def day(moment: datetime | None) -> date | None:
        return moment.astimezone(ctx.tenant.zone).date() if moment else None

    today = ctx.now.date()
    until = return_deadline(ctx.tenant, order)
    waiting = order.status in (*BEFORE_SHIPPING, "shipped", "out_for_delivery")
    return OrderView(
        number=order.number,
        provider=order.provider,
        status=order.status,
        status_text=label("order", order.status, speaks(ctx)),
        placed_on=order.placed_at.astimezone(ctx.tenant.zone).date(),
        items=[
            OrderLine(
                line=i.line, name=i.name, size=i.size, colour=i.colour, quantity=i.quantity,
                unit_price=i.unit_price, status=i.status, product_id=i.product_id,
            )
            for i in items
        ],
        total=order.total,
        currency=order.currency,
        payment_method=order.payment_method,
        paid=order.paid,
        courier=order.courier,
        tracking_number=order.tracking_number,
        tracking_url=order.tracking_url,
        tracking_note=order.tracking_note,
        promised_from=order.promised_from,
        promised_until=order.promised_until,
        late=bool(waiting and order.promised_until and order.promised_until < today),
        shipped_on=day(order.shipped_at),
        delivered_on=day(order.delivered_at),
        delivery_note=order.delivery_note,
        cancelled_on=day(order.cancelled_at),
        cancellable=objection("cancel", order.status) is None,
        changeable=objection("change", order.status) is None,
        returnable=objection("return", order.status) is None and (until is None or until >= today),
        return_until=until,
        refund_amount=order.refund_amount,
        refund_started=order.refund_started,
        refund_expected=order.refund_expected,
        refunded_on=day(order.refunded_at),
        invoice_number=order.invoice_number,
        invoice_url=order.invoice_url,
        requests=[
            OpenRequest(
                request_id=r.request_id, kind=r.kind, status=r.status, reason=r.reason,
                asked_on=r.created_at.astimezone(ctx.tenant.zone).date(),
            )
            for r in asked
        ],
    )  # fmt: skip
