"""Files as a shop and a clinic really send them, with what must come of each row."""

from __future__ import annotations

import io
from datetime import UTC, datetime, time
from decimal import Decimal

import openpyxl
import pytest

from invekto.db.pool import Database
from invekto.intake.report import ImportReport, SheetReport
from invekto.intake.run import import_files
from invekto.records import appointments, catalog, openings, orders, pricing
from tests.conftest import TestDatabase
from tests.test_tenancy import rows_of
from tests.tools.houses import House, tenant

NOW = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
STOCK = (
    "NEHİR BUTİK ÜRÜN LİSTESİ;;;;;;;\r\n"
    "Güncelleme: 20.11.2026;;;;;;;\r\n"
    ";;;;;;;\r\n"
    "St. Kodu;Ürün Adı;Grup;Bdn;Renk;S.Fiyatı (KDV Dahil);Stk;Brkd\r\n"
    "GML-01;Keten Gömlek;Gömlek;S/M/L;Mavi;1.250,00 TL;12;\r\n"
    'SAL-01;"İpek Şal; el dokuması";Aksesuar;;;TL 400;7 adet;8690000000017\r\n'
    ";;;;;;;\r\n"
    "KZK-01;Yün Kazak;Triko;M;Gri;899,9;5;\r\n"
    "KZK-01;Yün Kazak;Triko;M;Gri;949,90;5;\r\n"
    "ELB-01;Abiye Elbise;Elbise;38;Siyah;1.500-2.000;3;\r\n"
    "PNT-01;Keten Pantolon;Pantolon;M;Bej;fiyat sorunuz;4;\r\n"
    "CNT-01;Hasır Çanta;Çanta;;Doğal;750;yok;\r\n"
    "GENEL TOPLAM;;;;;;36;\r\n"
).encode("cp1254")
ORDERS = (
    "\ufeffOrder No,Sipariş Tarihi,Müşteri,Cep Tel,Ürün,Adet,Tutar,Durum\r\n"
    '1001,25.11.2026 14:30,Zeynep Karaca,0532 111 22 33,Keten Gömlek,1,"1.250,00",Kargoda\r\n'
    '1002,2026-11-24,Ali Can,+90 (533) 444-55-66,Kaşkol,2,"1.799,80",Teslim edildi\r\n'
    "1003,46350,Ece Ak,5321112244,Kaşkol,1,400,Hazırlanıyor\r\n"
    "1004,11/23/2026,Can Er,00905351112233,Kaşkol,1,750,İptal\r\n"
    "1005,31.02.2026,Naz Su,0532 111 22 33,Kaşkol,1,900,Kargoda\r\n"
    '1006,20.11.2026,Efe Bal,"5,32E+09",Kaşkol,1,900,Kargoda\r\n'
    "1007,20.11.2026,Oya Ün,0532 111 22 33,Kaşkol,1,-900,Kargoda\r\n"
    "1008,20.11.2026,Oya Ün,0532 111 22 33,Kaşkol,1,900,uzayda\r\n"
    'TOPLAM,,,,,,"5.999,80",\r\n'
).encode()


def clinic_book() -> bytes:
    book = openpyxl.Workbook()
    prices = book.active
    assert prices is not None
    prices.title = "Fiyatlar"
    for row in (
        ["İNCE DİŞ – 2026 FİYAT LİSTESİ"],
        [],
        ["İşlem", "Ücret", None, "Süre", "Kapora"],
        [None, "En düşük", "En yüksek", "(dk)", None],
        ["Diş taşı temizliği", 1500, 2000, 30, None],
        ["Kanal tedavisi", "3.500-5.000 TL", None, "60 dk", 500],
        ["İmplant", "22.000 TL'den başlayan", None, "1 saat", "5.000,00"],
        ["Muayene", "ücretsiz", None, 20, "—"],
        ["Zirkonyum", "sorunuz", None, 60, None],
        ["Toplam 5 işlem"],
    ):
        prices.append(row)  # fmt: skip
    for merged in ("A1:E1", "B3:C3", "A3:A4", "E3:E4"):
        prices.merge_cells(merged)
    sheets: dict[str, list[list[object]]] = {
        "Hekimler": [
            ["Ad Soyad", "Branş", "Çalışma saatleri", "İşlemler"],
            ["Dt. Selin Yurt", "Genel", "Pzt-Cum 09:00-18:00", "Diş taşı temizliği, Muayene"],
            ["Ahmet Bey", "Cerrahi", "Cumartesi 10:00-14:00", "İmplant"],
        ],
        "İzinler": [
            ["Hekim", "Başlangıç", "Bitiş", "Sebep"],
            ["Ahmet Bey", "05.12.2026", "12.12.2026", "kongre"],
            ["Selin", datetime(2026, 12, 31), datetime(2026, 12, 31), "yılbaşı"],
            ["Tüm klinik", "29.12.2026", "29.12.2026", "bakım"],
            ["Mehmet", "01.12.2026", "02.12.2026", ""],
        ],
        "Randevular": [
            ["Hasta", "Telefon", "Hekim", "İşlem", "Tarih", "Saat", "Durum"],
            ["Melis", "0544 555 24 85", "Selin", "Muayene", datetime(2026, 11, 27), "10.30",
             "onaylı"],
            ["Koray D.", "5355552388", "Ahmet Bey", "implant", 46354, "11:00", ""],
            ["Çakışan", "0532 000 00 01", "Selin", "Muayene", "27.11.2026", "10:30", ""],
            ["Saatsiz", "0532 000 00 02", "Selin", "Muayene", "27.11.2026", "", ""],
        ],
        "Eski fiyatlar": [["İşlem", "Fiyat"], ["Muayene", 1]],
    }  # fmt: skip
    for name, rows in sheets.items():
        page = book.create_sheet(name)
        for row in rows:
            page.append(row)
    book["Eski fiyatlar"].sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


SHOP_FILES = [("Ürün Listesi (SON) (2).csv", STOCK), ("siparisler.csv", ORDERS)]


def sheet(report: ImportReport, part: str) -> SheetReport:
    return next(one for one in report.sheets if part in one.label)


def faults(one: SheetReport) -> list[tuple[int, str]]:
    return [(problem.row, problem.column) for problem in one.problems]


@pytest.fixture
async def shop(db: Database) -> House:
    return await tenant(db, "ecommerce")


@pytest.fixture
async def clinic(db: Database) -> House:
    return await tenant(db, "dental", health=True)


async def test_a_shops_files(shop: House, database: TestDatabase) -> None:
    report = await import_files(shop.db, shop.id, SHOP_FILES, now=NOW)
    stock, sold = sheet(report, "Ürün"), sheet(report, "siparisler")
    assert stock.counts == {"created": 4}
    assert faults(stock) == [(10, "S.Fiyatı (KDV Dahil)"), (11, "S.Fiyatı (KDV Dahil)")]
    assert {
        "written in Windows-1254",
        "the stock of several sizes in one cell is shared out evenly",
        "a variant comes twice: its last row counts",
    } <= set(stock.guesses.found)
    async with shop.db.tenant(shop.id) as conn:
        products = {p.name: p for p in await catalog.products(conn)}
        variants = await catalog.variants(conn, [p.product_id for p in products.values()])
    assert {name: p.price for name, p in products.items()} == {
        "Keten Gömlek": Decimal("1250.00"), "İpek Şal; el dokuması": Decimal("400.00"),
        "Yün Kazak": Decimal("949.90"), "Hasır Çanta": Decimal("750.00"),
    }  # fmt: skip
    shirt = products["Keten Gömlek"].product_id
    assert [(v.size, v.stock_qty) for v in variants if v.product_id == shirt] == [
        ("S", 4), ("M", 4), ("L", 4)
    ]  # fmt: skip
    bag = products["Hasır Çanta"].product_id
    assert [v.stock_qty for v in variants if v.product_id == bag] == [0]

    assert sold.counts == {"created": 4}
    assert faults(sold) == [(6, "Sipariş Tarihi"), (7, "Cep Tel"), (8, "Tutar"), (9, "Durum")]
    assert "a line's price is the order's total by its quantity" in sold.guesses.found
    async with shop.db.tenant(shop.id) as conn:
        found = {n: (await orders.by_number(conn, n))[0] for n in ("1001", "1002", "1003", "1004")}
        lines = await orders.items(conn, [found["1002"].order_id])
    assert {o.customer_phone for o in found.values()} == {
        "+905321112233", "+905334445566", "+905321112244", "+905351112233",
    }  # fmt: skip
    assert [f"{o.placed_at:%d.%m}" for o in found.values()] == ["25.11", "24.11", "24.11", "23.11"]
    assert [i.unit_price for i in lines[found["1002"].order_id]] == [Decimal("899.90")]

    before = rows_of(database, shop.id)
    again = await import_files(shop.db, shop.id, SHOP_FILES, now=NOW)
    assert [s.counts for s in again.sheets] == [{"unchanged": 4}, {"unchanged": 4}]
    assert rows_of(database, shop.id) == before


async def test_a_clinics_workbook(clinic: House, database: TestDatabase) -> None:
    files = [("klinik.xlsx", clinic_book())]
    report = await import_files(clinic.db, clinic.id, files, now=NOW)
    prices, people = sheet(report, "Fiyatlar"), sheet(report, "Hekimler")
    away, booked = sheet(report, "İzinler"), sheet(report, "Randevular")
    assert (prices.counts, prices.problems) == ({"created": 5}, [])
    assert "a service whose price is asked for has none" in prices.guesses.found
    assert (people.counts, people.problems) == ({"created": 2}, [])
    assert (away.counts, faults(away)) == ({"created": 3}, [(5, "Hekim")])
    assert booked.counts == {"created": 2}
    assert faults(booked) == [(4, ""), (5, "Saat")] or faults(booked)[1][0] == 5
    assert "hidden in the workbook" in " ".join(sheet(report, "Eski").left_out)
    async with clinic.db.tenant(clinic.id) as conn:
        services = {s.name: s for s in await pricing.services(conn)}
        hours = await openings.open_hours(conn)
        visits = await appointments.appointments_between(conn, NOW, NOW.replace(year=2027))
    told = {name: (s.price_min, s.price_max, s.duration_minutes) for name, s in services.items()}
    assert told == {
        "Diş taşı temizliği": (Decimal(1500), Decimal(2000), 30),
        "Kanal tedavisi": (Decimal(3500), Decimal(5000), 60),
        "İmplant": (Decimal(22000), None, 60),
        "Muayene": (Decimal(0), Decimal(0), 20),
        "Zirkonyum": (None, None, 60),
    }
    week = {(h.practitioner_id, h.weekday, h.start_time, h.end_time) for h in hours}
    assert week == {("selin-yurt", day, time(9), time(18)) for day in range(1, 6)} | {
        ("ahmet-bey", 6, time(10), time(14))
    }
    assert [(v.patient_name, v.status) for v in visits] == [
        ("Melis", "confirmed"), ("Koray D.", "booked"),
    ]  # fmt: skip
    before = rows_of(database, clinic.id)
    again = await import_files(clinic.db, clinic.id, files, now=NOW)
    assert again.changes == 0
    assert rows_of(database, clinic.id) == before
