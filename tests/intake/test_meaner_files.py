"""What more of the mean things in files of shops and clinics is understood, and what is said where
it is not."""

from __future__ import annotations

from datetime import time

import pytest

from invekto.db.pool import Database
from invekto.errors import BadData
from invekto.intake import values
from invekto.intake.report import ImportReport
from invekto.intake.run import import_files
from tests.conftest import TestDatabase
from tests.test_tenancy import rows_of
from tests.tools.houses import NOW, House, tenant

WEEK = [1, 2, 3, 4, 5]


@pytest.fixture
async def shop(db: Database) -> House:
    return await tenant(db, "ecommerce")


async def take_in(house: House, name: str, text: str, code: str = "cp1254") -> ImportReport:
    return await import_files(house.db, house.id, [(name, text.encode(code))], now=NOW)


@pytest.mark.parametrize(
    ("cell", "spans"),
    [
        ("Pzt-Cum 09:00-18:00 öğle arası 12.30-13.30",
         [(WEEK, time(9), time(12, 30)), (WEEK, time(13, 30), time(18))]),
        ("Salı, Perşembe 10-17; Cmt 10-14",
         [([2, 4], time(10), time(17)), ([6], time(10), time(14))]),
        ("hafta içi 9-18 (mola 13-14)", [(WEEK, time(9), time(13)), (WEEK, time(14), time(18))]),
    ],
)  # fmt: skip
def test_hours_with_breaks_and_lists_of_days(cell: str, spans: list[object]) -> None:
    assert values.openings(cell) == spans


@pytest.mark.parametrize("cell", ["Salı, Çarşamba", "Pzt 9-18 öğle 8-9", "Pzt 9-18 öğle 17-19"])
def test_hours_that_are_none(cell: str) -> None:
    with pytest.raises(BadData, match=r"no opening|not within"):
        values.openings(cell)


async def test_a_phone_twice_and_a_question_twice(shop: House, database: TestDatabase) -> None:
    people = (
        "Telefon;Ad;Soyad;İzin\r\n0532 111 22 33;Ayşe;Yılmaz;E\r\n"
        "+90 (532) 111-22-33;AYŞE;YILMAZ;H\r\n"
    )
    asked = "Soru;Cevap\r\nKargo kaç günde gelir?;2 gün.\r\nkargo kaç günde gelir;3 gün.\r\n"
    for name, text, said in (
        ("musteri.csv", people, "a phone comes twice: its last row counts"),
        ("sss.csv", asked, "a question comes twice: its last answer counts"),
    ):
        [sheet] = (await take_in(shop, name, text)).sheets
        assert (sheet.counts, sheet.problems) == ({"created": 1}, [])
        assert said in sheet.guesses.found
        before = rows_of(database, shop.id)
        assert (await take_in(shop, name, text)).changes == 0
        assert rows_of(database, shop.id) == before


async def test_a_price_under_a_heading_of_its_own(shop: House) -> None:
    text = "STOK KODU;ÜRÜN;BEDENLER;ALIŞ;KDV'Lİ SATIŞ FYT\r\nGB-1;Kazak;S-M;450;1.199,90 TL\r\n"
    [sheet] = (await take_in(shop, "urunler.csv", text)).sheets
    assert sheet.counts == {"created": 1}
    assert {c.heading: c.field for c in sheet.columns if c.field}["KDV'Lİ SATIŞ FYT"] == "price"
    text = "STOK KODU;ÜRÜN;BİR ŞEY\r\nGB-2;Hırka;1.199,90\r\n"
    [sheet] = (await take_in(shop, "urunler.csv", text)).sheets
    assert [p.said for p in sheet.problems] == [
        "a new product needs a price: fill it in, or head its column 'Satış fiyatı'"
    ]


async def test_a_name_that_says_what_the_columns_do_not(db: Database) -> None:
    clinic = await tenant(db, "dental", health=True)
    text = "TARİH;SAAT;HASTA;GSM;NE İÇİN;HEKİM\r\n27.11.26;9;Ali Koç;532 444 55 66;dolgu;Ayla\r\n"
    [sheet] = (await take_in(clinic, "randevu.csv", text)).sheets
    assert sheet.kind == "customers"
    said = "its name says randevu, for which no column was taken as service"
    assert said in sheet.guesses.found
    [sheet] = (await take_in(clinic, "randevular.csv", "A;B\r\n1;2\r\n")).sheets
    assert sheet.kind is None
    assert any("no column was taken as practitioner, day, service" in x for x in sheet.left_out)
