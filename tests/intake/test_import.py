"""Files as shops and clinics really have them, into the records and back out."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from invekto.db.pool import Database
from invekto.errors import BadData, NotFound
from invekto.intake.headings import Choice
from invekto.intake.run import create_tenant, gather, import_files
from invekto.records import appointments, catalog, consents, openings, orders, pricing
from tests.conftest import TestDatabase
from tests.test_tenancy import rows_of
from tests.tools.houses import House, tenant

NOW = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
PRODUCTS = (
    "sep=;\r\n"
    "Nehir Moda stok listesi;;;;;;\r\n"
    ";;;;;;\r\n"
    "Stok Kodu;Ürün Adı;Kategori;Beden;Renk;Satış Fiyatı;Stok Adedi;Raf\r\n"
    "GML-S;Keten Gömlek;Gömlek;S;Mavi;1.250,00;3;A1\r\n"
    "GML-M;Keten Gömlek;Gömlek;M;Mavi;1.250,00 TL;0;A1\r\n"
    'SAL-1;"İpek Şal; el dokuması";Aksesuar;;;TL 400;12 adet;A2\r\n'
    "KZK-1;Yün Kazak;Kazak;L;Gri;sorunuz;5;A3\r\n"
    "KZK-2;Yün Kazak Kalın;Kazak;L;Gri;900;-2;A3\r\n"
    "TOPLAM;;;;;;20;\r\n"
)


def product_files() -> list[tuple[str, bytes]]:
    return [("stok.csv", PRODUCTS.encode("cp1254"))]


@pytest.fixture
async def shop(db: Database) -> House:
    return await tenant(db, "ecommerce")


@pytest.fixture
async def clinic(db: Database) -> House:
    return await tenant(db, "dental", health=True)


async def test_a_turkish_excel_csv(shop: House, database: TestDatabase) -> None:
    report = await import_files(shop.db, shop.id, product_files(), now=NOW)
    [sheet] = report.sheets
    assert (sheet.kind, sheet.counts) == ("products", {"created": 2})
    assert [(p.row, p.column) for p in sheet.problems] == [(7, "Satış Fiyatı"), (8, "Stok Adedi")]
    assert "columns Raf" in sheet.left_out
    assert "written in Windows-1254" in sheet.guesses.found
    async with shop.db.tenant(shop.id) as conn:
        shirt, scarf = await catalog.products(conn)
        sizes = await catalog.variants(conn, [shirt.product_id])
    assert scarf.name == "İpek Şal; el dokuması"
    assert (scarf.price, scarf.sku) == (Decimal("400.00"), "SAL-1")
    assert (shirt.name, shirt.price) == ("Keten Gömlek", Decimal("1250.00"))
    assert [(v.sku, v.size, v.stock_qty) for v in sizes] == [("GML-S", "S", 3), ("GML-M", "M", 0)]

    before = rows_of(database, shop.id)
    again = await import_files(shop.db, shop.id, product_files(), now=NOW)
    assert again.sheets[0].counts == {"unchanged": 2}
    assert rows_of(database, shop.id) == before


async def test_a_dry_run_says_the_same_and_changes_nothing(
    shop: House, database: TestDatabase
) -> None:
    before = rows_of(database, shop.id)
    dry = await import_files(shop.db, shop.id, product_files(), now=NOW, dry_run=True)
    assert rows_of(database, shop.id) == before
    wet = await import_files(shop.db, shop.id, product_files(), now=NOW)
    assert dry.sheets == wet.sheets
    assert "dry run" in dry.lines()[-1]


async def test_a_stock_list_changes_stock_alone(shop: House) -> None:
    await import_files(shop.db, shop.id, product_files(), now=NOW)
    news = b"SKU,Stock\nGML-M,7\nGML-S,3\nYOK-1,5\n"
    report = await import_files(shop.db, shop.id, [("stock.csv", news)], now=NOW)
    [sheet] = report.sheets
    assert sheet.counts == {"changed": 1}
    assert [p.row for p in sheet.problems] == [4]
    async with shop.db.tenant(shop.id) as conn:
        found = await catalog.products(conn)
        shirt = next(p for p in found if p.name == "Keten Gömlek")
        sizes = await catalog.variants(conn, [shirt.product_id])
    assert {v.sku: v.stock_qty for v in sizes} == {"GML-S": 3, "GML-M": 7}
    assert shirt.price == Decimal("1250.00")


ORDERS = (
    "Sipariş No;Kanal;Sipariş Tarihi;Müşteri;Telefon;Ürün;Adet;Birim Fiyat;Durum;Kargo Firması;"
    "Kargo Takip No\r\n"
    "10452;Trendyol;24.11.2026 14:05;Ayşe Yılmaz;0532 111 22 33;Keten Gömlek;2;1.250,00;Kargoda;"
    "Aras;7340112233445\r\n"
    "10452;Trendyol;24.11.2026 14:05;Ayşe Yılmaz;0532 111 22 33;İpek Şal;1;400;Kargoda;Aras;"
    "7340112233445\r\n"
    "10453;Site;31.02.2026;Ali;5E+09;Şal;1;400;Kargoda;;\r\n"
    "10454;Site;24.11.2026;Can;+49 151 23456789;Şal;1;400;uçtu;;\r\n"
)


async def test_orders_line_by_line(shop: House, database: TestDatabase) -> None:
    files = [("siparisler.csv", b"\xef\xbb\xbf" + ORDERS.encode())]
    report = await import_files(shop.db, shop.id, files, now=NOW)
    [sheet] = report.sheets
    assert (sheet.kind, sheet.counts) == ("orders", {"created": 1})
    assert [p.row for p in sheet.problems] == [4, 5]
    async with shop.db.tenant(shop.id) as conn:
        [order] = await orders.by_number(conn, "10452")
        lines = (await orders.items(conn, [order.order_id]))[order.order_id]
    assert (order.status, order.provider) == ("shipped", "trendyol")
    assert order.total == Decimal("2900.00")
    assert order.customer_phone == "+905321112233"
    assert order.placed_at == datetime(2026, 11, 24, 11, 5, tzinfo=UTC)
    assert [(i.name, i.quantity) for i in lines] == [("Keten Gömlek", 2), ("İpek Şal", 1)]
    before = rows_of(database, shop.id)
    again = await import_files(shop.db, shop.id, files, now=NOW)
    assert again.changes == 0
    assert rows_of(database, shop.id) == before


def clinic_book() -> bytes:
    """One workbook: merged headings over prices, people with hours, appointments, FAQs."""
    book = openpyxl.Workbook()
    page = book.active
    page.title = "Hizmetler"
    page.append(["İnci Diş fiyat listesi 2026"])
    page.merge_cells("A1:E1")
    page.append(["Hizmet", "Süre", "Fiyat", None, "Kapora"])
    page.append([None, None, "Min", "Max", None])
    for cells in ("A2:A3", "B2:B3", "C2:D2", "E2:E3"):
        page.merge_cells(cells)
    page.append(["Diş taşı temizliği", "40 dk", "1.800,00", 2600, 500])
    page.append(["İmplant", 58, 28000, None, None])
    page.append(["Kanal tedavisi", "1 saat", 5000, 4000, None])
    people = book.create_sheet("Hekimler")
    people.append(["Hekim", "Diller", "Hizmetler", "Günler", "Başlangıç", "Bitiş"])
    people.append(["Dt. Ece Aydın", "Türkçe, İngilizce", "İmplant", "Pzt-Cum", "09:00", "18:00"])
    people.append(["Dt. Ece Aydın", None, None, "Cumartesi", "10:00", "14:00"])
    people.append(["Uzm. Dt. Kaan Er", "Türkçe", None, "Salı", "18:00", "09:00"])
    diary = book.create_sheet("Randevular")
    diary.append(["Tarih", "Saat", "Hekim", "İşlem", "Hasta", "Telefon", "Durum"])
    when, cleaning = datetime(2026, 11, 26), "Diş taşı temizliği"
    diary.append([when, "10:00", "Ece Aydın", cleaning, "Ayşe", 5321112233, "Onaylandı"])
    diary.append([when, "10:20", "Ece Aydın", cleaning, "Can", "0533 111 22 33", ""])
    diary.append([when, "11:00", "Ece Aydın", "Dolgu", "Can", "0533 111 22 33", ""])
    off = book.create_sheet("İzinler")
    off.append(["Hekim", "İzin başlangıcı", "İzin bitişi", "Neden"])
    off.append(["Ece Aydın", "10.12.2026", "11.12.2026", "kongre"])
    sss = book.create_sheet("SSS")
    sss.append(["Soru", "Cevap"])
    sss.append(["Otoparkınız var mı?", "Yanımızdaki otopark ilk saat ücretsizdir."])
    book.create_sheet("Notlar").append(["kira ödendi", "x"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


async def test_a_clinic_in_one_workbook(clinic: House, database: TestDatabase) -> None:
    files = [("inci.xlsx", clinic_book())]
    report = await import_files(clinic.db, clinic.id, files, now=NOW)
    by_kind = {sheet.kind: sheet for sheet in report.sheets}
    assert by_kind["services"].counts == {"created": 2}
    assert [p.row for p in by_kind["services"].problems] == [6]
    assert by_kind["practitioners"].counts == {"created": 1}
    assert [p.row for p in by_kind["practitioners"].problems] == [4]
    assert by_kind["appointments"].counts == {"created": 1}
    assert [p.row for p in by_kind["appointments"].problems] == [3, 4]
    assert by_kind["time_off"].counts == by_kind["faqs"].counts == {"created": 1}
    assert by_kind[None].label == "inci.xlsx / Notlar"
    async with clinic.db.tenant(clinic.id) as conn:
        services = {s.name: s for s in await pricing.services(conn)}
        [ece] = await openings.practitioners(conn)
        hours = await openings.open_hours(conn)
        booked = await appointments.appointments_of(
            conn, contact_id=None, phone="+905321112233", after=NOW
        )
        away = await openings.time_off(conn, NOW, datetime(2027, 1, 1, tzinfo=UTC))
    cleaning, implant = services["Diş taşı temizliği"], services["İmplant"]
    assert (cleaning.price_min, cleaning.price_max) == (Decimal(1800), Decimal(2600))
    assert (implant.starts_from, implant.duration_minutes) == (True, 60)
    assert (ece.title, ece.languages, len(hours)) == ("Dt.", ["tr", "en"], 6)
    assert [b.starts_at for b in booked] == [datetime(2026, 11, 26, 7, 0, tzinfo=UTC)]
    assert away[0].ends_at == datetime(2026, 12, 11, 21, 0, tzinfo=UTC)
    before = rows_of(database, clinic.id)
    again = await import_files(clinic.db, clinic.id, files, now=NOW)
    assert again.changes == 0
    assert rows_of(database, clinic.id) == before


async def test_customers_keep_what_they_decided(shop: House) -> None:
    rows = "Ad;Soyad;Cep Telefonu;KVKK\nAyşe;Yılmaz;0532 111 22 33;evet\nCan;;12;\n".encode()
    first = await import_files(shop.db, shop.id, [("musteriler.csv", rows)], now=NOW)
    again = await import_files(shop.db, shop.id, [("musteriler.csv", rows)], now=NOW)
    assert (first.sheets[0].counts, first.problems) == ({"created": 1}, 1)
    assert again.sheets[0].counts == {"unchanged": 1}
    async with shop.db.tenant(shop.id) as conn:
        kept = await consents.consent_history(conn, "ct_905321112233")
        assert [(c.state, c.recorded_by) for c in kept] == [("given", "list")]
        await consents.withdraw_consent(conn, "ct_905321112233", recorded_by="assistant")
    await import_files(shop.db, shop.id, [("musteriler.csv", rows)], now=NOW)
    async with shop.db.tenant(shop.id) as conn:
        kept = await consents.consent_history(conn, "ct_905321112233")
        assert [c.state for c in kept] == ["withdrawn", "given"]


async def test_what_is_no_table(shop: House, tmp_path: Path) -> None:
    with pytest.raises(BadData, match="XLSX"):
        await import_files(shop.db, shop.id, [("a.xlsx", b"nonsense")], now=NOW)
    with pytest.raises(BadData, match="kind"):
        await import_files(
            shop.db, shop.id, product_files(), now=NOW, choices={"stok.csv": Choice("ufo")}
        )
    with pytest.raises(NotFound):
        await import_files(shop.db, "nobody-here", product_files(), now=NOW)
    with pytest.raises(NotFound):
        gather(tmp_path / "nothing")
    (tmp_path / "logo.png").write_bytes(b"x")
    (tmp_path / "stok.csv").write_bytes(b"a;b")
    assert list(gather(tmp_path)) == [[("stok.csv", b"a;b")], ["logo.png"]]


async def test_a_tenant_is_created_with_its_sector(db: Database) -> None:
    made = await create_tenant(db, "yeni-klinik", "dental", "Yeni Klinik")
    assert (made.name, made.health, "clinic" in made.packs) == ("Yeni Klinik", True, True)
    with pytest.raises(BadData, match="yeni-klinik-2"):
        await create_tenant(db, "Yeni Klinik 2", "dental")
    with pytest.raises(NotFound):
        await create_tenant(db, "baska", "uzay")


async def test_a_person_decides_what_a_column_means(shop: House) -> None:
    odd = "Kalem;Mahsup;Raf adedi\nKeten Gömlek;1.250,00;3\nYün Kazak;900;5\n".encode()
    unread = await import_files(shop.db, shop.id, [("odd.csv", odd)], now=NOW, dry_run=True)
    assert unread.sheets[0].kind is None
    chosen = Choice("products", {"Kalem": "name", "mahsup": "price", "Raf adedi": None})
    report = await import_files(
        shop.db, shop.id, [("odd.csv", odd)], now=NOW, choices={"odd.csv": chosen}
    )
    [sheet] = report.sheets
    assert (sheet.kind, sheet.counts) == ("products", {"created": 2})
    assert [(c.heading, c.field) for c in sheet.columns] == [
        ("Kalem", "name"), ("Mahsup", "price"), ("Raf adedi", None),
    ]  # fmt: skip
    assert "columns Raf adedi" in sheet.left_out
    for wrong in (Choice("products", {"Kalem": "ufo"}), Choice(None, {"Kalem": "name"})):
        with pytest.raises(BadData):
            await import_files(
                shop.db, shop.id, [("odd.csv", odd)], now=NOW, choices={"odd.csv": wrong}
            )
