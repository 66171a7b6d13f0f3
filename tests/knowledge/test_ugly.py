"""Ugly price lists: every row survives with its headings, and the answer quotes the right one."""

from __future__ import annotations

import pytest

from invekto.db.pool import Database
from invekto.knowledge.answer import extract
from invekto.knowledge.ingest import ingest
from invekto.knowledge.readers.pdf import read_pdf
from invekto.knowledge.search import search
from tests.conftest import TenantPair
from tests.knowledge import ugly

MERGED = ugly.table(
    [("Tedavi", "Tur", "Fiyat (TL)"), ("Dolgu", "Tek yuzlu", "1.500"), ("", "Iki yuzlu", "2.000"),
     ("", "Uc yuzlu", "2.600"), ("Kanal", "On dis", "4.000"), ("", "Azi disi", "6.000")],
    spans=[((0, 1), (0, 3)), ((0, 4), (0, 5))],
)  # fmt: skip
WEEKEND = ugly.table(
    [("Hizmet", "Fiyat", "", "Sure"), ("", "Hafta ici", "Hafta sonu", ""),
     ("Cilt bakimi", "1.000 TL", "1.200 TL", "60 dk"), ("Lazer", "2.000 TL", "2.400 TL", "45 dk")],
    spans=[((0, 0), (0, 1)), ((1, 0), (2, 0)), ((3, 0), (3, 1))],
)  # fmt: skip
EURO = ugly.table(
    [("Islem", "Fiyat"), ("Botoks", "150"), ("Dudak dolgusu", "300")], heading="Fiyatlar (Euro)"
)
LONG = ugly.table(
    [("Urun", "Fiyat", "Stok"), *((f"Model {n}", f"{100 + n} TL", str(n % 7)) for n in range(90))]
)


def rows(data: bytes) -> list[str]:
    return [block.text for page in read_pdf(data) for block in page.blocks if block.kind == "row"]


def test_a_cell_that_goes_through_rows_is_said_in_each_of_them() -> None:
    assert rows(MERGED) == [
        "Dolgu · Tur: Tek yuzlu · Fiyat (TL): 1.500",
        "Dolgu · Tur: Iki yuzlu · Fiyat (TL): 2.000",
        "Dolgu · Tur: Uc yuzlu · Fiyat (TL): 2.600",
        "Kanal · Tur: On dis · Fiyat (TL): 4.000",
        "Kanal · Tur: Azi disi · Fiyat (TL): 6.000",
    ]


def test_headings_of_two_lines_stay_headings() -> None:
    assert rows(WEEKEND) == [
        "Cilt bakimi · Fiyat Hafta ici: 1.000 TL · Hafta sonu: 1.200 TL · Sure: 60 dk",
        "Lazer · Fiyat Hafta ici: 2.000 TL · Hafta sonu: 2.400 TL · Sure: 45 dk",
    ]


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_a_list_in_two_columns_is_one_list_however_the_page_is_turned(quarters: int) -> None:
    found = rows(ugly.drawn(ugly.side_by_side(), quarters=quarters))
    told = [*ugly.PRICES[1:], *ugly.MORE[1:]]
    assert found == [f"{name} · Fiyat: {price}" for name, price in told]


def test_dots_that_lead_to_a_price_are_no_words() -> None:
    assert rows(ugly.drawn(ugly.led_by_dots())) == [" · ".join(row) for row in ugly.PRICES[1:]]


def test_headings_on_every_page_are_said_in_every_row_and_are_no_row() -> None:
    assert rows(LONG) == [f"Model {n} · Fiyat: {100 + n} TL · Stok: {n % 7}" for n in range(90)]


@pytest.mark.parametrize(
    ("data", "question", "answer"),
    [
        (MERGED, "iki yüzlü dolgu ne kadar", "Dolgu · Tur: Iki yuzlu · Fiyat (TL): 2.000"),
        (MERGED, "azı dişine kanal kaç para", "Kanal · Tur: Azi disi · Fiyat (TL): 6.000"),
        (EURO, "botoks kaç para", "Fiyatlar (Euro): Botoks · Fiyat: 150"),
        (ugly.drawn(ugly.led_by_dots(), quarters=1), "kanal tedavisi kaça", "Kanal · 4.500 TL"),
        (LONG, "model 77 fiyatı ne", "Model 77 · Fiyat: 177 TL · Stok: 0"),
    ],
)
async def test_the_right_row_is_quoted(
    db: Database, tenant_pair: TenantPair, data: bytes, question: str, answer: str
) -> None:
    await ingest(db, tenant_pair.ours, name="fiyat.pdf", data=data)
    async with db.tenant(tenant_pair.ours) as conn:
        found = await search(conn, question, language="tr")
    said = extract(question, found, "tr")
    assert said is not None
    assert said.text == answer
