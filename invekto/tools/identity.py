"""Whose order is it: a contact sees their own, or one whose number they know with a second factor.

Unknown numbers and other people's are refused in the same words, so that asking tells nothing.
"""

from __future__ import annotations

from datetime import timedelta

from invekto.records import orders
from invekto.records.orders import Order, key_of
from invekto.text.normalise import fold
from invekto.tools.contract import ToolContext
from invekto.tools.wording import refuse

MAX_TRIES = 5
"""Second factors that may fail within `TRIES_WITHIN`, by one contact or for one order."""
TRIES_WITHIN = timedelta(hours=24)
STAFF = frozenset({"agent", "supervisor", "owner"})


def acts_for_staff(ctx: ToolContext) -> bool:
    """Without a contact, people of the business see what is the business's."""
    return ctx.contact is None and ctx.role in STAFF


async def find_orders(
    ctx: ToolContext,
    number: str | None,
    second_factor: str | None = None,
    *,
    tracking: str | None = None,
    limit: int = 5,
) -> list[Order]:
    """The orders this caller may see: by number, by tracking number, else the recent ones.

    Raises:
        Refused: order_number (nothing to go by), identity (a second factor is needed), no_match,
            too_many_tries.
    """
    if number is None and tracking is None:
        return await _recent(ctx, limit)
    asked = number or tracking or ""
    found = await (
        orders.by_number(ctx.conn, number)
        if number is not None
        else orders.by_tracking(ctx.conn, asked)
    )
    if acts_for_staff(ctx):
        return found
    mine = [order for order in found if owns(ctx, order)]
    if mine:
        return mine
    if second_factor is None:
        raise refuse(ctx, "identity", number=asked)
    return await _prove(ctx, found, asked, second_factor)


async def _recent(ctx: ToolContext, limit: int) -> list[Order]:
    contact = ctx.contact
    if contact is None:
        raise refuse(ctx, "order_number")
    phone = contact.phone if contact.phone_verified else None
    found = await orders.recent(ctx.conn, contact_id=contact.contact_id, phone=phone, limit=limit)
    if found:
        return found
    for reference in sorted(contact.proven)[:limit]:
        proved = await orders.by_number(ctx.conn, reference)
        found += [order for order in proved if owns(ctx, order)]
    if not found and not contact.phone_verified:
        raise refuse(ctx, "order_number")
    return found


def owns(ctx: ToolContext, order: Order) -> bool:
    """Whether the order is the contact's: theirs by record, by verified phone, or proven."""
    contact = ctx.contact
    if contact is None:
        return acts_for_staff(ctx)
    if order.contact_id is not None and order.contact_id == contact.contact_id:
        return True
    if contact.phone_verified and contact.phone and contact.phone == order.customer_phone:
        return True
    return key_of(order.number) in {key_of(reference) for reference in contact.proven}


async def _prove(ctx: ToolContext, candidates: list[Order], asked: str, factor: str) -> list[Order]:
    contact = ctx.contact
    if contact is None:
        raise refuse(ctx, "identity", number=asked)
    key = key_of(asked)
    tried = await orders.failed_proofs(ctx.conn, contact.contact_id, key, ctx.now - TRIES_WITHIN)
    if tried >= MAX_TRIES:
        raise refuse(ctx, "too_many_tries")
    proved = [order for order in candidates if fits(factor, order)]
    if not proved:
        await orders.note_failed_proof(ctx.conn, contact.contact_id, key, ctx.now)
        raise refuse(ctx, "no_match", number=asked)
    return proved


def fits(factor: str, order: Order) -> bool:
    """Whether a second factor is the order's phone (last four digits or whole), postcode,
    e-mail, surname or full name."""
    said = fold(factor).strip(" .,;:!?'\"")
    digits = "".join(c for c in said if c.isdecimal())
    if digits and not any(c.isalpha() for c in said):
        return _number_fits(digits, order)
    if "@" in said:
        return bool(order.customer_email) and said == fold(order.customer_email or "")
    name = fold(order.customer_name or "").split()
    words = said.split()
    return len(name) >= 2 and len(name[-1]) >= 2 and words in ([name[-1]], name)


def _number_fits(digits: str, order: Order) -> bool:
    phone = "".join(c for c in order.customer_phone or "" if c.isdecimal())
    if len(phone) >= 10 and (digits == phone[-4:] or digits[-10:] == phone[-10:]):
        return True
    return bool(order.postcode) and len(digits) == 5 and digits == order.postcode
