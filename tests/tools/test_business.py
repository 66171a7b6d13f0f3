"""Hours, leads, hand-overs, the calendar feed, and the words all tools share."""

from __future__ import annotations

import re
import string
from datetime import date, time, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest
import yaml
from icalendar import Calendar

from invekto.contracts.messages import InboundMessage
from invekto.records import conversations, leads, openings, turns
from invekto.tools import ical
from invekto.tools.contract import ContactView
from invekto.tools.lead_score import Signals, score
from tests.neighbours.appointments import appointment
from tests.tools.houses import NOW, House, contact, context
from tests.tools.test_orders import box, commit, propose, read, refused

TOOLS = Path(__file__).parents[2] / "invekto" / "tools"


@pytest.fixture
async def ayse(shop: House) -> ContactView:
    return await contact(shop, "+905321112233")


async def test_hours_of_today_a_closed_day_and_a_holiday(shop: House, ayse: ContactView) -> None:
    found = await read(shop, ayse, "business.info")
    assert found.open_now
    assert found.asked.hours_text("tr") == "09.00–18.30"
    sunday = await read(shop, ayse, "business.info", day="2026-11-29")
    assert not sunday.asked.open
    assert any("29 Kasım Pazar günü kapalı" in s for s in sunday.facts("tr"))
    async with shop.db.tenant(shop.id) as conn:
        day = date(2026, 11, 26)
        await openings.save_holiday(conn, openings.Holiday(day, "Arife", {}, time(9), time(13)))
        await openings.save_holiday(conn, openings.Holiday(NOW.date(), "Bayram"))
    today = await read(shop, ayse, "business.info")
    assert (today.open_now, today.asked.holiday) == (False, "Bayram")
    assert today.next_opening.isoformat() == "2026-11-26T09:00:00+03:00"
    half = await read(shop, ayse, "business.info", day="2026-11-26")
    assert half.asked.hours_text("en") == "09:00–13:00"


async def test_a_business_that_said_nothing_hands_over(clinic: House) -> None:
    who = await contact(clinic, None)
    assert await refused(read(clinic, who, "business.info")) == "no_profile"


async def test_a_lead_is_kept_scored_and_not_doubled(shop: House, ayse: ContactView) -> None:
    wish = {"interest": "100 adet toptan keten gömlek", "quantity": 100, "company": "Otel AŞ"}
    made = await commit(shop, ayse, await propose(shop, ayse, "leads.capture", **wish))
    assert made.hot
    assert made.reasons[0] == "large_quantity"
    again = await commit(
        shop, ayse, await propose(shop, ayse, "leads.capture", interest="fiyat alabilir miyim")
    )
    assert again.lead_id == made.lead_id
    async with shop.db.tenant(shop.id) as conn:
        lead = await leads.get_lead(conn, made.lead_id)
        assert (lead.quantity, lead.company) == (100, "Otel AŞ")
        assert len(await leads.activities(conn, made.lead_id)) == 2
        assert "b2b_signal" in await leads.flags(conn, ayse.contact_id)
    assert "100" not in " ".join(made.facts("tr")).replace("+905321112233", "")


async def test_where_a_lead_came_from(shop: House) -> None:
    referral = {"ctwa_clid": "abc", "source_id": "ad-7", "headline": "Kış"}
    async with shop.db.tenant(shop.id) as conn:
        received = await conversations.receive(
            conn,
            InboundMessage("whatsapp", "905001", "m-ad", "merhaba", NOW, referral=referral),
            NOW,
        )
        contact_id = (await conversations.get(conn, received.conversation_id)).contact_id
    who = ContactView(contact_id, None, None, False, "tr", "whatsapp")
    assert await refused(
        propose(shop, who, "leads.capture", interest="bilgi", need_phone=True)
    ) == "phone_needed"  # fmt: skip
    made = await commit(shop, who, await propose(shop, who, "leads.capture", interest="bilgi"))
    async with shop.db.tenant(shop.id) as conn:
        lead = await leads.get_lead(conn, made.lead_id)
    assert (lead.source, lead.referral["source_id"]) == ("whatsapp_ad", "ad-7")


def test_scores_add_up_and_end_at_a_hundred() -> None:
    assert score(Signals()).points == 0
    everything = Signals(
        "acil toptan sipariş vermek istiyoruz otelimiz için", "referral", True, True, True, 500,
        Decimal(100), Decimal(50), 3,
    )  # fmt: skip
    assert score(everything).points == 100
    assert not score(Signals("merhaba", phone=True)).hot


async def test_a_hand_over_has_its_reason_and_team(shop: House, ayse: ContactView) -> None:
    async with shop.db.tenant(shop.id) as conn:
        received = await conversations.receive(
            conn,
            InboundMessage("whatsapp", "905002", "m-ho", "yetkili lütfen", NOW),
            NOW,
        )
        ctx = context(
            shop, conn, ayse, conversation_id=received.conversation_id, turn_id=None, key="h"
        )
        tool = box.get("handoff.request")
        action = await tool.propose(ctx, {"reason": "emergency", "summary": "ağrı"})
        made = await tool.commit(ctx, action)
        assert (made.team, made.priority) == ("clinical", "urgent")
        assert len(await turns.open_handovers(conn)) == 1


def test_the_calendar_feed(clinic: House) -> None:
    rows = [appointment("apt_1", NOW + timedelta(days=1), status="confirmed", patient_name="A B")]
    written = partial(
        ical.feed, services={"temizlik": "Diş temizliği"}, practitioners={"ece": "Dt. Ece"}
    )
    feed = Calendar.from_ical(written(clinic.view, rows))
    event = feed.walk("VEVENT")[0]
    assert str(event["summary"]) == "Diş temizliği – Dt. Ece"
    assert event.decoded("dtstart") == NOW + timedelta(days=1)
    assert str(event["status"]) == "CONFIRMED"
    inside = written(clinic.view, rows, with_names=True)
    assert b"A B" in inside


def _table(name: str) -> dict[str, dict[str, str]]:
    text = (TOOLS / "words" / f"{name}.yaml").read_text(encoding="utf-8")
    table: dict[str, dict[str, str]] = yaml.safe_load(text)
    return table


@pytest.mark.parametrize("name", ["facts", "labels", "refusals", "messages"])
def test_every_sentence_is_there_in_three_languages_with_the_same_places(name: str) -> None:
    for key, entry in _table(name).items():
        assert set(entry) == {"tr", "en", "ar"}, key
        places = [
            {field for _, field, _, _ in string.Formatter().parse(text) if field}
            for text in entry.values()
        ]
        if name != "messages":
            assert places[0] == places[1] == places[2], key


def test_every_sentence_named_in_code_exists() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in TOOLS.glob("*.py"))
    facts, refusals = _table("facts"), _table("refusals")
    named = set(re.findall(r'fact\(\s*"([a-z_.]+)"', code))
    assert named <= facts.keys()
    refused_with = set(re.findall(r'refuse\(\s*ctx,\s*"([a-z_]+)"', code))
    assert refused_with <= refusals.keys()
    from invekto.tools.order_states import ALLOWED

    assert {w for table in ALLOWED.values() for w in table.values() if w} <= refusals.keys()
