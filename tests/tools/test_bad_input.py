"""What customers get wrong, and what goes wrong for them: each a sentence they can be shown, in
their language, and a state that is right."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from string import Formatter

import pytest
import yaml

from invekto.errors import Refused
from invekto.records import appointments, orders, payments, pricing
from invekto.tools.contract import ContactView
from invekto.tools.toolbox import Toolbox, standard_tools
from tests.tools import houses
from tests.tools.houses import NOW, SCARF, House, contact, context, order

box = Toolbox(standard_tools())


async def said(
    house: House, who: ContactView, tool: str, args: dict[str, object], language: str = "tr"
) -> tuple[str, str]:
    """Reason and sentence of a refusal, whichever way the tool is used."""
    async with house.db.tenant(house.id) as conn:
        ctx = context(house, conn, replace(who, language=language))
        used = box.get(tool)
        with pytest.raises(Refused) as caught:
            await (used.propose if used.check else used.read)(ctx, args)
    return caught.value.reason, caught.value.message


@pytest.mark.parametrize("language", ["tr", "en", "ar"])
@pytest.mark.parametrize(
    ("tool", "args", "reason"),
    [
        ("orders.track", {"number": "NM-99999"}, "identity"),
        ("orders.track", {"number": "20001"}, "identity"),
        ("orders.track", {"number": "20001", "second_factor": "0000"}, "no_match"),
        ("orders.request_cancel", {"number": "10452"}, "already_shipped"),
        ("payments.create_link", {"purpose": "quote", "reference": "T-XXXXXX"}, "unknown_quote"),
    ],
)
async def test_a_shops_customer(
    shop: House, tool: str, args: dict[str, object], reason: str, language: str
) -> None:
    who = await contact(shop, "+905321112233")
    found, sentence = await said(shop, who, tool, args, language)
    assert found == reason
    assert len(sentence) > 15
    assert "{" not in sentence
    assert (language == "ar") is any("\u0600" <= c <= "\u06ff" for c in sentence)


@pytest.mark.parametrize(
    ("args", "reason"),
    [
        ({"service": "implant", "day": "2026-11-20"}, "past_date"),
        ({"service": "implant", "day": "2028-01-01"}, "too_far"),
        ({"service": "saç ekimi"}, "unknown_service"),
        ({"service": "implant", "practitioner": "Kamil"}, "unknown_practitioner"),
    ],
)
async def test_a_patient(clinic: House, args: dict[str, object], reason: str) -> None:
    who = await contact(clinic, "+905321112233")
    found, sentence = await said(clinic, who, "slots.search", args)
    assert found == reason
    assert len(sentence) > 15


async def test_a_closed_day_says_so_and_offers_the_nearest(clinic: House) -> None:
    who = await contact(clinic, "+905321112233")
    async with clinic.db.tenant(clinic.id) as conn:
        wish = {"service": "implant", "day": "2026-11-28"}
        found = await box.get("slots.search").read(context(clinic, conn, who), wish)
    assert (found.met, found.why_not) == (False, "closed")
    assert found.options


async def test_an_expired_hold_is_taken_anew_or_refused(clinic: House) -> None:
    """Held, let go, and meanwhile booked by somebody else: the first is told, nothing doubles."""
    first, second = await contact(clinic, "+905321112233"), await contact(clinic, "+905440000009")
    wish = {"service": "implant", "starts_at": "2026-11-26T10:00+03:00"}
    async with clinic.db.tenant(clinic.id) as conn:
        held = await box.get("slots.book").propose(context(clinic, conn, first), wish)
    late = NOW + timedelta(hours=2)
    async with clinic.db.tenant(clinic.id) as conn:
        ctx = context(clinic, conn, second, now=late, key="second")
        await box.get("slots.book").commit(ctx, await box.get("slots.book").propose(ctx, wish))
    with pytest.raises(Refused) as caught:
        await houses.commit(clinic, box.get("slots.book"), held, first)
    assert caught.value.reason == "slot_taken"
    async with clinic.db.tenant(clinic.id) as conn:
        found = await appointments.appointments_between(conn, NOW, NOW + timedelta(days=3))
    assert [a.contact_id for a in found] == [second.contact_id]


async def test_an_expired_quote_and_a_paid_order_make_no_link(shop: House) -> None:
    who = await contact(shop, "+905321112233")
    async with shop.db.tenant(shop.id) as conn:
        await orders.save_order(conn, order("NM-10470", "new", paid=True), [SCARF])
        quote = pricing.Quote(
            "q1", "T-ABC234", [], Decimal(10), Decimal(10), "TRY", NOW - timedelta(minutes=1),
            contact_id=who.contact_id,
        )  # fmt: skip
        await pricing.add_quote(conn, quote, "q1", NOW - timedelta(days=8))
    for purpose, reference, reason in (
        ("quote", "T-ABC234", "quote_expired"), ("order", "NM-10470", "already_paid"),
    ):  # fmt: skip
        found, sentence = await said(
            shop, who, "payments.create_link", {"purpose": purpose, "reference": reference}
        )
        assert (found, "{" in sentence) == (reason, False)
    async with shop.db.tenant(shop.id) as conn:
        assert await payments.links_for(conn, "quote", "q1") == []


def test_every_refusal_speaks_three_languages_alike() -> None:
    from importlib import resources

    text = (resources.files("invekto.tools") / "words" / "refusals.yaml").read_text("utf-8")
    for reason, said_in in yaml.safe_load(text).items():
        assert set(said_in) == {"tr", "en", "ar"}, reason
        named = [{n for _, n, _, _ in Formatter().parse(one) if n} for one in said_in.values()]
        assert named[0] == named[1] == named[2], reason
