"""Money came in: what a callback or the sandbox's page says becomes states of ours, once.

Pure of HTTP: a server hands in headers and body, or what was pressed on the sandbox's page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import httpx
from psycopg import AsyncConnection

from invekto.connectors.iyzico import Iyzico, Notice, read_notice
from invekto.contracts.handover import HandOver, HandOverReason, Priority
from invekto.db.pool import Database
from invekto.db.queue import defer
from invekto.errors import Conflict, NotFound, NotSignedIn
from invekto.records import conversations, orders, payments, scheduled, tenants, turns
from invekto.records.payments import PaymentLink
from invekto.records.scheduled import Planned
from invekto.tools.gateways import Gateways, TenantGateways
from invekto.tools.wording import Price, fact, known

Conn = AsyncConnection[Any]
SIGNATURE = "x-iyz-signature-v3"
CLOSE = "close_link"
OVER = {"asked": "failed", "created": "expired"}


@dataclass(frozen=True, slots=True)
class PayPage:
    """What the sandbox's page shows. `state`: open, paid, expired, cancelled."""

    business: str
    title: str
    amount: Decimal
    currency: str
    state: str
    expires_at: datetime
    language: str


async def note_paid(conn: Conn, link: PaymentLink, event_key: str, now: datetime) -> bool:
    """A provider has the money: the link and its order are paid, a confirmation is planned.
    False where this was known; told twice, it is as told once. Money for something that is paid
    or cancelled already goes to a person."""
    fresh = await payments.note_event(
        conn, link.payment_id, event_key, "paid", now, amount=link.amount
    )
    if not fresh or not await payments.change(conn, link.payment_id, "paid", now):
        return False
    others = await payments.links_for(conn, link.purpose, link.reference_id)
    problem = "paid_twice" if _paid_before(link, others) else None
    if link.purpose == "order":
        order = await orders.get_order(conn, link.reference_id, lock=True)
        if order.status == "cancelled":
            problem = "paid_after_cancelling"
        elif order.paid:
            problem = "paid_twice"
        await orders.set_status(conn, order.order_id, order.status, now, paid=True)
    for other in others:
        if other.status == "created" and link.purpose != "deposit":
            await withdraw(conn, other.payment_id, now)
    if problem is not None:
        await _to_a_person(conn, link, problem, now)
    await _confirm(conn, link, now)
    return True


def _paid_before(link: PaymentLink, others: list[PaymentLink]) -> bool:
    paid = [o for o in others if o.status == "paid" and o.payment_id != link.payment_id]
    return bool(paid) and link.purpose != "deposit"


async def _to_a_person(conn: Conn, link: PaymentLink, problem: str, now: datetime) -> None:
    """Money that may have to go back: finance looks at it."""
    if link.conversation_id is None:
        return
    language = known((await tenants.get_tenant(conn)).default_language)
    price = Price(link.amount, link.currency)
    handover = HandOver(
        HandOverReason.ACTION_REFUSED, Priority.HIGH,
        summary=fact(f"payment.{problem}", language, title=link.title, price=price),
        next_step=fact("payment.give_back", language, title=link.title), team="finance",
        detail={"payment_id": link.payment_id},
    )  # fmt: skip
    await turns.add_handover(conn, handover, link.conversation_id, None, now)


async def close_later(conn: Conn, payment_id: str, after: timedelta) -> None:
    """Have a link looked at when it is over: asked about, made unusable, expired."""
    await defer(
        conn, CLOSE, line="timed", schedule_in=max(0.0, after.total_seconds()),
        payment_id=payment_id,
    )  # fmt: skip


async def withdraw(conn: Conn, payment_id: str, now: datetime) -> bool:
    """A link must not be paid any more; the provider is told by a job. False where it is over."""
    if not await payments.change(conn, payment_id, "cancelled", now):
        return False
    await close_later(conn, payment_id, timedelta(0))
    return True


async def close_link(
    database: Database, gateways: Gateways, tenant_id: str, payment_id: str, now: datetime
) -> str:
    """What the job of `close_later` does; returns the link's state. A link that was paid without
    our hearing of it is paid; one whose asking nobody survived has failed.

    Raises:
        ProviderUnavailable: it should be tried again.
    """
    async with database.tenant(tenant_id) as conn:
        link = await payments.get_link(conn, payment_id)
        if link is None or link.status == "paid":
            return link.status if link else "gone"
        if link.status in ("asked", "created") and link.expires_at > now:
            await close_later(conn, payment_id, link.expires_at - now)
            return link.status
        provider = await gateways.provider(conn, tenant_id, link.provider)
    if provider is not None and link.external_id is not None:
        if await provider.sold(link.external_id):
            async with database.tenant(tenant_id) as conn:
                await note_paid(conn, link, f"asked:{link.external_id}", now)
            return "paid"
        await provider.cancel_link(link.external_id)
    async with database.tenant(tenant_id) as conn:
        await payments.change(conn, payment_id, OVER.get(link.status, link.status), now)
        closed = await payments.get_link(conn, payment_id)
    return closed.status if closed else "gone"


async def _confirm(conn: Conn, link: PaymentLink, now: datetime) -> None:
    if link.contact_id is None:
        return
    contact = await conversations.get_contact(conn, link.contact_id)
    tenant = await tenants.get_tenant(conn)
    await scheduled.plan(
        conn,
        Planned(
            contact_id=link.contact_id, kind="payment_received", subject_kind="payment",
            subject_id=link.payment_id, due_at=now, not_after=now + timedelta(days=2),
            dedupe_key=f"payment:{link.payment_id}:received",
            language=contact.language or tenant.default_language,
            data={"amount": str(link.amount), "currency": link.currency, "title": link.title},
            conversation_id=link.conversation_id,
        ),
        now,
    )  # fmt: skip


async def receive_iyzico(
    database: Database, gateways: TenantGateways, tenant_id: str, headers: Mapping[str, str],
    body: bytes, now: datetime,
) -> bool:  # fmt: skip
    """A webhook of iyzico for a tenant; True where it changed something. Headers in small letters.

    A signed notice must be signed right; for an account that does not sign, iyzico itself is asked
    whether the link was paid. Answer 2xx unless this raises: then it comes again.

    Raises:
        BadData: no payment notice. NotSignedIn: forged. NotFound: no such account or link.
        ProviderUnavailable: not signed, and iyzico cannot be asked now.
    """
    notice = read_notice(body, headers.get(SIGNATURE))
    async with database.tenant(tenant_id) as conn:
        account = await gateways.iyzico(conn, tenant_id)
        link = await payments.link_by_external(conn, "iyzico", notice.token)
    if account is None:
        raise NotFound("this tenant has no iyzico account")
    async with httpx.AsyncClient() as http:
        client = account.client(http)
        if notice.signature is not None and not client.genuine(notice):
            raise NotSignedIn("the notice is not signed with this account's key")
        if link is None:
            raise NotFound("no payment link of this tenant has this token")
        if notice.paid and notice.signature is None:
            await _asked(client, notice)
    async with database.tenant(tenant_id) as conn:
        if notice.paid:
            return await note_paid(conn, link, f"iyzico:{notice.key}", now)
        return await payments.note_event(
            conn, link.payment_id, f"iyzico:{notice.key}", "attempt", now,
            detail={"status": notice.status},
        )  # fmt: skip


async def _asked(client: Iyzico, notice: Notice) -> None:
    if not await client.sold(notice.token):
        raise NotSignedIn("the notice is not signed, and iyzico knows of no payment")


async def pay_page(conn: Conn, payment_id: str, now: datetime) -> PayPage:
    """What the sandbox's page shows for a payment. Raises NotFound: there is none."""
    link = await _sandbox_link(conn, payment_id)
    tenant = await tenants.get_tenant(conn)
    state = "open" if link.status in ("asked", "created") else link.status
    if state == "open" and link.expires_at <= now:
        state = "expired"
    language = tenant.default_language
    if link.contact_id is not None:
        language = (await conversations.get_contact(conn, link.contact_id)).language or language
    until = link.expires_at.astimezone(ZoneInfo(tenant.timezone))
    return PayPage(tenant.name, link.title, link.amount, link.currency, state, until, language)


async def pay_in_sandbox(conn: Conn, payment_id: str, now: datetime) -> bool:
    """Somebody pressed pay; False where it was paid before.

    Raises:
        NotFound: no such payment. Conflict: the link has expired or was cancelled.
    """
    page = await pay_page(conn, payment_id, now)
    if page.state not in ("open", "paid"):
        raise Conflict(f"this link is {page.state}: ask for a new one")
    link = await _sandbox_link(conn, payment_id)
    return await note_paid(conn, link, f"sandbox:{payment_id}", now)


async def _sandbox_link(conn: Conn, payment_id: str) -> PaymentLink:
    link = await payments.get_link(conn, payment_id)
    if link is None or link.provider != "sandbox":
        raise NotFound("there is no such payment")
    return link
