"""Payment links. The amount comes from an order, a quote or a deposit rule, never from words."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from invekto.contracts.evidence import Risk
from invekto.errors import ProviderUnavailable
from invekto.records import payments, tenants
from invekto.records.payments import PaymentLink
from invekto.records.routing import token_hash
from invekto.tools.contract import (
    Effect,
    Identity,
    Opens,
    Preview,
    Tool,
    ToolArgs,
    ToolContext,
    ToolResult,
)  # fmt: skip
from invekto.tools.due import Due, LinkArgs, due, with_quote
from invekto.tools.gateways import Gateways, LinkWanted, PaymentProvider, has_links
from invekto.tools.once import once
from invekto.tools.paid import close_later, withdraw
from invekto.tools.profile import in_language, section, whole
from invekto.tools.wording import LANGUAGES, Price, fact, label, refuse, speaks

CALLBACKS_AFTER = timedelta(days=30)
"""How long after its expiry a link's late callbacks are still understood."""
CALL_SECONDS = 20.0
LEASE_SECONDS = 30.0
"""After so long without an answer, whoever asked the provider has died."""


class Link(ToolResult):
    """A link that can be paid."""

    payment_id: str
    url: str
    title: str
    amount: Decimal
    currency: str
    status: str
    expires_at: datetime

    def facts(self, language: str) -> list[str]:
        price = Price(self.amount, self.currency)
        return [
            fact("payment.link", language, title=self.title, url=self.url),
            fact("payment.amount", language, title=self.title, price=price),
            fact("payment.until", language, title=self.title, moment=self.expires_at),
        ]


class OptionsArgs(ToolArgs):
    """Nothing."""


class Ways(ToolResult):
    """How one can pay here, as the profile says."""

    ways: str | None
    instalments: int | None
    interest_free: int | None
    instalments_from: Decimal | None
    cash_fee: Decimal | None
    cash_limit: Decimal | None
    transfer_discount: Decimal | None
    bank_note: str | None
    currency: str
    links: bool

    def facts(self, language: str) -> list[str]:
        said = [fact("payment.ways", language, ways=self.ways)] if self.ways else []
        counts = {"instalments": self.instalments, "interest_free": self.interest_free}
        said += [fact(f"payment.{k}", language, count=v) for k, v in counts.items() if v]
        amounts = {
            "instalments_from": self.instalments_from, "cash_fee": self.cash_fee,
            "cash_limit": self.cash_limit,
        }  # fmt: skip
        said += [
            fact(f"payment.{k}", language, price=Price(v, self.currency))
            for k, v in amounts.items()
            if v
        ]
        if self.transfer_discount:
            percent = f"{self.transfer_discount.normalize():f}"
            said.append(fact("payment.transfer_discount", language, percent=percent))
        return said + ([self.bank_note] if self.bank_note else [])


async def check_link(ctx: ToolContext, args: LinkArgs) -> Preview:
    """Settle what is owed and describe the link."""
    await _provider(ctx)
    found = await due(ctx, args)
    price = Price(found.amount, found.currency)
    return Preview(
        summary={
            it: fact("payment.amount", it, title=found.title, price=price) for it in LANGUAGES
        },
        detail={
            "title": found.title, "amount": str(found.amount), "currency": found.currency,
            "purpose": found.purpose, "url": _place(found),
        },
        facts=[
            fact("payment.amount", speaks(ctx), title=found.title, price=price),
            fact("payment.link", speaks(ctx), title=found.title, url=_place(found)),
        ],
    )  # fmt: skip


def _place(found: Due) -> str:
    """Where the draft will hold the link: another for every payment, in letters alone, because
    digits would be read as figures."""
    digest = hashlib.sha256(found.reference_id.encode()).hexdigest()[:6]
    letters = "".join(chr(ord("a") + int(sign, 16)) for sign in digest)
    return f"[[link:{found.purpose}:{letters}]]"


async def create_link(opens: Opens, args: LinkArgs) -> Link:
    """Create a payment link for an order, a quote or a deposit. An open one is given again."""
    async with opens() as ctx:
        claimed = await _claim(ctx, args)
    if isinstance(claimed, Link):
        return claimed
    try:
        async with asyncio.timeout(CALL_SECONDS):
            made = await claimed.provider.create_link(claimed.wanted)
    except TimeoutError as error:
        raise ProviderUnavailable(f"{claimed.provider.name} took too long: try again") from error
    async with opens() as ctx:
        payment_id = claimed.wanted.payment_id
        await payments.set_created(
            ctx.conn, payment_id, external_id=made.external_id, url=made.url, now=ctx.now
        )
        stored = await payments.get_link(ctx.conn, payment_id)
        assert stored is not None
        return _link(ctx, stored)


@dataclass(frozen=True, slots=True)
class _Claimed:
    """A link that is ours to ask the provider for; no transaction is open."""

    provider: PaymentProvider
    wanted: LinkWanted


async def _claim(ctx: ToolContext, args: LinkArgs) -> _Claimed | Link:
    """Write down what the provider will be asked for. A link that a process asked for and died
    over is asked for anew: whatever the provider made of the first was shown to nobody.

    Raises:
        Refused: as `due`, no_payments, or link_under_way: it is being asked for just now.
    """
    provider = await _provider(ctx)
    key = once(ctx)
    before = await payments.link_of_key(ctx.conn, key)
    if before is not None and before.status != "asked":
        return _link(ctx, before)
    found = await due(ctx, await with_quote(ctx, args))
    given = await _open(ctx, found)
    if given is not None:
        return _link(ctx, given)
    asked = await payments.ask(ctx.conn, _asked(ctx, found, provider, key), ctx.now)
    if not await payments.claim(ctx.conn, asked.payment_id, seconds=LEASE_SECONDS):
        raise refuse(ctx, "link_under_way", title=found.title)
    token = secrets.token_urlsafe(24)
    await tenants.add_callback_token(
        ctx.conn, token_hash=token_hash(token), purpose="payment", subject_id=asked.payment_id,
        expires_at=asked.expires_at + CALLBACKS_AFTER,
    )  # fmt: skip
    await close_later(ctx.conn, asked.payment_id, asked.expires_at - ctx.now)
    return _Claimed(
        provider,
        LinkWanted(
            payment_id=asked.payment_id, title=asked.title, amount=asked.amount,
            currency=asked.currency, expires_at=asked.expires_at,
            instalments=asked.instalments, callback_token=token,
        ),
    )  # fmt: skip


def _asked(ctx: ToolContext, found: Due, provider: PaymentProvider, key: str) -> PaymentLink:
    hours = whole(ctx.tenant, "payment_link_hours", default=24)
    return PaymentLink(
        payment_id="pay_" + hashlib.sha256(f"{ctx.tenant_id}/{key}".encode()).hexdigest()[:24],
        provider=provider.name,
        amount=found.amount,
        currency=found.currency,
        purpose=found.purpose,
        reference_id=found.reference_id,
        title=found.title,
        expires_at=ctx.now + timedelta(hours=hours),
        idempotency_key=key,
        instalments=bool(section(ctx.tenant, "payment").get("instalments")),
        contact_id=ctx.contact.contact_id if ctx.contact else None,
        conversation_id=ctx.conversation_id,
    )


async def _open(ctx: ToolContext, found: Due) -> PaymentLink | None:
    """The link that can be paid already. One for another amount than is owed now is withdrawn."""
    alive = None
    for link in await payments.links_for(ctx.conn, found.purpose, found.reference_id):
        if link.status != "created":
            continue
        fits = (link.amount, link.currency) == (found.amount, found.currency)
        if fits and link.expires_at > ctx.now and alive is None:
            alive = link
        elif not fits:
            await withdraw(ctx.conn, link.payment_id, ctx.now)
    return alive


def _link(ctx: ToolContext, link: PaymentLink) -> Link:
    return Link(
        payment_id=link.payment_id, url=link.url or "", title=link.title, amount=link.amount,
        currency=link.currency, status=link.status,
        expires_at=link.expires_at.astimezone(ctx.tenant.zone),
    )  # fmt: skip


async def _provider(ctx: ToolContext) -> PaymentProvider:
    gateways: Gateways | None = ctx.outside
    provider = await gateways.payments(ctx.conn, ctx.tenant) if gateways is not None else None
    if provider is None:
        raise refuse(ctx, "no_payments")
    return provider


async def ways_to_pay(ctx: ToolContext, args: OptionsArgs) -> Ways:  # noqa: ARG001
    """Which ways to pay the business offers: card, transfer, cash on delivery, instalments."""
    language, own = speaks(ctx), ctx.tenant.default_language
    payment = section(ctx.tenant, "payment")
    ways = in_language(payment.get("ways_text"), language, own)
    if ways is None and payment.get("ways"):
        ways = ", ".join(label("way", str(way), language) for way in payment["ways"])
    plan = payment.get("instalments")
    plan = plan if isinstance(plan, dict) else {"max": plan} if plan else {}
    note = in_language(payment.get("bank_note"), language, own)
    if not (ways or plan or note):
        raise refuse(ctx, "no_profile")
    cash = payment.get("cash_on_delivery") or {}
    return Ways(
        ways=ways,
        instalments=plan.get("max"),
        interest_free=plan.get("interest_free_max"),
        instalments_from=plan.get("min_total"),
        cash_fee=cash.get("fee"),
        cash_limit=cash.get("max_total"),
        transfer_discount=payment.get("transfer_discount_percent"),
        bank_note=note,
        currency=ctx.tenant.currency,
        links=await has_links(ctx),
    )


TOOLS = (
    Tool(
        "payments.create_link", create_link, LinkArgs, Link, Effect.WRITE, Risk.MEDIUM,
        Identity.CONTACT, check=check_link, outside=True,
    ),
    Tool("payments.ways", ways_to_pay, OptionsArgs, Ways, Effect.READ),
)  # fmt: skip
