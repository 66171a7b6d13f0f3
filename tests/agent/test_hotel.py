"""A sector from outside the package: examples/hotel is loaded, imported and answered."""

from __future__ import annotations

from pathlib import Path

import pytest

from examples.hotel.pms import open_pms
from invekto.agent.assembly import Engine, build_engine
from invekto.contracts.clock import fixed_clock
from invekto.db.pool import Database
from invekto.intake.tenants import take_in
from invekto.settings import Settings, settings
from tests.agent.conftest import NOW, Desk
from tests.conftest import HOME

HOTEL = Path(__file__).resolve().parents[2] / "examples" / "hotel" / "business"
GUEST, STRANGER = "+905301112233", "+905309998877"


@pytest.fixture(scope="module")
async def hotel(db: Database) -> Desk:
    await take_in(db, HOTEL, NOW)
    chosen = Settings(data_dir=HOME, sectors="examples.hotel.sector")
    return Desk(build_engine(chosen, db, clock=fixed_clock(NOW)))


@pytest.fixture(scope="module")
def engine(hotel: Desk) -> Engine:
    return hotel.engine


async def test_rooms_free_for_the_asked_night(hotel: Desk) -> None:
    handled = await hotel.say("mavi-koy", STRANGER, "yarın için boş odanız var mı")
    [result] = handled.worked.state.results
    assert result.intent == "room_availability"
    assert "Standart oda" in handled.reply
    assert "3.200 TL" in handled.reply
    assert "Aile odası" not in handled.reply


async def test_ones_own_reservation_and_nobody_elses(hotel: Desk) -> None:
    mine = await hotel.say("mavi-koy", GUEST, "rezervasyonum hangi tarihteydi")
    assert "MK2041" in mine.reply
    theirs = await hotel.say("mavi-koy", STRANGER, "MK2042 numaralı rezervasyonun durumu nedir")
    assert "Deniz manzaralı" not in (theirs.committed.reply or "")


async def test_check_in_time_comes_from_the_faq(hotel: Desk) -> None:
    handled = await hotel.say("mavi-koy", "+905309998866", "odaya kaçta girebiliyoruz")
    assert "14.00" in (handled.committed.reply or "")


def test_the_pms_counts_nights() -> None:
    pms = open_pms(NOW.date())
    sea = next(r for r in pms.rooms if r.code == "SEA")
    days = {r.number: r for r in pms.reservations}
    arrival = days["MK2041"].arrival
    assert pms.free(sea, arrival, days["MK2041"].departure) == 0
    assert settings().sectors == ""
