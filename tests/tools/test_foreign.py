"""Random attempts on somebody else's appointment, quote and held time: none succeeds."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from invekto.contracts.action import ProposedAction
from invekto.errors import BadData, NotAllowed, Refused
from invekto.records import appointments, catalog, payments
from invekto.tools.contract import ContactView
from invekto.tools.toolbox import Toolbox, standard_tools
from tests.tools.houses import NOW, House, contact, context
from tests.tools.test_orders import commit, propose, read

box = Toolbox(standard_tools())
ATTEMPTS = 1000


async def others(house: House) -> list[ContactView]:
    """People who are not Ayşe: one of them claims her phone, others her name."""
    mehmet = await contact(house, "+905449998877", name="Mehmet Demir")
    named_alike = await contact(house, None)
    return [
        mehmet,
        replace(named_alike, phone="+905321112233", phone_verified=False),
        named_alike,
        await contact(house, None, name=None),
        await contact(house, "+905000000000", name="X"),
    ]


async def test_a_thousand_attempts_on_somebody_elses_time(clinic: House) -> None:
    rng = random.Random(20261126)
    ayse = await contact(clinic, "+905321112233")
    wish = {"service": "implant", "starts_at": "2026-11-27T10:00+03:00"}
    await commit(clinic, ayse, await propose(clinic, ayse, "slots.book", **wish))
    held = {"service": "temizlik", "starts_at": "2026-11-27T14:00+03:00", "practitioner": "ece"}
    await propose(clinic, ayse, "slots.book", **held)
    callers = await others(clinic)
    async with clinic.db.tenant(clinic.id) as conn:
        [booked] = await appointments.appointments_between(conn, NOW, NOW + timedelta(days=9))
        holds = await appointments.holds_of(conn, ayse.contact_id, NOW)
        done = 0
        for number in range(ATTEMPTS):
            who = rng.choice(callers)
            tool, args = rng.choice(
                (
                    ("slots.cancel", {"appointment_id": booked.appointment_id}),
                    ("slots.confirm", {"appointment_id": booked.appointment_id}),
                    ("slots.move", {"appointment_id": booked.appointment_id,
                                    "starts_at": "2026-11-30T10:00+03:00"}),
                    ("slots.cancel", {}),
                    ("slots.book", wish),
                    ("slots.book", held),
                )
            )  # fmt: skip
            forged = ProposedAction(tool, args, {}, f"k{number}")
            try:
                await box.get(tool).commit(context(clinic, conn, who, key=f"k{number}"), forged)
                done += 1
            except (Refused, BadData, NotAllowed):
                pass
        assert done == 0
        after = await appointments.appointments_between(conn, NOW, NOW + timedelta(days=9))
        assert after == [booked]
        assert await appointments.holds_of(conn, ayse.contact_id, NOW) == holds


async def test_attempts_on_somebody_elses_quote(shop: House) -> None:
    rng = random.Random(20261127)
    ayse = await contact(shop, "+905321112233")
    async with shop.db.tenant(shop.id) as conn:
        product = catalog.Product("mum", "MUM", "Soya Mumu", Decimal(900))
        variant = catalog.Variant("mum-1", "mum", "mum-1", stock_qty=9)
        await catalog.save_product(conn, product, [variant])
    action = await propose(shop, ayse, "pricing.quote", items=[{"name": "soya mumu"}])
    given = await commit(shop, ayse, action)
    callers = await others(shop)
    link = box.get("payments.create_link")
    for who in callers:
        assert (await read(shop, who, "pricing.quotes", about=given.number)).meant is None
    async with shop.db.tenant(shop.id) as conn:
        shown, reasons = 0, set[str]()
        for _ in range(200):
            number = rng.choice([given.number, given.number.lower(), given.quote_id])
            try:
                ctx = context(shop, conn, rng.choice(callers))
                await link.propose(ctx, {"purpose": "quote", "reference": number})
                shown += 1
            except Refused as refused:
                reasons.add(refused.reason)
        assert (shown, reasons) == (0, {"unknown_quote"})
        assert await payments.links_for(conn, "quote", given.quote_id) == []
